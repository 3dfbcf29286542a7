"""What one check says of words as a channel would carry them."""

from campaigns.documents import schema
from content.check import Check, Context, Finding
from content.render import render
from tests.builders.renderings import FR_NAME, UK_NAME, request

#: Partners without a help line, so that a text holds nothing but the words, the attribution and the link.
PARTNERS = {"uk": schema.Partner(name=UK_NAME), "fr": schema.Partner(name=FR_NAME)}


def look(check: Check, words: str, locale: str = "en-GB", kind: str = "mastodon", **changes: object) -> list[Finding]:
    """Return what *check* finds where a message says *words* in *locale* on a channel of *kind*."""
    facts: dict[str, object] = {"values": {}, "partners": PARTNERS, **changes}
    asked = request(locale, kind, wording={locale: words}, **facts)  # type: ignore[arg-type]
    return list(check.look(asked, render(asked), Context()))


def mended(words: str, finding: Finding) -> str:
    """Return *words*, which begin the text, with the fix of *finding* in its place."""
    assert finding.span is not None
    assert finding.fix is not None
    start, end = finding.span
    return words[:start] + finding.fix + words[end:]
