"""Where a person stands in the tables: by name, and in free words that name them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, String, Table, Text, or_, select, text, type_coerce
from sqlmodel import SQLModel

from campaigns.signoff.persons import folded
from scheduler.privacy import tables
from scheduler.privacy.inventory import Held, Holds, How

_NOTHING = (None, "", "{}", "[]")
_RUN = re.compile(r"[a-z0-9]+", re.IGNORECASE)  #: what both databases compare alike, whatever the case


@dataclass(frozen=True)
class Place:
    """One value of one row that holds something of a person."""

    column: str  #: table.column
    key: tuple[Any, ...]  #: of the row
    value: str
    held: Held
    stays: str = ""  #: why it does not go now; "" when it goes
    own: bool = False  #: words that the person wrote

    @property
    def table(self) -> str:
        """The table's name."""
        return self.column.partition(".")[0]


def find(connection: Connection, inventory: Mapping[str, Held], person: str) -> list[Place]:
    """Return every place where *person* stands, in the order of the inventory."""
    tables.load()
    return [place for column, held in inventory.items() for place in _in_column(connection, column, held, person)]


def table_of(column: str) -> tuple[Table, Column[Any]]:
    """Return the table and the column that the inventory names."""
    name, _, field = column.partition(".")
    found = SQLModel.metadata.tables[name]
    return found, found.c[field]


def mention(person: str) -> re.Pattern[str]:
    """Return what finds *person* in free words, however it is spaced and cased."""
    words = r"\s+".join(re.escape(each) for each in person.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def is_text(column: Column[Any]) -> bool:
    """Return whether a column holds text in the database, JSON included."""
    kind = getattr(column.type, "impl", column.type)
    return isinstance(kind, String | Text)


def _in_column(connection: Connection, column: str, held: Held, person: str) -> Iterator[Place]:
    where, field = table_of(column)
    said, by = type_coerce(field, Text), [type_coerce(where.c[held.by], Text)] if held.by else []
    run = f"%{max(_RUN.findall(person), key=len, default='')}%"
    statement = select(*where.primary_key.columns, said.label("_said"), *by)
    statement = statement.where(or_(*(each.ilike(run) for each in (said, *by))))
    named, keys = mention(person), len(where.primary_key.columns)
    for row in connection.execute(statement.order_by(*where.primary_key.columns)):
        value = row[keys]
        own = bool(held.by) and folded(str(row[keys + 1])) == folded(person)
        if value in _NOTHING or not (own or _names(held, value, person, named)):
            continue
        yield Place(column, tuple(row[:keys]), value, held, _stays(connection, where, tuple(row[:keys]), held), own)


def _names(held: Held, value: str, person: str, named: re.Pattern[str]) -> bool:
    """Return whether a value is the person's name, or words that hold it."""
    return folded(value) == folded(person) if held.holds is Holds.NAME else named.search(value) is not None


def _stays(connection: Connection, where: Table, key: tuple[Any, ...], held: Held) -> str:
    if held.how is How.SIGNED:
        return f"it stays: {held.why}"
    if held.how is How.EDITED:
        return "it goes when the campaign's file is edited and applied"
    if not held.until:
        return ""
    row = select(text("1")).select_from(where).where(text(held.until))
    for column, value in zip(where.primary_key.columns, key, strict=True):
        row = row.where(column == value)
    return "" if connection.execute(row).first() else f"it is still needed: {held.why}"
