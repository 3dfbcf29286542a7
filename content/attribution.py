"""Who speaks: the issuer, the partners beside it, and where a reader finds help, in the words of a locale."""

import re
from collections.abc import Mapping
from functools import lru_cache

from campaigns.documents import schema
from campaigns.locales import direction
from content import phrases
from content.bidi import controls, isolate
from content.filters import figure, own_digits

#: A number in groups, which right-to-left text would show in reverse order.
_TELEPHONE = re.compile(r"(?<![\w/=?&#%-])\+?\d[\d\s().-]{3,}\d(?![\w/])")
#: What stands between blanks without a Latin letter: telephone numbers and hours, never a link, which must stay.
_FIGURES = re.compile(r"(?<!\S)[^\sA-Za-z@]+(?!\S)")
#: More other partners than this are counted, not named, where room is short.
MOST_NAMED = 4
KEPT = 256  #: lines remembered


def name(partners: Mapping[str, schema.Partner], partner: str, locale: str) -> str:
    """Return what *partner* is called in *locale*; its id in capitals where it has no name there."""
    known = partners.get(partner)
    return (known.name.get(locale) if known else None) or partner.upper()


def others(partners: Mapping[str, schema.Partner], issuer: str) -> list[str]:
    """Return the partners that stand beside the issuer, in the order of the document."""
    return [partner for partner in partners if partner != issuer]


def line(
    partners: Mapping[str, schema.Partner],
    issuer: str,
    locale: str,
    *,
    short: bool,
    messenger: schema.Messenger | None = None,
    digits: str = "",
) -> str:
    """
    Return the attribution line: `Issued by: UK government. With: French government.`.

    A *messenger* stands behind them, by name and with who pays it. Where partners are counted, *digits* is the
    numbering system; "" is the locale's own.
    """
    # A list is put together faster than a generator runs, and this is done for every rendering.
    beside = tuple([known.name.get(locale) or key.upper() for key, known in partners.items() if key != issuer])
    issued_by = name(partners, issuer, locale)
    if messenger is None:
        return _line(locale, issued_by, beside, short, digits)
    speaker = messenger.name.get(locale, messenger.id)
    return _line(locale, issued_by, beside, short, digits, speaker, messenger.disclosure.get(locale, ""))


@lru_cache(maxsize=KEPT)
def _line(
    locale: str,
    issued_by: str,
    beside: tuple[str, ...],
    short: bool,
    digits: str,
    speaker: str = "",
    disclosure: str = "",
) -> str:
    """Return the attribution line for names that are known: a channel says the same one under all its messages."""
    words = phrases.of(locale)
    said = [words.issued_by.format(issued_by)]
    if beside:
        said.append(words.partners.format(_beside(locale, beside, digits, short=short)))
    if speaker:
        said.append(words.spoken_by.format(speaker))
    if disclosure:
        said.append(disclosure)
    return " ".join(said)


def beside_words(
    partners: Mapping[str, schema.Partner], issuer: str, locale: str, *, short: bool, digits: str = ""
) -> str:
    """Return the names of the other partners, or, where there are many and room is *short*, their number."""
    names = tuple(name(partners, each, locale) for each in others(partners, issuer))
    return _beside(locale, names, digits, short=short)


def _beside(locale: str, names: tuple[str, ...], digits: str, *, short: bool) -> str:
    words = phrases.of(locale)
    if short and len(names) > MOST_NAMED:
        return words.many(len(names), figure(len(names), words.locale, digits=digits))
    return words.separator.join(names)


def help_line(
    partners: Mapping[str, schema.Partner], issuer: str, locale: str, digits: str = "", *, isolates: bool = True
) -> str | None:
    """
    Return the issuer's help line in *locale*, if it has one: a sentence as it was written, a bare number with a label.

    Telephone numbers keep their order in right-to-left text: isolated, unless the channel keeps no *isolates* or the
    partner wrote directional characters of its own. Figures stay in the digits that they were written in, unless the
    workspace asks for other *digits*.
    """
    known = partners.get(issuer)
    where = known.help.get(locale, "").strip() if known else ""
    return _help(where, locale, digits, isolates=isolates) if where else None


@lru_cache(maxsize=KEPT)
def _help(where: str, locale: str, digits: str, *, isolates: bool) -> str:
    if digits:
        where = _FIGURES.sub(lambda found: own_digits(found[0], locale, digits), where)
    if direction(locale) == "rtl" and next(controls(where), None) is None:
        where = _TELEPHONE.sub(lambda found: _in_order(found[0], isolates=isolates), where)
    return where if where[0].isalpha() else phrases.of(locale).advice.format(where)


def _in_order(number: str, *, isolates: bool) -> str:
    """Return a telephone number that stays on one line; no-break spaces between its groups keep their order as well."""
    unbroken = "\xa0".join(number.split())
    return isolate(unbroken, "ltr") if isolates else unbroken
