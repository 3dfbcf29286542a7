"""Which processes plan and publish on a shared database, and when each was last seen. The only writer of `crew`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, TextClause, bindparam, delete, select, text

from campaigns.clock import instant_text
from campaigns.store.tables import table
from scheduler.releases.models import Crew
from scheduler.standing import UNSEEN

CREW = table(Crew)
_MEMBER = (CREW.c.id, CREW.c.role, CREW.c.host, CREW.c.capacity, CREW.c.doing)
BEAT = timedelta(seconds=2)  #: between two signs of life
FORGOTTEN = timedelta(days=1)  #: after which its row goes
PLANNER, WORKER, ALONE = "planner", "worker", "daemon"

#: A sign of life is written where nobody else is seen to live under that name.
_SEEN = """
INSERT INTO crew (id, role, host, capacity, doing, started_at, seen_at)
VALUES (:id, :role, :host, :capacity, :doing, :started, :now)
ON CONFLICT (id) DO UPDATE SET role = excluded.role, host = excluded.host, capacity = excluded.capacity,
    doing = excluded.doing, started_at = excluded.started_at, seen_at = excluded.seen_at
WHERE crew.seen_at <= :lately OR {ours}
"""
_ENTER = text(_SEEN.format(ours="crew.started_at IN :former")).bindparams(
    bindparam("former", type_=String, expanding=True)
)
_BEAT = text(_SEEN.format(ours="crew.started_at = :started AND crew.seen_at IN :before")).bindparams(
    bindparam("before", type_=String, expanding=True)
)


@dataclass(frozen=True)
class Member:
    """One process."""

    id: str  #: its machine's name, and its own
    role: str  #: planner | worker | daemon
    host: str  #: for people
    capacity: int  #: releases that it takes in hand at a time
    doing: str = ""  #: for people


def enter(connection: Connection, member: Member, now: datetime, *, former: Collection[datetime] = ()) -> bool:
    """
    Write that *member* starts; return False, having written nothing, where another process lives under its id.

    *former* are the starts of processes that are known to be dead.
    """
    connection.execute(delete(CREW).where(CREW.c.seen_at < now - FORGOTTEN))
    return _seen(connection, _ENTER, member, now, started=now, former=former)


def beat(
    connection: Connection, member: Member, now: datetime, *, started: datetime, before: Collection[datetime]
) -> bool:
    """
    Write that *member* lives; return False, having written nothing, where another process has done so under its id.

    *before* are the signs of life of its own that may stand there.
    """
    return _seen(connection, _BEAT, member, now, started=started, before=before)


def _seen(
    connection: Connection,
    words: TextClause,
    member: Member,
    now: datetime,
    *,
    started: datetime,
    **ours: Collection[datetime],
) -> bool:
    values = {**vars(member), "now": instant_text(now), "started": instant_text(started)}
    known = {name: [instant_text(each) for each in instants] for name, instants in ours.items()}
    found = connection.execute(words, {**values, **known, "lately": instant_text(now - UNSEEN)})
    return found.rowcount == 1


def member(connection: Connection, name: str) -> Member | None:
    """Return who is there under the id *name*."""
    found = connection.execute(select(*_MEMBER).where(CREW.c.id == name)).mappings().first()
    return None if found is None else Member(**found)


def leave(connection: Connection, name: str, started: datetime) -> None:
    """Write that the process of the id *name* which *started* then stopped well."""
    connection.execute(delete(CREW).where(CREW.c.id == name, CREW.c.started_at == started))


def others(connection: Connection, member: str, now: datetime) -> bool:
    """Return whether any process but *member* was seen lately."""
    asked = select(CREW.c.id).where(CREW.c.id != member, CREW.c.seen_at > now - UNSEEN).limit(1)
    return connection.execute(asked).first() is not None


def first(connection: Connection, role: str, now: datetime) -> str | None:
    """Return which process of *role* has been there longest, of those that were seen lately."""
    asked = select(CREW.c.id).where(CREW.c.role == role, CREW.c.seen_at > now - UNSEEN)
    found: str | None = connection.execute(asked.order_by(CREW.c.started_at, CREW.c.id).limit(1)).scalar()
    return found


def workers(connection: Connection, now: datetime) -> Sequence[Member]:
    """Return the workers that were seen lately and take anything in hand."""
    lately = (CREW.c.role == WORKER, CREW.c.capacity > 0, CREW.c.seen_at > now - UNSEEN)
    found = connection.execute(select(*_MEMBER).where(*lately).order_by(CREW.c.id))
    return [Member(**row) for row in found.mappings()]
