"""
Claim, begin, finish: the three short transactions between a due release and a known outcome.

    claim   scheduled -> claimed   what is due, not held, not paused, within its channel's rate; fence + 1
    begin   claimed -> sending     gate, hold and fence asked again; attempt row and journal line first
    finish  sending -> …           by fence; a stale finisher writes nothing but the fact

Each handles a batch. Only what `begin` returns may touch the wire.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text
from campaigns.documents.fields import rate_interval
from scheduler.engine import rates
from scheduler.engine.hold import share_lock
from scheduler.engine.outcomes import Ending
from scheduler.releases import ledger
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.gate import Act, Verdict, judge
from scheduler.releases.identity import idempotency_key
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.states import Move

#: States as SQL literals, so that the partial index `release_due` serves. SQLite knows no row locks.
_CLAIM = """
WITH pick AS (
    SELECT r.id FROM release r
    WHERE r.state = 'scheduled' AND r.next_at <= :now
      AND NOT EXISTS (
        SELECT 1 FROM hold h WHERE h.lifted_at IS NULL AND (
            h.scope = 'all'
            OR (h.scope = 'campaign' AND h.target = r.campaign)
            OR (h.scope = 'channel' AND h.target = r.channel)
            OR (h.scope = 'partner' AND h.target = r.issuer)))
      AND NOT EXISTS (
        SELECT 1 FROM channel_state c WHERE c.channel = r.channel
          AND (c.open_until > :now OR c.next_free_at > :now))
    ORDER BY r.next_at, r.id LIMIT :limit {lock}
)
UPDATE release SET state = 'claimed', fence = fence + 1, owner = :owner, lease_until = :lease
WHERE id IN (SELECT id FROM pick)
RETURNING id, fence, channel, campaign
"""


@dataclass(frozen=True)
class Claim:
    """One release that this process holds under *fence*."""

    id: str
    fence: int


@dataclass(frozen=True)
class Permit:
    """One release that may touch the wire now."""

    claim: Claim
    outgoing: Outgoing
    digest: str
    key: str
    tries: int
    key_since: datetime


def claim(connection: Connection, *, owner: str, lease: timedelta, limit: int, now: datetime) -> list[Claim]:
    """Take up to *limit* due releases under a lease. What its channel's rate does not allow yet is given back."""
    lock = "FOR UPDATE OF r SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    values = {"now": instant_text(now), "lease": instant_text(now + lease), "owner": owner, "limit": limit}
    rows = connection.execute(text(_CLAIM.format(lock=lock)), values).mappings().all()
    append(
        connection,
        [
            Fact("engine", "release.claim", r["id"], campaign=r["campaign"], before="scheduled", after="claimed")
            for r in rows
        ],
        now,
    )
    later = _beyond_the_rate(connection, rows, now)
    give_back(
        connection,
        [
            (Claim(row["id"], row["fence"]), later[row["id"]], "Waits for its channel's rate.")
            for row in rows
            if row["id"] in later
        ],
        now,
    )
    return [Claim(row["id"], row["fence"]) for row in rows if row["id"] not in later]


def _beyond_the_rate(connection: Connection, rows: Sequence[RowMapping], now: datetime) -> dict[str, datetime]:
    """Reserve the rate of each channel, and return the releases that must wait, with their instants."""
    by_channel: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_channel[row["channel"]].append(row["id"])
    later: dict[str, datetime] = {}
    for channel, rate in rates.of(connection, by_channel).items():
        interval = rate_interval(rate)
        free_at = now
        for index, release in enumerate(by_channel[channel]):
            if index == 0:
                free_at = now + interval
                rates.reserve(connection, channel, free_at)
            else:
                later[release] = free_at + (index - 1) * interval
    return later


def give_back(connection: Connection, claims: Sequence[tuple[Claim, datetime, str]], now: datetime) -> None:
    """Return claimed releases that nothing was done with, to be looked at again at an instant of their own."""
    steps = [
        Step(c.id, Move.RELEASE, why=why, fence=c.fence, sets={"next_at": at, "owner": None, "lease_until": None})
        for c, at, why in claims
    ]
    ledger.move(connection, steps, now)


