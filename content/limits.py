"""
What each kind of channel holds: value, unit, source, the day it was read, and whether it is enforced.

Data, not code: mend a row here when a platform changes its mind. A row older than `STALE_AFTER` should be
read again; `cordiale limits` says which.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

STALE_AFTER = timedelta(days=180)

Unit = Literal[
    "weighted characters",  #: X: counting.weighted
    "Mastodon characters",  #: counting.fediverse
    "graphemes",  #: counting.graphemes
    "Threads characters",  #: counting.threads
    "UTF-16 units",  #: counting.utf16
    "octets",  #: counting.utf8
    "characters",  #: code points
    "text message parts",  #: counting.gsm
    "files",
]


@dataclass(frozen=True)
class Limit:
    """One row: what fits into one field of one kind of channel."""

    kind: str  #: the channel's kind, or the network that an outbox is for
    field: str  #: text | headline | html | alt | media
    value: int
    unit: Unit
    source: str
    checked_on: date
    firmness: Literal["hard", "soft"]  #: hard: refused above it; soft: cut, hidden or unwise above it

    @property
    def hard(self) -> bool:
        """Whether more is refused by the channel."""
        return self.firmness == "hard"

    def stale(self, today: date) -> bool:
        """Say whether the row should be read again."""
        return today - self.checked_on > STALE_AFTER


_READ = date(2026, 11, 22)
_MASTODON = "docs.joinmastodon.org, entities/Instance: configuration.statuses"
_NOTIFY = "GOV.UK Notify, notifications-utils: 918 characters, six parts"
_GMAIL = "Gmail clips longer messages"
_LEXICON = "app.bsky.feed.post lexicon"

LIMITS: tuple[Limit, ...] = (
    Limit("mastodon", "text", 500, "Mastodon characters", _MASTODON, _READ, "hard"),
    Limit("mastodon", "alt", 1500, "characters", "docs.joinmastodon.org: description_limit", _READ, "hard"),
    Limit("mastodon", "media", 4, "files", _MASTODON, _READ, "hard"),
    Limit("smtp", "headline", 998, "octets", "RFC 5322, section 2.1.1", _READ, "hard"),
    Limit(
        "smtp", "headline", 70, "characters", "mail readers cut longer subjects; phones show 30 to 40", _READ, "soft"
    ),
    Limit("smtp", "html", 102_000, "octets", _GMAIL, _READ, "soft"),
    Limit("feed", "headline", 200, "characters", "feed readers cut longer titles", _READ, "soft"),
    Limit("webhook", "text", 20_000, "characters", "the document schema: one wording", _READ, "soft"),
    Limit("outbox", "text", 20_000, "characters", "the document schema: one wording", _READ, "soft"),
    Limit("x", "text", 280, "weighted characters", "docs.x.com, counting characters; twitter-text v3", _READ, "hard"),
    Limit("x", "alt", 1000, "characters", "docs.x.com, media", _READ, "hard"),
    Limit("x", "media", 4, "files", "docs.x.com, media", _READ, "hard"),
    Limit("bluesky", "text", 300, "graphemes", _LEXICON, _READ, "hard"),
    Limit("bluesky", "text", 3000, "octets", _LEXICON, _READ, "hard"),
    Limit("bluesky", "alt", 2000, "graphemes", "social-app: MAX_ALT_TEXT", _READ, "soft"),
    Limit("bluesky", "media", 4, "files", "app.bsky.embed.images lexicon", _READ, "hard"),
    Limit("threads", "text", 500, "Threads characters", "developers.facebook.com, Threads posts", _READ, "hard"),
    Limit("telegram", "text", 4096, "UTF-16 units", "core.telegram.org, sendMessage", _READ, "hard"),
    Limit("sms", "text", 6, "text message parts", _NOTIFY, _READ, "hard"),
    Limit("instagram", "text", 2200, "UTF-16 units", "published by scheduling vendors only", _READ, "hard"),
    Limit("linkedin", "text", 3000, "UTF-16 units", "published by scheduling vendors only", _READ, "hard"),
    Limit("facebook", "text", 63_206, "UTF-16 units", "published by scheduling vendors only", _READ, "hard"),
    Limit("whatsapp", "text", 4096, "characters", "Meta Business API; the unit is not documented", _READ, "hard"),
    Limit("youtube", "headline", 100, "characters", "YouTube Data API: snippet.title", _READ, "hard"),
    Limit("youtube", "text", 5000, "octets", "YouTube Data API: snippet.description", _READ, "hard"),
)

KINDS: tuple[str, ...] = tuple(dict.fromkeys(limit.kind for limit in LIMITS))

_BY_FIELD: dict[tuple[str, str], tuple[Limit, ...]] = {
    (kind, field): tuple(limit for limit in LIMITS if (limit.kind, limit.field) == (kind, field))
    for kind, field in {(limit.kind, limit.field) for limit in LIMITS}
}


def of(kind: str, field: str = "text") -> tuple[Limit, ...]:
    """Return the rows for *field* of *kind*, in the order of the table; none where nothing is known."""
    return _BY_FIELD.get((kind, field), ())
