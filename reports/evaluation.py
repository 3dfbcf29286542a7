"""Everything a report says, before it is put into words: goals, tables, counts, provenance, and what is not known."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from campaigns.documents import schema
from campaigns.plan import stored
from campaigns.store.tables import table
from reports import frames, tables
from reports.collect import unknown
from reports.goals import Calendar, Coverage, Goal, judge, scope_of
from reports.metrics import METRICS
from reports.models import ReadingImport
from reports.series import Gathered, Series, gather, with_rates
from reports.subjects import Sent, releases
from scheduler.releases.states import State

#: The first of these that has a running total by channel is drawn over time.
OVER_TIME = ("impressions", "views", "deliveries", "engagements", "link_clicks")
STALE_DAYS = 14


@dataclass(frozen=True)
class File:
    """A file that figures came from."""

    name: str
    digest: str  #: sha256
    rows: int
    imported_at: datetime
    example: str | None


@dataclass(frozen=True)
class Evaluation:
    """A campaign, evaluated as of its newest figure."""

    document: schema.Campaign
    as_of: datetime | None  #: the newest figure's instant
    goals: tuple[Goal, ...]
    tables: tuple[tables.Table, ...]
    states: dict[str, int]  #: release state -> how many
    sent: tuple[Sent, ...]
    series: tuple[Series, ...]
    timeline: pd.DataFrame  #: running totals, days by channels
    timeline_metric: str
    files: tuple[File, ...]
    silent: tuple[str, ...]  #: names of releases that went out and have no figure
    shared: int  #: releases that went out to several audiences at once, and have a figure
    stale: tuple[Goal, ...]  #: goals whose figure is much older than the newest

    @property
    def example(self) -> str | None:
        """What the files say of themselves, if any of them holds example data."""
        return next((each.example for each in self.files if each.example), None)

    def count(self, *states: State) -> int:
        """Return how many releases are in *states*."""
        return sum(self.states.get(each, 0) for each in states)


def evaluate(connection: Connection, campaign: str) -> Evaluation:
    """
    Evaluate *campaign* from its rolled-up readings.

    Raises:
        UnknownCampaign: If the database has no such campaign.
    """
    document = stored.read(connection, campaign)
    if document is None:
        raise unknown(connection, campaign)
    sent = releases(connection, campaign)
    series = with_rates(frames.as_series(frames.newest(connection, campaign), sent))
    as_of = max((each.at for each in series), default=None)
    goals = _goals(connection, document, series, sent, as_of.date() if as_of else None)
    timeline, metric = _timeline(connection, campaign, series, sent)
    heard = {each.subject for each in series if each.subject_kind == "release"}
    out = tables.went_out(sent, {})
    return Evaluation(
        document=document,
        as_of=as_of,
        goals=goals,
        tables=tuple(tables.table(by, document, series, sent, goals) for by in tables.BY),
        states=dict(Counter(each.state for each in sent)),
        sent=tuple(sent),
        series=tuple(series),
        timeline=timeline,
        timeline_metric=metric,
        files=_files(connection, campaign),
        silent=tuple(each.name for each in out if each.id not in heard),
        shared=sum(1 for each in out if len(each.audiences) > 1 and each.id in heard),
        stale=tuple(goal for goal in goals if goal.stale > STALE_DAYS),
    )


def _goals(
    connection: Connection, document: schema.Campaign, series: list[Series], sent: list[Sent], data: date | None
) -> tuple[Goal, ...]:
    """Judge each KPI by the figures no later than its deadline."""
    sizes = {each.id: each.size.value for each in document.audiences if each.size}
    until: dict[date, list[Series]] = {}
    goals = []
    for objective in document.objectives:
        for kpi in objective.kpis:
            metric = METRICS.get(kpi.metric)
            scope = scope_of(kpi)
            known = series
            if data and kpi.by < data:
                if kpi.by not in until:
                    frame = frames.newest(connection, document.campaign, kpi.by)
                    until[kpi.by] = with_rates(frames.as_series(frame, sent))
                known = until[kpi.by]
            gathered = gather(metric, known, scope, sizes.get(kpi.audience or "")) if metric else Gathered()
            out = tables.went_out(sent, scope)
            covered = {
                s.subject for s in known if s.metric == kpi.metric and s.subject_kind == "release" and s.within(scope)
            }
            coverage = Coverage(sum(each.id in covered for each in out), len(out))
            calendar = Calendar(document.starts, data)
            goals.append(judge(kpi, metric, gathered, calendar, objective=objective.id, coverage=coverage))
    return tuple(goals)


def _timeline(
    connection: Connection, campaign: str, series: list[Series], sent: list[Sent]
) -> tuple[pd.DataFrame, str]:
    present = {each.metric for each in series if each.subject_kind == "release"}
    for metric in OVER_TIME:
        if metric in present:
            return frames.over_time(frames.days(connection, campaign, metric), sent, metric), metric
    return pd.DataFrame(), ""


def _files(connection: Connection, campaign: str) -> tuple[File, ...]:
    imports = table(ReadingImport)
    rows = connection.execute(select(imports).order_by(imports.c.imported_at, imports.c.file, imports.c.id))
    found = []
    for row in rows:
        detail: dict[str, Any] = row.detail
        if campaign in detail.get("campaigns", []):
            found.append(File(row.file, row.id, row.rows, row.imported_at, detail.get("example")))
    return tuple(found)
