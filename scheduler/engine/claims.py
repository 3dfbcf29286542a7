"""
Claim, begin, finish: the three short transactions between a due release and a known outcome.

    claim   scheduled -> claimed   what is due, not held, not paused, within its channel's rate; fence + 1
    begin   claimed -> sending     gate, hold and fence asked again; attempt row and journal line first
    finish  sending -> …           by fence; a stale finisher writes nothing but the fact

Each handles a batch. Only what `begin` returns may touch the wire.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from campaigns.audit.log import Fact, append
from campaigns.errors import CordialeError
from scheduler.engine import parts, rates, urgent
from scheduler.engine.hold import share_lock
from scheduler.engine.outcomes import AfterLoss, CapabilitiesOf, Ending, after_loss, seen, storable
from scheduler.releases import ledger, points
from scheduler.releases.conditions import Condition
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.gate import LONG_PAUSE, Act, Verdict, judge
from scheduler.releases.identity import idempotency_key, part_key
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.points import Point
from scheduler.releases.states import Move, State


@dataclass(frozen=True)
class Claim:
    """One release that this process holds under *fence*."""

    id: str
    fence: int
    channel: str = field(default="", compare=False)  #: whose turn it waits for


@dataclass(frozen=True)
class Permit:
    """One release that may touch the wire now."""

    claim: Claim
    outgoing: Outgoing
    digest: str
    key: str
    tries: int
    key_since: datetime
    sent: tuple[str, ...] = ()  #: of a thread, the remote ids of the parts that are out; "" where nobody knows

    @property
    def part(self) -> int:
        """Which part it is for, from 0."""
        return len(self.sent)

    @property
    def previous(self) -> str | None:
        """The nearest part before it that has a known id: what it answers."""
        return next((each for each in reversed(self.sent) if each), None)


def claim(
    connection: Connection,
    *,
    owner: str,
    lease: timedelta,
    limit: int,
    now: datetime,
    crowded: Collection[str] = (),
) -> list[Claim]:
    """
    Take up to *limit* due releases under a lease, oldest first, as many of each channel as it may send now.

    Channels in *crowded* give none: enough of theirs is claimed already. The tokens of a rate, and the one try of a
    channel whose breaker is half open, are spent in the same transaction.
    """
    room = rates.room(connection, now, crowded)
    rows = ledger.take(
        connection, owner=owner, until=now + lease, limit=limit, now=now, closed=room.closed, lanes=room.most
    )
    rates.spend(connection, room, (row["channel"] for row in rows if row["channel"] in room.most), now, lease)
    rows.sort(key=lambda row: (str(row["next_at"]), str(row["id"])))  # SQLite keeps anything anywhere
    return [Claim(row["id"], row["fence"], row["channel"]) for row in rows]


def give_back(connection: Connection, claims: Sequence[Claim], now: datetime) -> None:
    """Return claimed releases of which nothing has left: their daemon stops."""
    why = "Its daemon stopped before anything left."
    ledger.move(connection, [Step(each.id, Move.RELEASE, why=why, fence=each.fence) for each in claims], now)
    points.reached(Point.GIVE_BACK_WRITTEN)


def begin(
    connection: Connection,
    claims: Sequence[Claim],
    room: EvidenceRoom,
    capabilities: CapabilitiesOf,
    lease: timedelta,
    now: datetime,
    *,
    owner: str | None = None,
) -> list[Permit]:
    """
    Ask the gate once more and put attempts on record; what comes back may touch the wire.

    *owner* is who sends them, where that is not who claimed them. The caller writes the journal after this transaction
    commits and before the wire is touched.
    """
    share_lock(connection)
    rows = ledger.current(connection, [claim.id for claim in claims], lock=True)
    held = {claim.id: claim for claim in claims if claim.id in rows and rows[claim.id]["fence"] == claim.fence}
    mine = [rows[each] for each in held if rows[each]["state"] == State.CLAIMED]
    evidence = room.gather(connection, mine, now)
    verdicts = {row["id"]: judge(row, evidence, now) for row in mine}
    once_a_batch(mine, verdicts)
    urgent.within_limits(connection, room.folder, mine, verdicts)
    sender = {} if owner is None else {"owner": owner}
    steps = [_step(held[row["id"]], row, verdicts[row["id"]], lease, now, sender) for row in mine]
    doubts = ledger.in_doubt(connection, mine)
    steps = [_doubted(step, rows[step.id], verdicts[step.id], doubts, capabilities, now) for step in steps]
    threads = parts.of_rows(connection, mine, verdicts, room.journal)
    if threads:
        steps = [parts.kept(step, threads, verdicts[step.id], now) for step in steps]
    moved = ledger.move(connection, steps, now, locked=rows)
    permits = [
        _permit(held[step.id], rows[step.id], verdicts[step.id], now)
        for step in steps
        if step.move is Move.BEGIN and step.id in moved.done
    ]
    permits = parts.placed(permits, threads)
    urgent.begin(connection, room.folder, [verdicts[permit.claim.id] for permit in permits], now)
    ledger.open_attempts(
        connection,
        [
            {
                "release": p.claim.id,
                "part": p.part,
                "fence": p.claim.fence,
                "act": "publish",
                "key": part_key(p.key, p.part),
                "started_at": now,
                "detail": "",
            }
            for p in permits
        ],
    )
    points.reached(Point.BEGIN_WRITTEN)
    return permits


def _doubted(
    step: Step,
    row: Mapping[str, Any],
    verdict: Verdict,
    doubts: set[str],
    capabilities: CapabilitiesOf,
    now: datetime,
) -> Step:
    """
    Return *step*, unless it is about what may have gone out.

    Then a person is asked where it would be given up, or sent again and the channel no longer absorbs the key.
    """
    if step.id in doubts and (step.move is Move.EXPIRE or _waits_for_an_answer(verdict)):
        why = f"An earlier attempt may have gone out, and it is not sent again: {verdict.reason}"
        return Step(step.id, Move.LOSE, why=why, fence=step.fence)
    if step.move is not Move.BEGIN or verdict.outgoing is None:
        return step
    try:
        declared = capabilities(verdict.outgoing.kind, verdict.outgoing.options)
    except CordialeError as error:
        return Step(step.id, Move.RELEASE, why=str(error), fence=step.fence, sets={"next_at": now + LONG_PAUSE})
    if step.id in doubts and after_loss(declared, row["key_since"], now) is not AfterLoss.RESEND:
        why = "An earlier attempt may have gone out, and the channel no longer knows its key."
        return Step(step.id, Move.LOSE, why=why, fence=step.fence)
    return step


def _waits_for_an_answer(verdict: Verdict) -> bool:
    """Return whether nothing but a person's answer to its lateness lets it out."""
    return verdict.act is Act.WAIT and {each.name for each in verdict.conditions if not each.holds} == {"lateness"}


