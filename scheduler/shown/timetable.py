"""
When a published release is looked at again: soon at first, then ever more rarely. Pure.

Words are most often changed, and counts grow most, in the first hours. After the last stop nobody looks again.
"""

from datetime import datetime, timedelta

#: After publication.
STOPS = (
    timedelta(minutes=2),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
    timedelta(days=28),
    timedelta(days=91),
)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)  #: between looks that came to nothing


def after(published_at: datetime, now: datetime) -> datetime | None:
    """Return the next stop after *now*; None where the last one is past. What was missed is not made up for."""
    return next((published_at + stop for stop in STOPS if published_at + stop > now), None)


def again(published_at: datetime, now: datetime, failures: int, asked: timedelta = timedelta(0)) -> datetime | None:
    """
    Return when to look again after *failures* looks in a row that came to nothing.

    Sooner than the next stop, but not before the channel *asked*; None where all stops are past.
    """
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(max(failures, 1) - 1, 16))
    stop = after(published_at, now)
    return None if stop is None else max(min(stop, now + pause), now + asked)
