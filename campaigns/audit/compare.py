"""Two accounts of one log, held against each other: the first event at which they part, and in what way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """What was done to a log."""

    EDITED = "edited"
    DROPPED = "dropped"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"


@dataclass(frozen=True)
class Difference:
    """The first event that is not what it should be."""

    number: int  #: from 1, in the account that is believed; where it is inserted, before which
    way: Way
    count: int = 1  #: events dropped, inserted or cut off
    other: int = 0  #: which event stands in its place, where they were reordered

    @property
    def words(self) -> str:
        """What happened, to be ended with a full stop."""
        last = self.number + self.count - 1
        them = f"Event {self.number:,}" if self.count == 1 else f"Events {self.number:,} to {last:,}"
        was = "was" if self.count == 1 else "were"
        match self.way:
            case Way.EDITED:
                return f"Event {self.number:,} was edited"
            case Way.DROPPED:
                return f"{them} {was} dropped"
            case Way.REORDERED:
                return f"Event {self.number:,} was reordered: event {self.other:,} stands in its place"
            case Way.TRUNCATED:
                return f"{them} {was} truncated"
            case Way.INSERTED:
                what = "An event was" if self.count == 1 else f"{self.count:,} events were"
                return f"{what} inserted before event {self.number:,}"


def first_difference(found: Sequence[bytes], believed: Sequence[bytes], *, growing: bool = False) -> Difference | None:
    """
    Return where *found* parts from *believed*, both hashes of leaves in order; None where it does not.

    *growing*: what follows the end of *believed* is news, not a difference.
    """
    at = next((i for i, (one, other) in enumerate(zip(found, believed, strict=False)) if one != other), None)
    if at is None:
        at = min(len(found), len(believed))
        if len(found) < len(believed):
            return Difference(at + 1, Way.TRUNCATED, len(believed) - at)
        if len(found) > len(believed) and not growing:
            return Difference(at + 1, Way.INSERTED, len(found) - at)
        return None
    later = believed.index(found[at], at) if found[at] in set(believed[at:]) else None
    lost = believed[at] not in set(found[at:])
    if later is None and lost:
        return Difference(at + 1, Way.EDITED)
    if later is None or (not lost and found[at] in set(found[at + 1 :])):  # unknown, or there a second time
        return Difference(at + 1, Way.INSERTED, found.index(believed[at], at) - at)
    if lost:
        return Difference(at + 1, Way.DROPPED, later - at)
    return Difference(at + 1, Way.REORDERED, other=later + 1)
