"""
The filters and the two functions that templates and wordings may use. Explicit: nothing else is there.

    number    250000 -> 250,000, as the locale groups; `decimals=1`
    plain     2014 -> 2014: digits of the locale without grouping (years, codes)
    percent   0.18 -> 18%, as the locale writes it; `decimals=1`
    money     40000 -> €40,000 with `money("EUR")`; `decimals=2`, `style="name"` for 40,000 euros
    date      2027-01-12 -> 12 January 2027; `style="full"`
    phone     keeps a telephone number in its order inside right-to-left text, in the reader's digits
    ltr       keeps a name or a range left to right inside right-to-left text; a handle, a hashtag and a link stay bare,
              because no network links one that an isolate touches
    upper, lower, trim, lines
    bidi      (HTML) isolates, and Latin handles and hashtags, as elements with an explicit direction

    plural(n, one=..., other=...)   the form that the locale's grammar asks for; `{}` in it is n, written out
    gender(speaker, feminine=..., masculine=..., other=...)   the form for who speaks, which the values say

Digits are the locale's own, or those of the numbering system that the context carries (`DIGITS`).
"""

import re
from collections.abc import Callable
from datetime import date as Date  # noqa: N812 (a filter is called date)
from functools import lru_cache
from math import isfinite
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_name,
    get_currency_precision,
    get_currency_unit_pattern,
    is_currency,
)
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from campaigns.locales import LOCALES, direction
from content.bidi import OPENING, PDI, elements, isolate

#: The context's name for the locale. No template can write a name with spaces, so no value can stand in its way.
LOCALE = "locale of the wording"
#: Its name for the numbering system; "" or nothing for the locale's own.
DIGITS = "digits of the wording"
#: The same for whether the channel keeps isolates; it does unless told otherwise.
ISOLATES = "isolates of the channel"
MOST_DECIMALS = 6
MOST_LINES = 1_000

_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: In a word: a handle, a hashtag, a link. No directional character may touch one, or networks do not link it.
_LINKED = re.compile(r"[@#\uff03]|://|\.[^\W\d_]")
_DATE_STYLES = frozenset({"short", "medium", "long", "full"})
_MONEY_STYLES = frozenset({"symbol", "name"})
#: Where a currency's letters touch a figure, as in IQD1,234.
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_COUNT = "{}"  #: stands in a plural form for the count

CATEGORIES = ("zero", "one", "two", "few", "many", "other")  #: of CLDR plurals, in CLDR's order
GENDERS = ("feminine", "masculine", "other")

NATIVE = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}  #: CLDR numbering system -> its digits
_TRANSLATED = {system: str.maketrans("0123456789", digits) for system, digits in NATIVE.items()}


@lru_cache(maxsize=64)
def _babel(tag: str) -> Locale:
    return Locale.parse(LOCALES[tag].babel) if tag in LOCALES else Locale.parse("en_GB")


@lru_cache(maxsize=256)
def _pattern(decimals: int, kind: str, tag: str) -> str | None:
    """Return the CLDR pattern of *kind* with *decimals*; None for the locale's own decimal one."""
    if kind == "decimal" and decimals < 0:
        return None
    language = _babel(tag)
    own = {
        "decimal": lambda: language.decimal_formats[None],
        "percent": lambda: language.percent_formats[None],
        "currency": lambda: language.currency_formats["standard"],
    }[kind]().pattern
    fraction = "." + "0" * decimals if decimals > 0 else ""
    return re.sub(r"0(\.[0#]+)?", "0" + fraction, own.partition(";")[0], count=1)


def figure(value: object, tag: str, decimals: int = -1, *, percent: bool = False, digits: str = "") -> str:
    """
    Return a number as *tag* writes it, in the numbering system *digits*; "" is the locale's own.

    Raises:
        ValueError: If *value* is not a number, or *decimals* not one of -1 to 6.
    """
    return _figure(_sound(value, decimals), tag, decimals, "percent" if percent else "decimal", digits)


def _sound(value: object, decimals: object) -> float:
    """Return *value* if it is a number that can be written with *decimals*."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, float) and not isfinite(value))
    ):
        message = f"{value!r} is not a number"
        raise ValueError(message)
    if not isinstance(decimals, int) or not -1 <= decimals <= MOST_DECIMALS:
        message = f"decimals is a number from 0 to {MOST_DECIMALS}"
        raise ValueError(message)
    return value


@lru_cache(maxsize=4096, typed=True)
def _figure(value: float, tag: str, decimals: int, kind: str, digits: str) -> str:
    """Return a number that `figure` found sound: a campaign writes the same few figures thousands of times."""
    pattern = _pattern(decimals, kind, tag)
    written = format_decimal(value, format=pattern, locale=_babel(tag), numbering_system=digits or "default")
    # Babel takes the system's separators and leaves its digits to us.
    return own_digits(_CONTROLS.sub("", written), tag, digits)


def _tag(context: Context) -> str:
    return str(context.get(LOCALE, "en-GB"))


def _digits(context: Context) -> str:
    return str(context.get(DIGITS, ""))


@pass_context
def finalize(context: Context, value: Any) -> Any:
    """Write a bare number as the locale does; everything else stays."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return figure(value, _tag(context), digits=_digits(context))
    return value


@pass_context
def number(context: Context, value: object, decimals: int = -1) -> str:
    """Return a number, grouped as the locale does."""
    return figure(value, _tag(context), decimals, digits=_digits(context))


@pass_context
def plain(context: Context, value: object) -> str:
    """Return a whole number without grouping, in the locale's digits."""
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"{value!r} is not a whole number"
        raise ValueError(message)  # noqa: TRY004 (as in `figure`)
    return own_digits(str(value), _tag(context), _digits(context))


