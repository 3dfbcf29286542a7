"""
How each kind of channel lays a text out: who decides its direction, which directional characters it may hold.

Data, not code: mend a row when a platform changes its mind. Whoever can say `dir` or a language with a text
decides; elsewhere the reader's app looks at the first strong character (Unicode Standard Annex 9, rules P2 and P3),
of the whole text or of each of its lines.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: What a plain text may hold: isolates (U+2066 to U+2069), right-to-left mark, Arabic letter mark.
ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
MARKS = frozenset("\u200f\u061c")


@dataclass(frozen=True)
class Layout:
    """One row: how a text is laid out by one kind of channel."""

    kind: str  #: the channel's kind, or the network that an outbox is for
    guessed_from: Literal["text", "line"] | None  #: whose first strong character decides; None: we say it
    controls: frozenset[str]  #: directional characters that its plain text may hold
    cuts_links: bool  #: whether it links only the ASCII part of an address
    source: str
    checked_on: date

    @property
    def isolates(self) -> bool:
        """Whether what stands between isolates is kept together there."""
        return self.controls >= ISOLATES


_READ = date(2026, 11, 22)
_KEPT = ISOLATES | MARKS
_AUTO = "the app shows posts with dir=auto"
_VENDOR = "not documented; taken to be as on other networks"

LAYOUTS: tuple[Layout, ...] = (
    Layout("mastodon", "text", _KEPT, False, _AUTO, _READ),
    Layout("bluesky", "text", _KEPT, False, _AUTO, _READ),
    Layout("x", "text", _KEPT, True, f"{_AUTO}; twitter-text 3.1 links and counts next to isolates", _READ),
    Layout("threads", "text", _KEPT, False, _VENDOR, _READ),
    Layout("telegram", "line", _KEPT, False, "telegramdesktop/tdesktop, issues 3845 and 25004", _READ),
    Layout("matrix", "text", _KEPT, False, "the apps show messages with dir=auto", _READ),
    Layout("whatsapp", "line", _KEPT, False, _VENDOR, _READ),
    Layout("facebook", "text", _KEPT, False, _VENDOR, _READ),
    Layout("instagram", "text", _KEPT, False, _VENDOR, _READ),
    Layout("linkedin", "text", _KEPT, False, _VENDOR, _READ),
    Layout("youtube", "text", _KEPT, False, _VENDOR, _READ),
    Layout("sms", "line", frozenset(), False, "each takes a character of a part; handsets show some as boxes", _READ),
    Layout("govuk-notify", "line", frozenset(), False, "as other text messages", _READ),
    Layout("kannel", "line", frozenset(), False, "as other text messages", _READ),
    Layout("smtp", None, _KEPT, False, "the HTML part says dir; the text part is plain text", _READ),
    Layout("feed", None, _KEPT, False, "the entry says dir", _READ),
    Layout("wordpress", None, _KEPT, False, "the post says dir", _READ),
    Layout("webhook", None, _KEPT, False, "the payload says the direction", _READ),
    Layout("partner-pack", None, _KEPT, False, "a person posts it; the option `network` says where", _READ),
    Layout("outbox", None, _KEPT, False, "a person posts it; the option `network` says where", _READ),
)

_BY_KIND = {layout.kind: layout for layout in LAYOUTS}
_UNKNOWN = Layout("", "text", _KEPT, False, "nothing is known; taken to be as on most networks", _READ)


def of(kind: str) -> Layout:
    """Return how a channel or network of *kind* lays a text out; what is unknown is taken for a post."""
    return _BY_KIND.get(kind, _UNKNOWN)
