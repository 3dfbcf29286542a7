"""
Rows that somebody damaged: read column by column, so that what cannot be read costs that column alone.

A table is written by one module; but whoever holds the database's password can write anything into it, and a
restored disk may hold worse. One such row must not stop the reading of the others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, String, Table, select, type_coerce
from sqlalchemy.types import TypeDecorator

from campaigns.models.columns import Instant, Json

#: What a reader of one row may be met with: bad JSON, no instant, a value of another type.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)


def read(
    connection: Connection,
    of: Table,
    picked: Select[Any],
    values: Mapping[str, Any] | None = None,
    *,
    lock: bool = False,
    skip_locked: bool = False,
) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """
    Return the rows of table *of* that are *picked*, each with the names of its columns that cannot be read.

    *values* are the parameters of `picking`. Rows that another transaction has locked are waited for, or left out
    where *skip_locked* says so.

    Such a column reads as None; where it may not be None, as an empty text or list, as 0, or as the last of instants.
    """
    statement = picked.with_for_update(skip_locked=skip_locked) if lock else picked
    return [sound(of, row) for row in connection.execute(statement, values or {}).mappings()]


def picking(of: Table, *where: ColumnElement[bool]) -> Select[Any]:
    """Return what asks for the rows of table *of*, to be put together once: that costs more than an answer."""
    return select(*_unread(of)).where(*where)


@cache
def _unread(of: Table) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of table *of*, instants and JSON as the texts that they are kept as."""
    return tuple(type_coerce(each, String).label(each.name) if _typed(each) else each for each in of.c)


def _typed(column: Column[Any]) -> bool:
    return isinstance(column.type, Instant | Json)


def sound(of: Table, row: RowMapping) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return *row* of table *of*, its instants and JSON still as text, read as far as can be."""
    found: dict[str, Any] = {}
    damaged = []
    for column in of.c:
        raw = row[column.name]
        try:
            value = column.type.process_result_value(raw, None) if isinstance(column.type, Instant | Json) else raw
            if not fits(column, value):
                raise ValueError
        except UNREADABLE:
            damaged.append(column.name)
            value = _nothing(column)
        found[column.name] = value
    return found, tuple(damaged)


def unfit(of: Table, row: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns of table *of* whose value in *row* does not fit; a sound row is quickly seen."""
    return [
        column.name
        for column, usual in _usual(of)
        if type(row[column.name]) not in usual and not fits(column, row[column.name])
    ]


@cache
def _usual(of: Table) -> list[tuple[Column[Any], frozenset[type]]]:
    """Return for each column the types of which any value fits."""
    found = []
    for column in of.c:
        types: set[type] = {type(None)} if column.nullable else set()
        if isinstance(column.type, Json):
            types |= {list, dict}
        elif not isinstance(column.type, Instant):
            types.add(_plain(column))
        found.append((column, frozenset(types)))
    return found


def fits(column: Column[Any], value: Any) -> bool:
    """Return whether *value* is of the type that *column* declares: SQLite keeps anything anywhere."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, Json):
        return isinstance(value, list | dict)
    if isinstance(column.type, Instant):
        return bool(value.utcoffset() == timedelta(0))
    return type(value) is _plain(column)


@cache
def _plain(column: Column[Any]) -> type:
    """Return the type of the values that a column of text, of numbers or of yes and no holds."""
    kind = column.type
    return kind.impl_instance.python_type if isinstance(kind, TypeDecorator) else kind.python_type


def _nothing(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, Json):
        return []
    if isinstance(column.type, Instant):
        return datetime.max.replace(tzinfo=UTC)
    return _plain(column)()
