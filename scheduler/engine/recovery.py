"""
Recovery: what a dead daemon left behind, and what has outlived its window.

    claimed, lease over                          -> scheduled: nothing had left
    sending, lease over, journal never begun     -> scheduled: nothing had left
    sending, lease over, channel absorbs the key -> scheduled, same key
    sending, lease over, channel can be asked    -> looked up by the executor
    sending, lease over, neither                 -> uncertain: a person decides
    draft or scheduled past its window           -> expired
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from scheduler.engine.claims import Claim, Permit
from scheduler.engine.outcomes import AfterLoss, after_loss
from scheduler.publisher import Capabilities
from scheduler.releases import ledger
from scheduler.releases.identity import idempotency_key
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.outgoing import parse
from scheduler.releases.states import Move

BATCH = 1000  #: rows a pass handles; the next pass takes the rest

CapabilitiesOf = Callable[[str, dict[str, Any]], Capabilities]


@dataclass(frozen=True)
class Recovered:
    """What a pass did, and what must be looked up."""

    given_back: int = 0
    resent: int = 0
    uncertain: int = 0
    expired: int = 0
    look_up: list[Permit] = field(default_factory=list)


def recover(
    connection: Connection,
    *,
    machine: str,
    starting: bool,
    capabilities: CapabilitiesOf,
    journal: Journal,
    lease: timedelta,
    now: datetime,
) -> Recovered:
    """
    Take over what an expired lease left.

    When *starting*, take over all that this machine held: the journal's lock proves its former daemon dead.
    """
    over = RELEASE.c.lease_until < now
    mine = or_(over, RELEASE.c.owner.startswith(f"{machine}:")) if starting else over
    statement = (
        select(RELEASE).where(RELEASE.c.state.in_(["claimed", "sending"]), mine).order_by(RELEASE.c.id).limit(BATCH)
    )
    rows = [dict(row) for row in connection.execute(statement.with_for_update(skip_locked=True)).mappings()]
    steps: list[Step] = []
    look_up: list[Permit] = []
    counts = {"given_back": 0, "resent": 0, "uncertain": 0}
    for row in rows:
        step, count = _after_death(row, capabilities, journal, now)
        if step is None:
            look_up.append(_permit(row))
            continue
        steps.append(step)
        counts[count] += 1
    ledger.move(connection, steps, now)
    ledger.note(
        connection, [permit.claim.id for permit in look_up], {"lease_until": now + lease, "owner": f"{machine}:look-up"}
    )
    ledger.close_attempts(connection, [_closed(step, now) for step in steps])
    return Recovered(**counts, expired=expire(connection, now), look_up=look_up)


def _after_death(
    row: dict[str, Any], capabilities: CapabilitiesOf, journal: Journal, now: datetime
) -> tuple[Step | None, str]:
    freed = {"owner": None, "lease_until": None, "next_at": now}
    fence = row["fence"]
    if row["state"] == "claimed":
        return Step(
            row["id"], Move.RELEASE, why="Its daemon stopped before anything left.", fence=fence, sets=freed
        ), "given_back"
    if journal.outcome(row["id"]) is None and row["tries"] == 1:
        return Step(
            row["id"], Move.RETRY, why="Its daemon stopped before anything left.", fence=fence, sets=freed
        ), "given_back"
    outgoing = parse(row["outgoing"])
    declared = capabilities(outgoing.kind, outgoing.options)
    match after_loss(declared, row["key_since"], now):
        case AfterLoss.RESEND:
            why = "Its daemon stopped while it was on the wire; it is sent again with the same key."
            return Step(row["id"], Move.RETRY, why=why, fence=fence, sets=freed), "resent"
        case AfterLoss.LOOK_UP:
            return None, ""
        case AfterLoss.ASK:
            why = "Its daemon stopped while it was on the wire, and the channel cannot say whether it has it."
            return Step(
                row["id"], Move.LOSE, why=why, fence=fence, sets={**freed, "next_at": row["next_at"]}
            ), "uncertain"


def _permit(row: dict[str, Any]) -> Permit:
    outgoing = parse(row["outgoing"])
    key = idempotency_key(row["id"], row["digest"])
    return Permit(Claim(row["id"], row["fence"]), outgoing, row["digest"], key, row["tries"], row["key_since"])


def _closed(step: Step, now: datetime) -> dict[str, Any]:
    return {
        "release": step.id,
        "fence": step.fence,
        "act": "publish",
        "outcome": "unknown",
        "remote_id": None,
        "detail": step.why,
        "finished_at": now,
    }


def expire(connection: Connection, now: datetime) -> int:
    """Expire drafts and scheduled releases whose window closed, and return how many."""
    statement = select(RELEASE.c.id, RELEASE.c.fence).where(
        RELEASE.c.state.in_(["draft", "scheduled"]), RELEASE.c.not_after < now
    )
    rows = connection.execute(statement.limit(BATCH)).all()
    why = "Its window closed before it left."
    ledger.move(connection, [Step(row.id, Move.EXPIRE, why=why, fence=row.fence) for row in rows], now)
    return len(rows)
