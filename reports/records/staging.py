"""
Rows of a file on their way in: a temporary table that holds the whole file, whatever its size.

Series get their numbers here. The rows then go into `reading` by one statement, in the order of its key.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, and_, delete, func, insert, select
from sqlalchemy.schema import CreateTable

from campaigns.clock import instant_text
from campaigns.models.columns import Instant
from campaigns.store.tables import table
from reports.figures import Qualifier
from reports.models import ReadingGroup, ReadingSeries
from reports.snapshot import Of, Row

CHUNK = 10_000  #: rows sent to the database at a time
REMEMBERED = 200_000  #: series whose number is kept in memory

SERIES = ("campaign", "subject_kind", "subject", "metric", "dimensions", "source")
OWN = ("channel", "locale", "message", "audience")
GROUP = ("campaign", "subject_kind", "metric", "dimensions", "source", *OWN)
FIGURE = ("value", "lower", "upper", "qualifier", "numerator", "denominator")

series, group = table(ReadingSeries), table(ReadingGroup)
_temporary = MetaData()

stage = Table(
    "reading_stage",
    _temporary,
    Column("series", Integer, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    *(Column(name, String if name == "qualifier" else Float) for name in FIGURE),
    Column("line", Integer, nullable=False),
    Column("cell", Integer, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
wanted = Table(
    "reading_wanted",
    _temporary,
    Column("ordinal", Integer, primary_key=True),
    *(Column(name, String, nullable=False) for name in (*SERIES, *OWN)),
    prefixes=["TEMPORARY"],
)
_COLUMNS = tuple(column.name for column in stage.columns)


@dataclass
class Staged:
    """What a file brought, counted on the way."""

    rows: int = 0
    campaigns: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


def fill(connection: Connection, rows: Iterable[Row], step: Callable[[int], None] | None = None) -> Staged:
    """Put *rows* into the temporary table; *step* is told of them as they go."""
    for each in (stage, wanted):
        connection.execute(CreateTable(each, if_not_exists=True))
        connection.execute(delete(each))
    numbers: dict[Of, int] = {}
    instants: dict[datetime, str] = {}
    staged = Staged()
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            _send(connection, chunk, numbers, instants, staged)
            if step:
                step(len(chunk))
            chunk = []
    if chunk:
        _send(connection, chunk, numbers, instants, staged)
        if step:
            step(len(chunk))
    return staged


def clear(connection: Connection) -> None:
    """Empty the temporary tables."""
    for each in (stage, wanted):
        connection.execute(delete(each))


def _send(
    connection: Connection, chunk: Sequence[Row], numbers: dict[Of, int], instants: dict[datetime, str], staged: Staged
) -> None:
    every = {id(row.of): row.of for row in chunk}  # one object stands for most rows of a series: no hash of its words
    new = {of for of in every.values() if of not in numbers}
    if new:
        if len(numbers) + len(new) > REMEMBERED:
            numbers.clear()
            new = set(every.values())
        numbers.update(_numbered(connection, sorted(new)))
        staged.campaigns |= {of.campaign for of in new}
        staged.sources |= {of.source for of in new}
    number_of = {key: numbers[of] for key, of in every.items()}
    given = []
    ordinal = staged.rows
    exact = Qualifier.EXACT
    for of, at, figure, line, cell in chunk:
        text = instants.get(at)
        if text is None:
            if len(instants) > REMEMBERED:
                instants.clear()
            text = instants[at] = instant_text(at)
        word = "exact" if figure.qualifier is exact else figure.qualifier.value
        given.append(
            (
                number_of[id(of)], text, ordinal, 0, figure.value, figure.lower, figure.upper, word,
                figure.numerator, figure.denominator, line, cell,
            )
        )  # fmt: skip
        ordinal += 1
    given.sort()  # in the order of the table's key, which a file of posts is not in
    staged.rows = ordinal
    _copy(connection, given)


def _copy(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    """Send *rows* the way the driver is fastest at."""
    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(_COLUMNS))
        connection.exec_driver_sql(f"INSERT INTO reading_stage ({names}) VALUES ({marks})", rows)  # noqa: S608 (names of columns)
        return
    cursor: Any = connection.connection.cursor()
    with closing(cursor), cursor.copy(f"COPY reading_stage ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _numbered(connection: Connection, new: Sequence[Of]) -> dict[Of, int]:
    """Return the number of each series; those that are not there yet are made, with their groups."""
    connection.execute(delete(wanted))
    connection.execute(insert(wanted), [{"ordinal": ordinal, **of._asdict()} for ordinal, of in enumerate(new)])
    groups = _found_or_made(connection, group, GROUP, new, lambda _: {})
    found = _found_or_made(connection, series, SERIES, new, lambda of: {"group": groups[_key(of, GROUP)]})
    return {of: found[_key(of, SERIES)] for of in new}


def _key(of: Of, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(getattr(of, name) for name in names)


def _found_or_made(
    connection: Connection,
    made: Table,
    names: Sequence[str],
    new: Sequence[Of],
    more: Callable[[Of], dict[str, int]],
) -> dict[tuple[str, ...], int]:
    """Return the number that each key of *new* has in *made*. Who writes readings is alone there: numbers count on."""
    joined = and_(*(made.c[name] == wanted.c[name] for name in names))
    there = connection.execute(select(wanted.c.ordinal, made.c.id).join(made, joined))
    numbers = {_key(new[ordinal], names): number for ordinal, number in there}
    last = connection.execute(select(func.coalesce(func.max(made.c.id), 0))).scalar_one()
    rows = []
    for of in new:
        key = _key(of, names)
        if key not in numbers:
            last += 1
            numbers[key] = last
            rows.append({"id": last, **dict(zip(names, key, strict=True)), **more(of)})
    if rows:
        connection.execute(insert(made), rows)
    return numbers
