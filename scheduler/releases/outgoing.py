"""
Everything that goes out with a release, in the one form that is signed, stored and published.

The canonical form is RFC 8785 JSON; the digest is its sha256. The daemon publishes from these bytes
and from nothing else. Form 1 is what leaves without captions, form 2 what leaves with them, form 3 what is of a kind
that an urgent rule may name: each release has one form, so that what was signed before stays signed.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from campaigns.clock import iso, parse_iso
from campaigns.errors import NotTrusted
from scheduler.releases.canonical import decode, encode

VERSION = 1
WITH_CAPTIONS = 2
WITH_KIND = 3  #: of message; media as in form 2
_LISTS = ("parts", "media", "audiences", "facets", "partners", "waivers")
_TEXTS = (
    *("release", "campaign", "name", "message", "locale", "variant", "language", "direction", "visibility"),
    *("channel", "kind", "account", "issuer", "due"),
)
_FORMS = frozenset({VERSION, WITH_CAPTIONS, WITH_KIND})
_PERHAPS = ("content_warning", "reply_to", "supersedes", "server", "credential", "not_after", "message_kind")


@dataclass(frozen=True)
class OutgoingPart:
    """One piece that is sent on its own."""

    text: str
    html: str | None
    headline: str | None
    link: str | None


@dataclass(frozen=True)
class OutgoingCaptions:
    """The captions of a film, in the release's locale."""

    file: str
    digest: str  #: sha256 of the bytes, hex


@dataclass(frozen=True)
class OutgoingMedia:
    """One file that goes with it."""

    file: str
    digest: str  #: sha256 of the bytes, hex
    kind: str  #: MIME type
    alt: str
    captions: OutgoingCaptions | None = None


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
    message_kind: str | None = None  #: by which an urgent rule of the trust file names it
    v: int = field(init=False)  #: the form, told by the kind and the media

    def __post_init__(self) -> None:
        """Set the form."""
        form = WITH_CAPTIONS if any(item.captions for item in self.media) else VERSION
        object.__setattr__(self, "v", form if self.message_kind is None else WITH_KIND)


def canonical(outgoing: Outgoing) -> bytes:
    """Return the RFC 8785 form of *outgoing*, UTF-8."""
    parts, media = [vars(part) for part in outgoing.parts], [_media(item, outgoing.v) for item in outgoing.media]
    said = {**vars(outgoing), "parts": parts, "media": media}
    if outgoing.message_kind is None:
        del said["message_kind"]
    return encode(said)


def _media(item: OutgoingMedia, form: int) -> dict[str, Any]:
    said = {**vars(item), "captions": vars(item.captions) if item.captions else None}
    if form == VERSION:
        del said["captions"]
    return said


def _media_of(data: dict[str, Any], form: int) -> OutgoingMedia:
    """
    Read what `_media` wrote.

    Raises:
        ValueError: If it has captions and its form none, or the other way round.
    """
    if ("captions" in data) != (form != VERSION):
        raise ValueError
    captions = data.get("captions")
    return OutgoingMedia(**{**data, "captions": None if captions is None else OutgoingCaptions(**captions)})


def files_of(outgoing: Outgoing) -> list[OutgoingMedia | OutgoingCaptions]:
    """Return every file that goes out: pictures, films and captions."""
    return [*outgoing.media, *(item.captions for item in outgoing.media if item.captions)]


def digest(form: bytes) -> str:
    """Return the sha256 of a canonical form, 64 hex digits."""
    return hashlib.sha256(form).hexdigest()


@lru_cache(maxsize=512)
def parse(form: str | bytes) -> Outgoing:
    """
    Read a canonical form back; those of one group are kept, for several ask. Nobody changes what this returns.

    Raises:
        NotTrusted: If *form* is not canonical, or not of this version.
    """
    raw = form.encode() if isinstance(form, str) else form
    try:
        data, whole = decode(raw)
        version = data.pop("v")
        if version is True or version not in _FORMS or not whole or not _lists(data):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        if ("message_kind" in data) != (version == WITH_KIND):
            raise ValueError  # noqa: TRY301 (the same)
        outgoing = Outgoing(
            **{
                **data,
                "parts": tuple(OutgoingPart(**part) for part in data["parts"]),
                "media": tuple(_media_of(item, version) for item in data["media"]),
                "audiences": tuple(data["audiences"]),
                "facets": tuple(data["facets"]),
                "partners": tuple(data["partners"]),
                "waivers": tuple(data["waivers"]),
            }
        )
        if outgoing.v != version or not _typed(outgoing):
            raise ValueError  # noqa: TRY301 (the same)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        message = "The stored form of a release is not the canonical form that is signed."
        raise NotTrusted(message, "Apply its campaign again, and have it signed again.") from None
    return outgoing


def _lists(data: Any) -> bool:
    return all(isinstance(data[name], list) for name in _LISTS)


def _typed(outgoing: Outgoing) -> bool:
    """Return whether every value is of its field's type, so that nobody downstream has to doubt it."""
    texts = [getattr(outgoing, name) for name in _TEXTS]
    perhaps = [getattr(outgoing, name) for name in _PERHAPS]
    for part in outgoing.parts:
        texts.append(part.text)
        perhaps += [part.html, part.headline, part.link]
    for item in outgoing.media:
        texts += [item.file, item.digest, item.kind, item.alt]
        texts += [item.captions.file, item.captions.digest] if item.captions else []
    after, then = outgoing.if_late["after"], outgoing.if_late["then"]
    waived = [waiver["check"] for waiver in outgoing.waivers]
    return (
        all(isinstance(each, str) for each in (*texts, *outgoing.audiences, *outgoing.partners, *waived))
        and all(each is None or isinstance(each, str) for each in perhaps)
        and all(iso(parse_iso(each)) == each for each in (outgoing.due, outgoing.not_after) if each is not None)
        and isinstance(after, int | float)
        and after >= 0
        and then in {"ask", "send", "skip"}
        and isinstance(outgoing.options, dict)
        and all(isinstance(each, dict) for each in outgoing.facets)
    )


def words_digest(outgoing: Outgoing) -> str:
    """Return the sha256 of account, texts and media alone: equal for the same words on the same account."""
    said = [
        outgoing.kind,
        outgoing.server,
        outgoing.account,
        [[part.headline, part.text, part.html] for part in outgoing.parts],
        [item.digest for item in outgoing.media],
    ]
    return hashlib.sha256(encode(said)).hexdigest()
