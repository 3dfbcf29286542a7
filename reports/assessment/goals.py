"""
What became of each KPI. Pure: figures in, goals out.

Attainment is counted from the baseline: (now - baseline) / (target - baseline), so that a target below its baseline
works the same way. Progress is due in a straight line from the campaign's first day to the deadline. Bounds stay
bounds: what only one of them would meet is unclear, not met and not missed.

*Unclear* is a status of its own beside met, on track, behind, missed and no data. A source that says "over 600,000"
has data, so "no data" would be untrue; and whichever of the other four was chosen, a reader could be shown the bound by
which it is another. It is never given to an exact figure.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from campaigns.documents import schema
from reports.figures import Figure
from reports.measures import Metric
from reports.records.series import Gathered
from reports.statistics.forecast import Forecast

TINY = 1e-9  #: what floating point may lose on the way


class Status(StrEnum):
    """What a reader needs to know first about a KPI."""

    MET = "met"  #: The target is reached, by the deadline.
    ON_TRACK = "on_track"  #: Not reached yet; as far as a straight line to the deadline, or farther.
    BEHIND = "behind"  #: Not reached yet, and less than that line.
    MISSED = "missed"  #: The deadline passed without it.
    UNCLEAR = "unclear"  #: The bounds allow two answers.
    NO_DATA = "no_data"  #: No figure, or no baseline to measure progress from. Not zero.


@dataclass(frozen=True)
class Coverage:
    """How many of the releases that a KPI is about have a figure."""

    covered: int
    releases: int


@dataclass(frozen=True)
class Progress:
    """How much of the way is done: 0 at the baseline, 1 at the target; below 0 it went the wrong way."""

    value: float | None  #: None where only bounds are known
    lower: float
    upper: float  #: infinite where the source gives no upper bound


@dataclass(frozen=True)
class Goal:
    """A KPI and what became of it."""

    objective: str
    kpi: schema.Kpi
    metric: Metric | None  #: None: no metric of that id
    status: Status
    gathered: Gathered
    attainment: Progress | None = None
    expected: float | None = None  #: the share of the way that a straight line would have by `as_of`
    coverage: Coverage | None = None  #: None where a source gives the figure itself
    as_of: date | None = None  #: the figure's day
    stale: int = 0  #: days from the figure to the campaign's newest one, or to the deadline if that came first
    #: unknown-metric | wrong-unit | no-baseline | counted-from-zero | bad-direction, then those of `gathered`
    notes: tuple[str, ...] = field(default=())
    forecast: Forecast | None = None  #: of the deadline; None where it has passed or too little is known
    outlook: str = ""  #: what the forecast allows: met | missed | open; "" without one
    earlier: tuple["Earlier", ...] = ()  #: what it said before, oldest first

    @property
    def figure(self) -> Figure:
        """The achieved figure."""
        return self.gathered.figure


@dataclass(frozen=True)
class Earlier:
    """What a KPI said until a day, and what its figure would be against that."""

    until: date
    kpi: schema.Kpi
    status: Status


@dataclass(frozen=True)
class Dropped:
    """A KPI that is in the document no more."""

    on: date
    kpi: schema.Kpi


def scope_of(kpi: schema.Kpi) -> dict[str, str | tuple[str, ...]]:
    """Return what the KPI's figure is of: audience or several of them, channel, message, locale."""
    named = audiences_of(kpi)
    audience = named[0] if len(named) == 1 else named
    keys = {"audience": audience, "channel": kpi.channel, "message": kpi.message, "locale": kpi.locale}
    return {name: value for name, value in keys.items() if value}


def audiences_of(kpi: schema.Kpi) -> tuple[str, ...]:
    """Return the audiences that the KPI names; none of them means all."""
    return tuple(dict.fromkeys(kpi.audiences)) or ((kpi.audience,) if kpi.audience else ())


@dataclass(frozen=True)
class Calendar:
    """The dates that judging needs."""

    starts: date
    data: date | None  #: the day of the campaign's newest figure


