"""
How long until something happens, where for some it has not happened yet: Kaplan and Meier (1958).

Those still waiting count for as long as they have been watched, instead of being left out, which would flatter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from campaigns.errors import UsageError
from reports.statistics import student
from reports.statistics.claim import LEVEL, checked_level
from reports.statistics.proportions import Interval


@dataclass(frozen=True)
class Waited:
    """How long one case waited, and whether what was waited for then happened (else it was last seen waiting)."""

    time: float
    happened: bool
    cases: int = 1


@dataclass(frozen=True)
class Curve:
    """The share still waiting after each time at which something happened; Greenwood's sum of each for its error."""

    times: tuple[float, ...]
    waiting: tuple[float, ...]
    greenwood: tuple[float, ...]
    cases: int
    happened: int
    watched: float  #: the longest time that any case was watched

    def by(self, time: float, level: float = LEVEL) -> Interval | None:
        """
        Return the share for whom it happened within *time*; None where nobody was watched for so long.

        The interval is on the log-log scale (Kalbfleisch and Prentice), so that it stays within 0 and 1.
        """
        if not self.cases or (time > self.watched and (not self.waiting or self.waiting[-1] > 0)):
            return None
        place = sum(each <= time for each in self.times) - 1
        if place < 0:
            return Interval(0.0, 0.0, _none_of(self.cases, level))
        waiting, variance = self.waiting[place], self.greenwood[place]
        if waiting == 0:
            return Interval(1.0, 1 - _none_of(self.cases, level), 1.0)
        reach = student.z(checked_level(level)) * math.sqrt(variance) / math.log(waiting)
        ends = sorted(1 - waiting ** math.exp(sign * reach) for sign in (-1, 1))
        return Interval(1 - waiting, ends[0], ends[1])

    def quantile(self, share: float) -> float | None:
        """Return the time by which it happened for *share* of all; None where it has not for so many."""
        for time, waiting in zip(self.times, self.waiting, strict=True):
            if 1 - waiting >= share - 1e-12:
                return time
        return None


def kaplan_meier(cases: Sequence[Waited]) -> Curve:
    """
    Return the curve of *cases*. At one time, what happened comes before who was last seen.

    Raises:
        UsageError: If a case waited for less than no time.
    """
    if any(not each.time >= 0 for each in cases):
        message = "A case waited for less than no time."
        raise UsageError(message, "Look whether its two instants are exchanged.")
    ordered = sorted(cases, key=lambda each: each.time)
    left = sum(each.cases for each in ordered)
    waiting, greenwood = 1.0, 0.0
    times, shares, sums = [], [], []
    for time, group in groupby(ordered, key=lambda each: each.time):
        now = list(group)
        happened = sum(each.cases for each in now if each.happened)
        if happened:
            waiting *= 1 - happened / left
            greenwood += happened / (left * (left - happened)) if left > happened else math.inf
            times.append(time)
            shares.append(waiting)
            sums.append(greenwood)
        left -= sum(each.cases for each in now)
    total = sum(each.cases for each in ordered)
    done = sum(each.cases for each in ordered if each.happened)
    return Curve(tuple(times), tuple(shares), tuple(sums), total, done, ordered[-1].time if ordered else 0.0)


def _none_of(n: int, level: float) -> float:
    """Return the upper end of the exact interval for none of *n* (Clopper and Pearson)."""
    return 1 - math.pow((1 - level) / 2, 1 / n)
