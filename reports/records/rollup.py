"""
The one writer of `daily_reading`, `newest_reading` and `group_day`: what reports read instead of every snapshot.

A day's figure is its newest snapshot that says something, and its delta depends on that day and the one before alone.
So whatever the order of arrival, what is rolled up row by row equals a full recomputation; group sums do to the last
bit for whole numbers, and for parts (minutes, money) to within rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from campaigns.store.tables import table
from reports.measures import Count, Over
from reports.metrics import METRICS
from reports.models import DailyReading, GroupDay, NewestReading, Reading
from reports.records.staging import FIGURE, group, series, stage

SHOWN = 20  #: falls of one import that are listed

reading, daily, newest, by_group = (table(each) for each in (Reading, DailyReading, NewestReading, GroupDay))

#: What reports add up by day, over releases and what they differ in. Nothing else ever has a row in `group_day`.
ADDED = tuple(
    metric.id
    for metric in METRICS.values()
    if isinstance(metric, Count) and {Over.RELEASES, Over.TIME, Over.CHANNELS, Over.LOCALES} <= metric.additive
)
#: Levels and shares go up and down; a running total that goes down was corrected.
_RUNNING = tuple(metric.id for metric in METRICS.values() if not metric.share and not metric.stock)
_DAILY = ("series", "day", "last_at", "revision", "last_value", *FIGURE[1:])
_NEWEST = ("series", "day", "last_at", "last_value", *FIGURE[1:])

touched = Table(
    "reading_touched",
    MetaData(),
    Column("series", Integer, primary_key=True),
    Column("day", String, primary_key=True),
    Column("before", Float),  #: the day's delta before this import
    Column("was", Integer, nullable=False),  #: whether it had one
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)


@dataclass(frozen=True)
class Fall:
    """A running total that went down from one day to the next: a correction of the platform, kept."""

    metric: str
    subject_kind: str
    subject: str
    day: str
    by: float


def roll_up(connection: Connection) -> tuple[tuple[Fall, ...], int]:
    """Bring the rollups up to what is staged: its days, and the next day with a value after each. Return what fell."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(CreateTable(touched, if_not_exists=True))
    connection.execute(delete(touched))
    day = func.substr(stage.c.at, 1, 10)
    _touch(connection, select(stage.c.series, day).where(_says_something(stage)).distinct())
    upsert = dialect.insert(daily).from_select(_DAILY, _newest_of_day(stage))
    newer = {name: upsert.excluded[name] for name in _DAILY[2:]}
    later = tuple_(upsert.excluded.last_at, upsert.excluded.revision) > tuple_(daily.c.last_at, daily.c.revision)
    connection.execute(upsert.on_conflict_do_update(index_elements=["series", "day"], set_=newer, where=later))
    following = (
        select(func.min(daily.c.day))
        .where(daily.c.series == touched.c.series, daily.c.day > touched.c.day, daily.c.last_value.is_not(None))
        .correlate(touched)
        .scalar_subquery()
    )
    after = select(touched.c.series, following.label("day")).subquery()
    known = (
        select(touched.c.series)
        .where(touched.c.series == after.c.series, touched.c.day == after.c.day)
        .correlate(after)
        .exists()
    )
    _touch(connection, select(*after.c).where(after.c.day.is_not(None), ~known).distinct())
    connection.execute(update(daily).where(_is_touched()).values(delta=_difference()))
    _newest_again(connection, dialect)
    _groups_again(connection, dialect)
    return _falls(connection)


def rebuild(connection: Connection) -> int:
    """Compute every rollup anew from the snapshots, and return how many daily figures there are."""
    for each in (daily, newest, by_group):
        connection.execute(delete(each))
    connection.execute(insert(daily).from_select(_DAILY, _newest_of_day(reading)))
    connection.execute(update(daily).values(delta=_difference()))
    connection.execute(insert(newest).from_select(_NEWEST, _newest_day()))
    joined = daily.join(series, series.c.id == daily.c.series).join(group, group.c.id == series.c.group)
    sums = (
        select(group.c.id, daily.c.day, func.sum(daily.c.delta), func.count())
        .select_from(joined)
        .where(_has_a_sum(), daily.c.delta.is_not(None))
        .group_by(group.c.id, daily.c.day)
    )
    connection.execute(insert(by_group).from_select(["group", "day", "delta", "releases"], sums))
    return connection.execute(select(func.count()).select_from(daily)).scalar_one()


def differences(connection: Connection, rebuilt: Callable[[], object]) -> dict[str, int]:
    """Run *rebuilt*, and return how many rows of each rollup it changed, left out or added."""
    found = {}
    for each in (daily, newest, by_group):
        connection.execute(text(f"CREATE TEMPORARY TABLE {each.name}_was AS SELECT * FROM {each.name}"))  # noqa: S608 (our own names)
    rebuilt()
    for each in (daily, newest, by_group):
        was = Table(f"{each.name}_was", MetaData(), *(Column(column.name, column.type) for column in each.columns))
        gone, came = select(*was.c).except_(select(*each.c)), select(*each.c).except_(select(*was.c))
        found[each.name] = max(
            connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one() for rows in (gone, came)
        )
        connection.execute(text(f"DROP TABLE {was.name}"))
    return found


def _has_a_sum() -> ColumnElement[bool]:
    """Say which groups have rows in `group_day`: releases, by a metric that adds up over them."""
    return and_(group.c.subject_kind == "release", group.c.metric.in_(ADDED))


