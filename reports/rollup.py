"""
The one writer of `reading`, `reading_import` and `daily_reading`.

Snapshots are appended once and rolled up in the same transaction: the newest that says something for each series and
day, and what each day added to the one before it. A day's number depends on that day and the one before alone, so
whatever the order of arrival, the rollup equals a full recomputation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
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
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from campaigns import clock
from campaigns.errors import Complaint, InvalidDocument
from campaigns.models.columns import Instant
from campaigns.store.tables import table
from reports.models import DailyReading, Reading, ReadingImport
from reports.snapshot import Snapshot

CHUNK = 5_000  #: rows sent to the database at a time

reading, daily, imports = table(Reading), table(DailyReading), table(ReadingImport)

SERIES = ("campaign", "subject_kind", "subject", "metric", "dimensions", "source")
FIGURE = ("value", "lower", "upper", "qualifier", "numerator", "denominator")
_KEY = (*SERIES, "at")
_COLUMNS = (*_KEY, *FIGURE)

_temporary = MetaData()


def _texts(names: Sequence[str]) -> list[Column[Any]]:
    return [Column(name, String, nullable=False) for name in names]


stage = Table(
    "reading_stage",
    _temporary,
    Column("ordinal", Integer, primary_key=True),
    *_texts(SERIES),
    Column("at", Instant, nullable=False),
    Column("day", String, nullable=False),
    *(Column(name, String if name == "qualifier" else Float) for name in FIGURE),
    prefixes=["TEMPORARY"],
)
touched = Table("reading_touched", _temporary, *_texts((*SERIES, "day")), prefixes=["TEMPORARY"])


@dataclass(frozen=True)
class Receipt:
    """Which file the rows come from, who brought it, and when."""

    id: str  #: sha256 of the file, hex
    file: str
    by: str
    at: datetime
    example: str | None = None  #: what the file says of itself, if it holds example data


@dataclass(frozen=True)
class Imported:
    """What an import changed."""

    added: int
    known: int


def import_rows(
    connection: Connection, rows: Sequence[Snapshot], receipt: Receipt, step: Callable[[int], None] | None = None
) -> Imported:
    """
    Append *rows* and roll them up; rows already there change nothing. *step* is told of rows as they are sent.

    Raises:
        InvalidDocument: If a key is already there with another figure, or twice in *rows* with two: nothing is kept.
    """
    distinct = _distinct(rows)
    _stage(connection, distinct, step)
    _refuse_other_figures(connection, distinct)
    connection.execute(delete(stage).where(exists().where(_same(_KEY, stage, reading))))
    added = connection.execute(select(func.count()).select_from(stage)).scalar_one()
    _write_receipt(connection, rows, receipt, added)
    if added:
        columns: list[Any] = [stage.c[name] for name in _COLUMNS]
        source = select(*columns, bindparam("imported", receipt.id, type_=String))
        connection.execute(insert(reading).from_select([*_COLUMNS, "imported"], source))
        _roll_up(connection)
    _clear(connection)
    return Imported(added, len(rows) - added)


def rebuild(connection: Connection) -> int:
    """Compute `daily_reading` anew from every reading, and return how many rows it has."""
    connection.execute(delete(daily))
    connection.execute(insert(daily).from_select(_DAILY, _newest(reading, func.substr(reading.c.at, 1, 10))))
    connection.execute(update(daily).values(delta=_difference()))
    return connection.execute(select(func.count()).select_from(daily)).scalar_one()


_DAILY = (*SERIES, "day", "last_at", "last_value", *FIGURE[1:])


def dimensions_text(dimensions: tuple[tuple[str, str], ...]) -> str:
    """Return canonical JSON of *dimensions*, "" for none: part of a reading's key."""
    return rfc8785.dumps(dict(dimensions)).decode() if dimensions else ""


def _distinct(rows: Sequence[Snapshot]) -> list[Snapshot]:
    """Return one row a key; two figures for one key are a complaint that names both places."""
    seen: dict[tuple[Any, ...], Snapshot] = {}
    complaints = []
    for row in rows:
        key = tuple(getattr(row, name) for name in _KEY)
        first = seen.setdefault(key, row)
        if first.figure != row.figure:
            message = f"{_naming(row)} is {shown(row)} here and {shown(first)} on line {first.where.line}"
            complaints.append(Complaint(row.where, message, "keep the right one; a correction has its own instant"))
    if complaints:
        raise InvalidDocument(complaints)
    return list(seen.values())


def _naming(row: Snapshot) -> str:
    split = "".join(f", {name} {value}" for name, value in row.dimensions)
    return f"{row.metric} of {row.subject_kind} {row.subject}{split} at {clock.iso(row.at)}"


def shown(row: Snapshot | Any) -> str:
    """Return a figure in the plain words of a complaint."""
    figure = row.figure if isinstance(row, Snapshot) else row
    if figure.value is not None:
        number = f"{figure.value:,.10g}"
        rest = "" if figure.denominator is None else f" of {figure.denominator:,.10g}"
        return (number if figure.qualifier == "exact" else f"{figure.qualifier} {number}") + rest
    if figure.lower is None and figure.upper is None:
        return "no figure"
    return f"{figure.qualifier} {figure.lower or 0:,.10g} to {figure.upper or 0:,.10g}"


