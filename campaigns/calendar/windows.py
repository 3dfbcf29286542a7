"""Spans of time in which nothing goes out: partners' blackouts, and the hours in which people sleep."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from campaigns.calendar.wall_time import span, wall_of

#: Local hours in which a release wakes people: from 22:00 up to, not including, 07:00. A house rule, not a law.
QUIET_FROM = "22:00"
QUIET_TO = "07:00"


class Blackout(Protocol):
    """A span of wall time, end exclusive: a document's blackout or a table's row."""

    @property
    def start(self) -> str:
        """Wall time, `2027-04-09T00:00:00`."""
        ...

    @property
    def end(self) -> str:
        """Wall time, exclusive."""
        ...

    @property
    def zone(self) -> str:
        """IANA."""
        ...


SomeBlackout = TypeVar("SomeBlackout", bound=Blackout)


def bounds(blackout: Blackout) -> tuple[datetime, datetime]:
    """
    Return the first instant of *blackout* and the first one after it, in UTC.

    An edge that occurs twice or not at all is read so that the span is the longer one.
    """
    return span(blackout.start, blackout.zone)[0], span(blackout.end, blackout.zone)[1]


def blackout_over(instant: datetime, blackouts: Iterable[SomeBlackout]) -> SomeBlackout | None:
    """Return the first of *blackouts* that covers *instant*, or none."""
    for blackout in blackouts:
        start, end = bounds(blackout)
        if start <= instant < end:
            return blackout
    return None


def quiet(instant: datetime, zone: str) -> bool:
    """Return whether *instant* falls in the hours in which people in *zone* sleep."""
    return within(instant, QUIET_FROM, QUIET_TO, zone)


def within(instant: datetime, start: str, end: str, zone: str) -> bool:
    """Return whether clocks in *zone* show, at *instant*, a time from *start* up to, not including, *end* (`22:00`)."""
    return in_hours(wall_of(instant, zone), start, end)


def in_hours(wall: str, start: str, end: str) -> bool:
    """Return whether the time of day of *wall* is from *start* up to, not including, *end*, over midnight perhaps."""
    shown = wall[len("2027-01-12T") : len("2027-01-12T18:30")]
    return start <= shown < end if start < end else shown >= start or shown < end
