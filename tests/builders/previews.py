"""Previews of all that a page can show: each kind of channel in three languages, each kind of finding in place."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from content.check import Finding, Severity
from content.preview.prepared import Preview, prepare
from content.rendering import Request
from tests.builders import renderings

LOCALES = ("en-GB", "fr-FR", "ar")
#: Kind of channel and its options, by what is drawn.
DRAWN: dict[str, tuple[str, dict[str, str | int | bool]]] = {
    "mail": ("smtp", {"to": "press-list@uk.example"}),
    "press notice by mail": ("smtp", {"template": "press", "to": "press-list@uk.example"}),
    "feed entry": ("feed", {}),
    "post": ("mastodon", {}),
    "post of an outbox": ("outbox", {"network": "x"}),
    "text message": ("outbox", {"network": "sms"}),
    "press notice": ("outbox", {"template": "press"}),
    "video": ("outbox", {"network": "youtube"}),
}
#: One dot, as PNG.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)
WORDING = {
    "en-GB": "Daesh lost its ground, says @UKAgainstDaesh. 🇬🇧🤝🇫🇷 {{ n }} partners stand together. "
    "#StopDaesh #neveragain",
    "fr-FR": "Daech a perdu du terrain, dit @UKAgainstDaesh. 🇬🇧🤝🇫🇷 {{ n }} partenaires sont unis. "
    "#StopDaech #plusjamais",
    "ar": "خسر داعش أرضه، كما يقول {{ '@UKAgainstDaesh'|ltr }}. 🇬🇧🤝🇫🇷 يقف {{ n }} شريكا معا. #معا_ضد_داعش",
}
BLOCKED = Finding("forbidden-term", Severity.BLOCK, "This name is not used.", "Write the other name.", fix="Daesh")
DOUBTED = Finding("long-sentence", Severity.WARN, "This sentence is long.", "Cut it in two.")
WAIVED = Finding("shouting", Severity.WARN, "These words shout.", "Use small letters.", waived="A quotation, verbatim.")


def request(locale: str, drawn: str, **changes: Any) -> Request:
    """Return the message in *locale* on a channel that draws it as *drawn*."""
    kind, options = DRAWN[drawn]
    facts: dict[str, Any] = {"wording": WORDING, "values": {"n": 74}, **changes}
    return renderings.request(locale, kind, options=options, **facts)


def clean(drawn: str, locale: str = "en-GB", **changes: Any) -> Preview:
    """Return what the checks make of it."""
    return prepare(f"launch/{locale}/{drawn}", request(locale, drawn, **changes))


def faulty(drawn: str, locale: str = "en-GB", **changes: Any) -> Preview:
    """Return it with every kind of finding: side by side, over one another, over a link, at one point, nowhere."""
    preview = clean(drawn, locale, **changes)
    text = preview.rendering.parts[0].text
    at = len(text) // 3
    findings = (
        replace(BLOCKED, span=(0, 5)),
        replace(DOUBTED, span=(2, at)),
        replace(WAIVED, span=(at + 3, at + 9)),
        replace(DOUBTED, check="address", span=(len(text) - 12, len(text) + 40)),
        replace(BLOCKED, check="missing-comma", span=(at, at), fix=","),
        replace(BLOCKED, check="invisible", span=(at - 1, at), fix=""),
        replace(BLOCKED, check="missing-alt-text", span=None, fix=None),
    )
    return replace(preview, findings=findings)


def gallery(folder: Path) -> list[Preview]:
    """Return everything; *folder* becomes the media folder."""
    (folder / "map.png").write_bytes(PNG)
    shown = []
    for number, drawn in enumerate(DRAWN):
        made = faulty if number % 2 else clean
        for locale in LOCALES:
            media = (
                renderings.picture(locale),
                renderings.picture(locale, file="film.mp4", kind="video/mp4", size=31_000_000, digest="cd" * 32),
                renderings.picture(locale, file="gone.png", digest="", alt=""),
            )
            shown.append(made(drawn, locale, id=f"message-{number}", media=media[: 1 + number % 3]))
    return shown
