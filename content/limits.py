"""
What each kind of channel holds: value, unit, source, the day it was read, and whether it is enforced.

Data, not code: mend a row here when a platform changes its mind. A row older than `STALE_AFTER` should be
read again; `cordiale limits` says which.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

STALE_AFTER = timedelta(days=180)

#: What a row can be about. A preheader is no field of ours: the row is there for writers to read.
FIELDS: dict[str, str] = {
    "text": "The text",
    "caption": "The text, as the caption of its media,",
    "headline": "The headline",
    "preheader": "The preheader",
    "html": "The HTML part",
    "alt": "The alt text",
    "hashtags": "Hashtags in the text",
    "mentions": "Accounts that the text mentions",
    "links": "Different links in the text",
    "media": "Files",
    "image": "A picture",
    "gif": "A GIF",
    "video": "A video",
    "image pixels": "The picture's pixels, width times height",
    "video pixels": "The film's pixels, width times height",
    "video frame rate": "The film's frame rate",
    "video duration": "The film's length",
    "captions": "A file of captions",
}

Unit = Literal[
    "weighted characters",  #: X: counting.weighted
    "Mastodon characters",  #: counting.fediverse
    "graphemes",  #: counting.graphemes
    "Threads characters",  #: counting.threads
    "UTF-16 units",  #: counting.utf16
    "octets",  #: counting.utf8; of a file, its size
    "characters",  #: code points
    "LinkedIn characters",  #: counting.linkedin
    "Notify characters",  #: counting.notify
    "text message parts",  #: counting.gsm
    "files",
    "hashtags",
    "mentions",
    "links",
    "pixels",
    "seconds",
    "frames a second",
]


@dataclass(frozen=True)
class Limit:
    """One row: what fits into one field of one kind of channel."""

    kind: str  #: the channel's kind, or the network that an outbox is for
    field: str  #: what is measured, one of `FIELDS`
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
_READ_AGAIN = date(2026, 11, 26)
_MASTODON = "docs.joinmastodon.org, entities/Instance: configuration.statuses"
_MASTODON_MEDIA = "docs.joinmastodon.org, entities/Instance: configuration.media_attachments"
_EVENT = "Matrix v1.16, size limits: 65,536 octets an event"
_SMS = "as many as GOV.UK Notify sends: six parts"
_KANNEL = "kannel.org, user guide: max-messages, as the channel's option `parts` says"
_NOTIFY = "GOV.UK Notify, notifications-utils: SMS_CHAR_COUNT_LIMIT"
_MAIL = "mail readers cut longer subjects; phones show 30 to 40"
_LEXICON = "app.bsky.feed.post lexicon"
_BLUESKY_IMAGES = "app.bsky.embed.images lexicon"
_X_MEDIA = "docs.x.com, media"
_THREADS = "developers.facebook.com, Threads posts"
_THREADS_LINKS = "developers.facebook.com, Threads: THREADS_API__LINK_LIMIT_EXCEEDED"
_TOPIC = "Threads: the first is the post's topic, others are plain words"
_CAPTION = "core.telegram.org, sendPhoto: caption"
_BOT = "core.telegram.org, sending files by a bot"
_WHATSAPP = "Meta Business API; the unit is not documented"
_WHATSAPP_MEDIA = "WhatsApp Cloud API, supported media types"
_VENDORS = "published by scheduling vendors only"
_HASHTAGS = "press reports of 18 and 19 December 2025; Meta's own page was not read"
_SCHEMA = "the document schema: one wording"

LIMITS: tuple[Limit, ...] = (
    Limit("mastodon", "text", 500, "Mastodon characters", _MASTODON, _READ, "hard"),
    Limit("mastodon", "alt", 1500, "characters", "docs.joinmastodon.org: description_limit", _READ, "hard"),
    Limit("mastodon", "media", 4, "files", _MASTODON, _READ, "hard"),
    Limit("mastodon", "image", 16_777_216, "octets", _MASTODON_MEDIA, _READ, "hard"),
    Limit("mastodon", "gif", 16_777_216, "octets", _MASTODON_MEDIA, _READ, "hard"),
    Limit("mastodon", "video", 103_809_024, "octets", _MASTODON_MEDIA, _READ, "hard"),
    Limit("smtp", "headline", 998, "octets", "RFC 5322, section 2.1.1", _READ, "hard"),
    Limit("smtp", "headline", 70, "characters", _MAIL, _READ, "soft"),
    Limit("smtp", "preheader", 110, "characters", "mail readers show 80 to 110 (vendors)", _READ, "soft"),
    Limit("smtp", "html", 102_000, "octets", "Gmail clips longer messages", _READ, "soft"),
    Limit("feed", "headline", 200, "characters", "feed readers cut longer titles", _READ, "soft"),
    Limit("wordpress", "headline", 200, "characters", "a longer title fills a phone", _READ_AGAIN, "soft"),
    Limit("webhook", "text", 20_000, "characters", _SCHEMA, _READ, "soft"),
    Limit("partner-pack", "text", 20_000, "characters", _SCHEMA, _READ_AGAIN, "soft"),
    Limit("outbox", "text", 20_000, "characters", _SCHEMA, _READ, "soft"),
    Limit("x", "text", 280, "weighted characters", "docs.x.com, counting characters; twitter-text v3", _READ, "hard"),
    Limit("x", "alt", 1000, "characters", _X_MEDIA, _READ, "hard"),
    Limit("x", "media", 4, "files", _X_MEDIA, _READ, "hard"),
    Limit("x", "image", 5_000_000, "octets", _X_MEDIA, _READ, "hard"),
    Limit("x", "gif", 15_000_000, "octets", _X_MEDIA, _READ, "hard"),
    Limit("x", "video", 512_000_000, "octets", _X_MEDIA, _READ, "hard"),
    Limit("bluesky", "text", 300, "graphemes", _LEXICON, _READ, "hard"),
    Limit("bluesky", "text", 3000, "octets", _LEXICON, _READ, "hard"),
    Limit("bluesky", "alt", 2000, "graphemes", "social-app: MAX_ALT_TEXT", _READ, "soft"),
    Limit("bluesky", "media", 4, "files", _BLUESKY_IMAGES, _READ, "hard"),
    Limit("bluesky", "image", 2_000_000, "octets", _BLUESKY_IMAGES, _READ, "hard"),
    Limit("bluesky", "gif", 2_000_000, "octets", _BLUESKY_IMAGES, _READ, "hard"),
    Limit("bluesky", "video", 300_000_000, "octets", "app.bsky.embed.video lexicon", _READ, "hard"),
    Limit("threads", "text", 500, "Threads characters", _THREADS, _READ, "hard"),
    Limit("threads", "hashtags", 1, "hashtags", _TOPIC, _READ_AGAIN, "soft"),
    Limit("threads", "links", 5, "links", _THREADS_LINKS, _READ_AGAIN, "hard"),
    Limit("threads", "alt", 1000, "characters", _VENDORS, _READ_AGAIN, "soft"),
    Limit("threads", "media", 20, "files", _VENDORS, _READ_AGAIN, "hard"),
    Limit("threads", "image", 8_000_000, "octets", _VENDORS, _READ_AGAIN, "hard"),
    Limit("threads", "video", 1_000_000_000, "octets", _VENDORS, _READ_AGAIN, "hard"),
    Limit("telegram", "text", 4096, "UTF-16 units", "core.telegram.org, sendMessage", _READ, "hard"),
    Limit("telegram", "caption", 1024, "UTF-16 units", _CAPTION, _READ, "hard"),
    Limit("telegram", "media", 10, "files", "core.telegram.org, sendMediaGroup", _READ_AGAIN, "hard"),
    Limit("telegram", "image", 10_000_000, "octets", _BOT, _READ_AGAIN, "hard"),
    Limit("telegram", "gif", 50_000_000, "octets", _BOT, _READ_AGAIN, "hard"),
    Limit("telegram", "video", 50_000_000, "octets", _BOT, _READ_AGAIN, "hard"),
    Limit("matrix", "text", 60_000, "octets", _EVENT, _READ_AGAIN, "hard"),
    Limit("sms", "text", 6, "text message parts", _SMS, _READ, "hard"),
    Limit("govuk-notify", "text", 918, "Notify characters", _NOTIFY, _READ, "hard"),
    Limit("kannel", "text", 6, "text message parts", _KANNEL, _READ_AGAIN, "hard"),
    Limit("whatsapp", "text", 4096, "characters", _WHATSAPP, _READ, "hard"),
    Limit("whatsapp", "caption", 1024, "characters", _WHATSAPP, _READ, "hard"),
    Limit("whatsapp", "media", 1, "files", "WhatsApp Cloud API: a message has one file", _READ_AGAIN, "soft"),
    Limit("whatsapp", "image", 5_000_000, "octets", _WHATSAPP_MEDIA, _READ_AGAIN, "hard"),
    Limit("whatsapp", "video", 16_000_000, "octets", _WHATSAPP_MEDIA, _READ_AGAIN, "hard"),
    Limit("facebook", "text", 63_206, "UTF-16 units", _VENDORS, _READ, "hard"),
    Limit("facebook", "alt", 5000, "characters", _VENDORS, _READ, "soft"),
    Limit("instagram", "text", 2200, "UTF-16 units", _VENDORS, _READ, "hard"),
    Limit("instagram", "hashtags", 5, "hashtags", _HASHTAGS, _READ, "hard"),
    Limit("instagram", "mentions", 20, "mentions", _VENDORS, _READ, "hard"),
    Limit("instagram", "alt", 1000, "characters", _VENDORS, _READ, "soft"),
    Limit("instagram", "media", 10, "files", _VENDORS, _READ_AGAIN, "hard"),
    Limit("instagram", "image", 8_000_000, "octets", _VENDORS, _READ_AGAIN, "hard"),
    Limit("instagram", "video", 1_000_000_000, "octets", _VENDORS, _READ_AGAIN, "hard"),
    Limit("youtube", "headline", 100, "characters", "YouTube Data API: snippet.title", _READ, "hard"),
    Limit("youtube", "text", 5000, "octets", "YouTube Data API: snippet.description", _READ, "hard"),
    Limit("linkedin", "text", 3000, "LinkedIn characters", _VENDORS, _READ, "hard"),
    Limit("linkedin", "alt", 4086, "characters", _VENDORS, _READ, "soft"),
    Limit("mastodon", "image pixels", 33_177_600, "pixels", _MASTODON_MEDIA, _READ, "hard"),
    Limit("mastodon", "video pixels", 8_294_400, "pixels", _MASTODON_MEDIA, _READ, "hard"),
    Limit("mastodon", "video frame rate", 120, "frames a second", _MASTODON_MEDIA, _READ, "hard"),
    Limit("bluesky", "video duration", 600, "seconds", "social-app: constants.ts", _READ, "hard"),
    Limit("bluesky", "captions", 20_000, "octets", "app.bsky.embed.video lexicon", _READ, "hard"),
)

KINDS: tuple[str, ...] = tuple(dict.fromkeys(limit.kind for limit in LIMITS))

_BY_FIELD: dict[tuple[str, str], tuple[Limit, ...]] = {
    (kind, field): tuple(limit for limit in LIMITS if (limit.kind, limit.field) == (kind, field))
    for kind, field in {(limit.kind, limit.field) for limit in LIMITS}
}


def of(kind: str, field: str = "text") -> tuple[Limit, ...]:
    """Return the rows for *field* of *kind*, in the order of the table; none where nothing is known."""
    return _BY_FIELD.get((kind, field), ())


#: The kinds of channel that send text messages: one kind of space, and letters outside an alphabet cost parts.
TEXT_MESSAGES = frozenset({"sms", "govuk-notify", "kannel"})