def once_a_batch(rows: Sequence[Mapping[str, Any]], verdicts: dict[str, Verdict]) -> None:
    """Let the same words on the same account begin once in a batch; the other waits, and the gate then refuses it."""
    seen: set[str] = set()
    for row in rows:
        verdict = verdicts[row["id"]]
        if verdict.act is Act.PUBLISH and not row["occurrence"]:
            if row["bytes_digest"] in seen:
                twin = Condition("once", holds=False, evidence="The same words go out on this account just now.")
                verdicts[row["id"]] = Verdict(Act.WAIT, (twin, *verdict.conditions), verdict.outgoing)
            seen.add(row["bytes_digest"])


def _step(
    claim: Claim,
    row: Mapping[str, Any],
    verdict: Verdict,
    lease: timedelta,
    now: datetime,
    sender: Mapping[str, str],
) -> Step:
    match verdict.act:
        case Act.PUBLISH:
            sets: dict[str, Any] = {
                "tries": row["tries"] + 1,
                "key_since": row["key_since"] or now,
                "lease_until": now + lease,
                **sender,
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

    A fenced-off outcome is a fact all the same: it is logged as `release.fenced`. A receipt that comes after
    recovery gave up on its release still settles it.
    """
    endings = [(permit, storable(ending)) for permit, ending in endings]
    steps = []
    for permit, ending in endings:
        sets: dict[str, Any] = {}
        if ending.move is Move.ACCEPT:
            sets["published_at"] = now
        if ending.receipt is not None and not permit.sent:  # a thread is found by its first part
            sets |= {"remote_id": ending.receipt.remote_id, "remote_url": ending.receipt.url}
        if permit.sent and permit.sent[0]:  # a death may have left it in the send journal alone
            sets["remote_id"] = permit.sent[0]
        if ending.again_at is not None:
            sets["next_at"] = ending.again_at
        if ending.outcome == "absent":
            sets["key_since"] = None  # what a look-up did not find counts as never sent
        elif ending.outcome == "published" and ending.move is Move.RETRY:
            sets |= parts.one_more(now)
        detail = {"outcome": ending.outcome}
        if ending.receipt is not None:
            detail |= {"remote_id": ending.receipt.remote_id, "url": ending.receipt.url or ""}
        steps.append(
            Step(permit.claim.id, ending.move, why=ending.why, fence=permit.claim.fence, sets=sets, detail=detail)
        )
    heads = ledger.heads(connection, [step.id for step in steps])
    signs = [(permit.outgoing.channel, said) for permit, ending in endings if (said := seen(ending)) is not None]
    rates.note(connection, signs, now)  # before anything is logged: a claim locks in this order as well
    moved = ledger.move(connection, steps, now, locked=heads)
    receipts = [replace(step, move=Move.CONFIRM) for step in moved.stale if step.move is Move.ACCEPT]
    confirmed = ledger.move(connection, receipts, now).done
    stale = [step for step in moved.stale if step.id not in confirmed]
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
        [Fact("engine", "release.fenced", step.id, why=step.why, detail=dict(step.detail)) for step in stale],
        now,
    )
    points.reached(Point.FINISH_WRITTEN)
    return stale