def judge(
    kpi: schema.Kpi,
    metric: Metric | None,
    gathered: Gathered,
    calendar: Calendar,
    *,
    objective: str = "",
    coverage: Coverage | None = None,
) -> Goal:
    """
    Return the goal of *kpi*, whose figure no later than its deadline is *gathered*.

    The deadline has passed once the campaign's newest figure is of that day or a later one.
    """
    if metric is None:
        return Goal(objective, kpi, None, Status.NO_DATA, Gathered(), notes=("unknown-metric",))
    as_of = gathered.newest.date() if gathered.newest else None
    known = Goal(
        objective,
        kpi,
        metric,
        Status.NO_DATA,
        gathered,
        coverage=None if gathered.parts and not gathered.level else coverage,
        as_of=as_of,
        stale=(min(calendar.data, kpi.by) - as_of).days if as_of and calendar.data else 0,
        notes=gathered.notes,
    )
    if metric.share and not 0 <= kpi.target <= 1:
        return replace(known, notes=("wrong-unit", *gathered.notes))
    if as_of is None or gathered.figure.missing:
        return known
    baseline, notes = _baseline(kpi, metric)
    lowering = _lowering(kpi, metric, baseline)
    if baseline is not None and baseline != kpi.target and lowering != metric.lower_is_better:
        notes.append("bad-direction")
    way = attainment(gathered.figure, baseline, kpi.target)
    expected = pace(calendar.starts, as_of, kpi.by)
    reached = _reached(gathered.figure, kpi.target, lowering=lowering)
    if all(reached):
        status = Status.MET
    elif calendar.data is not None and calendar.data >= kpi.by:
        status = Status.UNCLEAR if any(reached) else Status.MISSED
    elif way is None:
        status = Status.NO_DATA
        notes.append("no-baseline")
    elif way.lower >= expected - TINY:
        status = Status.ON_TRACK
    else:
        status = Status.BEHIND if way.upper < expected - TINY else Status.UNCLEAR
    return replace(known, status=status, attainment=way, expected=expected, notes=(*notes, *gathered.notes))


def with_forecast(goal: Goal, found: Forecast | None) -> Goal:
    """Return *goal* with the forecast of its deadline, and whether that would meet the target."""
    if found is None or goal.metric is None or goal.status in {Status.MET, Status.MISSED}:
        return goal
    lowering = _lowering(goal.kpi, goal.metric, _baseline(goal.kpi, goal.metric)[0])
    ends = (found.upper, found.lower) if lowering else (found.lower, found.upper)
    reached = [end <= goal.kpi.target if lowering else end >= goal.kpi.target for end in ends]
    outlook = "met" if all(reached) else "open" if any(reached) else "missed"
    return replace(goal, forecast=found, outlook=outlook)


def attainment(figure: Figure, baseline: float | None, target: float) -> Progress | None:
    """Return how much of the way from *baseline* to *target* is done; None without a way to measure."""
    if baseline is None or baseline == target:
        return None
    low, high = figure.span
    ends = sorted((each - baseline) / (target - baseline) for each in (low, high))
    exact = ends[0] == ends[1]
    return Progress(ends[0] if exact else None, ends[0], ends[1])


def pace(starts: date, today: date, by: date) -> float:
    """Return the share of the time to the deadline that has gone, 0 to 1."""
    whole = (by - starts).days
    return 1.0 if whole <= 0 else min(1.0, max(0.0, (today - starts).days / whole))


def tally(goals: Iterable[Goal]) -> Mapping[Status, int]:
    """Return how many goals have each status, in the order of `Status`."""
    found = [goal.status for goal in goals]
    return {status: found.count(status) for status in Status}


def _baseline(kpi: schema.Kpi, metric: Metric) -> tuple[float | None, list[str]]:
    """Return the baseline: a running total with none was counted from zero; a rate or a level with none has none."""
    if kpi.baseline is not None:
        return kpi.baseline, []
    if metric.share or metric.stock or metric.lower_is_better:
        return None, []
    return 0.0, ["counted-from-zero"]


def _lowering(kpi: schema.Kpi, metric: Metric, baseline: float | None) -> bool:
    if baseline is None or baseline == kpi.target:
        return metric.lower_is_better
    return kpi.target < baseline


def _reached(figure: Figure, target: float, *, lowering: bool) -> tuple[bool, bool]:
    """Return whether the worst and the best that the figure can be reach the target."""
    low, high = figure.span
    worst, best = (high, low) if lowering else (low, high)
    tiny = TINY * max(1.0, abs(target))
    if lowering:
        return (not math.isinf(worst) and worst <= target + tiny), best <= target + tiny
    return worst >= target - tiny, best >= target - tiny
