"""Who speaks: the issuer, the partners beside it, and where a reader finds help, in the words of a locale."""

import re
from collections.abc import Mapping

from campaigns.documents import schema
from campaigns.locales import direction
from content import phrases
from content.bidi import isolate, without_controls
from content.filters import figure

#: A number in groups, which right-to-left text would show in reverse order.
_TELEPHONE = re.compile(r"\+?\d[\d\s().-]{3,}\d")
#: More other partners than this are counted, not named, where room is short.
MOST_NAMED = 4


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
) -> str:
    """
    Return the attribution line: `Issued by: UK government. With: French government.`.

    A *messenger* stands behind them, by name and with who pays it.
    """
    words = phrases.of(locale)
    said = [words.issued_by.format(name(partners, issuer, locale))]
    if others(partners, issuer):
        said.append(words.partners.format(beside_words(partners, issuer, locale, short=short)))
    if messenger is not None:
        said.append(words.spoken_by.format(messenger.name.get(locale, messenger.id)))
        said += filter(None, [messenger.disclosure.get(locale)])
    return " ".join(said)


def beside_words(partners: Mapping[str, schema.Partner], issuer: str, locale: str, *, short: bool) -> str:
    """Return the names of the other partners, or, where there are many and room is *short*, their number."""
    words = phrases.of(locale)
    beside = others(partners, issuer)
    if short and len(beside) > MOST_NAMED:
        return words.many(len(beside), figure(len(beside), words.locale))
    return words.separator.join(name(partners, partner, locale) for partner in beside)


def help_line(partners: Mapping[str, schema.Partner], issuer: str, locale: str) -> str | None:
    """
    Return the issuer's help line in *locale*, if it has one: a sentence as it was written, a bare number with a label.

    Telephone numbers keep their order in right-to-left text.
    """
    known = partners.get(issuer)
    where = known.help.get(locale, "").strip() if known else ""
    if not where:
        return None
    if direction(locale) == "rtl":
        where = _TELEPHONE.sub(lambda found: isolate(_unbroken(found[0]), "ltr"), without_controls(where))
    return where if where[0].isalpha() else phrases.of(locale).advice.format(where)


def _unbroken(number: str) -> str:
    """Return a telephone number that stays on one line, so that its isolate does too."""
    return "\xa0".join(number.split())
