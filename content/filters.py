"""
The filters and the one function that templates and wordings may use. Explicit: nothing else is there.

    number    250000 -> 250,000, as the locale groups; `decimals=1`
    plain     2014 -> 2014: digits of the locale without grouping (years, codes)
    percent   0.18 -> 18%, as the locale writes it; `decimals=1`
    date      2027-01-12 -> 12 January 2027; `style="full"`
    phone     keeps a telephone number in its order inside right-to-left text
    ltr       keeps a name, a handle or a range left to right inside right-to-left text
    upper, lower, trim, lines
    bidi      (HTML) isolates as elements with an explicit direction

    plural(n, one=..., other=...)   the form that the locale's grammar asks for
"""

import re
from collections.abc import Callable
from datetime import date as Date  # noqa: N812 (a filter is called date)
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from campaigns.locales import LOCALES, direction

#: The context's name for the locale. No template can write a name with spaces, so no value can stand in its way.
LOCALE = "locale of the wording"
MOST_DECIMALS = 6

_LRI, _PDI = "\u2066", "\u2069"
_LEFT_TO_RIGHT_MARK = "\u200e"
_ISOLATED = re.compile("([\u2066-\u2068])([^\u2066-\u2069\n]*)\u2069")
_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DIRECTIONS = {"\u2066": "ltr", "\u2067": "rtl", "\u2068": "ltr"}
_DATE_STYLES = frozenset({"short", "medium", "long", "full"})
_CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})
_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}


@lru_cache(maxsize=64)
def _babel(tag: str) -> Locale:
    return Locale.parse(LOCALES[tag].babel) if tag in LOCALES else Locale.parse("en_GB")


@lru_cache(maxsize=256)
def _pattern(decimals: int, *, percent: bool, tag: str) -> str | None:
    """Return the CLDR pattern with *decimals*; None for the locale's own."""
    if not percent and decimals < 0:
        return None
    own = (_babel(tag).percent_formats if percent else _babel(tag).decimal_formats)[None].pattern
    fraction = "." + "0" * decimals if decimals > 0 else ""
    return re.sub(r"0(\.[0#]+)?", "0" + fraction, own.partition(";")[0], count=1)


def figure(value: object, tag: str, decimals: int = -1, *, percent: bool = False) -> str:
    """
    Return a number as *tag* writes it.

    Raises:
        ValueError: If *value* is not a number, or *decimals* not one of -1 to 6.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{value!r} is not a number"
        raise ValueError(message)  # noqa: TRY004 (one kind of fault for all that a template may get wrong)
    if not isinstance(decimals, int) or not -1 <= decimals <= MOST_DECIMALS:
        message = f"decimals is a number from 0 to {MOST_DECIMALS}"
        raise ValueError(message)
    return _figure(value, tag, decimals, percent=percent)


@lru_cache(maxsize=4096, typed=True)
def _figure(value: float, tag: str, decimals: int, *, percent: bool) -> str:
    """Return a number that `figure` found sound: a campaign writes the same few figures thousands of times."""
    pattern = _pattern(decimals, percent=percent, tag=tag)
    written = format_decimal(value, format=pattern, locale=_babel(tag), numbering_system="default")
    # Babel takes the locale's separators and leaves its digits to us.
    return own_digits(written.replace(_LEFT_TO_RIGHT_MARK, ""), tag)


def _tag(context: Context) -> str:
    return str(context.get(LOCALE, "en-GB"))


@pass_context
def finalize(context: Context, value: Any) -> Any:
    """Write a bare number as the locale does; everything else stays."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return figure(value, _tag(context))
    return value


@pass_context
def number(context: Context, value: object, decimals: int = -1) -> str:
    """Return a number, grouped as the locale does."""
    return figure(value, _tag(context), decimals)


@pass_context
def plain(context: Context, value: object) -> str:
    """Return a whole number without grouping, in the locale's digits."""
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"{value!r} is not a whole number"
        raise ValueError(message)  # noqa: TRY004 (as in `figure`)
    return own_digits(str(value), _tag(context))


@pass_context
def percent(context: Context, value: object, decimals: int = 0) -> str:
    """Return a share as a percentage."""
    return figure(value, _tag(context), decimals, percent=True)


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
    return own_digits(format_date(day, style, locale=_babel(tag)), tag)


def own_digits(text: str, tag: str) -> str:
    """Return *text* with the digits that the locale writes."""
    digits = _DIGITS.get(_babel(tag).default_numbering_system)
    return text.translate(str.maketrans("0123456789", digits)) if digits else text


@pass_context
def ltr(context: Context, value: object) -> str:
    """Return text that stays left to right: isolated where the locale runs from right to left."""
    text = _CONTROLS.sub("", str(value))
    return f"{_LRI}{text}{_PDI}" if direction(_tag(context)) == "rtl" else text


@pass_context
def phone(context: Context, value: object) -> str:
    """Return a telephone number whose groups keep their order and stay on one line."""
    groups = str(value).split()
    joined = "\xa0".join(groups)
    return f"{_LRI}{joined}{_PDI}" if direction(_tag(context)) == "rtl" else joined


def lines(value: object) -> list[str]:
    """Return the lines of a text, empty ones left out."""
    return [line for line in str(value).splitlines() if line.strip()]


def bidi(value: object) -> Markup:
    """Return text as HTML: isolates become elements with an explicit direction, other controls go."""
    written = escape(str(value))
    marked = _ISOLATED.sub(lambda run: f'<bdi dir="{_DIRECTIONS[run[1]]}">{run[2]}</bdi>', str(written))
    return Markup(_CONTROLS.sub("", marked))  # noqa: S704 (escaped two lines above; only our own element is added)


@pass_context
def plural(context: Context, count: object, **forms: str) -> str:
    """Return the form for *count* in the locale's grammar: zero, one, two, few, many, other."""
    if isinstance(count, bool) or not isinstance(count, int | float):
        message = f"plural() counts numbers, and {count!r} is none"
        raise ValueError(message)  # noqa: TRY004 (as in `figure`)
    if "other" not in forms or not set(forms) <= _CATEGORIES:
        message = "plural() takes one=, other= and, where the language has them, zero=, two=, few=, many="
        raise ValueError(message)
    return str(forms.get(_babel(_tag(context)).plural_form(count), forms["other"]))


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "plain": plain,
    "percent": percent,
    "date": date,
    "phone": phone,
    "ltr": ltr,
    "upper": lambda value: str(value).upper(),
    "lower": lambda value: str(value).lower(),
    "trim": lambda value: str(value).strip(),
    "lines": lines,
    "bidi": bidi,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"plural": plural}
