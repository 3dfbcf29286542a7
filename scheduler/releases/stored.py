"""
The rows of `release` as they stand: all that can be read of each, and what cannot.

A row that somebody damaged (no JSON, no instant, no state, a value of another type) is marked, and the gate keeps it
back for that; it harms no other. Reading is lenient once: who gets a row gets every column.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, select

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


def some(connection: Connection, where: ColumnElement[bool], *, lock: bool = False) -> list[dict[str, Any]]:
    """Return the rows that *where* picks, by instant and id; with *lock*, nobody else moves them meanwhile."""
    statement = select(RELEASE).where(where).order_by(*_ORDER)
    try:
        found = connection.execute(statement.with_for_update() if lock else statement)
        rows = [dict(row) for row in found.mappings().all()]
    except damaged.UNREADABLE:
        return _as_far_as_can_be(connection, where, lock=lock)
    if any(_wrong(row) for row in rows):
        return _as_far_as_can_be(connection, where, lock=lock)
    return rows


def _as_far_as_can_be(connection: Connection, where: ColumnElement[bool], *, lock: bool) -> list[dict[str, Any]]:
    rows = []
    for found, unread in damaged.read(connection, RELEASE, where, lock=lock):
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
