"""
Retraction in the table: asked for by a partner, taken by a daemon, tried until the channel confirms it.

    ask     published -> retracting    with a reason; works through every hold
    take    retracting                 lease, fence + 1, attempt row first; an expired lease may be taken over
    finish  retracting -> retracted    by fence; or again later, by the same back-off as a publication

Taking down twice harms nothing: what is already gone counts as taken down. So whatever a dead daemon left is begun
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, func, select, text

from campaigns.clock import instant_text
from campaigns.errors import CordialeError
from scheduler.engine.breaker import LONGEST_PAUSE
from scheduler.engine.claims import Claim
from scheduler.engine.outcomes import CapabilitiesOf, pause, plain
from scheduler.releases import ledger, points, threads
from scheduler.releases.identity import idempotency_key
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import ATTEMPT, RELEASE, Step
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.points import Point
from scheduler.releases.retract_codes import Code
from scheduler.releases.states import Move

LOG = structlog.get_logger()
ACT = "retract"
GONE, STILL_THERE = "retracted", "still_there"

#: The states as literals, so that the partial index `release_lease` serves; the joined state is no index's column, so
#: that no other one is taken for it.
_DUE = """
SELECT r.id FROM release r
WHERE r.state IN ('claimed', 'sending', 'retracting') AND r.state || '' = 'retracting'
  AND r.next_at <= :now AND (r.lease_until IS NULL OR r.lease_until < :now OR r.owner LIKE :mine)
ORDER BY r.next_at, r.id LIMIT :limit {lock}
"""


@dataclass(frozen=True)
class Takedown:
    """One release that this process takes down under a fence."""

    claim: Claim
    outgoing: Outgoing
    digest: str
    key: str
    remote_id: str | None
    tries: int
    parts: tuple[str, ...] = ()  #: of a thread, the remote ids of the parts that are out; "" where nobody knows


@dataclass(frozen=True)
class Taken:
    """How an attempt to take it down ended: an attempt's outcome, why, and what the channel asked to wait (seconds)."""

    outcome: str  #: retracted | still_there | refused | busy | unreachable | unknown
    why: str
    asked: float | None = None


def ask(connection: Connection, row: dict[str, Any], *, partner: str, code: Code, words: str, now: datetime) -> None:
    """
    Write that *partner* wants a published release down.

    Raises:
        IllegalMove: If it is not published.
    """
    # The fence moves: whoever still holds an old claim of it has nothing more to say.
    sets = {
        "retract_code": code.value,
        "retract_reason": words,
        "retracted_at": None,
        "next_at": now,
        "fence": row["fence"] + 1,
    }
    detail = {"code": code.value}
    ledger.move(connection, [Step(row["id"], Move.RETRACT, partner, words, sets=sets, detail=detail)], now)


def take(
    connection: Connection, *, owner: str, lease: timedelta, limit: int, now: datetime, machine: str = ""
) -> list[Takedown]:
    """
    Take up to *limit* releases that are to come down, and put the attempts on record; what comes back may be sent.

    With *machine*, what its former daemon had in hand is taken over at once: the journal's lock proves it dead.
    """
    lock = "FOR UPDATE OF r SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    values = {"now": instant_text(now), "limit": limit, "mine": f"{machine}:%" if machine else ""}
    ids = list(connection.scalars(text(_DUE.format(lock=lock)), values))
    if not ids:
        return []
    rows = ledger.current(connection, ids, lock=True)
    counted = select(ATTEMPT.c.release, func.count()).where(ATTEMPT.c.release.in_(ids), ATTEMPT.c.act == ACT)
    before: dict[str, int] = dict(connection.execute(counted.group_by(ATTEMPT.c.release)).all())
    steps: list[Step] = []
    found: list[Takedown] = []
    for each in ids:
        if each not in rows:
            continue
        row = rows[each]
        try:
            outgoing = parse(row["outgoing"])
        except CordialeError as error:
            LOG.error("a retraction cannot be read; a person must take it down", release=each, why=str(error))
            sets = {"next_at": now + LONGEST_PAUSE}
            steps.append(Step(each, Move.RETRY, why=f"It cannot be taken down: {error}", fence=row["fence"], sets=sets))
            continue
        fence = row["fence"] + 1
        taken = {"fence": fence, "owner": owner, "lease_until": now + lease}
        steps.append(Step(each, Move.BEGIN, why=row["reason"], fence=row["fence"], sets=taken))
        key = idempotency_key(each, row["digest"])
        tries = before.get(each, 0) + 1
        claim = Claim(each, fence, row["channel"])
        found.append(Takedown(claim, outgoing, row["digest"], key, row["remote_id"], tries))
    several = {each.claim.id: (each.digest, each.outgoing) for each in found if len(each.outgoing.parts) > 1}
    out = threads.out(connection, several)
    found = [replace(each, parts=out[each.claim.id].ids) if each.claim.id in out else each for each in found]
    ledger.close_attempts(connection, [_left_open(rows[each.claim.id], now) for each in found])
    ledger.move(connection, steps, now, locked=rows)
    ledger.open_attempts(
        connection,
        [
            {
                "release": each.claim.id,
                "part": 0,
                "fence": each.claim.fence,
                "act": ACT,
                "key": each.key,
                "started_at": now,
                "detail": "",
            }
            for each in found
        ],
    )
    points.reached(Point.TAKEDOWN_WRITTEN)
    return found


