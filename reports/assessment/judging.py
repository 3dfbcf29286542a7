"""Judge each KPI of a campaign by the figures no later than its deadline, and look ahead to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from campaigns.documents import schema
from campaigns.plan import stored
from reports.assessment import history, tables
from reports.assessment.goals import Calendar, Coverage, Earlier, Goal, audiences_of, judge, scope_of, with_forecast
from reports.intake.subjects import Sent
from reports.measures import Count, Metric
from reports.metrics import METRICS
from reports.records import frames
from reports.records.known import known as known_of
from reports.records.series import Gathered, Known, Scope, gather, subjects, within

Terms = list[tuple[datetime, schema.Kpi]]


class _Judge:
    """One campaign's figures, as far as its KPIs ask for them; each question is asked of the database once."""

    def __init__(
        self,
        source: frames.Engine,
        document: schema.Campaign,
        series: Sequence[Known],
        sent: list[Sent],
        data: date | None,
    ) -> None:
        self.source, self.document, self.sent, self.data = source, document, sent, data
        self.sizes = {each.id: each.size.value for each in document.audiences if each.size}
        self.known: dict[date | None, Sequence[Known]] = {None: series}

    def until(self, by: date) -> Sequence[Known]:
        """Return what was known by a deadline."""
        day = by if self.data and by < self.data else None
        if day not in self.known:
            frame = self.source.newest(self.document.campaign, day)
            self.known[day] = known_of(frame, self.sent)
        return self.known[day]

    def goal(self, kpi: schema.Kpi, objective: str) -> Goal:
        """Return what became of one KPI."""
        metric, scope, known = METRICS.get(kpi.metric), scope_of(kpi), self.until(kpi.by)
        size = self.size(kpi)
        gathered = gather(metric, known, scope, size) if metric else Gathered()
        out = tables.went_out(self.sent, scope)
        mine = (s for s in known if s.metric == kpi.metric and s.subject_kind == "release")
        covered = subjects(within(mine, scope))
        coverage = Coverage(sum(each.id in covered for each in out), len(out))
        calendar = Calendar(self.document.starts, self.data)
        return judge(kpi, metric, gathered, calendar, objective=objective, coverage=coverage)

    def size(self, kpi: schema.Kpi) -> int | None:
        """Return how many people a KPI's audiences have together, at most; None where one does not say."""
        sizes = [self.sizes.get(name) for name in audiences_of(kpi)]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None

    def ahead(self, goal: Goal) -> Goal:
        """Return *goal* with the forecast of its deadline, where one number is known on enough days."""
        if goal.metric is None or self.data is None or goal.as_of is None or goal.kpi.by <= self.data:
            return goal
        if goal.figure.value is None:
            return goal
        points = self.history(goal.metric, scope_of(goal.kpi), self.size(goal.kpi))
        return with_forecast(goal, history.forecast(points, goal.kpi.by, goal.metric))

    def history(self, metric: Metric, scope: Scope, size: int | None) -> list[history.Point]:
        """Return the figure of a scope over time; of very many series only where their sum by channel is enough."""
        mine = [each for each in self.known[None] if each.metric == metric.id]
        last = self.data or date.max
        name = self.document.campaign
        if sum(each.many for each in mine) <= history.MOST:
            frame = self.source.days(name, metric.id)
            return history.of_scope(frame, self.sent, metric, scope, size, last)
        if isinstance(metric, Count) and set(scope) <= {"channel"} and all(s.subject_kind == "release" for s in mine):
            wide = self.source.by_channel(name, metric.id, self.sent)
            return history.of_channels(wide, scope, last)
        return []


def judged(
    connection: Connection,
    source: frames.Engine,
    document: schema.Campaign,
    series: Sequence[Known],
    sent: list[Sent],
    data: date | None,
) -> tuple[Goal, ...]:
    """Return the goal of each KPI; *series* is everything known, *data* the day of the newest figure."""
    judging = _Judge(source, document, series, sent, data)
    said: dict[str, Terms] = {}
    for when, retired, kpi, _ in stored.earlier_kpis(connection, document.campaign):
        if not retired:
            said.setdefault(kpi.id, []).append((when, kpi))
    goals = []
    for objective in document.objectives:
        for kpi in objective.kpis:
            goal = judging.ahead(judging.goal(kpi, objective.id))
            earlier = tuple(
                Earlier(when.date(), old, judging.goal(old, objective.id).status) for when, old in said.get(kpi.id, [])
            )
            goals.append(replace(goal, earlier=earlier))
    return tuple(goals)
