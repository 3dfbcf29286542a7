"""
Quantiles of the normal and of Student's t distribution, without a library.

The t distribution by the continued fraction of the incomplete beta function (Lentz); quantiles by halving.
"""

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300
_TERMS = 400
_HALVINGS = 200


def z(level: float) -> float:
    """Return how many standard errors a two-sided interval of *level* reaches: 1.96 for 0.95."""
    return _NORMAL.inv_cdf(0.5 + level / 2)


def two_sided(score: float) -> float:
    """Return the two-sided p-value of a normal score."""
    return math.erfc(abs(score) / math.sqrt(2))


def t_cdf(value: float, degrees: float) -> float:
    """Return the probability that Student's t with *degrees* of freedom is at most *value*."""
    if value == 0:
        return 0.5
    if value * value < degrees:  # near the middle the tail has too few digits
        within = _beta(0.5, degrees / 2, value * value / (degrees + value * value)) / 2
        return 0.5 + math.copysign(within, value)
    tail = _beta(degrees / 2, 0.5, degrees / (degrees + value * value)) / 2
    return 1 - tail if value > 0 else tail


def t(level: float, degrees: float) -> float:
    """Return how many standard errors a two-sided interval of *level* reaches with *degrees* of freedom."""
    wanted, low, high = 0.5 + level / 2, 0.0, 1.0
    while t_cdf(high, degrees) < wanted:
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if t_cdf(middle, degrees) < wanted else (low, middle)
    return (low + high) / 2


def _beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    upper, lower, result = 1.0, 1 - (a + b) * x / (a + 1), 1.0
    lower = 1 / (lower if abs(lower) > _TINY else _TINY)
    result = lower
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            lower = 1 + term * lower
            lower = 1 / (lower if abs(lower) > _TINY else _TINY)
            upper = 1 + term / upper
            upper = upper if abs(upper) > _TINY else _TINY
            result *= lower * upper
        if abs(lower * upper - 1) < 1e-16:  # noqa: PLR2004 (as near as a float gets)
            break
    return front * result
