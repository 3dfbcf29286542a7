"""
What becomes of a decision: signed, verified, kept, and the releases it settles moved, in one transaction.

A decision covers releases by id and digest. It counts as soon as it is recorded; the last partner's approval makes
a draft scheduled, a refusal takes it out, and a withdrawal makes what has not left a draft again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from campaigns import clock
from campaigns.audit.log import Fact, append
from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import approvals, envelope, keys, statement
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.persons import is_one_of
from campaigns.signoff.statement import Answer, Subject
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store.engine import reading, writing
from campaigns.terminal import count
from scheduler import urgent
from scheduler.releases import debts, ledger
from scheduler.releases.authorship import authors
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import parse
from scheduler.releases.states import Move, State
from scheduler.releases.trust_seen import note_trust
from scheduler.review import withdrawal
from scheduler.review.docket import OPEN, Item, counted, items
from scheduler.review.selection import EVERYTHING, Selection

if TYPE_CHECKING:
    from campaigns.signoff.envelope import Decision

ANSWERS = frozenset({"approve", "refuse", "withdraw"})  #: that are about releases


@dataclass(frozen=True)
class Effect:
    """What a decision did to the releases it covers."""

    campaign: str
    partner: str
    person: str
    scheduled: int = 0
    refused: int = 0
    waiting: int = 0  #: approved by this partner, and waiting for another one
    short: int = 0  #: signed by this person, and waiting for another person of this partner
    stale: int = 0  #: changed since they were signed: the decision does not cover them any more
    own: int = 0  #: written by the person who signed: does not count
    barred: int = 0  #: refused by somebody: only an edit brings them back
    withdrawn: int = 0  #: no longer approved by this partner
    answered: int = 0  #: had gone out under an urgent rule, and is signed afterwards
    objected: int = 0  #: had gone out under an urgent rule, and should not have


def decide(
    database: Engine,
    trust_folder: Path,
    *,
    campaign: str,
    partner: str,
    key: Path,
    decision: Answer,
    reason: str,
    pick: Selection = EVERYTHING,
) -> tuple[Effect, str]:
    """
    Sign a decision over all that *pick* picks of *campaign* and that waits for *partner*.

    Return its effect and the envelope.

    Raises:
        NotTrusted: If the key is not one of *partner* in the trust file.
        Refused: If nothing waits for *partner*.
    """
    now = clock.now()
    trust = TrustStore(trust_folder).current(now)
    payload = to_decide(
        database, trust, campaign=campaign, partner=partner, decision=decision, reason=reason, pick=pick, now=now
    )
    signed = envelope.sign(payload, keys.load_signer(key))
    return record(database, trust, signed, now), signed


def to_decide(
    database: Engine,
    trust: Trust,
    *,
    campaign: str,
    partner: str,
    decision: Answer,
    reason: str,
    pick: Selection,
    now: datetime,
) -> bytes:
    """
    Return the statement of *decision* over all that *pick* picks of *campaign* and that waits for *partner*, unsigned.

    What went out under an urgent rule waits for its word as well: it is approved after the fact, or objected to.

    Raises:
        Refused: If nothing waits for *partner*, or it is none; or for a withdrawal, if it approved nothing of it.
    """
    _require(trust, partner, campaign)
    with reading(database) as connection:
        if decision == "withdraw":
            reach = withdrawal.reach(connection, trust, campaign, partner, pick)
            if not reach.subjects:
                why = withdrawal.nothing(campaign, partner, reach)
                raise why if isinstance(why, Refused) else Refused(why, f"See `cordiale review {campaign}`.")
            return statement.make(campaign, partner, decision, reason, reach.subjects, now)
        found = items(connection, trust, campaign, pick)
        owed = urgent.owed_by(connection, trust.folder, campaign, partner, pick.picks) if trust.folder else []
    subjects = [Subject(item.id, item.digest) for item in found if item.open_to(partner, decision)]
    subjects = list({each.id: each for each in (*subjects, *owed)}.values())
    if not subjects:
        raise Refused(*_nothing(found, partner, campaign, decision, pick))
    return statement.make(campaign, partner, decision, reason, subjects, now)


def _require(trust: Trust, partner: str, campaign: str) -> None:
    """
    Refuse a partner that nobody knows, before anything is said of what waits for it.

    Raises:
        Refused: If *partner* is none of the trust file.
    """
    if partner not in trust.partners:
        message = f"Nothing waits for {partner}, who is no partner of the trust file."
        known = " and ".join(sorted(trust.partners))
        raise Refused(message, f"Partners here: {known}. See where it stands: `cordiale review {campaign}`.")


def _nothing(found: Sequence[Item], partner: str, campaign: str, decision: str, pick: Selection) -> tuple[str, str]:
    blocked = [item for item in found if item.blocking]
    if decision == "approve" and blocked:
        them = "it" if len(blocked) == 1 else "them"
        which = f"{count(len(blocked), 'release')} of {campaign}"
        message = f"{which} cannot be signed: a check blocks {them}. {blocked[0].blocking[0]}"
        return message, "Mend the campaign file, or waive the check with a reason; then apply it again."
    which = f" ({pick})" if pick else ""
    return f"Nothing of {campaign}{which} waits for {partner}.", f"See where it stands: `cordiale review {campaign}`."


def withdraw(
    database: Engine,
    trust_folder: Path,
    *,
    campaign: str,
    partner: str,
    key: Path,
    reason: str,
    pick: Selection = EVERYTHING,
) -> tuple[Effect | None, withdrawal.Reach, str]:
    """
    Sign the end of *partner*'s own approval of what *pick* picks of *campaign* and has not left.

    Return the effect, what was in reach, and the envelope; no effect and, for the envelope, the reason in words where
    the partner has withdrawn it already.

    Raises:
        NotTrusted: If the key is not one of *partner* in the trust file.
        Refused: If *partner* approved nothing of it, or all of it has left.
    """
    now = clock.now()
    trust = TrustStore(trust_folder).current(now)
    _require(trust, partner, campaign)
    with reading(database) as connection:
        found = withdrawal.reach(connection, trust, campaign, partner, pick)
    if not found.subjects:
        why = withdrawal.nothing(campaign, partner, found)
        if isinstance(why, Refused):
            raise why
        return None, found, why
    payload = statement.make(campaign, partner, "withdraw", reason, found.subjects, now)
    signed = envelope.sign(payload, keys.load_signer(key))
    return record(database, trust, signed, now), found, signed


def record(database: Engine, trust: Trust, signed: str, now: datetime) -> Effect:
    """
    Verify an envelope, keep it, and move the releases it settles, in one transaction.

    Raises:
        NotTrusted: If it does not hold under the trust file.
    """
    decision = envelope.verify(signed, trust)
    if decision.decision not in ANSWERS:
        message = f"The envelope holds the decision '{decision.decision}', which is not about releases."
        raise NotTrusted(message, "Import approvals and refusals here; lift a hold with `cordiale resume`.")
    with writing(database) as connection:
        note_trust(connection, trust, now)
        rows = ledger.current(connection, [subject.id for subject in decision.subjects], lock=True)
        if decision.decision == "withdraw":
            withdrawal.check(rows, decision)  # before anything of it is remembered
        if approvals.record(connection, decision, signed, now):
            append(connection, [_logged(decision)], now)
        signatures = Signatures.load(connection, trust, decision.campaign)
        steps: list[Step] = []
        counts: dict[str, int] = {}
        for subject in decision.subjects:
            outcome, step = _settle(rows.get(subject.id), subject, decision, signatures)
            counts[outcome] = counts.get(outcome, 0) + 1
            if step is not None:
                steps.append(step)
        ledger.move(connection, steps, now)
        if trust.folder is not None:
            answers = debts.settle(connection, trust.folder, signatures, now)
            mine = [answer.word for answer in answers if answer.partner == decision.partner]
            counts |= {"answered": mine.count("signed"), "objected": mine.count("objected")}
            counts["stale"] = max(0, counts.get("stale", 0) - len(mine))
    return Effect(decision.campaign, decision.partner, decision.person, **counts)


def _logged(decision: "Decision") -> Fact:
    """Return what the event log says of a decision; its envelope's id stands in the clear, and is never erased."""
    subjects = {each.id: each.digest for each in decision.subjects}
    return Fact(
        decision.person,
        f"approval.{decision.decision}",
        decision.campaign,
        campaign=decision.campaign,
        after=decision.id,
        why=decision.reason,
        detail={"partner": decision.partner, "subjects": subjects},
    )