def begin(
    connection: Connection, claims: Sequence[Claim], room: EvidenceRoom, lease: timedelta, now: datetime
) -> list[Permit]:
    """
    Ask the gate once more and put attempts on record; what comes back may touch the wire.

    The caller writes the journal after this transaction commits and before the wire is touched.
    """
    share_lock(connection)
    rows = ledger.current(connection, [claim.id for claim in claims], lock=True)
    held = {claim.id: claim for claim in claims if claim.id in rows and rows[claim.id]["fence"] == claim.fence}
    mine = [rows[each] for each in held if rows[each]["state"] == "claimed"]
    evidence = room.gather(connection, mine, now)
    verdicts = {row["id"]: judge(row, evidence, now) for row in mine}
    once_a_batch(mine, verdicts)
    steps = [_step(held[row["id"]], row, verdicts[row["id"]], lease, now) for row in mine]
    moved = ledger.move(connection, steps, now)
    permits = [
        _permit(held[each], rows[each], verdicts[each], now) for each in moved.done if verdicts[each].act is Act.PUBLISH
    ]
    ledger.open_attempts(
        connection,
        [
            {
                "release": p.claim.id,
                "part": 0,
                "fence": p.claim.fence,
                "act": "publish",
                "key": p.key,
                "started_at": now,
                "detail": "",
            }
            for p in permits
        ],
    )
    return permits


def once_a_batch(rows: Sequence[Mapping[str, Any]], verdicts: dict[str, Verdict]) -> None:
    """Let the same words on the same account begin once in a batch; the other waits, and the gate then refuses it."""
    seen: set[str] = set()
    for row in rows:
        verdict = verdicts[row["id"]]
        if verdict.act is Act.PUBLISH and not row["occurrence"]:
            if row["bytes_digest"] in seen:
                verdicts[row["id"]] = Verdict(Act.WAIT, verdict.conditions, verdict.outgoing)
            seen.add(row["bytes_digest"])


def _step(claim: Claim, row: Mapping[str, Any], verdict: Verdict, lease: timedelta, now: datetime) -> Step:
    match verdict.act:
        case Act.PUBLISH:
            sets: dict[str, Any] = {
                "tries": row["tries"] + 1,
                "key_since": row["key_since"] or now,
                "lease_until": now + lease,
            }
            return Step(claim.id, Move.BEGIN, fence=claim.fence, sets=sets)
        case Act.EXPIRE:
            return Step(claim.id, Move.EXPIRE, why=verdict.reason, fence=claim.fence)
        case Act.ALREADY:
            why = "The send journal of this machine says that it was published; the table had forgotten."
            return Step(claim.id, Move.CONFIRM, why=why, fence=claim.fence, sets={"published_at": now})
        case Act.UNSURE:
            why = "The send journal of this machine says that it may have been sent; the table had forgotten."
            return Step(claim.id, Move.LOSE, why=why, fence=claim.fence)
        case Act.WAIT:
            again = verdict.look_again or now + timedelta(seconds=1)
            return Step(claim.id, Move.RELEASE, why=verdict.reason, fence=claim.fence, sets={"next_at": again})


def _permit(claim: Claim, row: Mapping[str, Any], verdict: Verdict, now: datetime) -> Permit:
    outgoing = verdict.outgoing
    assert outgoing is not None, "the gate lets nothing through that it could not parse"  # noqa: S101 (an invariant of judge)
    key = idempotency_key(claim.id, row["digest"])
    return Permit(claim, outgoing, row["digest"], key, row["tries"] + 1, row["key_since"] or now)


def finish(connection: Connection, endings: Sequence[tuple[Permit, Ending]], now: datetime) -> list[Step]:
    """
    Write how sends ended, and return the steps that were fenced off.

    A fenced-off outcome is a fact all the same: it is logged as `release.fenced`.
    """
    steps = []
    for permit, ending in endings:
        sets: dict[str, Any] = {"owner": None, "lease_until": None}
        if ending.move is Move.ACCEPT and ending.receipt is not None:
            sets |= {"published_at": now, "remote_id": ending.receipt.remote_id, "remote_url": ending.receipt.url}
        if ending.again_at is not None:
            sets["next_at"] = ending.again_at
        steps.append(
            Step(
                permit.claim.id,
                ending.move,
                why=ending.why,
                fence=permit.claim.fence,
                sets=sets,
                detail={"outcome": ending.outcome},
            )
        )
        if ending.breaker and ending.again_at is not None:
            rates.open_breaker(connection, permit.outgoing.channel, ending.again_at, ending.why)
    moved = ledger.move(connection, steps, now)
    ledger.close_attempts(
        connection,
        [
            {
                "release": permit.claim.id,
                "fence": permit.claim.fence,
                "act": "publish",
                "outcome": ending.outcome,
                "remote_id": ending.receipt.remote_id if ending.receipt else None,
                "detail": ending.why[:500],
                "finished_at": now,
            }
            for permit, ending in endings
        ],
    )
    append(
        connection,
        [Fact("engine", "release.fenced", step.id, why=step.why, detail=dict(step.detail)) for step in moved.stale],
        now,
    )
    return list(moved.stale)
