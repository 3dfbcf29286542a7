"""
What a metric is, and the only way to add or to pool figures: a count adds up, people and rates do not.

The type decides. `total` takes a `Count`, `pool` a `Rate`; `People` fit neither, so that a sum of reach does not pass
the type checker, and at run time it is refused. A `Figure` by itself has no sum.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from reports.errors import NotAdditive
from reports.figures import Figure, Qualifier, between

Stage = Literal["input", "output", "outtake", "outcome", "impact"]
STAGES: tuple[Stage, ...] = ("input", "output", "outtake", "outcome", "impact")

#: Where a definition comes from.
ORIGINS = {
    "gcs": "GCS Evaluation Cycle, UK Government Communication Service, 2024",
    "mcom": "Media operations: message penetration rather than volume, 2015",
    "isd": "ISD, monitoring and evaluation of counter-narratives: views are exposure, engagement is an act",
    "post-test": "French post-tests: reconnaissance, attribution, agrément, incitation",
    "platform": "What the platform counts; its own definition applies, and it may change it",
    "tco": "Regulation (EU) 2021/784, article 7(3)",
    "own": "The campaign's own books and counters",
}
#: Units that are counted in parts; every other one is whole.
IN_PARTS = frozenset({"minutes", "days", "money"})


class Over(StrEnum):
    """What figures differ in when somebody wants to add them."""

    TIME = "time"  #: what each day added
    CHANNELS = "channels"
    AUDIENCES = "audiences"
    LOCALES = "locales"
    MESSAGES = "messages"
    RELEASES = "releases"
    BREAKDOWN = "breakdown"  #: the parts of one figure: by country, age or device
    CURRENCIES = "currencies"  #: pounds and euros: never one sum


#: Logged acts: every sum is right.
ACTS: frozenset[Over] = frozenset(Over) - {Over.CURRENCIES}
#: Times shown: a platform may count one showing for two audiences.
EXPOSURES: frozenset[Over] = ACTS - {Over.AUDIENCES}


@dataclass(frozen=True)
class Metric:
    """A measure: what it counts, at which stage, and who says so. It has no sum; `Count` does."""

    id: str
    stage: Stage
    en: str
    fr: str
    unit: str  #: what is counted, a key of the words; "share" for a rate
    origin: str  #: a key of ORIGINS
    lower_is_better: bool = False

    @property
    def additive(self) -> frozenset[Over]:
        """Over what figures have a sum: nothing."""
        return frozenset()

    @property
    def share(self) -> bool:
        """Whether its figures are 0 to 1."""
        return False

    @property
    def stock(self) -> bool:
        """Whether it is a level that goes up and down, not a running total from zero."""
        return False

    @property
    def whole(self) -> bool:
        """Whether a figure is a whole number."""
        return not self.share and self.unit not in IN_PARTS

    @property
    def numerator(self) -> str | None:
        """What is divided, of a rate: a metric, or a survey's count of answers."""
        return None

    @property
    def denominator(self) -> str | None:
        """By what it is divided, of a rate."""
        return None

    @property
    def people(self) -> bool:
        """Whether it counts people, or answers of people, so that small cells are suppressed."""
        return self.unit == "people" or self.denominator == "respondents"


@dataclass(frozen=True)
class Count(Metric):
    """A running total of acts or showings: its figures add up over what it names."""

    over: frozenset[Over] = ACTS

    @property
    def additive(self) -> frozenset[Over]:
        """Over what figures have a sum."""
        return self.over


@dataclass(frozen=True)
class People(Metric):
    """A number of different people. One person may be in each figure, so nothing adds up."""

    level: bool = False

    @property
    def stock(self) -> bool:
        """Whether it is a level that goes up and down, as followers do."""
        return self.level


@dataclass(frozen=True)
class Rate(Metric):
    """A share: one count divided by another. Never added, pooled by weight."""

    top: str = ""
    bottom: str = ""

    @property
    def share(self) -> bool:
        """Whether its figures are 0 to 1."""
        return True

    @property
    def numerator(self) -> str:
        """What is divided: a metric, or a survey's count of answers."""
        return self.top

    @property
    def denominator(self) -> str:
        """By what it is divided."""
        return self.bottom


def total(metric: Count, over: Iterable[Over], figures: Iterable[Figure]) -> Figure:
    """
    Return the sum of *figures*, which differ in *over*. Figures that are missing do not count as zero.

    Raises:
        NotAdditive: If the metric has no sum over one of these, or if nobody says what the figures differ in.
    """
    differing = set(over)
    given = [figure for figure in figures if not figure.missing]
    if not differing and len(given) > 1:
        message = f"Figures of '{metric.id}' are not added without saying what they differ in."
        raise NotAdditive(message, f"One or more of {', '.join(Over)}.")
    refused = sorted(differing - metric.additive)
    if refused:
        message = f"'{metric.id}' has no sum over {' and '.join(refused)}."
        if metric.share:
            hint = "Pool a rate by its numerators and denominators, with `pool`."
        else:
            hint = "The same people or showings may be in several figures; give bounds, or one figure each."
        raise NotAdditive(message, hint)
    return _add(given) if given else Figure()


def pool(metric: Rate, figures: Iterable[Figure]) -> Figure:
    """
    Return one rate from several: the summed numerators over the summed denominators.

    Raises:
        NotAdditive: If the metric is no rate, or a figure comes without its numerator and denominator.
    """
    given = [figure for figure in figures if not figure.missing]
    if not metric.share:
        message = f"'{metric.id}' is counted, not a rate."
        raise NotAdditive(message, "Use `total`.")
    if not given:
        return Figure()
    if len(given) == 1 and given[0].qualifier is Qualifier.WEIGHTED:
        return given[0]
    weights = [(_numerator(figure), figure.denominator) for figure in given]
    if any(part is None for pair in weights for part in pair):
        message = f"'{metric.id}' cannot be pooled: a figure does not say how many it is a share of."
        raise NotAdditive(message, "Give numerator and denominator with each share.")
    numerator = math.fsum(top or 0 for top, _ in weights)
    denominator = math.fsum(bottom or 0 for _, bottom in weights)
    if any(figure.qualifier is Qualifier.WEIGHTED for figure in given):  # what was counted is no part of it any more
        return Figure(numerator / denominator, qualifier=Qualifier.WEIGHTED, denominator=denominator)
    return Figure(numerator / denominator, numerator=numerator, denominator=denominator)


def _numerator(figure: Figure) -> float | None:
    """Return the count behind a share; of a weighted one, what its answers weigh."""
    if figure.qualifier is Qualifier.WEIGHTED and figure.value is not None and figure.denominator is not None:
        return figure.value * figure.denominator
    return figure.numerator


def _add(parts: list[Figure]) -> Figure:
    """Return the sum of *parts*: bounds add up as bounds."""
    spans = [part.span for part in parts]
    lower, upper = math.fsum(low for low, _ in spans), math.fsum(high for _, high in spans)
    if lower == upper and any(part.qualifier is Qualifier.ABOUT for part in parts):
        return Figure(value=lower, qualifier=Qualifier.ABOUT)
    return between(lower, upper)
