"""
Wall time to instants: a time that does not exist is refused, one that occurs twice must say which.

Staff write what the clock on the wall shows (`2027-01-12T18:30`) and a zone; the engine needs one instant. Twice
a year the two do not match one to one. Nothing is guessed: the error names the nearest times that work.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campaigns.errors import Refused

_SECOND = timedelta(seconds=1)


class WallTimeGap(Refused):
    """The clocks go forward over this wall time: it does not exist in that zone."""


class WallTimeFold(Refused):
    """The clocks go back over this wall time: it occurs twice, and the document does not say which."""


class NoZone(Refused):
    """Nothing says in which zone a wall time is meant."""


class HasZone(Protocol):
    """A release entry or a campaign: may name a zone."""

    @property
    def zone(self) -> str | None:
        """The IANA name, or none."""
        ...


class HasTimezone(Protocol):
    """An audience: lives in one zone."""

    @property
    def timezone(self) -> str:
        """The IANA name."""
        ...


@lru_cache(maxsize=1024)  # ZoneInfo's own memory holds eight: a ninth zone would be read from disk over and over
def clocks_of(zone: str) -> ZoneInfo:
    """
    Return the rules of the clocks in *zone*, an IANA name.

    Raises:
        ZoneInfoNotFoundError: If there is no such zone.
    """
    try:
        return ZoneInfo(zone)
    except (OSError, ValueError) as error:  # a folder, a path, a file that holds no zone
        raise ZoneInfoNotFoundError(zone) from error


def resolve(wall: str, zone: str, fold: int | None = None) -> datetime:
    """
    Return the instant, in UTC, at which clocks in *zone* show *wall*.

    *wall* is `2027-01-12T18:30:00`; *fold* is 0 for the first passing of an hour that occurs twice, 1 for the
    second, and means nothing at any other time.

    Raises:
        WallTimeGap: If no clock in *zone* ever shows *wall*.
        WallTimeFold: If they show it twice and *fold* is none.
    """
    first = _attach(wall, zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if _shows(first.astimezone(UTC), zone) != _shown(first):
        raise _gap(first, second, zone)
    if fold is None:
        raise _fold(first, second, zone)
    return (second if fold else first).astimezone(UTC)


def span(wall: str, zone: str) -> tuple[datetime, datetime]:
    """
    Return the earliest and the latest instant that *wall* in *zone* can mean; equal at all ordinary times.

    For the edges of blackouts, where a doubt must not be refused but taken the careful way.
    """
    first = _attach(wall, zone)
    instants = sorted([first.astimezone(UTC), first.replace(fold=1).astimezone(UTC)])
    return instants[0], instants[1]


def start_of(day: date, zone: str) -> datetime:
    """Return the first instant of *day* in *zone*, in UTC."""
    midnight = _attach(f"{day.isoformat()}T00:00:00", zone)
    instant = midnight.astimezone(UTC)
    if _shows(instant, zone) == _shown(midnight):
        return instant
    return _transition(midnight.replace(fold=1).astimezone(UTC), instant, zone)  # the clocks skip midnight


def end_of(day: date, zone: str) -> datetime:
    """Return the first instant after *day* in *zone*, in UTC."""
    return start_of(day + timedelta(days=1), zone)


def wall_of(instant: datetime, zone: str) -> str:
    """Return what clocks in *zone* show at *instant*: `2027-01-12T18:30:00`."""
    return _shows(instant, zone)


def zone_for(entry: HasZone, campaign: HasZone, audiences: Iterable[HasTimezone]) -> str:
    """
    Return the zone of an entry's wall times: its own, else the campaign's, else the one its audiences share.

    Raises:
        NoZone: If neither names one and the audiences share none.
    """
    if entry.zone:
        return entry.zone
    if campaign.zone:
        return campaign.zone
    shared = sorted({audience.timezone for audience in audiences})
    if len(shared) == 1:
        return shared[0]
    if not shared:
        message = "No zone says what the wall time means."
    else:
        message = f"Its audiences live in {len(shared)} zones ({', '.join(shared)}), so the wall time could mean any."
    hint = f"Write zone: {shared[0] if shared else 'Europe/Paris'} at the release or at the campaign."
    raise NoZone(message, hint)


def _attach(wall: str, zone: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=clocks_of(zone))


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")[: len("2027-01-12T18:30:00")]


def _shows(instant: datetime, zone: str) -> str:
    return _shown(instant.astimezone(clocks_of(zone)))


def _transition(low: datetime, high: datetime, zone: str) -> datetime:
    """Return the first instant after *low* whose offset is that of *high*; whole seconds."""
    local = clocks_of(zone)
    after = high.astimezone(local).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(local).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def _gap(first: datetime, second: datetime, zone: str) -> WallTimeGap:
    # In a gap the two folds lie on either side of the transition, the second one before it (PEP 495).
    moved = _transition(second.astimezone(UTC), first.astimezone(UTC), zone)
    before, after = _shows(moved - timedelta(minutes=1), zone)[:16], _shows(moved, zone)[:16]
    message = f"{_shown(first)[:16]} does not exist in {zone}: the clocks go forward over it."
    return WallTimeGap(message, f"Write {before} or earlier, or {after} or later.")


def _fold(first: datetime, second: datetime, zone: str) -> WallTimeFold:
    message = f"{_shown(first)[:16]} occurs twice in {zone}: the clocks go back over it."
    hint = f"Write fold: 0 for the first ({_utc(first)}) or fold: 1 for the second ({_utc(second)}), or another time."
    return WallTimeFold(message, hint)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M UTC")
