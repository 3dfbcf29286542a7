"""Requests for tests of content: one message of two governments in three languages, on any kind of channel."""

from pathlib import Path
from typing import Any

from campaigns.documents import schema
from content.rendering import MediaFile, Request

UK_NAME = {"en-GB": "UK government", "fr-FR": "Gouvernement britannique", "ar": "حكومة المملكة المتحدة"}
FR_NAME = {"en-GB": "French government", "fr-FR": "Gouvernement français", "ar": "الحكومة الفرنسية"}
PARTNERS = {
    "uk": schema.Partner(name=UK_NAME, help={"en-GB": "0800 789 321, 24/7", "ar": "0800 789 321، 24/7"}),
    "fr": schema.Partner(name=FR_NAME, help={"fr-FR": "Un doute\xa0? Appelez le 0 800 005 696 (9 h-18 h)."}),
}
WORDING = {
    "en-GB": "Daesh lost its ground. {{ partners_in_coalition }} partners stand together.",
    "fr-FR": "Daech a perdu du terrain. {{ partners_in_coalition }} partenaires sont unis.",
    "ar": "خسر داعش أرضه. يقف {{ partners_in_coalition }} شريكا معا.",
}
HEADLINE = {"en-GB": "Daesh lost its ground", "fr-FR": "Daech a perdu du terrain", "ar": "داعش خسر أرضه"}
LINK = "https://example.org/daesh"
ALT = {"en-GB": "A map of Raqqa.", "fr-FR": "Une carte de Raqqa.", "ar": "خريطة الرقة."}
DIGEST = "ab" * 32


def message(**changes: Any) -> schema.Message:
    """Return the message, with *changes*."""
    facts: dict[str, Any] = {
        "id": "lost-ground",
        "audiences": ["young-fr"],
        "headline": HEADLINE,
        "values": {"partners_in_coalition": 74},
        "link": LINK,
        "wording": WORDING,
    }
    return schema.Message.model_validate({**facts, **changes})


def request(
    locale: str = "en-GB",
    kind: str = "mastodon",
    *,
    options: dict[str, str | int | bool] | None = None,
    issuer: str = "uk",
    variant: str = "a",
    partners: dict[str, schema.Partner] | None = None,
    media: tuple[MediaFile, ...] = (),
    templates: Path | None = None,
    title: dict[str, str] | None = None,
    messenger: schema.Messenger | None = None,
    embargo: schema.Embargo | None = None,
    **changes: Any,
) -> Request:
    """Return a request for the message, with *changes* to it, in *locale* on a channel of *kind*."""
    channel = schema.Channel(
        id=f"uk-{kind}", kind=kind, issuer=issuer, account="@daesh-facts", locales=[locale], options=options or {}
    )
    return Request(
        campaign="raqqa-voices",
        title={"en-GB": "Voices of Raqqa"} if title is None else title,
        partners=PARTNERS if partners is None else partners,
        message=message(**changes),
        variant=variant,
        locale=locale,
        channel=channel,
        media=media,
        templates=str(templates) if templates else None,
        messenger=messenger,
        embargo=embargo,
    )


def picture(locale: str = "en-GB", **changes: Any) -> MediaFile:
    """Return a picture of the message, with *changes*."""
    facts: dict[str, Any] = {
        "file": "map.png",
        "digest": DIGEST,
        "size": 8_000,
        "kind": "image/png",
        "alt": ALT[locale],
    }
    return MediaFile(**{**facts, **changes})
