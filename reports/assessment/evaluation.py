"""Everything a report says, before it is put into words: goals, tables, counts, provenance, and what is not known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from campaigns.documents import schema
from campaigns.plan import stored
from campaigns.store.tables import table
from reports.assessment import declared, studies, tables
from reports.assessment.findings import Finding, findings
from reports.assessment.goals import Dropped, Goal
from reports.assessment.judging import judged
from reports.assessment.quasi import Ground
from reports.assessment.studies import Outcome
from reports.assessment.waves import Wave, waves
from reports.intake.subjects import Sent, releases, unknown
from reports.metrics import METRICS
from reports.models import ReadingImport
from reports.records import counted, frames
from reports.records.counted import Gap
from reports.records.known import known as known_of
from reports.records.series import Known, Series, subjects, with_rates
from reports.records.window import Window, added
from reports.referrals import indicators, ledger
from reports.referrals.indicators import Series as Stated
from reports.referrals.indicators import Watch
from scheduler.releases.states import State

#: The first of these that has a running total by channel is drawn over time.
OVER_TIME = ("impressions", "views", "deliveries", "engagements", "link_clicks")
STALE_DAYS = 14
WHOLE = Window()


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
    window: Window  #: the days that tables and waves are of
    as_of: datetime | None  #: the newest figure's instant
    goals: tuple[Goal, ...]
    dropped: tuple[Dropped, ...]  #: KPIs that the document once had
    tables: tuple[tables.Table, ...]
    waves: tuple[Wave, ...]
    findings: tuple[Finding, ...]
    studies: tuple[Outcome, ...]  #: what was declared, and what came of it
    referrals: Watch | None  #: None: nothing was referred
    stated: tuple[Stated, ...]  #: totals that others stated of referrals, by period
    states: dict[str, int]  #: release state -> how many
    sent: tuple[Sent, ...]
    series: tuple[Known, ...]
    timeline: pd.DataFrame  #: running totals, days by channels
    timeline_metric: str
    files: tuple[File, ...]
    silent: tuple[str, ...]  #: names of releases that went out and have no figure
    shared: int  #: releases that went out to several audiences at once, and have a figure
    stale: tuple[Goal, ...]  #: goals whose figure is much older than the newest
    gaps: tuple[Gap, ...] = ()  #: channels that gave no count at some of the times they were asked

    @property
    def example(self) -> str | None:
        """What the files say of themselves, if any of them holds example data."""
        return next((each.example for each in self.files if each.example), None)

    def count(self, *states: State) -> int:
        """Return how many releases are in *states*."""
        return sum(self.states.get(each, 0) for each in states)


def evaluate(
    connection: Connection,
    campaign: str,
    *,
    window: Window = WHOLE,
    by: tuple[str, ...] = tables.BY,
    engine: frames.Engine | None = None,
) -> Evaluation:
    """
    Evaluate *campaign* from its rolled-up readings.

    Goals are judged by what was known at the end of *window*; tables and waves hold what it added. *by* says which
    tables there are. The rolled-up readings come from *engine*, the database where none is given.

    Raises:
        UnknownCampaign: If the database has no such campaign.
    """
    document = stored.read(connection, campaign)
    if document is None:
        raise unknown(connection, campaign)
    source = engine or frames.Stored(connection)
    sent = releases(connection, campaign)
    newest = source.newest(campaign, window.until)
    known = known_of(newest, sent)
    as_of = max((each.at for each in known), default=None)
    goals = judged(connection, source, document, known, sent, as_of.date() if as_of else None)
    series: Sequence[Known] = known
    if window.since:
        day_before = window.since - timedelta(days=1)
        stood = frames.as_series(source.newest(campaign, day_before), sent)
        series = with_rates(added(frames.as_series(newest, sent), stood, window.since))
    timeline, metric = _timeline(source, campaign, series, sent, window)
    heard = subjects(each for each in known if each.subject_kind == "release")
    out = tables.went_out(sent, {})
    surveyed = any(METRICS[each.metric].denominator == "respondents" for each in known)
    before = frames.as_series(source.newest(campaign, document.starts), sent) if surveyed else []
    declared_at = declared.declared(connection, campaign) if document.studies else {}
    signed_at = declared.signed(connection, campaign) if document.studies else {}
    tried = declared.trials(document.studies, declared_at, signed_at, sent)
    claimed = findings(known, before, sent, tried)
    surveys = [each for each in known if isinstance(each, Series)]
    ground = Ground(source, campaign, surveys, window.until)
    early = frozenset(each.study for each in tried if each.beforehand)
    studied = studies.outcomes(document, ground, declared_at, goals, claimed, early)
    referred = ledger.items(connection, campaign)
    since, until = (_instant(window.since), _instant(window.until, after=True))
    return Evaluation(
        document=document,
        window=window,
        as_of=as_of,
        goals=goals,
        dropped=tuple(
            Dropped(when.date(), kpi) for when, gone, kpi, _ in stored.earlier_kpis(connection, campaign) if gone
        ),
        tables=tuple(tables.table(each, document, series, sent, goals) for each in by),
        waves=waves(document, sent, series),
        findings=(*claimed, *(one for each in studied if each.study.experiment is None for one in each.findings)),
        studies=studied,
        referrals=indicators.watch(referred, since=since, until=until) if referred else None,
        stated=_stated(connection, window),
        states=dict(Counter(each.state for each in sent)),
        sent=tuple(sent),
        series=tuple(series),
        timeline=timeline,
        timeline_metric=metric,
        files=_files(connection, campaign),
        silent=tuple(each.name for each in out if each.id not in heard),
        shared=sum(1 for each in out if len(each.audiences) > 1 and each.id in heard),
        stale=tuple(goal for goal in goals if goal.stale > STALE_DAYS),
        gaps=counted.gaps(connection, campaign),
    )


def _stated(connection: Connection, window: Window) -> tuple[Stated, ...]:
    """Return what was stated by the window's end of periods that touch it."""
    found = []
    for each in indicators.by_period(ledger.totals(connection), _iso(window.until)):
        mine = tuple(
            (added, on)
            for added, on in each.added
            if (window.since is None or added.period.last >= window.since)
            and (window.until is None or added.period.first <= window.until)
        )
        if mine:
            found.append(replace(each, added=mine))
    return tuple(found)


def _instant(day: date | None, *, after: bool = False) -> datetime | None:
    return datetime.combine(day + timedelta(days=after), time(), UTC) if day else None


def _timeline(
    source: frames.Engine, campaign: str, series: Sequence[Known], sent: list[Sent], window: Window
) -> tuple[pd.DataFrame, str]:
    present = {each.metric for each in series if each.subject_kind == "release"}
    for metric in OVER_TIME:
        if metric in present:
            wide = source.by_channel(campaign, metric, sent)
            return wide.loc[_iso(window.since) : _iso(window.until)] if not wide.empty else wide, metric
    return pd.DataFrame(), ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _files(connection: Connection, campaign: str) -> tuple[File, ...]:
    imports = table(ReadingImport)
    rows = connection.execute(select(imports).order_by(imports.c.imported_at, imports.c.file, imports.c.id))
    found = []
    for row in rows:
        detail: dict[str, Any] = row.detail
        if campaign in detail.get("campaigns", []):
            found.append(File(row.file, row.id, row.rows, row.imported_at, detail.get("example")))
    return tuple(found)
