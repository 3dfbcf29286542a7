"""
Which kinds of file each kind of channel takes, and which of them goes alone. Data, as in `content.limits`.

How large a file may be and how many there may be are limits. A kind of channel that is not named here takes
what it is given.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

_READ = date(2026, 11, 22)
_READ_AGAIN = date(2026, 11, 26)

IMAGES = ("image/jpeg", "image/png", "image/webp")
GIF, VIDEO, QUICKTIME = "image/gif", "video/mp4", "video/quicktime"


@dataclass(frozen=True)
class Formats:
    """One row: the files that one kind of channel takes."""

    kind: str
    types: tuple[str, ...]  #: MIME types; none: no files at all
    alone: frozenset[str]  #: fields of `content.limits` of which one file goes, and nothing beside it
    source: str
    checked_on: date
    firmness: Literal["hard", "soft"]  #: hard: refused; soft: refused by the interface for programs only, or unsure


_NONE: frozenset[str] = frozenset()
_MOVING = frozenset({"gif", "video"})
_VIDEO = frozenset({"video"})
_VENDORS = "published by scheduling vendors only"
_TEXT = "a text message carries text alone"
_MASTODON = "docs.joinmastodon.org, entities/Instance: supported_mime_types"
_INSTAGRAM = "scheduling vendors: Meta's interface takes JPEG alone; the app takes PNG too"

FORMATS: dict[str, Formats] = {
    row.kind: row
    for row in (
        Formats("mastodon", (*IMAGES, GIF, VIDEO, QUICKTIME), _VIDEO, _MASTODON, _READ, "hard"),
        Formats("x", (*IMAGES, GIF, VIDEO), _MOVING, "docs.x.com, media", _READ, "hard"),
        Formats("bluesky", (*IMAGES, GIF, VIDEO), _VIDEO, "app.bsky.embed.images and video lexicons", _READ, "hard"),
        Formats("threads", ("image/jpeg", "image/png", VIDEO), _NONE, _VENDORS, _READ_AGAIN, "soft"),
        Formats("telegram", (*IMAGES, GIF, VIDEO), frozenset({"gif"}), "core.telegram.org", _READ_AGAIN, "hard"),
        Formats("sms", (), _NONE, _TEXT, _READ_AGAIN, "hard"),
        Formats("govuk-notify", (), _NONE, _TEXT, _READ_AGAIN, "hard"),
        Formats("kannel", (), _NONE, _TEXT, _READ_AGAIN, "hard"),
        Formats(
            "whatsapp",
            ("image/jpeg", "image/png", VIDEO),
            _NONE,
            "WhatsApp Cloud API, supported media types",
            _READ_AGAIN,
            "hard",
        ),
        Formats("instagram", ("image/jpeg", VIDEO), _NONE, _INSTAGRAM, _READ_AGAIN, "soft"),
    )
}


def field(kind: str) -> str:
    """Return which limit a file of the MIME type *kind* is held to: gif, image or video; "" for anything else."""
    return "gif" if kind == GIF else {"image": "image", "video": "video"}.get(kind.partition("/")[0], "")
