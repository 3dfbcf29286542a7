"""pandas frames of a campaign's rolled-up readings: the newest of each series, and what each day had."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, String, and_, func, select, type_coerce

from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.intake.subjects import Sent
from reports.intake.subjects import own as own_of
from reports.measures import Over
from reports.metrics import METRICS
from reports.models import DailyReading, GroupDay, NewestReading, ReadingGroup, ReadingSeries
from reports.records.series import Series

SERIES = ("subject_kind", "subject", "metric", "dimensions", "source")
FIGURE = ("last_value", "lower", "upper", "qualifier", "numerator", "denominator")
NEWEST = (*SERIES, "day", "last_at", *FIGURE)
DAYS = (*SERIES, "day", "last_value", "delta")
PORTION = 20_000  #: rows that are taken apart at a time
_ASKED = ("group", "subject", "last_at", *FIGURE)
_NUMBERS = {*FIGURE, "delta"} - {"qualifier"}

_series, _group, _daily = table(ReadingSeries), table(ReadingGroup), table(DailyReading)


class Engine(Protocol):
    """Where rolled-up readings come from: the database, the archive on this machine, or a cluster."""

    def newest(self, campaign: str, until: date | None = None) -> pd.DataFrame:
        """Return one row a series, ordered by it: its newest day, no later than *until*. Columns: NEWEST."""
        ...

    def days(self, campaign: str, metric: str) -> pd.DataFrame:
        """Return every day of *metric*'s series that has a value, ordered by series and day. Columns: DAYS."""
        ...

    def by_channel(self, campaign: str, metric: str, sent: Iterable[Sent]) -> pd.DataFrame:
        """Return the running totals of the releases by day and channel, as `over_time` does."""
        ...


class Stored:
    """The rollups in the database."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def newest(self, campaign: str, until: date | None = None) -> pd.DataFrame:
        """Return one row a series, from the table of newest days; with *until*, from every day."""
        return newest(self.connection, campaign, until)

    def days(self, campaign: str, metric: str) -> pd.DataFrame:
        """Return the days of *metric*."""
        return days(self.connection, campaign, metric)

    def by_channel(self, campaign: str, metric: str, sent: Iterable[Sent]) -> pd.DataFrame:
        """Return running totals from the sums by group, where each group has one source; else from every day."""
        simple = _by_group(self.connection, campaign, metric)
        return over_time(self.days(campaign, metric), sent, metric) if simple is None else simple


def newest(connection: Connection, campaign: str, until: date | None = None) -> pd.DataFrame:
    """
    Return one row a series: its newest day, no later than *until*. Columns: SERIES, day, last_at, FIGURE.

    Words are categories, which no order may be asked of: the rows are in the order of their series already.
    """
    # What a series is of, its subject aside, it shares with its group: one number a row instead of four words.
    named = [_series.c.group, _series.c.subject]
    if until is None:
        rows, joined = table(NewestReading), _series.c.campaign == campaign
        found = select(*named, *_shown(rows)).join(rows, rows.c.series == _series.c.id).where(joined)
    else:
        # Asked of each series by key: to group every day there is takes several times as long.
        rows, other = _daily, _daily.alias("other")
        last = (
            select(func.max(other.c.day))
            .where(other.c.series == _series.c.id, other.c.day <= until.isoformat())
            .correlate(_series)
            .scalar_subquery()
        )
        joined = and_(rows.c.series == _series.c.id, rows.c.day == last)
        both = _series.join(rows, joined)
        found = select(*named, *_shown(rows)).select_from(both).where(_series.c.campaign == campaign)
    frame = _frame(connection, found.order_by(*(_series.c[name] for name in SERIES)), _ASKED)
    written = frame["last_at"].cat
    codes = written.codes.to_numpy()
    frame["day"] = _categories([text[:10] for text in written.categories], codes)
    frame["last_at"] = pd.to_datetime(written.categories, utc=True, format="ISO8601").take(codes)
    of_group, codes = frame["group"].cat.categories.astype("int64"), frame["group"].cat.codes.to_numpy()
    words = ("subject_kind", "metric", "dimensions", "source")
    mine = select(_group.c.id, *(_group.c[name] for name in words)).where(_group.c.campaign == campaign)
    known = {row[0]: row[1:] for row in connection.execute(mine)}
    for place, name in enumerate(words):
        frame[name] = _categories([known[number][place] for number in of_group], codes)
    return frame[list(NEWEST)]


def _categories(words: Sequence[str], codes: Any) -> pd.Categorical:
    """Return the words that *codes* stand for, each word a category once."""
    once = {word: code for code, word in enumerate(dict.fromkeys(words))}
    numbers = np.array([once[word] for word in words], dtype="int32")
    return pd.Categorical.from_codes(numbers[codes] if len(words) else codes, pd.Index(list(once), dtype="str"))


def days(connection: Connection, campaign: str, metric: str) -> pd.DataFrame:
    """Return every day of *metric*'s series: SERIES, day, last_value, delta."""
    columns = [*(_series.c[name] for name in SERIES), *(_daily.c[name] for name in ("day", "last_value", "delta"))]
    found = (
        select(*columns)
        .join(_daily, _daily.c.series == _series.c.id)
        .where(_series.c.campaign == campaign, _series.c.metric == metric, _daily.c.last_value.is_not(None))
        .order_by(*columns[:6])
    )
    return _spelt(_frame(connection, found, DAYS))


def _shown(rows: Any) -> list[ColumnElement[Any]]:
    return [type_coerce(rows.c.last_at, String), *(rows.c[name] for name in FIGURE)]


