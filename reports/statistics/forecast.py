"""
Where a series will stand on a later day: a random walk with drift, for readings at whatever instants.

The drift is the slope from the first reading to the last; the spread is what single steps had beyond it. The interval
holds both what chance may still do and how badly the drift is known, and Student's t answers for few readings. Source:
Hyndman and Athanasopoulos, Forecasting: Principles and Practice, the drift method, taken to unequal steps.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.statistics import student
from reports.statistics.claim import LEVEL, checked_level

FEWEST = 4  #: readings below which there is no forecast


@dataclass(frozen=True)
class Forecast:
    """The value expected on the day, and the interval that holds it with `level`."""

    value: float
    lower: float
    upper: float
    level: float
    readings: int


def drift(
    days: Sequence[float],
    values: Sequence[float],
    on: float,
    *,
    rising: bool = False,
    share: bool = False,
    level: float = LEVEL,
) -> Forecast | None:
    """
    Return the forecast for day *on*, or None with fewer than FEWEST readings.

    *days* rise; *values* are their readings. *rising* says that a running total never falls, *share* that it stays
    within 0 and 1.
    """
    n, ahead = len(days), (on - days[-1]) if days else 0.0
    if n < FEWEST or ahead < 0:
        return None
    whole = days[-1] - days[0]
    slope = (values[-1] - values[0]) / whole
    steps = [
        (new - old - slope * (later - earlier)) ** 2 / (later - earlier)
        for earlier, later, old, new in zip(days, days[1:], values, values[1:], strict=False)
    ]
    degrees = len(steps) - 1
    spread = math.sqrt(math.fsum(steps) / degrees * (ahead + ahead**2 / whole))
    reach = student.t(checked_level(level), degrees) * spread
    low = values[-1] if rising else -math.inf
    high = 1.0 if share else math.inf
    low = max(low, 0.0)
    value, lower, upper = (
        min(high, max(low, each))
        for each in (values[-1] + slope * ahead, values[-1] + slope * ahead - reach, values[-1] + slope * ahead + reach)
    )
    return Forecast(value, lower, upper, level, n)
