"""
The generic cell rate algorithm, with whole tokens and whole microseconds: how many releases a rate lets out now. Pure.

One instant is all that it remembers: when a channel that spoke so often at an even pace would be due to speak again.
It only ever moves forward, so no interleaving of claimers and no clock reading lets out more than the time between
the earliest and the latest reading allows, and a burst.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.documents.fields import rate_interval

AT_ONCE = timedelta(seconds=1)  #: what a rate gives in this time may go out together: 30/h gives 1, 20/s gives 20


@dataclass(frozen=True)
class Rate:
    """A channel's rate: one release each *interval*, and up to *burst* of them at once."""

    interval: timedelta
    burst: int = 1


UNLIMITED = 1 << 30  #: tokens of a channel without a rate
NOTHING = Rate(timedelta.max, 0)  #: of a channel whose rate cannot be read


def read(written: str) -> Rate:
    """
    Return the rate that a document writes as `30/h`.

    Raises:
        ValueError: If it is no rate.
    """
    interval = rate_interval(written)
    return Rate(interval, max(1, AT_ONCE // interval))


def allowance(rate: Rate, theoretical: datetime | None, now: datetime) -> int:
    """Return how many releases may go out at *now*, given the instant that `spend` left behind."""
    if not rate.burst:
        return 0
    start = now if theoretical is None else max(theoretical, now)
    return max(0, (now + rate.burst * rate.interval - start) // rate.interval)


def spend(rate: Rate, theoretical: datetime | None, now: datetime, tokens: int) -> datetime:
    """Return the instant to remember once *tokens* releases have gone out at *now*."""
    start = now if theoretical is None else max(theoretical, now)
    return start + tokens * rate.interval


def free_at(rate: Rate, theoretical: datetime) -> datetime:
    """Return the first instant at which `allowance` is one or more."""
    return theoretical - max(rate.burst - 1, 0) * rate.interval
