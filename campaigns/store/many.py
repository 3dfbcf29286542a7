"""
Many rows in one statement: what a group of releases writes costs one word with the database, not one for each row.

SQLite takes the rows as a list of values, PostgreSQL as one array a column. Whoever calls is the writer of the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, Table
from sqlalchemy.dialects import postgresql

from campaigns.models.columns import Instant, Json

AT_ONCE = 64  #: rows in one statement on SQLite, which has to read it for each number of rows anew, and keeps some
_PLAIN = (Integer, Boolean, Float)  #: types that an array is of; anything else is text

Rows = Sequence[Sequence[Any]]


def insert(of: Table, connection: Connection, names: Sequence[str], rows: Rows, *, stored: bool = False) -> None:
    """
    Add *rows* to a table, each the values of the columns *names*.

    *stored* says that instants and JSON are texts already, as the table keeps them.
    """
    _each(connection, _Insert(of, tuple(names)), rows, stored=stored)


def update(
    of: Table, connection: Connection, keys: Sequence[str], names: Sequence[str], rows: Rows, *, only: str = ""
) -> None:
    """
    Write the columns *names* of the rows that *keys* name; a row of *rows* is its keys, then its values.

    *only* is a further condition, in SQL, on the row of the table.
    """
    _each(connection, _Update(of, tuple(keys), tuple(names), only), rows, stored=False)


@dataclass(frozen=True)
class _Insert:
    """The words that add rows."""

    of: Table
    names: tuple[str, ...]

    @property
    def columns(self) -> list[Column[Any]]:
        return [self.of.c[name] for name in self.names]

    def words(self, source: str, columns: Sequence[str]) -> str:
        del columns
        return f"INSERT INTO {self.of.name} ({', '.join(map(_quoted, self.names))}) SELECT * FROM {source}"  # noqa: S608 (names of our own tables)


@dataclass(frozen=True)
class _Update:
    """The words that write some columns of rows that others name."""

    of: Table
    keys: tuple[str, ...]
    names: tuple[str, ...]
    only: str

    @property
    def columns(self) -> list[Column[Any]]:
        return [self.of.c[name] for name in (*self.keys, *self.names)]

    def words(self, source: str, columns: Sequence[str]) -> str:
        table, places = self.of.name, dict(zip((*self.keys, *self.names), columns, strict=True))
        sets = ", ".join(f"{_quoted(name)} = v.{places[name]}" for name in self.names)
        same = " AND ".join(f"{table}.{_quoted(name)} = v.{places[name]}" for name in self.keys)
        also = f" AND {self.only}" if self.only else ""
        return f"UPDATE {table} SET {sets} FROM {source} WHERE {same}{also}"  # noqa: S608 (names of our own tables)


def _each(connection: Connection, how: _Insert | _Update, rows: Rows, *, stored: bool) -> None:
    if not rows:
        return
    given = list(zip(*rows, strict=True))
    columns = given if stored else [_bound(each, values) for each, values in zip(how.columns, given, strict=True)]
    if connection.dialect.name == "postgresql":
        words = _in_postgresql(how)
        connection.exec_driver_sql(words, tuple(list(values) for values in columns))
        return
    flat = list(zip(*columns, strict=True))
    for start, size in _sizes(len(flat)):
        words = _in_sqlite(how, size)
        connection.exec_driver_sql(words, tuple(value for row in flat[start : start + size] for value in row))


def _bound(column: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    """Return *values* as the table keeps them; those of a group are often one and the same."""
    if not isinstance(column.type, Instant | Json):
        return values
    bind = column.type.process_bind_param
    if isinstance(column.type, Json):
        return [bind(each, None) for each in values]
    known = {each: bind(each, None) for each in set(values)}
    return [known[each] for each in values]


@cache
def _in_sqlite(how: _Insert | _Update, size: int) -> str:
    row = f"({', '.join('?' * len(how.columns))})"
    columns = [f"column{number}" for number, _ in enumerate(how.columns, 1)]  # as SQLite itself calls them
    return how.words(f"(VALUES {', '.join([row] * size)}) AS v", columns)


@cache
def _in_postgresql(how: _Insert | _Update) -> str:
    columns = [f"c{number}" for number, _ in enumerate(how.columns)]
    arrays = ", ".join(f"%s::{_array_of(each)}[]" for each in how.columns)
    return how.words(f"unnest({arrays}) AS v ({', '.join(columns)})", columns)


def _array_of(column: Column[Any]) -> str:
    plain = isinstance(column.type, _PLAIN)
    return str(column.type.compile(postgresql.dialect())) if plain else "text"  # type: ignore[no-untyped-call]


def _sizes(number: int) -> Iterator[tuple[int, int]]:
    """Yield starts and sizes that make up *number*, of few different sizes: their statements are kept."""
    start, size = 0, AT_ONCE
    while start < number:
        while size > number - start:
            size //= 2
        yield start, size
        start += size


def _quoted(name: str) -> str:
    return f'"{name}"'
