"""
One entry of the register: what was published, where, when, by whom, and what became of it.

The JSON form, version 1, keys sorted (RFC 8785); `register.schema.json` in every export describes it for machines:

    id            uuid of the release            name       launch/fr-FR/fr-mastodon
    campaign      its short name                 locale     fr-FR             direction  ltr | rtl
    issuer        whose account it is            partners   who signed these very bytes
    channel       id, kind, account, server      link       where it is to be seen, if the channel said
    published     instant, UTC                   zone       IANA, of the place it was published for
    digest        sha256 of the bytes that the partners signed, hex
    parts         headline and text as sent; null where the text is not repeated
    text_digest   sha256 of the canonical form of `parts`, hex
    warning       what stands before the text, if anything does
    media         kind, digest and text alternative of each file
    fingerprint   what copies of the text share, however a platform passed them on (see `reading`)
    corrects      id of the entry that it corrects         corrected_by   ids of those that correct it
    retraction    null, or: partner, code, asked (instant), gone (instant, or null while it is being taken down)
"""

import hashlib
from dataclasses import dataclass, fields, replace
from typing import Any

from campaigns.clock import iso, parse_iso
from scheduler.register.reading import Reading, fingerprint, read
from scheduler.releases.canonical import encode

VERSION = 1


@dataclass(frozen=True, slots=True)
class Retraction:
    """That it was taken down: by whom, when, and why in one word."""

    partner: str
    code: str  #: one of `releases.retract_codes`
    asked: str  #: ISO instant
    gone: str | None  #: ISO instant; None while it is being taken down


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication."""

    id: str
    name: str
    campaign: str
    locale: str
    direction: str
    issuer: str
    partners: tuple[str, ...]
    channel: dict[str, str | None]
    link: str | None
    published: str
    zone: str
    digest: str
    parts: tuple[dict[str, str | None], ...] | None
    text_digest: str | None
    warning: str | None
    media: tuple[dict[str, str], ...]
    fingerprint: str | None
    corrects: str | None = None
    corrected_by: tuple[str, ...] = ()
    retraction: Retraction | None = None

    @property
    def stands(self) -> bool:
        """Whether it is neither taken down nor corrected."""
        return self.retraction is None and not self.corrected_by

    @property
    def latest(self) -> str:
        """The instant of the last thing that happened to it itself."""
        if self.retraction is None:
            return self.published
        return max(self.published, self.retraction.gone or self.retraction.asked)


def texts(entry: Entry) -> tuple[str, ...]:
    """Return the text of each part as it is read: the headline, if any, on a line of its own."""
    return tuple("\n".join(filter(None, (part["headline"], part["text"]))) for part in entry.parts or ())


def reading_of(entry: Entry) -> Reading:
    """Return the whole text of *entry*, read."""
    return read(*texts(entry))


def with_text(entry: Entry) -> Entry:
    """Return *entry* with the digest and the fingerprint of its parts."""
    digest = hashlib.sha256(encode(list(entry.parts or ()))).hexdigest()
    return replace(entry, text_digest=digest, fingerprint=fingerprint(reading_of(entry)))


def without_text(entry: Entry) -> Entry:
    """
    Return *entry* as a tombstone that does not repeat what was said.

    Fingerprint and digest of the text go as well: of a short secret in a known text, a hash tells everything.
    """
    return replace(entry, parts=None, text_digest=None, fingerprint=None, warning=None, media=())


def to_data(entry: Entry) -> dict[str, Any]:
    """Return *entry* as plain data."""
    found = {each.name: getattr(entry, each.name) for each in fields(entry)}
    taken = entry.retraction
    found["retraction"] = None if taken is None else {each.name: getattr(taken, each.name) for each in fields(taken)}
    return found


def from_data(data: dict[str, Any]) -> Entry:
    """
    Read what `to_data` wrote.

    Raises:
        ValueError, TypeError, KeyError: If *data* is no entry of this version.
    """
    taken = data["retraction"]
    lists = {name: tuple(data[name]) for name in ("partners", "media", "corrected_by")}
    parts = (
        None if data["parts"] is None else tuple({"headline": p["headline"], "text": p["text"]} for p in data["parts"])
    )
    made = Entry(**{**data, **lists, "parts": parts, "retraction": None if taken is None else Retraction(**taken)})
    if iso(parse_iso(made.published)) != made.published or not isinstance(made.id, str):
        raise ValueError
    return made
