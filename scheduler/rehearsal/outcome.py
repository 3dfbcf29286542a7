"""What a rehearsal came to: what would go out when, what would not, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from campaigns import clock
from campaigns.store.engine import reading
from scheduler.publisher import Endpoint
from scheduler.rehearsal.room import OUTBOX, in_files
from scheduler.rehearsal.stage import Stage
from scheduler.releases import ledger
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.gate import judge
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import ATTEMPT, RELEASE
from scheduler.releases.locality import FILE_KINDS
from scheduler.releases.outgoing import parse
from scheduler.releases.states import State

OPEN = ("draft", "scheduled", "claimed", "sending", "refused", "retracting")  #: what a rehearsal tells of


@dataclass(frozen=True)
class Line:
    """One release, and what became of it."""

    release: str
    campaign: str
    channel: str
    due: datetime
    state: str
    at: datetime | None  #: when it went out
    where: str = ""  #: the folder or file, below the stage
    why: str = ""  #: why it did not go out

    @property
    def sent(self) -> bool:
        """Whether it went out."""
        return self.at is not None


def open_now(connection: Connection) -> set[str]:
    """Return the releases that a rehearsal has to tell of."""
    return set(connection.scalars(select(RELEASE.c.id).where(RELEASE.c.state.in_(OPEN))))


def lines(stage: Stage, room: EvidenceRoom, told_of: set[str]) -> list[Line]:
    """Return what became of *told_of*, by instant."""
    found: list[Line] = []
    ids = sorted(told_of)
    with reading(stage.database) as connection:
        for start in range(0, len(ids), ledger.CHUNK):
            rows = list(ledger.current(connection, ids[start : start + ledger.CHUNK]).values())
            found += [_line(connection, room, row) for row in rows]
    return sorted(found, key=lambda each: (each.at or each.due, each.due, each.release))


def _line(connection: Connection, room: EvidenceRoom, row: dict[str, Any]) -> Line:
    name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
    known = (name, row["campaign"], row["channel"], row["due_at"], row["state"])
    if row["state"] == State.PUBLISHED:
        return Line(*known, row["published_at"], _where(row))
    if row["state"] == State.HANDED_OVER:  # a person would post it; how far a machine goes, it went
        return Line(*known, _handed_over(connection, row["id"]), _where(row))
    if row["state"] in {State.DRAFT, State.SCHEDULED}:
        # Asked as of its own instant, at the earliest now: what would have kept it back then.
        at = max(row["due_at"], clock.now()) if row["state"] == State.SCHEDULED else row["due_at"]
        verdict = judge(row, room.gather(connection, [row], at), at + timedelta(seconds=1))
        return Line(*known, None, why=verdict.reason or row["reason"])
    return Line(*known, None, why=row["reason"])


def _handed_over(connection: Connection, release: str) -> datetime:
    """Return when a release was laid out for a person."""
    mine = (ATTEMPT.c.release == release, ATTEMPT.c.outcome == "handed_over")
    newest = select(ATTEMPT.c.finished_at).where(*mine).order_by(ATTEMPT.c.id.desc()).limit(1)
    at: datetime = connection.execute(newest).scalar_one()
    return at


def _where(row: dict[str, Any]) -> str:
    """Return where on the stage a release can be looked at."""
    outgoing = parse(row["outgoing"])
    endpoint = Endpoint.of(outgoing)
    if outgoing.kind not in FILE_KINDS:
        endpoint = in_files(endpoint)
    folder = endpoint.server or OUTBOX
    return f"{folder}/{row['remote_id']}" if endpoint.kind == OUTBOX else f"{folder}/"
