"""
Lift in a survey: exposed against control, or after against before, with weights.

A weighted sample says less than its size: Kish's effective number, (sum w)^2 / sum w^2, takes its place in every
interval.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.errors import UsageError
from reports.statistics.claim import LEVEL, Claim, Kind, suppressed, too_small
from reports.statistics.proportions import newcombe, relative_detail


@dataclass(frozen=True)
class Sample:
    """Answers to one question: how many, how much they weigh, how much of that agreed. No answer of a person."""

    n: int
    agreed: int  #: unweighted: what small cells are judged by
    weight: float  #: sum of the weights; n where there are none
    weight_agreed: float
    weight_squared: float  #: sum of the squared weights; n where there are none

    @property
    def share(self) -> float:
        """The weighted share that agreed."""
        return self.weight_agreed / self.weight

    @property
    def effective(self) -> float:
        """How many unweighted answers say as much (Kish)."""
        return self.weight**2 / self.weight_squared


def unweighted(agreed: int, n: int) -> Sample:
    """Return the sample in which each answer counts the same."""
    return Sample(n, agreed, n, agreed, n)


def known(agreed: int, n: int, share: float, effective: float) -> Sample:
    """Return the sample of which an institute gives the weighted share and the effective number of answers."""
    return Sample(n, agreed, effective, share * effective, effective)


def together(samples: Sequence[Sample]) -> Sample:
    """Return several samples as one: their sums."""
    return Sample(
        sum(each.n for each in samples),
        sum(each.agreed for each in samples),
        math.fsum(each.weight for each in samples),
        math.fsum(each.weight_agreed for each in samples),
        math.fsum(each.weight_squared for each in samples),
    )


def weighted(answers: Iterable[tuple[bool, float]]) -> Sample:
    """
    Return the sample of (agreed, weight) pairs; only their sums are kept.

    Raises:
        UsageError: If a weight is negative or no number, or if none is above zero.
    """
    pairs = list(answers)
    if any(not weight >= 0 or math.isinf(weight) for _, weight in pairs):
        message = "A weight is negative or no number."
        raise UsageError(message, "Give each answer a weight of zero or more.")
    total = math.fsum(weight for _, weight in pairs)
    if total <= 0:
        message = "No answer has a weight, so there is no share."
        raise UsageError(message, "Give each answer its weight, or 1.")
    return Sample(
        len(pairs),
        sum(agreed for agreed, _ in pairs),
        total,
        math.fsum(weight for agreed, weight in pairs if agreed),
        math.fsum(weight**2 for _, weight in pairs),
    )


def exposed_against_control(
    control: Sample, exposed: Sample, *, drawn_at_random: bool = False, level: float = LEVEL
) -> Claim:
    """Return the exposed share less the control's. Who was exposed by choice differs from who was not: a comparison."""
    kind = Kind.EXPERIMENT if drawn_at_random else Kind.COMPARISON
    assumes = ("drawn-at-random", "answers-true") if drawn_at_random else ("answers-true", "same-mix")
    cannot = ("behaviour",) if drawn_at_random else ("cause", "behaviour")
    return _lift("exposed", ("control", control), ("exposed", exposed), kind, assumes, cannot, level)


def before_and_after(before: Sample, after: Sample, level: float = LEVEL) -> Claim:
    """Return the share after less the share before, of two independent samples. What else happened is in it."""
    return _lift(
        "pre-post", ("before", before), ("after", after), Kind.COMPARISON,
        ("answers-true", "same-sampling"), ("cause", "other-events", "behaviour"), level,
    )  # fmt: skip


def _lift(
    what: str,
    first: tuple[str, Sample],
    second: tuple[str, Sample],
    kind: Kind,
    assumes: tuple[str, ...],
    cannot: tuple[str, ...],
    level: float,
) -> Claim:
    method = "Newcombe, effective n (Kish)"
    one, other = first[1], second[1]
    pairs = (one.share * one.effective, one.effective), (other.share * other.effective, other.effective)
    interval = newcombe(*pairs, level)
    if too_small(one.agreed, one.n - one.agreed, other.agreed, other.n - other.agreed):
        return suppressed(what, kind, method)
    detail = {
        "first": one.share,
        "second": other.share,
        "effective_first": one.effective,
        "effective_second": other.effective,
        **relative_detail(*pairs, level),
    }
    n = {first[0]: one.n, second[0]: other.n}
    return Claim(
        what, kind, interval.estimate, interval.lower, interval.upper, n, method, level, assumes, cannot, detail
    )
