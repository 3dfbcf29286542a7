"""
Which troubles are told now, on one route: each once, grown ones again, old ones as a reminder, and the end of each.

Pure: the memory of what was told goes in, and comes out changed only once the message has really left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from scheduler.watch.troubles import Trouble

GROWN = 2  #: a trouble that concerns so many times more releases than when it was told is told again


@dataclass(frozen=True)
class Told:
    """A trouble that was told."""

    what: str
    number: int
    since: datetime  #: when it was first told
    at: datetime  #: when it was last told


@dataclass(frozen=True)
class Memory:
    """What one route knows."""

    told: Mapping[str, Told] = field(default_factory=dict)  #: key of a trouble -> what was said of it
    sent_at: datetime | None = None  #: when the last message left
    tried_at: datetime | None = None  #: when sending was last tried
    fault: str = ""  #: why the last message did not leave; "" when it did
    fault_since: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """One message: what is new, what still stands, and what is over."""

    new: tuple[Trouble, ...]
    still: tuple[Trouble, ...]
    over: tuple[Told, ...]
    over_keys: tuple[str, ...]

    @property
    def id(self) -> str:
        """The same for the same news, so that a receiver can tell a repetition."""
        said = [*(f"{each.key} {each.number}" for each in (*self.new, *self.still)), "over", *self.over_keys]
        since = [each.since.isoformat() for each in self.over]
        return sha256("\n".join([*said, *since]).encode()).hexdigest()[:32]


def news(memory: Memory, troubles: Sequence[Trouble], now: datetime, *, remind: timedelta) -> Notice | None:
    """Return what there is to tell, or None. A trouble that stands is told again after *remind*."""
    new, still = [], []
    for trouble in troubles:
        told = memory.told.get(trouble.key)
        if told is None:
            new.append(trouble)
        elif trouble.number >= GROWN * told.number or not timedelta(0) <= now - told.at < remind:
            still.append(trouble)
    current = {each.key for each in troubles}
    gone = {key: told for key, told in memory.told.items() if key not in current}
    if not (new or still or gone):
        return None
    return Notice(tuple(new), tuple(still), tuple(gone.values()), tuple(gone))


def may_speak(memory: Memory, now: datetime, *, gap: timedelta) -> bool:
    """
    Return whether a message may leave at *now*: not within *gap* of the last one, nor of the last try.

    What happens meanwhile is in the next one; what came and went in between is never told.
    """
    last = [each for each in (memory.sent_at, memory.tried_at) if each is not None]
    return not any(timedelta(0) <= now - each < gap for each in last)


def sent(memory: Memory, notice: Notice, now: datetime) -> Memory:
    """Return *memory* after *notice* has left."""
    told = {key: each for key, each in memory.told.items() if key not in notice.over_keys}
    for trouble in (*notice.new, *notice.still):
        before = told.get(trouble.key)
        told[trouble.key] = Told(trouble.what, trouble.number, before.since if before else now, now)
    return Memory(told, sent_at=now, tried_at=None)


def failed(memory: Memory, fault: str, now: datetime) -> Memory:
    """Return *memory* after a message did not leave: what it said is still to be told."""
    return replace(memory, fault=fault, fault_since=memory.fault_since or now, tried_at=now)
