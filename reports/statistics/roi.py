"""
Return on investment in the five steps of the Government Communication Service.

Objectives (what changes, and what one unit of it is worth), baseline (where it stood), trend (what would have happened
anyway), isolation (how much of the rest is the communication's), externalities (what else it brought or cost). Each
step is an assumption with a source; a step of which only bounds are known keeps them to the end.
"""

import math
from dataclasses import dataclass, field

from campaigns.errors import UsageError
from reports.statistics.claim import Claim, Kind


@dataclass(frozen=True)
class Assumption:
    """A number that somebody stands by: its value, or its least and most, and where it is from."""

    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """Its value, or what lies between its bounds."""
        return (self.low + self.high) / 2


def assume(value: float, source: str, *, to: float | None = None) -> Assumption:
    """
    Return an assumption of *value*, or of *value* to *to*.

    Raises:
        UsageError: If nobody says where it is from, or it is no number.
    """
    ends = sorted((value, value if to is None else to))
    if not source.strip():
        message = f"The assumption of {value:g} has no source."
        raise UsageError(message, "Say where it is from: a study, a tariff, or whose judgement it is.")
    if not all(math.isfinite(end) for end in ends):
        message = "An assumption is no number."
        raise UsageError(message, "Give its value, or its least and most.")
    return Assumption(ends[0], ends[1], source)


@dataclass(frozen=True)
class Steps:
    """The five steps, and what was spent. Units are of the objective; money is in one currency."""

    observed: Assumption  #: where the measure stands now
    worth: Assumption  #: objectives: what one unit of change is worth; above zero
    baseline: Assumption  #: where it stood before
    trend: Assumption  #: what it would have changed without the campaign: +5 rises, -5 falls
    isolation: Assumption  #: the share of the remaining change that is the communication's, 0 to 1
    spent: Assumption  #: all of it: media, production, staff, evaluation
    externalities: Assumption = field(default_factory=lambda: Assumption(0, 0, "none counted"))  #: money, + or -
    lower_is_better: bool = False  #: a measure that should fall, such as visits that are not needed


@dataclass(frozen=True)
class Return:
    """What came of it, step by step, as (least, most)."""

    change: tuple[float, float]  #: of the measure, in the good direction
    beyond_trend: tuple[float, float]
    attributed: tuple[float, float]
    benefit: tuple[float, float]  #: money, externalities in it
    net: tuple[float, float]  #: benefit less what was spent
    claim: Claim  #: net / spent: 0.5 is half as much again as was spent


def calculate(steps: Steps) -> Return:
    """
    Return the return on investment of *steps*: (benefit - spent) / spent.

    Raises:
        UsageError: If nothing was spent, one unit is worth nothing, or isolation is no share.
    """
    if not steps.spent.low > 0:
        message = "Nothing was spent, so there is no return on it."
        raise UsageError(message, "Count staff, production and evaluation too; free media are not free communication.")
    if not steps.worth.low > 0:
        message = "One unit of the objective is worth nothing."
        raise UsageError(message, "Give what one unit is worth; say lower_is_better where the measure should fall.")
    if not 0 <= steps.isolation.low <= steps.isolation.high <= 1:
        message = "Isolation is the share of the change that is the communication's."
        raise UsageError(message, "Write it as a share from 0 to 1.")
    sign = -1.0 if steps.lower_is_better else 1.0
    change = _ordered(
        sign * (steps.observed.low - steps.baseline.high), sign * (steps.observed.high - steps.baseline.low)
    )
    beyond = _ordered(
        sign * (steps.observed.low - steps.baseline.high - steps.trend.high),
        sign * (steps.observed.high - steps.baseline.low - steps.trend.low),
    )
    attributed = _product(beyond, steps.isolation)
    worth = _product(attributed, steps.worth)
    benefit = worth[0] + steps.externalities.low, worth[1] + steps.externalities.high
    net = benefit[0] - steps.spent.high, benefit[1] - steps.spent.low
    ends = sorted((gain - cost) / cost for gain in benefit for cost in (steps.spent.low, steps.spent.high))
    middle = sign * (steps.observed.middle - steps.baseline.middle - steps.trend.middle)
    gain = middle * steps.isolation.middle * steps.worth.middle + steps.externalities.middle
    estimate = (gain - steps.spent.middle) / steps.spent.middle
    claim = Claim(
        "roi",
        Kind.CALCULATION,
        estimate,
        ends[0],
        ends[-1],
        {"units": middle * steps.isolation.middle},
        "GCS five steps",
        1.0,
        ("roi-baseline", "roi-trend", "roi-isolation", "roi-externalities"),
        ("roi-cause",),
        {"per_unit_spent": gain / steps.spent.middle, "benefit": gain},
    )
    return Return(change, beyond, attributed, benefit, net, claim)


def _ordered(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


def _product(span: tuple[float, float], by: Assumption) -> tuple[float, float]:
    corners = [end * factor for end in span for factor in (by.low, by.high)]
    return min(corners), max(corners)
