"""
Recovery: what a dead daemon left behind, and what has outlived its window.

    claimed, lease over                          -> scheduled: nothing had left
    sending, lease over, journal says not begun  -> scheduled: nothing had left (this machine's own releases alone)
    sending, lease over, journal says published  -> published, looked up where the channel can be asked
    sending, lease over, channel absorbs the key -> scheduled, same key
    sending, lease over, channel can be asked    -> looked up by the executor (never before: it may still arrive)
    sending, lease over, neither                 -> uncertain: a person decides
    draft or scheduled past its window           -> expired

Only the machine that had a release can say by its journal that nothing left. Where nobody else can find out, the others
leave it another lease to say so; and what became uncertain meanwhile it settles when it comes back, however late:

    uncertain, its journal says not begun        -> scheduled: nothing had left
    uncertain, its journal says published        -> published
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, or_, select, text

from campaigns.errors import CordialeError
from scheduler.engine import parts
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.outcomes import AfterLoss, CapabilitiesOf, after_loss
from scheduler.releases import ledger, points, threads
from scheduler.releases.gate import FAULTS
from scheduler.releases.identity import idempotency_key
from scheduler.releases.journal import WENT_OUT, Journal
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.models import SETTLED
from scheduler.releases.outgoing import parse
from scheduler.releases.points import Point
from scheduler.releases.states import Move, State

LOG = structlog.get_logger()
NOT_ON_THE_WIRE = frozenset({None, "not", "part"})  #: words of a journal after which nothing was begun
BATCH = 1000  #: rows a pass handles; the next pass takes the rest

LOOKS_UP = "look-up"  #: what follows the machine in the owner of a release that is only looked up
EARLY = "early"  #: its request may still arrive: not to find it would say nothing
LOOK_UP_FOR = timedelta(hours=1)  #: how long a channel that does not answer is asked again


@dataclass(frozen=True)
class Recovered:
    """What a pass did, and what must be looked up."""

    given_back: int = 0
    resent: int = 0
    uncertain: int = 0
    published: int = 0
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
    in_hand: Collection[str] = (),
) -> Recovered:
    """
    Take over what an expired lease left, except what this process has *in_hand* and will finish.

    When *starting*, take over all that this machine held: the journal's lock proves its former daemon dead.
    """
    rows = _left_behind(connection, machine, starting=starting, in_hand=in_hand, now=now)
    steps: list[Step] = []
    look_up: list[Permit] = []
    closed: list[dict[str, Any]] = []
    counts = {"given_back": 0, "resent": 0, "uncertain": 0, "published": 0}
    for row in rows:
        try:
            step, count = _after_death(row, machine, capabilities, journal, now)
        except (CordialeError, *FAULTS) as error:
            LOG.error("a release cannot be recovered", release=row["id"], why=str(error))
            step, count = _lost(row, f"Its daemon stopped while it was on the wire. {error}"), "uncertain"
        if count == "uncertain" and _may_yet_say(row, machine, lease, now):
            continue
        if step is None:
            if count != EARLY:
                look_up.append(_permit(row))
            continue
        steps.append(step)
        counts[count] += 1
        closed.append(_closed(step, {"given_back": "absent", "published": "published"}.get(count, "unknown"), now))
        if count == "given_back" and journal.outcome(row["id"]) == "part":
            steps[-1], closed[-1] = parts.own_word(connection, steps[-1], closed[-1], row, journal, now)
    sending = [row for row in rows if row["state"] == State.SENDING]
    ledger.move(connection, parts.told(connection, steps, sending, journal), now)
    watch = {"lease_until": now + lease, "owner": f"{machine}:{LOOKS_UP}"}
    ledger.note(connection, [permit.claim.id for permit in look_up], watch)
    ledger.close_attempts(connection, closed)
    for count in _own_word(connection, machine, journal, in_hand, now):
        counts[count] += 1
    expired = expire(connection, journal, now)
    points.reached(Point.RECOVERY_WRITTEN)
    return Recovered(**counts, expired=expired, look_up=parts.looked_for(connection, look_up, journal))


def _left_behind(
    connection: Connection, machine: str, *, starting: bool, in_hand: Collection[str], now: datetime
) -> list[dict[str, Any]]:
    over = RELEASE.c.lease_until < now
    mine = or_(over, RELEASE.c.owner.startswith(f"{machine}:")) if starting else over
    wanted = (
        select(RELEASE.c.id)
        .where(ledger.ON_LEASE, RELEASE.c.state != "retracting", mine)
        .order_by(RELEASE.c.lease_until, RELEASE.c.id)
        .limit(BATCH)
    )
    found = connection.execute(wanted.with_for_update(skip_locked=True)).scalars()
    ids = [each for each in found if each not in in_hand]
    return list(ledger.current(connection, ids, lock=True).values())


def _after_death(
    row: dict[str, Any], machine: str, capabilities: CapabilitiesOf, journal: Journal, now: datetime
) -> tuple[Step | None, str]:
    freed = {"next_at": now}
    fence = row["fence"]
    why = "Its daemon stopped before anything left."
    if row["state"] == "claimed":
        return Step(row["id"], Move.RELEASE, why=why, fence=fence, sets=freed), "given_back"
    owner, _, part = (row["owner"] or "").partition(":")
    recorded = journal.outcome(row["id"])
    if owner == machine and part != LOOKS_UP and recorded in NOT_ON_THE_WIRE:
        # The line "begun" is written before the wire is touched; without it this attempt never was on it.
        return Step(row["id"], Move.RETRY, why=why, fence=fence, sets=freed), "given_back"
    outgoing = parse(row["outgoing"])
    declared = capabilities(outgoing.kind, outgoing.options)
    if recorded in WENT_OUT and not declared.can_look_up:
        why = "The send journal of this machine says that it was published; the table had not heard."
        return Step(row["id"], Move.ACCEPT, why=why, fence=fence, sets={"published_at": now}), "published"
    if recorded in WENT_OUT:
        return None, ""
    match after_loss(declared, row["key_since"], now):
        case AfterLoss.RESEND:
            why = "Its daemon stopped while it was on the wire; it is sent again with the same key."
            return Step(row["id"], Move.RETRY, why=why, fence=fence, sets=freed), "resent"
        case AfterLoss.LOOK_UP if now - (row["key_since"] or now) < LOOK_UP_FOR or part != LOOKS_UP:
            return None, EARLY if part != LOOKS_UP and row["lease_until"] and now < row["lease_until"] else ""
        case _:
            why = "Its daemon stopped while it was on the wire, and the channel cannot say whether it has it."
            return _lost(row, why), "uncertain"


def _lost(row: dict[str, Any], why: str) -> Step:
    """Return the step into doubt; the row keeps who had it, so that it can be asked when it comes back."""
    return Step(row["id"], Move.LOSE, why=why, fence=row["fence"], sets={"owner": row.get("owner")})


def _may_yet_say(row: dict[str, Any], machine: str, lease: timedelta, now: datetime) -> bool:
    """Return whether another machine may still come back and say by its journal that nothing of it left."""
    owner, _, part = (row.get("owner") or "").partition(":")
    until = row.get("lease_until")
    return owner not in {"", machine} and part != LOOKS_UP and until is not None and now < until + lease


def _own_word(
    connection: Connection, machine: str, journal: Journal, in_hand: Collection[str], now: datetime
) -> list[str]:
    """Settle what others gave up on while this machine was away and its journal is sure of; return what was done."""
    mine = RELEASE.c.owner.startswith(f"{machine}:") & RELEASE.c.owner.not_like(f"%:{LOOKS_UP}")
    wanted = select(RELEASE.c.id).where(text(SETTLED), text("state = 'uncertain'"), mine).limit(BATCH)
    ids = [each for each in connection.execute(wanted).scalars() if each not in in_hand]
    found: list[tuple[Step, str]] = []
    rows = ledger.current(connection, ids, lock=True)
    for row in rows.values():
        recorded, fence = journal.outcome(row["id"]), row["fence"]
        if row["state"] != State.UNCERTAIN:  # somebody has settled it just now
            continue
        if recorded in WENT_OUT:
            why = "The send journal of the machine that sent it says that it was published."
            found.append((Step(row["id"], Move.CONFIRM, why=why, fence=fence, sets={"published_at": now}), "published"))
        elif recorded in NOT_ON_THE_WIRE:
            why = "The send journal of the machine that had it says that nothing left."
            found.append((Step(row["id"], Move.RESCHEDULE, why=why, fence=fence, sets={"next_at": now}), "given_back"))
    outcomes, steps, settled = {"published": "published", "given_back": "absent"}, list[Step](), list[dict[str, Any]]()
    for step, count in found:
        ended = _closed(step, outcomes[count], now)
        if journal.outcome(step.id) == "part":
            step, ended = parts.own_word(connection, step, ended, rows[step.id], journal, now)  # noqa: PLW2901 (as told)
        steps.append(step)
        settled.append(ended)
    ledger.move(connection, steps, now)
    ledger.settle_attempts(connection, settled)
    return [count for _, count in found]


def _permit(row: dict[str, Any]) -> Permit:
    outgoing = parse(row["outgoing"])
    key, since = idempotency_key(row["id"], row["digest"]), row["key_since"] or row["due_at"]
    return Permit(Claim(row["id"], row["fence"]), outgoing, row["digest"], key, row["tries"], since)


def _closed(step: Step, outcome: str, now: datetime) -> dict[str, Any]:
    return {
        "release": step.id,
        "fence": step.fence,
        "act": "publish",
        "outcome": outcome,
        "remote_id": None,
        "detail": step.why,
        "finished_at": now,
    }


def expire(connection: Connection, journal: Journal, now: datetime) -> int:
    """
    Expire drafts and scheduled releases whose window closed, and return how many.

    Not those that the send journal knows more of than the table, nor those that may have gone out: they are settled
    when they are claimed.
    """
    columns = (RELEASE.c.id, RELEASE.c.fence, RELEASE.c.tries, RELEASE.c.key_since)
    statement = select(*columns).where(ledger.WAITING, RELEASE.c.not_after < now).limit(BATCH)
    found = [dict(row) for row in connection.execute(statement).mappings()]
    doubts = ledger.in_doubt(connection, found) | threads.begun(connection, found)
    rows = [row for row in found if row["id"] not in doubts and journal.outcome(row["id"]) in {None, "not"}]
    why = "Its window closed before it left."
    ledger.move(connection, [Step(row["id"], Move.EXPIRE, why=why, fence=row["fence"]) for row in rows], now)
    return len(rows)