def _touch(connection: Connection, days: Select[Any]) -> None:
    """Note *days* (series, day) as touched, with the delta they have now."""
    found = days.subquery()
    number, day = found.c
    source = select(number, day, daily.c.delta, daily.c.delta.is_not(None).cast(Integer)).outerjoin(
        daily, and_(daily.c.series == number, daily.c.day == day)
    )
    connection.execute(insert(touched).from_select(["series", "day", "before", "was"], source))


def _is_touched() -> ColumnElement[bool]:
    # A join with UPDATE ... FROM makes SQLite look at every day there is; this asks for the touched ones by key.
    return tuple_(daily.c.series, daily.c.day).in_(select(touched.c.series, touched.c.day))


def _says_something(rows: FromClause) -> ColumnElement[bool]:
    return or_(rows.c.value.is_not(None), rows.c.lower.is_not(None), rows.c.upper.is_not(None))


def _newest_of_day(rows: FromClause) -> Select[Any]:
    """Select the newest snapshot of each series and day of *rows*, in the order of `_DAILY`."""
    day = func.substr(rows.c.at, 1, 10)
    order = (rows.c.at.desc(), rows.c.revision.desc())
    rank = func.row_number().over(partition_by=[rows.c.series, day], order_by=order).label("rank")
    columns = [rows.c.series, day.label("day"), rows.c.at, rows.c.revision, *(rows.c[name] for name in FIGURE), rank]
    ranked = select(*columns).where(_says_something(rows)).subquery()
    return select(*list(ranked.c)[:-1]).where(ranked.c.rank == 1)


def _difference() -> ColumnElement[float]:
    """Return what a day added: its value less the newest one before it, or all of it where there is none."""
    earlier = daily.alias("earlier")
    before = (
        select(earlier.c.last_value)
        .where(earlier.c.series == daily.c.series, earlier.c.day < daily.c.day, earlier.c.last_value.is_not(None))
        .order_by(earlier.c.day.desc())
        .limit(1)
        .correlate(daily)
        .scalar_subquery()
    )
    return daily.c.last_value - func.coalesce(before, 0.0)


def _newest_day(of: Select[Any] | None = None) -> Select[Any]:
    """Select the newest day of each series, of those that *of* selects if it is given."""
    last = select(daily.c.series, func.max(daily.c.day).label("day")).group_by(daily.c.series)
    if of is not None:
        last = last.where(daily.c.series.in_(of))
    picked = last.subquery()
    return select(*(daily.c[name] for name in _NEWEST)).join(
        picked, and_(picked.c.series == daily.c.series, picked.c.day == daily.c.day)
    )


def _newest_again(connection: Connection, dialect: Any) -> None:
    """Bring the newest days up: a day never goes away, so it is the newest touched one, or the one that was."""
    last = select(touched.c.series, func.max(touched.c.day).label("day")).group_by(touched.c.series).subquery()
    rows = select(*(daily.c[name] for name in _NEWEST)).join(
        last, and_(last.c.series == daily.c.series, last.c.day == daily.c.day)
    )
    upsert = dialect.insert(newest).from_select(_NEWEST, rows.where(daily.c.series.is_not(None)))
    newer = {name: upsert.excluded[name] for name in _NEWEST[1:]}
    connection.execute(
        upsert.on_conflict_do_update(index_elements=["series"], set_=newer, where=upsert.excluded.day >= newest.c.day)
    )


def _groups_again(connection: Connection, dialect: Any) -> None:
    """Add to each group and day what its touched days have now, less what they had."""
    joined = (
        touched.join(daily, and_(daily.c.series == touched.c.series, daily.c.day == touched.c.day))
        .join(series, series.c.id == touched.c.series)
        .join(group, group.c.id == series.c.group)
    )
    change = func.sum(func.coalesce(daily.c.delta, 0.0) - func.coalesce(touched.c.before, 0.0))
    more = func.sum(daily.c.delta.is_not(None).cast(Integer) - touched.c.was)
    sums = (
        select(group.c.id, touched.c.day, change, more)
        .select_from(joined)
        .where(_has_a_sum())
        .where(or_(daily.c.delta.is_not(None), touched.c.was == 1))
        .group_by(group.c.id, touched.c.day)
    )
    upsert = dialect.insert(by_group).from_select(["group", "day", "delta", "releases"], sums)
    connection.execute(
        upsert.on_conflict_do_update(
            index_elements=["group", "day"],
            set_={
                "delta": by_group.c.delta + upsert.excluded.delta,
                "releases": by_group.c.releases + upsert.excluded.releases,
            },
        )
    )
    cells = select(series.c.group, touched.c.day).join(series, series.c.id == touched.c.series)
    gone = and_(by_group.c.releases <= 0, tuple_(by_group.c.group, by_group.c.day).in_(cells))
    connection.execute(delete(by_group).where(gone))


def _falls(connection: Connection) -> tuple[tuple[Fall, ...], int]:
    """Return the running totals that fell on a touched day: the first few, and how many."""
    fell = (
        select(series.c.metric, series.c.subject_kind, series.c.subject, touched.c.day, daily.c.delta)
        .join(daily, and_(daily.c.series == touched.c.series, daily.c.day == touched.c.day))
        .join(series, series.c.id == touched.c.series)
        .where(daily.c.delta < 0, series.c.metric.in_(_RUNNING))
    )
    many = connection.execute(select(func.count()).select_from(fell.subquery())).scalar_one()
    rows: Sequence[Any] = connection.execute(fell.order_by(touched.c.day, series.c.id).limit(SHOWN)).all()
    return tuple(Fall(row.metric, row.subject_kind, row.subject, row.day, -row.delta) for row in rows), many