@pass_context
def percent(context: Context, value: object, decimals: int = 0) -> str:
    """Return a share as a percentage."""
    return figure(value, _tag(context), decimals, percent=True, digits=_digits(context))


@pass_context
def money(context: Context, value: object, currency: str = "", decimals: int = -1, style: str = "symbol") -> str:
    """
    Return a sum as the locale writes it: whole sums without decimals, others with those of the currency.

    With the *style* `name` the currency is written out, in the form that its number asks for.
    """
    if style not in _MONEY_STYLES:
        message = f"the style of money is one of {', '.join(sorted(_MONEY_STYLES))}"
        raise ValueError(message)
    if not isinstance(currency, str) or not is_currency(currency):
        message = f"money() takes a currency's three letters, such as EUR, and {str(currency)[:40]!r} is none"
        raise ValueError(message)
    amount = _sound(value, decimals)
    if decimals < 0:
        decimals = 0 if amount == int(amount) else int(get_currency_precision(currency))
    return _money(amount, currency, decimals, style, _tag(context), _digits(context))


@lru_cache(maxsize=1024, typed=True)
def _money(amount: float, currency: str, decimals: int, style: str, tag: str, digits: str) -> str:
    language = _babel(tag)
    if style == "name":
        pattern = get_currency_unit_pattern(currency, amount, language)
        number = _figure(amount, tag, decimals, "decimal", digits)
        return pattern.format(number, get_currency_name(currency, amount, language))
    written = format_currency(
        amount,
        currency,
        format=_pattern(decimals, "currency", tag),
        locale=language,
        currency_digits=False,
        numbering_system=digits or "default",
    )
    return own_digits(_TOUCHING.sub("\xa0", _CONTROLS.sub("", written)), tag, digits)


@pass_context
def date(context: Context, value: object, style: str = "long") -> str:
    """Return an ISO date as the locale writes it."""
    if style not in _DATE_STYLES:
        message = f"a date's style is one of {', '.join(sorted(_DATE_STYLES))}"
        raise ValueError(message)
    try:
        day = value if isinstance(value, Date) else Date.fromisoformat(str(value))
    except ValueError:
        message = f"{str(value)[:40]!r} is not a date such as 2027-01-12"
        raise ValueError(message) from None
    tag = _tag(context)
    return own_digits(format_date(day, style, locale=_babel(tag)), tag, _digits(context))


def own_digits(text: str, tag: str, digits: str = "") -> str:
    """Return *text* with the digits of the numbering system *digits*, or else with those that the locale writes."""
    table = _TRANSLATED.get(digits or _babel(tag).default_numbering_system)
    return text.translate(table) if table else text


@pass_context
def ltr(context: Context, value: object) -> str:
    """Return text that stays left to right: isolated where the locale runs from right to left."""
    return _kept(str(value), context)


@pass_context
def phone(context: Context, value: object) -> str:
    """Return a telephone number in the reader's digits, whose groups keep their order and stay on one line."""
    joined = own_digits("\xa0".join(str(value).split()), _tag(context), _digits(context))
    return _kept(joined, context)


def _kept(text: str, context: Context) -> str:
    """Return *text* isolated in right-to-left text, where the channel keeps isolates and no link would touch one."""
    if direction(_tag(context)) != "rtl" or not context.get(ISOLATES, True):
        return text
    words = text.split()
    if not words or (text[0] in OPENING and text[-1] == PDI) or _LINKED.search(words[0]) or _LINKED.search(words[-1]):
        return text
    return isolate(text, "ltr")


def lines(value: object) -> list[str]:
    """
    Return the lines of a text, empty ones left out.

    Raises:
        ValueError: If there are more than 1,000: a template runs once for each.
    """
    found = [line for line in str(value).splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        message = f"a text of more than {MOST_LINES:,} lines cannot be taken apart"
        raise ValueError(message)
    return found


@pass_context
def bidi(context: Context, value: object) -> Markup:
    """Return text as HTML: isolates, and names in right-to-left text, become elements with an explicit direction."""
    return elements(str(value), direction(_tag(context)), names=True)


@pass_context
def plural(context: Context, count: object, **forms: str) -> str:
    """Return the form for *count* in the locale's grammar, of zero to other; `{}` in it is the count, written out."""
    if isinstance(count, bool) or not isinstance(count, int | float):
        message = f"plural() counts numbers, and {count!r} is none"
        raise ValueError(message)  # noqa: TRY004 (as in `figure`)
    if "other" not in forms or not forms.keys() <= set(CATEGORIES):
        message = "plural() takes one=, other= and, where the language has them, zero=, two=, few=, many="
        raise ValueError(message)
    form = str(forms.get(_babel(_tag(context)).plural_form(count), forms["other"]))
    return form.replace(_COUNT, figure(count, _tag(context), digits=_digits(context))) if _COUNT in form else form


def gender(speaker: object, **forms: str) -> str:
    """Return the form for *speaker*, who is feminine, masculine or other; `other=` where theirs is missing."""
    if not forms or not forms.keys() <= set(GENDERS):
        message = "gender() takes feminine=, masculine= and other="
        raise ValueError(message)
    if speaker not in GENDERS:
        message = f"gender() asks for feminine, masculine or other, and {str(speaker)[:40]!r} is none of them"
        raise ValueError(message)
    form = forms.get(str(speaker), forms.get("other"))
    if form is None:
        message = f"gender() has no {speaker}= and no other="
        raise ValueError(message)
    return str(form)


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "plain": plain,
    "percent": percent,
    "money": money,
    "date": date,
    "phone": phone,
    "ltr": ltr,
    "upper": lambda value: str(value).upper(),
    "lower": lambda value: str(value).lower(),
    "trim": lambda value: str(value).strip(),
    "lines": lines,
    "bidi": bidi,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"plural": plural, "gender": gender}
