"""Which processes plan and publish on a shared database, and when each was last seen. The only writer of `crew`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, text

from campaigns.clock import instant_text
from campaigns.store.tables import table
from scheduler.releases.models import Crew
from scheduler.standing import UNSEEN

CREW = table(Crew)
BEAT = timedelta(seconds=2)  #: between two signs of life
FORGOTTEN = timedelta(days=1)  #: after which its row goes
PLANNER, WORKER = "planner", "worker"

_SEEN = text("""
INSERT INTO crew (id, role, host, capacity, doing, started_at, seen_at)
VALUES (:id, :role, :host, :capacity, :doing, :now, :now)
ON CONFLICT (id) DO UPDATE SET role = excluded.role, host = excluded.host, capacity = excluded.capacity,
    doing = excluded.doing, seen_at = excluded.seen_at,
    started_at = CASE WHEN :starting THEN excluded.started_at ELSE crew.started_at END
""")


@dataclass(frozen=True)
class Member:
    """One process."""

    id: str  #: its machine's name, and its own
    role: str  #: planner | worker
    host: str  #: for people
    capacity: int  #: releases that it takes in hand at a time
    doing: str = ""  #: for people


def beat(connection: Connection, member: Member, now: datetime, *, starting: bool = False) -> None:
    """Write that *member* lives."""
    values = {**vars(member), "now": instant_text(now), "starting": starting}
    connection.execute(_SEEN, values)
    if starting:
        connection.execute(delete(CREW).where(CREW.c.seen_at < now - FORGOTTEN))


def leave(connection: Connection, member: str) -> None:
    """Write that a process stopped well."""
    connection.execute(delete(CREW).where(CREW.c.id == member))


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
    asked = select(CREW.c.id, CREW.c.role, CREW.c.host, CREW.c.capacity, CREW.c.doing)
    lately = (CREW.c.role == WORKER, CREW.c.capacity > 0, CREW.c.seen_at > now - UNSEEN)
    found = connection.execute(asked.where(*lately).order_by(CREW.c.id))
    return [Member(**row) for row in found.mappings()]