def _settle(
    row: dict[str, Any] | None, subject: Subject, decision: "Decision", signatures: Signatures
) -> tuple[str, Step | None]:
    if row is None or row["digest"] != subject.digest:
        return "stale", None
    if decision.partner not in parse(row["outgoing"]).partners:
        return "stale", None
    if decision.decision == "withdraw":
        return withdrawal.settle(row, decision, signatures)
    if row["state"] not in OPEN:
        return "stale", None
    settle = _refuse if decision.decision == "refuse" else _approve
    return settle(row, decision, signatures)


def _refuse(row: dict[str, Any], decision: "Decision", signatures: Signatures) -> tuple[str, Step | None]:
    # An older refusal that an edit ended, or a later approval overruled, refuses nothing any more.
    if decision.partner not in signatures.refusals(row["id"], row["digest"], campaign=row["campaign"]):
        return "stale", None
    why = decision.reason or f"{decision.partner} refused it."
    step = None if row["state"] == State.REFUSED else Step(row["id"], Move.REFUSE, decision.person, why)
    return "refused", step


def _approve(row: dict[str, Any], decision: "Decision", signatures: Signatures) -> tuple[str, Step | None]:
    if all(is_one_of(person, authors(row)) for person in decision.persons):
        return "own", None
    if row["state"] == State.REFUSED:
        return "barred", None
    found = counted(row, signatures)
    if decision.partner not in found:
        # One of two persons that its partner asks for, or an approval that a later word overruled.
        said = signatures.so_far(row["id"], row["digest"], campaign=row["campaign"], author=authors(row))
        return "short" if decision.partner in said else "stale", None
    if row["state"] == State.DRAFT and all(partner in found for partner in parse(row["outgoing"]).partners):
        return "scheduled", Step(row["id"], Move.SIGN, decision.person, sets={"next_at": row["due_at"]})
    return "scheduled" if row["state"] == State.SCHEDULED else "waiting", None
