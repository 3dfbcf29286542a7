"""What goes into a rendering and what comes out: plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.documents import schema


@dataclass(frozen=True)
class MediaFile:
    """A media file as it would leave: its bytes' digest, its kind, and its words."""

    file: str  #: name below the workspace's media/
    digest: str  #: sha256 of the bytes, hex; "" when the file is missing
    size: int  #: bytes
    kind: str  #: MIME type
    alt: str  #: in the rendering's locale; "" when missing


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


@dataclass(frozen=True)
class Part:
    """One piece that is sent on its own: a post, a mail, an entry."""

    text: str  #: plain text, final
    html: str | None = None  #: final, where the channel has an HTML form
    headline: str | None = None  #: subject or title
    link: str | None = None  #: the tagged link


@dataclass(frozen=True)
class Rendering:
    """The final bytes of one release, before any instant is known."""

    locale: str
    direction: str  #: ltr | rtl
    parts: tuple[Part, ...]
    media: tuple[MediaFile, ...] = ()
    facets: tuple[Mapping[str, Any], ...] = ()  #: rich-text spans, where the channel takes them
    visibility: str = "public"
    content_warning: str | None = None
    reply_to: str | None = None
    supersedes: str | None = None
