"""What goes into a rendering and what comes out: plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns.documents import schema
from campaigns.locales import Direction
from content.containers.facts import NOTHING, Facts
from content.hash_lists import NOT_COMPARED, Compared
from content.policy import JOINT, Policy


@dataclass(frozen=True)
class CaptionFile:
    """The captions of a film in the rendering's locale."""

    file: str  #: name below the workspace's media/
    digest: str  #: sha256 of the bytes, hex; "" when the file is missing
    size: int = 0  #: octets
    first: float | None = None  #: seconds at which the first cue begins
    last: float | None = None  #: seconds at which the last cue ends
    faults: tuple[str, ...] = ()  #: what is no WebVTT in it, each with its line


@dataclass(frozen=True)
class MediaFile:
    """A media file as it would leave: its bytes' digest, its kind, and its words."""

    file: str  #: name below the workspace's media/
    digest: str  #: sha256 of the bytes, hex; "" when the file is missing
    size: int  #: bytes
    kind: str  #: MIME type
    alt: str  #: in the rendering's locale; "" when missing
    facts: Facts = NOTHING  #: what its bytes say of it
    captions: CaptionFile | None = None  #: in the rendering's locale
    compared: Compared = NOT_COMPARED  #: with the workspace's lists of known terrorist content


@dataclass(frozen=True)
class Request:
    """One message in one locale on one channel: all that a rendering depends on."""

    campaign: str
    title: Mapping[str, str]  #: the campaign's title by locale
    partners: Mapping[str, schema.Partner]
    message: schema.Message
    variant: str  #: "a" is the message itself
    locale: str
    channel: schema.Channel
    media: tuple[MediaFile, ...] = ()
    templates: str | None = None  #: a workspace folder whose templates override ours
    messenger: schema.Messenger | None = None  #: who says it, where that is not the issuer
    embargo: schema.Embargo | None = None  #: which its readers keep
    policy: Policy = JOINT  #: what its workspace holds content to
    server_limits: Mapping[str, int] = field(default_factory=dict)  #: what the channel's own server declared

    @property
    def digits(self) -> str:
        """The numbering system of its reader; "" where it is the locale's own."""
        return self.policy.digits.get(self.locale, "")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece that is sent on its own: a post, a mail, an entry."""

    text: str  #: plain text, final
    html: str | None = None  #: final, where the channel has an HTML form
    headline: str | None = None  #: subject or title; of a post, the title of the card of its link
    link: str | None = None  #: the tagged link


@dataclass(frozen=True, slots=True)
class Rendering:
    """The final bytes of one release, before any instant is known."""

    locale: str
    direction: Direction
    parts: tuple[Part, ...]
    media: tuple[MediaFile, ...] = ()
    facets: tuple[Mapping[str, Any], ...] = ()  #: rich-text spans, where the channel takes them
    visibility: str = "public"
    content_warning: str | None = None
    reply_to: str | None = None
