"""
How many different people several figures of reach stand for: bounds, and an estimate that says what it assumes.

Never a sum: at least the largest of them, since its people are all there; at most all of them together, or everybody
there is. In between nobody knows without data on persons, which Cordiale neither has nor wants.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.errors import UsageError
from reports.figures import Figure, Qualifier
from reports.published.quotients import Quotient, divide


@dataclass(frozen=True)
class Union:
    """The people that several figures of reach stand for together."""

    lower: float  #: the largest of them
    upper: float  #: all of them, or the population if that is fewer; infinite where nothing bounds it
    estimate: float | None  #: if contacts are independent; None without a population
    #: independent (Sainsbury: whom one channel reaches says nothing of the others) | none
    assumption: str
    parts: int

    @property
    def figure(self) -> Figure:
        """The bounds as a figure; the estimate is not in it, since it rests on an assumption."""
        if self.lower == self.upper:
            return Figure(self.lower)
        if math.isinf(self.upper):
            return Figure(self.lower, lower=self.lower, qualifier=Qualifier.OVER)
        return Figure(lower=self.lower, upper=self.upper, qualifier=Qualifier.BETWEEN)


def together(reached: Sequence[Figure], population: float | None = None) -> Union:
    """
    Return whom *reached* stand for together in a *population*; figures that are missing do not count.

    Raises:
        UsageError: If one of them is larger than the population.
    """
    spans = [each.span for each in reached if not each.missing]
    if not spans:
        return Union(0.0, math.inf if population is None else population, None, "none", 0)
    lower, upper = max(low for low, _ in spans), math.fsum(high for _, high in spans)
    if population is not None and lower > population:
        message = f"A reach of {lower:,.0f} is more than the {population:,.0f} people that there are."
        raise UsageError(message, "Look whether it counts showings instead of people, or people of another place.")
    upper = max(lower, min(upper, math.inf if population is None else population))
    if len(spans) == 1:
        low, high = spans[0]
        return Union(low, upper, low if low == high else None, "none", 1)
    estimate = None
    if population and not any(math.isinf(high) for _, high in spans):
        missed = math.prod(1 - min(1.0, (low + high) / 2 / population) for low, high in spans)
        estimate = min(upper, max(lower, population * (1 - missed)))
    return Union(lower, upper, estimate, "independent" if estimate is not None else "none", len(spans))


def frequency(impressions: Figure, reach: Figure) -> Quotient:
    """Return how often each person reached was shown it, on average; of bounds, bounds."""
    return divide(impressions, reach)


def frequency_of(impressions: Figure, union: Union) -> Quotient:
    """Return how often on average, where only bounds of the people are known."""
    low, high = impressions.span
    lower = 0.0 if math.isinf(union.upper) else low / union.upper
    upper = high / union.lower if union.lower else math.inf
    at = union.estimate or union.lower
    return Quotient((impressions.value or low) / at if at else math.inf, lower, upper)