def _left_open(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the end of an attempt whose daemon died; where there is none, it matches no row."""
    why = "Its daemon stopped; it is taken down again."
    return _attempt(row["id"], row["fence"], "unknown", why, now)


def finish(connection: Connection, endings: Sequence[tuple[Takedown, Taken]], now: datetime) -> list[Step]:
    """Write how attempts ended, and return the steps that were fenced off: somebody else has it, or had."""
    steps = [_step(takedown, taken, now) for takedown, taken in endings]
    moved = ledger.move(connection, steps, now)
    rows = [_attempt(t.claim.id, t.claim.fence, taken.outcome, taken.why, now) for t, taken in endings]
    ledger.close_attempts(connection, rows)
    points.reached(Point.TAKEDOWN_END_WRITTEN)
    return list(moved.stale)


def _step(takedown: Takedown, taken: Taken, now: datetime) -> Step:
    fence, detail = takedown.claim.fence, {"outcome": taken.outcome}
    why = plain(taken.why)
    if taken.outcome == GONE:
        return Step(takedown.claim.id, Move.VANISH, why=why, fence=fence, sets={"retracted_at": now}, detail=detail)
    wait = pause(takedown.tries, taken.asked)
    if taken.outcome == "refused":  # it may heal (a credential, a person at the platform), but not in a second
        wait = max(wait, LONGEST_PAUSE)
    return Step(takedown.claim.id, Move.RETRY, why=why, fence=fence, sets={"next_at": now + wait}, detail=detail)


def _attempt(release: str, fence: int, outcome: str, detail: str, now: datetime) -> dict[str, Any]:
    return {
        "release": release,
        "fence": fence,
        "act": ACT,
        "outcome": outcome,
        "remote_id": None,
        "detail": plain(detail)[:500],
        "finished_at": now,
    }


def reconcile(connection: Connection, journal: Journal, now: datetime) -> int:
    """
    Take up again what this machine took down and the table forgot (an older backup was restored); return how many.

    A release that the table knows to have been retracted once is left to what people said of it since.
    """
    known, steps = journal.taken_down(), []
    for start in range(0, len(known), ledger.CHUNK):
        forgotten = select(RELEASE.c.id, RELEASE.c.fence).where(
            RELEASE.c.id.in_(known[start : start + ledger.CHUNK]),
            RELEASE.c.state == "published",
            RELEASE.c.retract_code.is_(None),
        )
        for row in connection.execute(forgotten):
            why = "The send journal of this machine says that it was taken down; the table had forgotten."
            sets = {
                "retract_code": Code.OTHER.value,
                "retract_reason": why,
                "next_at": now,
                "fence": row.fence + 1,
            }
            steps.append(Step(row.id, Move.RETRACT, why=why, fence=row.fence, sets=sets))
    ledger.move(connection, steps, now)
    return len(steps)


def cannot(capabilities: CapabilitiesOf, kind: str, options: dict[str, Any]) -> str:
    """Return why what goes out on such a channel cannot be taken back; "" when it can."""
    try:
        able = capabilities(kind, options).can_retract
    except CordialeError as error:
        return error.message
    return "" if able else f"What {kind} delivers cannot be retracted."
