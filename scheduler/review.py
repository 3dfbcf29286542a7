"""
Review work: what waits for whom, and what becomes of a decision.

A decision covers releases by id and digest. It counts as soon as it is recorded; the last partner's approval makes
a draft scheduled, a refusal takes it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import approvals, envelope, keys, statement
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.statement import Answer, Subject
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store.engine import reading, writing
from scheduler.releases import ledger
from scheduler.releases.conditions import BLACKOUT
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.states import Move, State

if TYPE_CHECKING:
    from campaigns.signoff.envelope import Decision

_OPEN = [State.DRAFT.value, State.SCHEDULED.value, State.REFUSED.value]


@dataclass(frozen=True)
class Item:
    """One release under review."""

    id: str
    digest: str
    state: str
    author: str
    outgoing: Outgoing
    signed: dict[str, str]  #: partner -> person, without what the author signed: nobody approves their own words
    blocking: tuple[str, ...]  #: messages of blocking findings that no waiver covers

    @property
    def missing(self) -> tuple[str, ...]:
        """The partners that have not signed it."""
        return tuple(partner for partner in self.outgoing.partners if partner not in self.signed)


@dataclass(frozen=True)
class Effect:
    """What a decision did to the releases it covers."""

    campaign: str
    partner: str
    person: str
    scheduled: int = 0
    refused: int = 0
    waiting: int = 0  #: signed by this partner, and still short of another
    stale: int = 0  #: changed since they were signed: the decision does not cover them any more
    own: int = 0  #: written by the person who signed: does not count
    barred: int = 0  #: refused by somebody: only an edit brings them back


def items(connection: Connection, trust: Trust, campaign: str) -> list[Item]:
    """
    Return the releases of *campaign* that are open to a decision, by instant.

    Raises:
        Refused: If there is no such campaign.
    """
    statement_ = select(RELEASE).where(RELEASE.c.campaign == campaign)
    if connection.execute(statement_.limit(1)).first() is None:
        message = f"There is no campaign {campaign} with releases in this database."
        raise Refused(message, "Apply its file first: `cordiale apply campaigns`.")
    rows = connection.execute(
        statement_.where(RELEASE.c.state.in_(_OPEN)).order_by(RELEASE.c.due_at, RELEASE.c.id)
    ).mappings()
    signatures = Signatures.load(connection, trust, campaign)
    return [_item(dict(row), signatures) for row in rows]


def _item(row: dict[str, Any], signatures: Signatures) -> Item:
    blocking = tuple(
        each["message"] for each in row["findings"] if each["severity"] == "block" and not each.get("waived")
    )
    signed = _counted(row, signatures)
    return Item(row["id"], row["digest"], row["state"], row["author"], parse(row["outgoing"]), signed, blocking)


def _counted(row: dict[str, Any], signatures: Signatures) -> dict[str, str]:
    """Return partner -> person of the approvals that count: not the author's own."""
    found = signatures.partners_for(row["id"], row["digest"])
    return {partner: person for partner, person in found.items() if person != row["author"]}


def decide(
    database: Engine, trust_folder: Path, *, campaign: str, partner: str, key: Path, decision: Answer, reason: str
) -> tuple[Effect, str]:
    """
    Sign a decision over everything of *campaign* that waits for *partner*; return its effect and the envelope.

    Raises:
        NotTrusted: If the key is not one of *partner* in the trust file.
        Refused: If nothing waits for *partner*.
    """
    now = clock.now()
    trust = TrustStore(trust_folder).current(now)
    with reading(database) as connection:
        found = items(connection, trust, campaign)
    subjects = [Subject(item.id, item.digest) for item in found if _open_to(item, partner, decision)]
    if not subjects:
        raise Refused(*_nothing(found, partner, campaign, decision))
    signed = envelope.sign(statement.make(campaign, partner, decision, reason, subjects, now), keys.load_signer(key))
    return record(database, trust, signed, now), signed


def _open_to(item: Item, partner: str, decision: str) -> bool:
    if decision == "refuse":
        return item.state != State.REFUSED and partner in item.outgoing.partners
    return item.state == State.DRAFT and partner in item.missing and not item.blocking


def _nothing(found: Sequence[Item], partner: str, campaign: str, decision: str) -> tuple[str, str]:
    blocked = [item for item in found if item.blocking]
    if decision == "approve" and blocked:
        message = (
            f"{len(blocked)} releases of {campaign} cannot be signed: a check blocks them. {blocked[0].blocking[0]}"
        )
        return message, "Mend the campaign file, or waive the check with a reason; then apply it again."
    return f"Nothing of {campaign} waits for {partner}.", f"See where it stands with `cordiale review {campaign}`."


def record(database: Engine, trust: Trust, signed: str, now: datetime) -> Effect:
    """
    Verify an envelope, keep it, and move the releases it settles, in one transaction.

    Raises:
        NotTrusted: If it does not hold under the trust file.
    """
    decision = envelope.verify(signed, trust)
    if decision.decision not in {"approve", "refuse"}:
        message = f"The envelope holds the decision '{decision.decision}', which is not about releases."
        raise NotTrusted(message, "Import approvals and refusals here; lift a hold with `cordiale resume`.")
    with writing(database) as connection:
        approvals.record(connection, decision, signed, now)
        rows = ledger.current(connection, [subject.id for subject in decision.subjects], lock=True)
        signatures = Signatures.load(connection, trust, decision.campaign)
        steps: list[Step] = []
        counts = {"scheduled": 0, "refused": 0, "waiting": 0, "stale": 0, "own": 0, "barred": 0}
        for subject in decision.subjects:
            outcome, step = _settle(rows.get(subject.id), subject, decision, signatures)
            counts[outcome] += 1
            if step is not None:
                steps.append(step)
        ledger.move(connection, steps, now)
    return Effect(decision.campaign, decision.partner, decision.person, **counts)


def _settle(
    row: dict[str, Any] | None, subject: Subject, decision: "Decision", signatures: Signatures
) -> tuple[str, Step | None]:
    if row is None or row["digest"] != subject.digest or row["state"] not in _OPEN:
        return "stale", None
    partners = parse(row["outgoing"]).partners
    if decision.partner not in partners:
        return "stale", None
    if decision.decision == "refuse":
        # An older refusal that an edit ended, or a later approval overruled, refuses nothing any more.
        if decision.partner not in signatures.refusals(row["id"], row["digest"]):
            return "stale", None
        why = decision.reason or f"{decision.partner} refused it."
        step = None if row["state"] == State.REFUSED else Step(row["id"], Move.REFUSE, decision.person, why)
        return "refused", step
    if row["author"] == decision.person:
        return "own", None
    if row["state"] == State.REFUSED:
        return "barred", None
    counted = _counted(row, signatures)
    if decision.partner not in counted:
        return "stale", None
    if row["state"] == State.DRAFT and all(partner in counted for partner in partners):
        return "scheduled", Step(row["id"], Move.SIGN, decision.person, sets={"next_at": row["due_at"]})
    return "scheduled" if row["state"] == State.SCHEDULED else "waiting", None


def leave(waiver: Mapping[str, Any]) -> str:
    """Return what a waiver lets pass, and on whose word: whoever signs the release signs that as well."""
    if waiver["check"] == BLACKOUT:
        span = f"{waiver.get('from')} to {waiver.get('to')} {waiver.get('zone')}"
        where = f"blackout {waiver.get('blackout')} of {waiver.get('partner')} ({span})"
        return f"May go out in {where}, allowed by {waiver.get('authorised_by')}: {waiver.get('because')}"
    return f"Waives the check {waiver['check']}: {waiver.get('because')}"
