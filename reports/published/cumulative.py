"""
Running totals that others publish: what each period added, exactly, and which of several figures counts on a day.

A total that falls is a correction by its source: kept and said, never clipped. What counts different people or
places (reach, platforms) has no difference either: a platform of the second year may be one of the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports.errors import NotAdditive
from reports.figures import Figure
from reports.measures import Metric, Over
from reports.published.periods import Period
from reports.published.quotients import Quotient, bounds


@dataclass(frozen=True)
class Total:
    """A running total at the end of a period."""

    period: Period
    total: float


@dataclass(frozen=True)
class Added:
    """What one period added to the total before it."""

    period: Period
    added: float
    correction: bool  #: the total fell: its source corrected it
    gap: bool  #: days lie between this period and the one before, and what they added is in here

    @property
    def per_day(self) -> float:
        """What each day added: periods are of unequal length."""
        return self.added / self.period.days


def differences(totals: Sequence[Total], start: float = 0.0, metric: Metric | None = None) -> list[Added]:
    """
    Return what each period added, in the order of time. Whole numbers come out exact.

    Raises:
        NotAdditive: If *metric* has no sum over time, or two totals are of the same or of overlapping periods.
    """
    additive(metric)
    ordered = sorted(totals, key=lambda each: each.period)
    before, last, made = start, None, []
    for each in ordered:
        if last and each.period.first <= last.last:
            message = f"Two totals are of overlapping periods: {last.first} to {last.last}, and {each.period.first} on."
            raise NotAdditive(
                message, "Keep one total for each period; of two for the same one, that with the later as-of date."
            )
        gap = last is not None and not last.touches(each.period)
        made.append(Added(each.period, each.total - before, each.total < before, gap))
        before, last = each.total, each.period
    return made


def additive(metric: Metric | None) -> None:
    """
    Let a metric pass that has a sum over time.

    Raises:
        NotAdditive: If it has none.
    """
    if metric and Over.TIME not in metric.additive:
        message = f"'{metric.id}' has no difference over time: the same ones may be in both totals."
        raise NotAdditive(message, "Ask the source for the period's own figure.")


@dataclass(frozen=True)
class Share:
    """A share of a running total: 92 % of 21,235."""

    share: Figure
    of: float


def share_between(earlier: Share, later: Share) -> Quotient:
    """
    Return the share of what came between two running totals, weighted by what each is a share of.

    Raises:
        NotAdditive: If nothing came between them.
    """
    between = later.of - earlier.of
    if not between > 0:
        message = "Nothing came between the two totals, so there is no share of it."
        raise NotAdditive(message, "Look whether the two are exchanged.")
    (low, high), (least, most) = bounds(later.share), bounds(earlier.share)
    face = (later.share.value or 0.0) * later.of - (earlier.share.value or 0.0) * earlier.of
    ends = (low * later.of - most * earlier.of, high * later.of - least * earlier.of)
    return Quotient(face / between, max(0.0, ends[0] / between), min(1.0, ends[1] / between))


@dataclass(frozen=True)
class Stated:
    """A figure of a period, as somebody stated it on a day."""

    figure: Figure
    period: Period
    as_of: date
    source: str


def as_of(stated: Iterable[Stated], period: Period, day: date) -> tuple[Stated | None, list[Stated]]:
    """Return the figure of *period* that counted on *day*, the newest stated by then, and those that differ from it."""
    known = sorted(
        (each for each in stated if each.period == period and each.as_of <= day), key=lambda each: each.as_of
    )
    if not known:
        return None, []
    newest = known[-1]
    return newest, [each for each in known[:-1] if each.figure != newest.figure]