def _frame(connection: Connection, found: Any, columns: tuple[str, ...]) -> pd.DataFrame:
    """
    Return the rows of *found*; words as categories, for nearly all of them come again and again.

    Rows are taken apart a portion at a time, so that a row is never kept as objects of its own.
    """
    numbers = [name in _NUMBERS for name in columns]
    known: list[dict[Any, int]] = [{} for _ in columns]
    parts: list[list[Any]] = [[] for _ in columns]
    for rows in connection.execution_options(yield_per=PORTION).execute(found).partitions():
        for place, column in enumerate(zip(*rows, strict=True)):
            if numbers[place]:
                parts[place].append(np.array(column, dtype="float64"))
            else:
                codes = known[place]
                parts[place].append(np.array([codes.setdefault(word, len(codes)) for word in column], dtype="int32"))
    made: dict[str, Any] = {}
    for place, name in enumerate(columns):
        if numbers[place]:
            made[name] = np.concatenate(parts[place] or [np.empty(0)])
        else:
            whole = np.concatenate(parts[place] or [np.empty(0, dtype="int32")])
            made[name] = pd.Categorical.from_codes(whole, pd.Index(list(known[place]), dtype="str"))
    return pd.DataFrame(made, columns=list(columns), copy=False)


def _spelt(frame: pd.DataFrame) -> pd.DataFrame:
    """Return *frame* with words as words, which sort by their letters; categories sort as they were found."""
    return frame.astype({name: "str" for name in frame.columns if name not in _NUMBERS})


def _by_group(connection: Connection, campaign: str, metric: str) -> pd.DataFrame | None:
    """Return running totals by day and channel; None where a group has several sources or splits to choose from."""
    sums = table(GroupDay)
    mine = and_(_group.c.campaign == campaign, _group.c.metric == metric, _group.c.subject_kind == "release")
    cell = [_group.c[name] for name in ("channel", "locale", "message", "audience")]
    several = select(func.count()).where(mine).group_by(*cell).having(func.count() > 1).limit(1)
    split = select(_group.c.id).where(mine, _group.c.dimensions != "").limit(1)
    if connection.execute(several).first() or connection.execute(split).first():
        return None
    found = (
        select(_group.c.channel, sums.c.day, func.sum(sums.c.delta))
        .join(sums, sums.c.group == _group.c.id)
        .where(mine)
        .group_by(_group.c.channel, sums.c.day)
    )
    rows = _spelt(_frame(connection, found, ("channel", "day", "delta")))
    if rows.empty:
        return None
    wide = rows.pivot_table(index="day", columns="channel", values="delta").cumsum().ffill()
    wide.index = pd.DatetimeIndex(pd.to_datetime(wide.index), name="day")
    wide.columns.name = None
    return wide


def as_series(frame: pd.DataFrame, sent: Iterable[Sent]) -> list[Series]:
    """Return the rows of `newest` as series; a metric that is no longer known is left out."""
    releases = {each.id: each for each in sent}
    found = []
    for row in frame.to_dict("records"):
        if row["metric"] not in METRICS:
            continue
        value, lower, upper, numerator, denominator = (
            _known(row[name]) for name in ("last_value", "lower", "upper", "numerator", "denominator")
        )
        found.append(
            Series(
                subject_kind=row["subject_kind"],
                subject=row["subject"],
                metric=row["metric"],
                source=row["source"],
                own=own(row["subject_kind"], row["subject"], releases),
                split=json.loads(row["dimensions"]) if row["dimensions"] else {},
                figure=Figure(value, lower, upper, Qualifier(row["qualifier"]), numerator, denominator),
                at=row["last_at"].to_pydatetime(),
                served=served(row["subject"], releases),
            )
        )
    return found


def own(subject_kind: str, subject: str, releases: Mapping[str, Sent]) -> dict[str, str]:
    """Return what a subject says by itself. A release of several audiences credits none of them."""
    if subject_kind == "campaign":
        return {}
    if subject_kind != "release":
        return {subject_kind: subject}
    found = releases.get(subject)
    return own_of(found) if found else {}


def served(subject: str, releases: Mapping[str, Sent]) -> frozenset[str]:
    """Return the audiences of a release that has several."""
    found = releases.get(subject)
    return frozenset(found.audiences) if found and len(found.audiences) > 1 else frozenset()


def over_time(frame: pd.DataFrame, sent: Iterable[Sent], metric: str) -> pd.DataFrame:
    """
    Return running totals by day (index, those with a snapshot) and channel (columns) from the releases' figures.

    A release without a snapshot that day keeps its last one; before its first it has none. One source a release
    (the one heard from last); splits are added only where no whole is given. Empty for a metric without such a sum.
    """
    channels = {each.id: each.channel for each in sent}
    rows = frame[(frame["subject_kind"] == "release") & frame["subject"].isin(list(channels))]
    if rows.empty or not {Over.CHANNELS, Over.RELEASES, Over.BREAKDOWN} <= METRICS[metric].additive:
        return pd.DataFrame()
    last = rows.sort_values(["day", "source"]).groupby("subject")["source"].last()
    rows = rows[rows["source"] == rows["subject"].map(last)]
    whole = set(rows.loc[rows["dimensions"] == "", "subject"])
    ways = rows["dimensions"].map(lambda text: tuple(sorted(json.loads(text))) if text else ())
    first = ways.groupby(rows["subject"]).min()
    rows = rows[(rows["dimensions"] == "") | (~rows["subject"].isin(whole) & (ways == rows["subject"].map(first)))]
    wide = rows.pivot_table(index="day", columns=["subject", "dimensions"], values="last_value", aggfunc="last")
    wide.index = pd.DatetimeIndex(pd.to_datetime(wide.index), name="day")
    return wide.ffill().T.groupby(lambda key: channels[key[0]]).sum(min_count=1).T


def _known(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
