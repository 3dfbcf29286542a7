"""How much of a channel's room a text takes, in that channel's own unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaigns.documents import schema
from content.counting import fediverse, graphemes, gsm, linkedin, notify, threads, utf8, utf16, weighted
from content.limits import Limit, of
from content.rendering import Part, Rendering

_COUNTERS: dict[str, Callable[[str], int]] = {
    "weighted characters": weighted.weighted_length,
    "Mastodon characters": fediverse.length,
    "graphemes": graphemes.count,
    "Threads characters": threads.length,
    "UTF-16 units": utf16.units,
    "octets": utf8.octets,
    "characters": len,
    "LinkedIn characters": linkedin.length,
    "Notify characters": notify.length,
    "text message parts": lambda text: gsm.segments(text).parts,
}


@dataclass(frozen=True)
class Measured:
    """What a text takes of what there is."""

    used: int
    limit: int | None  #: None: no limit is known
    unit: str
    hard: bool  #: whether the channel refuses more

    @property
    def over(self) -> int:
        """How much too long it is; 0 where it fits."""
        return max(0, self.used - self.limit) if self.limit is not None else 0


def network(channel: schema.Channel) -> str:
    """Return whose limits hold for *channel*: its kind's, or those of the `network` that it says it is for."""
    return str(channel.options.get("network", channel.kind))


def body(kind: str, rendering: Rendering, part: Part, number: int = 0) -> tuple[str, str]:
    """
    Return what of *part* counts as its text on a channel of *kind*: the field that limits name it by, and the words.

    The text of a post with media is a caption, where the channel holds captions to another limit; of the parts of a
    thread, *number* from 0, the first has them. A content warning counts with the text where both are one post.
    """
    field = "caption" if rendering.media and not number and of(kind, "caption") else "text"
    warned = rendering.content_warning and kind == "mastodon"
    return field, f"{rendering.content_warning}{part.text}" if warned else part.text


def measure(kind: str, text: str, field: str = "text", server: Mapping[str, int] | None = None) -> Measured:
    """
    Return how much of *field* of a channel of *kind* the *text* takes.

    *server* holds what the channel's own server declared: the limit under the field's name (`text`, `alt`) and
    the length of a link under `link`. Where several limits hold, the one that is over comes first, hard before soft,
    then the one nearest to full.
    """
    rows = of(kind, field)
    if not rows:
        return Measured(len(text), None, "characters", hard=False)
    found = [_one(row, text, server or {}) for row in rows]
    return found[0] if len(found) == 1 else max(found, key=_urgency)


def _one(row: Limit, text: str, server: Mapping[str, int]) -> Measured:
    if row.unit == "Mastodon characters" and "link" in server:
        used = fediverse.length(text, server["link"])
    else:
        used = _COUNTERS[row.unit](text)
    declared = server.get(row.field) if row.hard else None
    return Measured(used, row.value if declared is None else declared, row.unit, row.hard)


def _urgency(measured: Measured) -> tuple[bool, bool, float]:
    return (measured.over > 0, measured.hard and measured.over > 0, measured.used / max(measured.limit or 1, 1))
