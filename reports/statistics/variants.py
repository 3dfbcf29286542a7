"""
Two variants of a message, side by side.

They make an experiment only where the halves of one list were drawn at random before sending. On a channel where a
platform chooses who sees what, the same numbers are a comparison, and say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.statistics import sequential
from reports.statistics.claim import LEVEL, Claim, Kind, suppressed, too_small
from reports.statistics.proportions import newcombe, p_value, relative_detail


@dataclass(frozen=True)
class Arm:
    """One variant: how many of how many did what was hoped for."""

    name: str
    successes: float
    n: float


def compare(
    first: Arm,
    second: Arm,
    *,
    drawn_at_random: bool,
    people: bool = True,
    history: Sequence[tuple[tuple[float, float], tuple[float, float]]] = (),
    level: float = LEVEL,
) -> Claim:
    """
    Return the second variant's rate less the first's: Newcombe's interval, and a test that may be peeked at.

    *history* holds the running totals of earlier looks, oldest first: ((successes, n), (successes, n)). *people* says
    that the counts are of people, whose small cells are suppressed: also what is left of all, since it is theirs too.

    Raises:
        UsageError: If a count is no part of its whole.
    """
    kind = Kind.EXPERIMENT if drawn_at_random else Kind.COMPARISON
    method = "Newcombe; mSPRT"
    cells = [first.successes, first.n - first.successes, second.successes, second.n - second.successes]
    pairs = (first.successes, first.n), (second.successes, second.n)
    interval = newcombe(*pairs, level)
    if people and too_small(*cells):
        return suppressed("variants", kind, method)
    last = sequential.looks([*history, pairs], level=level)[-1]
    return Claim(
        "variants",
        kind,
        interval.estimate,
        interval.lower,
        interval.upper,
        {first.name: first.n, second.name: second.n},
        method,
        level,
        assumes=("drawn-at-random", "one-look") if drawn_at_random else ("one-look",),
        cannot=("elsewhere",) if drawn_at_random else ("same-people", "cause", "elsewhere"),
        detail={
            "first": first.successes / first.n,
            "second": second.successes / second.n,
            "p": p_value(*pairs),
            "always_valid_p": last.p,
            "always_valid_lower": last.lower,
            "always_valid_upper": last.upper,
            **relative_detail(*pairs, level),
        },
    )
