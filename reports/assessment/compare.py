"""Two campaigns, or two waves of them, measure by measure. What they differ in besides is not known, and is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from campaigns.errors import Refused
from reports.assessment.evaluation import Evaluation, evaluate
from reports.assessment.waves import of_entry
from reports.figures import Figure, Qualifier
from reports.intake.subjects import Sent
from reports.measures import Count, Metric
from reports.metrics import EFFECTIVE, METRICS
from reports.records.series import Gathered, Known, gather
from reports.statistics.claim import too_small
from reports.statistics.proportions import Interval, newcombe


@dataclass(frozen=True)
class Side:
    """A campaign, or one wave of it."""

    name: str  #: campaign, or campaign/entry
    found: Evaluation
    entry: str
    days: int  #: from the first release to the newest figure, both in it; 0 where nothing went out

    @property
    def series(self) -> Sequence[Known]:
        """The figures that are its own."""
        return of_entry(self.entry, self.found.sent, self.found.series) if self.entry else self.found.series


@dataclass(frozen=True)
class Line:
    """One measure on both sides."""

    metric: Metric
    first: Gathered
    second: Gathered
    difference: Interval | None  #: of rates whose counts are known, in shares: second less first
    per_day: tuple[float | None, float | None]  #: of counts


@dataclass(frozen=True)
class Comparison:
    """Two sides, and the measures that at least one of them has."""

    first: Side
    second: Side
    lines: tuple[Line, ...]

    @property
    def unequal(self) -> bool:
        """Whether they ran for different lengths of time."""
        return self.first.days != self.second.days


def compare(connection: Connection, first: str, second: str) -> Comparison:
    """
    Compare two campaigns, or waves written as campaign/entry.

    Raises:
        UnknownCampaign: If there is no such campaign.
        Refused: If a campaign has no such entry.
    """
    sides = side(connection, first), side(connection, second)
    lines = []
    for metric in METRICS.values():
        figures = [gather(metric, each.series, {}) for each in sides]
        if metric.id == EFFECTIVE or not any(each.parts for each in figures):
            continue
        daily = tuple(_daily(metric, each.figure, one.days) for each, one in zip(figures, sides, strict=True))
        difference = _difference(metric, figures[0].figure, figures[1].figure)
        lines.append(Line(metric, figures[0], figures[1], difference, (daily[0], daily[1])))
    return Comparison(sides[0], sides[1], tuple(lines))


def side(connection: Connection, name: str) -> Side:
    """Return one side of a comparison."""
    campaign, _, entry = name.partition("/")
    found = evaluate(connection, campaign, by=())
    mine: list[Sent] = [each for each in found.sent if not entry or each.entry == entry]
    if not mine and entry:
        known = ", ".join(sorted({each.entry for each in found.sent}))
        message = f"Campaign {campaign} has no release '{entry}'."
        raise Refused(message, f"Known: {known}." if known else "Nothing of it is booked yet.")
    days = [each.published_at.date() for each in mine if each.published_at]
    last = max((each.at.date() for each in found.series), default=None)
    return Side(name, found, entry, _span(min(days, default=None), last))


def _span(first: date | None, last: date | None) -> int:
    return max(0, (last - first).days + 1) if first and last else 0


def _daily(metric: Metric, figure: Figure, days: int) -> float | None:
    return figure.value / days if isinstance(metric, Count) and figure.value is not None and days else None


def _difference(metric: Metric, one: Figure, other: Figure) -> Interval | None:
    pairs = [(each.numerator, each.denominator) for each in (one, other)]
    if not metric.share or any(top is None or not bottom for top, bottom in pairs):
        return None
    if any(each.qualifier is Qualifier.WEIGHTED for each in (one, other)):
        return None  # how much its weights say is known of each share alone, not of what was pooled here
    known = [(top or 0.0, bottom or 1.0) for top, bottom in pairs]
    if metric.people and too_small(*(cell for top, bottom in known for cell in (top, bottom - top))):
        return None
    return newcombe(known[0], known[1])
