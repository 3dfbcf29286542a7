"""
The rows of `release` as they stand: all that can be read of each, and what cannot.

A row that somebody damaged (no JSON, no instant, no state, a value of another type) is marked, and the gate keeps it
back for that; it harms no other. Reading is lenient once: who gets a row gets every column.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from campaigns.store import damaged
from campaigns.store.tables import table
from scheduler.releases.models import Release
from scheduler.releases.states import State

LOG = structlog.get_logger()
RELEASE = table(Release)
DAMAGED = "damaged"  #: of a row as read: the names of its columns that cannot be read
_FINDING = ("check", "severity", "message", "remedy")  #: texts that every finding has
_ORDER = (RELEASE.c.due_at, RELEASE.c.id)
_STATES = frozenset(State)


class Picked:
    """Which rows, with what asks for them: put together once, where *where* has parameters for what changes."""

    def __init__(self, where: ColumnElement[bool]) -> None:
        self._where = where
        self.plain = select(RELEASE).where(where).order_by(*_ORDER)

    @cached_property
    def locked(self) -> Select[Any]:
        """The same, and nobody else moves the rows meanwhile."""
        return self.plain.with_for_update()

    @cached_property
    def unread(self) -> Select[Any]:
        """The same, column by column as far as each can be read."""
        return damaged.picking(RELEASE, self._where)


_NAMED = Picked(RELEASE.c.id.in_(bindparam("ids", expanding=True)))


def named(connection: Connection, ids: Sequence[str], *, lock: bool = False) -> list[dict[str, Any]]:
    """Return the rows of *ids*, as `some` does."""
    return _rows(connection, _NAMED, {"ids": ids}, lock=lock)


def some(connection: Connection, where: ColumnElement[bool], *, lock: bool = False) -> list[dict[str, Any]]:
    """Return the rows that *where* picks, by instant and id; with *lock*, nobody else moves them meanwhile."""
    return _rows(connection, Picked(where), {}, lock=lock)


def _rows(connection: Connection, picked: Picked, values: Mapping[str, Any], *, lock: bool) -> list[dict[str, Any]]:
    try:
        found = connection.execute(picked.locked if lock else picked.plain, values)
        rows = [dict(row) for row in found.mappings().all()]
    except damaged.UNREADABLE:
        return _as_far_as_can_be(connection, picked, values, lock=lock)
    if any(_wrong(row) for row in rows):
        return _as_far_as_can_be(connection, picked, values, lock=lock)
    return rows


def _as_far_as_can_be(
    connection: Connection, picked: Picked, values: Mapping[str, Any], *, lock: bool
) -> list[dict[str, Any]]:
    rows = []
    for found, unread in damaged.read(connection, RELEASE, picked.unread, values, lock=lock):
        row, names = found, tuple(dict.fromkeys([*unread, *_wrong(found)]))
        if names:
            LOG.error("a release cannot be read from the table", release=row["id"], columns=names)
            emptied: dict[str, Any] = {name: [] for name in ("findings", "audiences") if name in names}
            row = {**row, **emptied, DAMAGED: names}
        rows.append(row)
    return sorted(rows, key=lambda row: (row["due_at"], row["id"]))


def _wrong(row: Mapping[str, Any]) -> list[str]:
    """Return the columns of *row* that do not hold what they should: SQLite keeps anything anywhere."""
    wrong = damaged.unfit(RELEASE, row)
    if "state" not in wrong and row["state"] not in _STATES:
        wrong.append("state")
    if "findings" not in wrong and not all(_is_finding(each) for each in row["findings"]):
        wrong.append("findings")
    if "audiences" not in wrong and not all(isinstance(each, str) for each in row["audiences"]):
        wrong.append("audiences")
    return wrong


def _is_finding(each: Any) -> bool:
    return isinstance(each, dict) and all(isinstance(each.get(name), str) for name in _FINDING)
