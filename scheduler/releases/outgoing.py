"""
Everything that goes out with a release, in the one form that is signed, stored and published.

The canonical form is RFC 8785 JSON; the digest is its sha256. The daemon publishes from these bytes
and from nothing else.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import rfc8785

from campaigns.errors import NotTrusted

VERSION = 1


@dataclass(frozen=True)
class OutgoingPart:
    """One piece that is sent on its own."""

    text: str
    html: str | None
    headline: str | None
    link: str | None


@dataclass(frozen=True)
class OutgoingMedia:
    """One file that goes with it."""

    file: str
    digest: str  #: sha256 of the bytes, hex
    kind: str  #: MIME type
    alt: str


@dataclass(frozen=True)
class Outgoing:
    """What goes out, where, when, under which policy, with which waivers."""

    release: str
    campaign: str
    name: str  #: what people call it
    message: str
    audiences: tuple[str, ...]
    locale: str
    variant: str
    parts: tuple[OutgoingPart, ...]
    media: tuple[OutgoingMedia, ...]
    facets: tuple[dict[str, Any], ...]
    language: str
    direction: str
    visibility: str
    content_warning: str | None
    reply_to: str | None
    supersedes: str | None
    channel: str
    kind: str
    server: str | None
    account: str
    credential: str | None  #: the secret's name
    options: dict[str, str | int | bool]
    issuer: str
    partners: tuple[str, ...]
    due: str  #: ISO instant, UTC, `Z`
    not_after: str | None
    if_late: dict[str, Any]  #: after (seconds), then
    waivers: tuple[dict[str, Any], ...]
    v: int = VERSION


def canonical(outgoing: Outgoing) -> bytes:
    """Return the RFC 8785 form of *outgoing*, UTF-8."""
    return rfc8785.dumps(json.loads(json.dumps(asdict(outgoing), ensure_ascii=False)))


def digest(form: bytes) -> str:
    """Return the sha256 of a canonical form, 64 hex digits."""
    return hashlib.sha256(form).hexdigest()


def parse(form: str | bytes) -> Outgoing:
    """
    Read a canonical form back.

    Raises:
        NotTrusted: If *form* is not canonical, or not of this version.
    """
    raw = form.encode() if isinstance(form, str) else form
    try:
        data = json.loads(raw)
        again = rfc8785.dumps(data)
        if data.get("v") != VERSION or again != raw:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        return Outgoing(
            **{
                **data,
                "parts": tuple(OutgoingPart(**part) for part in data["parts"]),
                "media": tuple(OutgoingMedia(**item) for item in data["media"]),
                "audiences": tuple(data["audiences"]),
                "facets": tuple(data["facets"]),
                "partners": tuple(data["partners"]),
                "waivers": tuple(data["waivers"]),
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        message = "The stored form of a release is not the canonical form that is signed."
        raise NotTrusted(message, "Apply its campaign again, and have it signed again.") from None


def words_digest(outgoing: Outgoing) -> str:
    """Return the sha256 of account, texts and media alone: equal for the same words on the same account."""
    said = [
        outgoing.kind,
        outgoing.server,
        outgoing.account,
        [[part.headline, part.text, part.html] for part in outgoing.parts],
        [item.digest for item in outgoing.media],
    ]
    return hashlib.sha256(rfc8785.dumps(json.loads(json.dumps(said)))).hexdigest()
