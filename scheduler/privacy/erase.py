"""
Erase a person, or what has been kept long enough: in one transaction, with an event that names nobody.

The only module that writes to tables of other writers, and it writes one thing: that words are gone.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Text, delete, or_, select, text, type_coerce, update

from campaigns.audit import leaf
from campaigns.audit.log import EVENT, Fact, append, forget
from campaigns.clock import instant_text
from campaigns.errors import Refused
from campaigns.settings import Retention
from scheduler.privacy.inventory import ERASED, Holds, How
from scheduler.privacy.places import Place, mention, table_of


@dataclass(frozen=True)
class Gone:
    """What went."""

    id: str  #: under which the event log knows the act; it names nobody
    counts: Mapping[str, int]  #: table.column -> values
    stayed: int


def erase(
    connection: Connection, places: Iterable[Place], person: str, *, actor: str, because: str, at: datetime
) -> Gone:
    """
    Erase *person* from *places*, as found in this very transaction.

    Raises:
        Refused: If there is no reason.
    """
    if not because.strip():
        message = "A person is erased with a reason."
        raise Refused(message, "Say which request it answers, with --because; name nobody in it.")
    if mention(person).search(because):
        message = "The reason names the person who is to be erased."
        raise Refused(message, "Name the request by its number: the reason is kept.")
    found = list(places)
    goes = [each for each in found if not each.stays]
    forget(connection, _events(goes))
    for place in goes:
        if place.held.how is How.REPLACED:
            _replace(connection, place, person)
        elif place.held.how is How.REMOVED:
            _remove(connection, place)
    counts = dict(Counter(each.column for each in goes))
    name = secrets.token_hex(6)
    detail = {"counts": counts, "stayed": len(found) - len(goes)}
    append(connection, [Fact(actor, "privacy.erase", name, why=because, detail=detail)], at)
    return Gone(name, counts, len(found) - len(goes))


def prune(connection: Connection, retention: Retention, *, actor: str, at: datetime) -> Gone:
    """End what has been kept as long as the settings say, and log how much that was."""
    counts = due(connection, retention, at)
    forget(connection, dict.fromkeys(_old_events(connection, retention, at), leaf.FIELDS))
    for table, (statement, _) in _ENDINGS.items():
        connection.execute(text(statement), {"before": _before(retention, table, at)})
    name = secrets.token_hex(6)
    if any(counts.values()):
        append(connection, [Fact(actor, "privacy.prune", name, detail={"counts": counts})], at)
    return Gone(name, counts, 0)


#: table -> what ends its rows, and what counts them. A remark that is still being answered is none of them.
_ENDINGS = {
    "comment": (
        (
            "DELETE FROM comment WHERE at < :before"
            " AND id NOT IN (SELECT answers FROM comment WHERE answers IS NOT NULL AND at >= :before)"
        ),
        (
            "SELECT COUNT(*) FROM comment WHERE at < :before"
            " AND id NOT IN (SELECT answers FROM comment WHERE answers IS NOT NULL AND at >= :before)"
        ),
    ),
    "notice": (
        "DELETE FROM notice WHERE begun_at < :before",
        "SELECT COUNT(*) FROM notice WHERE begun_at < :before",
    ),
    "attempt": (
        "UPDATE attempt SET detail = '' WHERE finished_at < :before AND detail <> ''",
        "SELECT COUNT(*) FROM attempt WHERE finished_at < :before AND detail <> ''",
    ),
}


def due(connection: Connection, retention: Retention, at: datetime) -> dict[str, int]:
    """Return how much has been kept long enough, by table."""
    counts = {"event": len(_old_events(connection, retention, at))}
    for table, (_, counting) in _ENDINGS.items():
        number = connection.execute(text(counting), {"before": _before(retention, table, at)}).scalar()
        counts[table] = int(number or 0)
    return counts


def _before(retention: Retention, table: str, at: datetime) -> str:
    days = getattr(retention, f"{table}s")
    return instant_text(at - timedelta(days=days))


def _old_events(connection: Connection, retention: Retention, at: datetime) -> list[int]:
    salted = or_(*(EVENT.c[f"{name}_salt"].is_not(None) for name in leaf.FIELDS))
    before = type_coerce(_before(retention, "event", at), Text)
    statement = select(EVENT.c.seq).where(type_coerce(EVENT.c.at, Text) < before, salted)
    return list(connection.scalars(statement.order_by(EVENT.c.seq)))


def _events(places: Iterable[Place]) -> dict[int, set[str]]:
    fields: dict[int, set[str]] = {}
    for place in places:
        if place.held.how is How.COMMITTED:
            fields.setdefault(int(place.key[0]), set()).add(place.column.partition(".")[2])
    return fields


def _replace(connection: Connection, place: Place, person: str) -> None:
    where, field = table_of(place.column)
    whole = place.own or place.held.holds is Holds.NAME
    value = ERASED if whole else mention(person).sub(ERASED, place.value)
    statement = update(where).values({field: type_coerce(value, Text)})
    connection.execute(statement.where(*_row(place)))


def _remove(connection: Connection, place: Place) -> None:
    connection.execute(delete(table_of(place.column)[0]).where(*_row(place)))


def _row(place: Place) -> list[ColumnElement[bool]]:
    where, _ = table_of(place.column)
    return [column == value for column, value in zip(where.primary_key.columns, place.key, strict=True)]
