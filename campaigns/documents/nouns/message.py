"""Messages: what is said, to whom, in each locale."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from campaigns.documents.fields import (
    Id,
    Link,
    LocaleTag,
    Localised,
    LocalisedLine,
    LocalisedPath,
    MediaPath,
    Scalar,
    Shorthand,
    Text,
    written,
)
from campaigns.documents.nouns.model import UNIQUE, Model
from campaigns.documents.written import PATTERNS

Name = Annotated[str, Field(pattern=PATTERNS["name"]), written("name")]


class Media(Model):
    """A file of the workspace's `media/` folder, and what it shows, in words, by locale."""

    file: MediaPath = Field(description="The file's name inside the media folder.", examples=["map.png"])
    alt: Localised = Field(
        default_factory=dict, description="What the picture shows, in words for people who cannot see it."
    )
    captions: LocalisedPath = Field(
        default_factory=dict,
        description="A film's captions: the name of a WebVTT file inside the media folder, one for each language.",
        examples=[{"en-GB": "film.en.vtt"}],
        exclude_if=lambda captions: not captions,
    )


class Variant(Model):
    """Another way to say the message; the message itself is variant a."""

    wording: Localised = Field(description="What this variant says, in each language.")


class Waiver(Model):
    """A check that does not apply here, and why. It is part of what is signed."""

    check: Id = Field(description="The check that does not apply.", examples=["too-long"])
    locale: LocaleTag | None = Field(default=None, description="The language it is waived in; all if not said.")
    channel: Id | None = Field(
        default=None, description="The channel it is waived on; all if not said.", examples=["fr-mastodon"]
    )
    because: Text = Field(
        description="Why it does not apply; partners sign this too.", examples=["A quotation, verbatim."]
    )


def _link(value: object) -> object:
    return {"*": value} if isinstance(value, str) else value


Links = Annotated[
    dict[LocaleTag | Literal["*"], Link],
    written("links"),
    BeforeValidator(_link),
    Shorthand(type="string", written="link"),
]


TranslatedField = Annotated[str, Field(pattern=PATTERNS["translated_field"]), written("translated_field")]
TranslationMark = Annotated[str, Field(pattern=PATTERNS["translation_mark"]), written("translation_mark")]


class Message(Model):
    """What is said, to whom, in each locale."""

    id: Id = Field(description="The message's short name, by which releases call it.", examples=["lost-ground"])
    audiences: list[Id] = Field(
        min_length=1,
        description="The audiences it is for.",
        examples=[["young-fr"]],
        json_schema_extra=UNIQUE,
    )
    kind: Id | None = Field(
        default=None,
        description="What sort of message it is, where the partners agreed on an urgent rule that names the sort.",
        examples=["rebuttal"],
    )
    counters: Id | None = Field(
        default=None, description="The narrative that it answers.", examples=["claim-to-govern"]
    )
    messenger: Id | None = Field(
        default=None, description="Who says it, where that is not the issuer.", examples=["football-club"]
    )
    headline: LocalisedLine = Field(
        default_factory=dict,
        description="The subject of an e-mail, the title of an entry or press notice, and of a link's card on Bluesky.",
    )
    values: dict[Name, Scalar] = Field(
        default_factory=dict,
        description="Figures and names that the wordings quote in double braces, in one place for all languages.",
        examples=[{"partners_in_coalition": 74}],
    )
    link: Links | None = Field(
        default=None,
        description="The page it leads to: one address, or one for each language.",
        examples=["https://example.org/daesh"],
    )
    media: list[Media] = Field(default_factory=list, description="The pictures and films that go with it.")
    thread: bool = Field(
        default=False,
        description="Whether it may go out as a thread of several posts where it is longer than a channel takes.",
        examples=[True],
    )
    wording: Localised = Field(description="What is said, one text for each language.")
    variants: dict[Annotated[str, Field(pattern=PATTERNS["variant_letter"]), written("variant_letter")], Variant] = (
        Field(default_factory=dict, description="Other ways to say it, by letter from b on; the wording above is a.")
    )
    translated: dict[LocaleTag, dict[TranslatedField, TranslationMark]] = Field(
        default_factory=dict,
        description="Which words each translation was made of; `cordiale translations import` keeps it.",
        examples=[{"ar": {"wording": "en-GB/3f2a9c1b/77aa01cd"}}],
    )
    waive: list[Waiver] = Field(
        default_factory=list, description="Checks that do not apply here, each with its reason."
    )
