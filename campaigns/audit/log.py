"""
The event log: who did what to what, when and why. The only writer of the table `event`, and it only appends.

What a transaction appends is written as its last act: then the log's head is taken, each event gets its number and
becomes a leaf of the tree, and the commit lets the head go. So several writers wait for one another a moment, their
events have one order without gaps, and whoever reads the log finds the tree that belongs to it.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, RowMapping, Text, select, type_coerce, update

from campaigns.audit import leaf, tree
from campaigns.audit.merkle import leaf_hash
from campaigns.clock import instant_text
from campaigns.models.event import Event
from campaigns.store import many
from campaigns.store.engine import until_commit
from campaigns.store.tables import table

EVENT = table(Event)
WRITTEN: WeakSet[Engine] = WeakSet()  #: databases whose log this process has added to
_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # as the column type writes it
_WORDS = [type_coerce(EVENT.c[name], Text).label(name) for name in leaf.FIELDS] + [
    EVENT.c[f"{name}_salt"] for name in leaf.FIELDS
]
_COLUMNS = tuple(each.name for each in EVENT.columns)


@dataclass(frozen=True)
class Fact:
    """One thing that happened. Say it in the words of the command: act `release.claim`, subject the release."""

    actor: str  #: a person, a partner, or "engine"
    act: str
    subject: str  #: an id, never a person's name: it can never be erased
    campaign: str | None = None
    before: str | None = None  #: a state, a number or a digest; it can never be erased
    after: str | None = None  #: the same
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)  #: plain JSON values; never a secret


def append(connection: Connection, facts: Iterable[Fact], at: datetime) -> None:
    """
    Add *facts* in their order, before the transaction commits; nothing when there are none.

    Raises:
        ValueError: If *at* is naive.
        TypeError: If a detail is not plain JSON.
    """
    instant = instant_text(at)
    rows = [_row(fact, instant) for fact in facts]
    if not rows:
        return
    pending = until_commit(connection, _write)
    if pending is None:
        _write(connection, rows)
    else:
        pending += rows


def of(connection: Connection, subject: str) -> Sequence[RowMapping]:
    """Return the events of *subject*, oldest first, as rows of the table `event`."""
    settle(connection)
    return connection.execute(select(EVENT).where(EVENT.c.subject == subject).order_by(EVENT.c.seq)).mappings().all()


def shown(row: RowMapping, name: str) -> str:
    """Return a field of an event as people read it: `(erased)` where its words are gone."""
    return "(erased)" if leaf.is_erased(name, row[name], row[f"{name}_salt"]) else str(row[name])


def settle(connection: Connection) -> None:
    """Write what this transaction has appended so far, so that it can be read back."""
    pending = until_commit(connection, _write)
    if pending:
        _write(connection, pending)
        pending.clear()


def forget(connection: Connection, fields: Mapping[int, Collection[str]]) -> int:
    """
    Erase the words of events (number -> fields) together with their salts, and return how many fields that were.

    Their leaves stay as they are. What says nothing of anybody, or is gone already, is left alone.
    """
    settle(connection)
    gone = 0
    for number, names in fields.items():
        row = connection.execute(select(*_WORDS).where(EVENT.c.seq == number)).mappings().first()
        salted = [name for name in names if row is not None and row[f"{name}_salt"] is not None]
        if row is None or not salted:
            continue
        left = {EVENT.c[name]: type_coerce(leaf.erased(name, row[name], row[f"{name}_salt"]), Text) for name in salted}
        salts = {EVENT.c[f"{name}_salt"]: None for name in salted}
        connection.execute(update(EVENT).where(EVENT.c.seq == number).values({**left, **salts}))
        gone += len(salted)
    return gone


def _row(fact: Fact, at: str) -> dict[str, Any]:
    return {
        "at": at,
        "actor": fact.actor,
        "act": fact.act,
        "campaign": fact.campaign,
        "subject": fact.subject,
        "before": fact.before,
        "after": fact.after,
        "why": fact.why,
        "detail": _TEXT(dict(fact.detail)) if fact.detail else "{}",
    }


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Give *rows* their numbers, make leaves of them, and write both."""
    if not rows:
        return
    WRITTEN.add(connection.engine)
    head = tree.take(connection)
    salts, leaves, values = _Salts(rows), [], []
    for number, row in enumerate(rows, head.last + 1):
        hidden = {name: salts.hide(row, name) for name in leaf.FIELDS}
        found = leaf_hash(leaf.encode(number, row["at"], row, hidden))
        leaves.append(found)
        row |= {"seq": number, "leaf": found.hex()}
        values.append([row[name] for name in _COLUMNS])
    many.insert(EVENT, connection, _COLUMNS, values, stored=True)  # so that what is hashed is what is stored
    tree.move(connection, head, leaves)


class _Salts:
    """Fresh salts, drawn from the system in one go."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._drawn = os.urandom(leaf.SALT * len(leaf.FIELDS) * len(rows))
        self._used = 0

    def hide(self, row: dict[str, Any], name: str) -> str:
        """Put a salt beside a field of *row* if it needs one, and return what the leaf holds for it."""
        if row[name] == leaf.NOTHING[name]:
            row[f"{name}_salt"] = None
            return leaf.shown(name, row[name], None)
        salt = self._drawn[self._used : self._used + leaf.SALT]
        self._used += leaf.SALT
        row[f"{name}_salt"] = salt.hex()
        return leaf.commitment(salt, row[name])