def _stage(connection: Connection, rows: Sequence[Snapshot], step: Callable[[int], None] | None) -> None:
    for each in (stage, touched):
        connection.execute(CreateTable(each, if_not_exists=True))
    _clear(connection)
    texts: dict[tuple[tuple[str, str], ...], str] = {}
    for start in range(0, len(rows), CHUNK):
        chunk = [
            {
                "ordinal": ordinal,
                "campaign": row.campaign,
                "subject_kind": row.subject_kind,
                "subject": row.subject,
                "metric": row.metric,
                "dimensions": texts.setdefault(row.dimensions, dimensions_text(row.dimensions)),
                "source": row.source,
                "at": row.at,
                "day": row.at.astimezone(UTC).date().isoformat(),
                **{name: getattr(row.figure, name) for name in FIGURE},
            }
            for ordinal, row in enumerate(rows[start : start + CHUNK], start)
        ]
        connection.execute(insert(stage), chunk)
        if step:
            step(len(chunk))


def _clear(connection: Connection) -> None:
    for each in (stage, touched):
        connection.execute(delete(each))


def _refuse_other_figures(connection: Connection, rows: Sequence[Snapshot]) -> None:
    other = or_(*(stage.c[name].is_distinct_from(reading.c[name]) for name in FIGURE))
    found = connection.execute(
        select(stage.c.ordinal, imports.c.file, *(reading.c[name] for name in FIGURE))
        .join(reading, _same(_KEY, stage, reading))
        .join(imports, imports.c.id == reading.c.imported)
        .where(other)
    )
    complaints = []
    for stored in found:
        row = rows[stored.ordinal]
        message = f"{_naming(row)} is {shown(row)} here and {shown(stored)} in what {stored.file} brought"
        complaints.append(
            Complaint(row.where, message, "readings are never rewritten: give a correction its own instant")
        )
    if complaints:
        raise InvalidDocument(complaints)


def _write_receipt(connection: Connection, rows: Sequence[Snapshot], receipt: Receipt, added: int) -> None:
    """Keep one row a file; the same file for one more campaign is noted on its row."""
    campaigns = {row.campaign for row in rows}
    known = connection.execute(select(imports.c.detail).where(imports.c.id == receipt.id)).scalar_one_or_none()
    if known is None:
        detail: dict[str, Any] = {
            "campaigns": sorted(campaigns),
            "sources": sorted({row.source for row in rows}),
            "added": added,
        }
        if receipt.example:
            detail["example"] = receipt.example
        values = {"file": receipt.file, "rows": len(rows), "imported_at": receipt.at, "imported_by": receipt.by}
        connection.execute(insert(imports).values(id=receipt.id, detail=detail, **values))
    elif added:
        detail = {**known, "campaigns": sorted(campaigns | set(known["campaigns"])), "added": known["added"] + added}
        connection.execute(update(imports).where(imports.c.id == receipt.id).values(detail=detail))


def _same(names: Sequence[str], one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in names))


def _says_something(rows: FromClause) -> ColumnElement[bool]:
    return or_(rows.c.value.is_not(None), rows.c.lower.is_not(None), rows.c.upper.is_not(None))


def _newest(rows: FromClause, day: ColumnElement[str]) -> Select[Any]:
    """Select the newest snapshot of each series and day of *rows*, in the order of `_DAILY`."""
    series = [rows.c[name] for name in SERIES]
    rank = func.row_number().over(partition_by=[*series, day], order_by=rows.c.at.desc()).label("rank")
    columns = [*series, day.label("day"), rows.c.at, *(rows.c[name] for name in FIGURE), rank]
    ranked = select(*columns).where(_says_something(rows)).subquery()
    return select(*list(ranked.c)[:-1]).where(ranked.c.rank == 1)


def _difference() -> ColumnElement[float]:
    """Return what a day added: its value less the newest one before it, or all of it where there is none."""
    earlier = daily.alias("earlier")
    before = (
        select(earlier.c.last_value)
        .where(_same(SERIES, earlier, daily), earlier.c.day < daily.c.day, earlier.c.last_value.is_not(None))
        .order_by(earlier.c.day.desc())
        .limit(1)
        .correlate(daily)
        .scalar_subquery()
    )
    return daily.c.last_value - func.coalesce(before, 0.0)


def _roll_up(connection: Connection) -> None:
    """Bring `daily_reading` up to what is staged: its days, and the next day that has a value after each."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    upsert = dialect.insert(daily).from_select(_DAILY, _newest(stage, stage.c.day))
    newer = {name: upsert.excluded[name] for name in _DAILY[len(SERIES) + 1 :]}
    connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[*SERIES, "day"], set_=newer, where=upsert.excluded.last_at > daily.c.last_at
        )
    )
    days = select(*(stage.c[name] for name in (*SERIES, "day"))).where(_says_something(stage)).distinct()
    connection.execute(insert(touched).from_select([*SERIES, "day"], days))
    later = daily.alias("later")
    following = (
        select(later.c.day)
        .where(_same(SERIES, later, touched), later.c.day > touched.c.day, later.c.last_value.is_not(None))
        .order_by(later.c.day)
        .limit(1)
        .correlate(touched)
        .scalar_subquery()
    )
    after = select(*(touched.c[name] for name in SERIES), following.label("day")).subquery()
    connection.execute(
        insert(touched).from_select([*SERIES, "day"], select(*after.c).where(after.c.day.is_not(None)).distinct())
    )
    keys = select(*(touched.c[name] for name in (*SERIES, "day")))
    connection.execute(
        update(daily).where(tuple_(*(daily.c[name] for name in (*SERIES, "day"))).in_(keys)).values(delta=_difference())
    )
