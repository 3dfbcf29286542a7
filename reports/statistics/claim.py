"""
A claim: an estimate, its interval, what it rests on, and what it cannot show.

`cannot` and `assumes` hold names of sentences, which a report puts into its language (`claim-…` of its words).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from campaigns.errors import MissingExtra, UsageError

SMALL = 10  #: cells of fewer people are suppressed
LEVEL = 0.95


class Kind(StrEnum):
    """What a claim rests on, from strongest to weakest."""

    EXPERIMENT = "experiment"  #: Halves drawn at random: the difference is the effect.
    QUASI = "quasi-experiment"  #: A comparison group or a trend stands for what would have been.
    COMPARISON = "comparison"  #: Two groups that differ in more than what is compared.
    CALCULATION = "calculation"  #: Arithmetic on stated assumptions.


@dataclass(frozen=True)
class Claim:
    """What is claimed. Shares and their differences are 0 to 1; a suppressed claim holds no number of its groups."""

    what: str  #: name of the sentence that says what is estimated: variants | lift | trend | level | slope | roi
    kind: Kind
    estimate: float | None
    lower: float | None
    upper: float | None
    n: Mapping[str, float]  #: group -> people, answers or showings
    method: str  #: as the field calls it
    level: float = LEVEL
    assumes: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    detail: Mapping[str, float] = field(default_factory=dict)  #: further numbers by name, such as p and effective n
    suppressed: bool = False

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.lower is not None and self.upper is not None and (self.lower > 0 or self.upper < 0)


def suppressed(what: str, kind: Kind, method: str) -> Claim:
    """Return the claim that says only that a group was too small to print."""
    return Claim(what, kind, None, None, None, {}, method, cannot=("small",), suppressed=True)


def too_small(*counts: float) -> bool:
    """Whether one of the cells holds one to nine people. An empty cell names nobody."""
    return any(0 < count < SMALL for count in counts)


def share_of(successes: float, n: float, whose: str) -> float:
    """
    Return successes / n.

    Raises:
        UsageError: If n is not above zero, or successes lie outside 0 to n.
    """
    if not n > 0:
        message = f"{whose}: nobody was counted, so there is no share."
        raise UsageError(message, "Give how many were asked or shown, or leave the group out.")
    if not 0 <= successes <= n:
        message = f"{whose}: {successes:g} of {n:g} is no share."
        raise UsageError(message, "The part lies between none and all; look whether the two are exchanged.")
    return successes / n


def checked_level(level: float) -> float:
    """
    Return *level*, a confidence level.

    Raises:
        UsageError: If it does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        message = f"A confidence level of {level:g} is none."
        raise UsageError(message, "Give one between 0 and 1, such as 0.95.")
    return level


def missing() -> MissingExtra:
    """Return the error for an analysis whose library is not installed."""
    return MissingExtra("A regression", "stats")
