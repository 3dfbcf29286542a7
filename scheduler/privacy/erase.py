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

LAPSED = "(not kept any longer)"  #: what stands where the words of a gap stood


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
    for table, ending in _ENDINGS.items():
        connection.execute(text(f"{ending.act} WHERE {ending.where}"), {"before": _before(retention, table, at)})
    name = secrets.token_hex(6)
    if any(counts.values()):
        append(connection, [Fact(actor, "privacy.prune", name, detail={"counts": counts})], at)
    return Gone(name, counts, 0)


@dataclass(frozen=True)
class _Ending:
    """What ends in one table, after how long: what is done, to which rows."""

    kept: str  #: the setting of `[retention]`
    act: str
    where: str


#: table -> what ends there. A remark that is still being answered and a difference that nobody settled stay, and a gap
#: stays a gap, without the words of why.
_ENDINGS = {
    "comment": _Ending(
        "comments",
        "DELETE FROM comment",
        "at < :before AND id NOT IN (SELECT answers FROM comment WHERE answers IS NOT NULL AND at >= :before)",
    ),
    "notice": _Ending("notices", "DELETE FROM notice", "begun_at < :before"),
    "attempt": _Ending("attempts", "UPDATE attempt SET detail = ''", "finished_at < :before AND detail <> ''"),
    "measured": _Ending(
        "attempts",
        f"UPDATE measured SET gap = '{LAPSED}'",  # noqa: S608 (words of our own)
        f"at < :before AND gap NOT IN ('', '{LAPSED}')",
    ),
    "showing": _Ending(
        "showings",
        "UPDATE showing SET difference = '', fault = ''",
        "COALESCE(looked_at, published_at) < :before AND next_at IS NULL AND (difference <> '' OR fault <> '')"
        " AND (verdict <> 'changed' OR accepted = digest"
        " OR release NOT IN (SELECT id FROM release WHERE state = 'published'))",
    ),
}
KEPT = {"event": "events"} | {
    table: each.kept for table, each in _ENDINGS.items()
}  #: table -> setting of `[retention]`


def due(connection: Connection, retention: Retention, at: datetime) -> dict[str, int]:
    """Return how much has been kept long enough, by table."""
    counts = {"event": len(_old_events(connection, retention, at))}
    for table, ending in _ENDINGS.items():
        counting = text(f"SELECT COUNT(*) FROM {table} WHERE {ending.where}")  # noqa: S608 (words of our own)
        counts[table] = int(connection.execute(counting, {"before": _before(retention, table, at)}).scalar() or 0)
    return counts


def _before(retention: Retention, table: str, at: datetime) -> str:
    return instant_text(at - timedelta(days=getattr(retention, KEPT[table])))


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
