"""
A test that may be looked at every day: the mixture sequential probability ratio test (mSPRT).

The likelihood ratio is mixed over effects with a normal prior of variance tau squared around none. Whatever the number
of looks, the chance that it ever crosses 1 / alpha without an effect is at most alpha (Ville's inequality), so that
peeking costs nothing. Source: Johari, Pekelis and Walsh, Always Valid Inference (2017).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.errors import UsageError
from reports.statistics.claim import LEVEL, checked_level, share_of

#: The spread of effects that campaigns have on rates: two points. It changes how soon an effect is seen, not the level.
TAU = 0.02


@dataclass(frozen=True)
class Look:
    """What one look allows to say."""

    difference: float
    lower: float  #: of an interval that holds at all looks at once
    upper: float
    p: float  #: always valid: the smallest so far is a p-value


def look(first: tuple[float, float], second: tuple[float, float], tau: float = TAU, level: float = LEVEL) -> Look:
    """Return what the counts so far say of the second share less the first, each given as (successes, n)."""
    one, other = share_of(*first, "The first half"), share_of(*second, "The second half")
    alpha, difference = 1 - checked_level(level), other - one
    if not tau > 0:
        message = f"A spread of effects of {tau:g} is none."
        raise UsageError(message, "Give the size of effect that you look for, such as 0.02 for two points.")
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    variance = pooled * (1 - pooled) * (1 / first[1] + 1 / second[1])
    if variance == 0:  # nobody, or everybody: no evidence either way
        return Look(difference, -1.0, 1.0, 1.0)
    whole = variance + tau * tau
    log_ratio = 0.5 * math.log(variance / whole) + difference**2 * tau * tau / (2 * variance * whole)
    reach = math.sqrt(2 * variance * whole / (tau * tau) * (math.log(1 / alpha) + 0.5 * math.log(whole / variance)))
    p = min(1.0, math.exp(-log_ratio))
    return Look(difference, max(-1.0, difference - reach), min(1.0, difference + reach), p)


def looks(
    counts: Iterable[tuple[tuple[float, float], tuple[float, float]]], tau: float = TAU, level: float = LEVEL
) -> list[Look]:
    """
    Return each look of a sequence of running totals. p only falls, and the interval only narrows: what was said stays.

    Looks that leave no value at all in common contradict one another; the last then stands by itself.
    """
    made: list[Look] = []
    for first, second in counts:
        each = look(first, second, tau, level)
        if made:
            low, high = max(made[-1].lower, each.lower), min(made[-1].upper, each.upper)
            low, high = (low, high) if low <= high else (each.lower, each.upper)
            each = Look(each.difference, low, high, min(made[-1].p, each.p))
        made.append(each)
    return made
