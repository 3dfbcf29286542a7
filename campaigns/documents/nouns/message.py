"""Messages: what is said, to whom, in each locale."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from campaigns.documents.fields import (
    Id,
    Link,
    LocaleTag,
    Localised,
    LocalisedLine,
    MediaPath,
    Scalar,
    Text,
)
from campaigns.documents.nouns.model import Model

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$", description="as `{{ name }}` in a wording")]


class Media(Model):
    """A file of the workspace's `media/` folder, and what it shows, in words, by locale."""

    file: MediaPath
    alt: Localised = Field(default_factory=dict)


class Variant(Model):
    """Another way to say the message; the message itself is variant a."""

    wording: Localised


class Waiver(Model):
    """A check that does not apply here, and why. It is part of what is signed."""

    check: Id
    locale: LocaleTag | None = None
    channel: Id | None = None
    because: Text


def _link(value: object) -> object:
    return {"*": value} if isinstance(value, str) else value


class Message(Model):
    """What is said, to whom, in each locale."""

    id: Id
    audiences: list[Id] = Field(min_length=1)
    counters: Id | None = Field(default=None, description="the narrative it answers")
    messenger: Id | None = Field(default=None, description="who says it, where that is not the issuer")
    headline: LocalisedLine = Field(default_factory=dict, description="e-mail subject, feed and press title")
    values: dict[Name, Scalar] = Field(default_factory=dict)
    link: Annotated[dict[LocaleTag | Literal["*"], Link], BeforeValidator(_link)] | None = None
    media: list[Media] = Field(default_factory=list)
    wording: Localised
    variants: dict[Annotated[str, Field(pattern=r"^[b-z]$")], Variant] = Field(default_factory=dict)
    waive: list[Waiver] = Field(default_factory=list)
