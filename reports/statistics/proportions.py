"""
Intervals of shares and of their differences.

Wilson (1927) for one share; Newcombe (1998, method 10) for two: it keeps its level near 0 and 1, where the textbook
interval of the difference does not. Katz (1978) for their ratio.
"""

import math
from dataclasses import dataclass

from reports.statistics import student
from reports.statistics.claim import LEVEL, checked_level, share_of


@dataclass(frozen=True)
class Interval:
    """An estimate and the interval around it."""

    estimate: float
    lower: float
    upper: float


def wilson(successes: float, n: float, level: float = LEVEL) -> Interval:
    """
    Return the share *successes* / *n* with Wilson's interval.

    *n* may be an effective number, which is no whole one.
    """
    p = share_of(successes, n, "The group")
    z = student.z(checked_level(level))
    centre = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    return Interval(p, max(0.0, (centre - reach) / below), min(1.0, (centre + reach) / below))


def newcombe(first: tuple[float, float], second: tuple[float, float], level: float = LEVEL) -> Interval:
    """Return the second share less the first, each given as (successes, n), with Newcombe's interval."""
    one, other = wilson(*first, level), wilson(*second, level)
    difference = other.estimate - one.estimate
    down = math.hypot(other.estimate - other.lower, one.upper - one.estimate)
    up = math.hypot(other.upper - other.estimate, one.estimate - one.lower)
    return Interval(difference, max(-1.0, difference - down), min(1.0, difference + up))


def relative(first: tuple[float, float], second: tuple[float, float], level: float = LEVEL) -> Interval | None:
    """
    Return by which part of the first share the second exceeds it, each given as (successes, n); None where one is 0.

    The interval is that of the ratio's logarithm (Katz 1978), which lies around the ratio and not around nothing.
    """
    one, other = share_of(*first, "The first group"), share_of(*second, "The second group")
    if one == 0 or other == 0:
        return None
    reach = student.z(checked_level(level)) * math.sqrt((1 - one) / first[0] + (1 - other) / second[0])
    ratio = other / one
    return Interval(ratio - 1, ratio * math.exp(-reach) - 1, ratio * math.exp(reach) - 1)


def relative_detail(first: tuple[float, float], second: tuple[float, float], level: float = LEVEL) -> dict[str, float]:
    """Return `relative` as further numbers of a claim: relative, relative_lower, relative_upper; or none."""
    found = relative(first, second, level)
    if found is None:
        return {}
    return {"relative": found.estimate, "relative_lower": found.lower, "relative_upper": found.upper}


def p_value(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the two-sided p-value of the pooled z test that the two shares are the same."""
    one, other = share_of(*first, "The first group"), share_of(*second, "The second group")
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    spread = math.sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    return 1.0 if spread == 0 else student.two_sided((other - one) / spread)


def needed(baseline: float, smallest: float, power: float = 0.8, level: float = LEVEL) -> int:
    """Return how many each half needs, to find a rise from *baseline* by *smallest* with *power* (normal theory)."""
    other = baseline + smallest
    share_of(baseline, 1, "The baseline")
    share_of(other, 1, "The baseline with the smallest rise")
    za, zb = student.z(checked_level(level)), student.z(2 * power - 1) if power != 0.5 else 0.0  # noqa: PLR2004 (half is no reach at all)
    spread = baseline * (1 - baseline) + other * (1 - other)
    middle = (baseline + other) / 2
    top = za * math.sqrt(2 * middle * (1 - middle)) + zb * math.sqrt(spread)
    return math.ceil((top / smallest) ** 2)
