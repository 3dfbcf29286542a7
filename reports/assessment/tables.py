"""The figures of a campaign by audience, channel, locale and message: a row each, a column a metric."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from campaigns.documents import schema
from campaigns.locales import LOCALES
from reports.assessment.goals import Goal, scope_of
from reports.intake.subjects import Sent
from reports.metrics import EFFECTIVE, METRICS
from reports.records.series import Gathered, Known, Scope, gather
from scheduler.releases.states import State

BY = ("audience", "channel", "locale", "message")
#: A release that was there to be seen, whatever became of it later.
WENT_OUT = frozenset({State.PUBLISHED, State.RETRACTING, State.RETRACTED})
_OWN = {name: attrgetter(name) for name in ("channel", "locale", "message")}


@dataclass(frozen=True)
class Row:
    """One audience, channel, locale or message."""

    id: str
    released: int  #: releases of it that went out; of an audience, with others' too
    cells: dict[str, Gathered]  #: metric id -> figure; a metric that is not there has no figure
    goals: tuple[Goal, ...]  #: the KPIs that are of it


@dataclass(frozen=True)
class Table:
    """The rows of one way to look at a campaign."""

    by: str
    metrics: tuple[str, ...]  #: those with a figure in some row: KPI metrics first, then in the order of the taxonomy
    rows: tuple[Row, ...]


def went_out(sent: Iterable[Sent], scope: Scope) -> list[Sent]:
    """Return the releases of *scope* that went out."""
    found = [each for each in sent if each.state in WENT_OUT]
    for name, value in scope.items():
        asked = {value} if isinstance(value, str) else set(value)
        if name == "audience":
            found = [each for each in found if not asked.isdisjoint(each.audiences)]
        else:  # several of anything but audiences are no scope
            of = _OWN.get(name)
            found = [each for each in found if of(each) == value] if of else []
    return found


def _names_it(value: str | tuple[str, ...] | None, name: str) -> bool:
    return value == name if value is None or isinstance(value, str) else name in value


def table(
    by: str, document: schema.Campaign, series: Sequence[Known], sent: list[Sent], goals: Iterable[Goal]
) -> Table:
    """Return the table of *by*, one of BY; rows in the order of the document."""
    judged = list(goals)
    sizes = {each.id: each.size.value for each in document.audiences if each.size}
    measured: dict[str, list[Known]] = defaultdict(list)
    for each in series:
        if each.metric != EFFECTIVE:
            measured[each.metric].append(each)
    rows = []
    for name in _names(by, document, sent):
        scope = {by: name}
        size = sizes.get(name) if by == "audience" else None
        found = {metric: gather(METRICS[metric], known, scope, size) for metric, known in measured.items()}
        cells = {metric: gathered for metric, gathered in found.items() if gathered.parts}
        about = tuple(goal for goal in judged if _names_it(scope_of(goal.kpi).get(by), name))
        rows.append(Row(name, len(went_out(sent, scope)), cells, about))
    asked = [goal.metric.id for goal in judged if goal.metric]
    present = {metric for row in rows for metric in row.cells}
    order = sorted(present, key=lambda metric: (metric not in asked, list(METRICS).index(metric)))
    return Table(by, tuple(order), tuple(rows))


def _names(by: str, document: schema.Campaign, sent: list[Sent]) -> list[str]:
    if by == "audience":
        return [each.id for each in document.audiences]
    if by == "channel":
        return [each.id for each in document.channels]
    if by == "message":
        return [each.id for each in document.messages]
    used = {each.locale for each in sent}
    return [tag for tag in LOCALES if tag in used]
