"""
The urgent path: one partner alone lets a release out, where the trust file of all partners says that it may.

There is no way past the rule: what it does not cover waits for everybody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from campaigns import clock
from campaigns.audit.log import Fact, append
from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import approvals, envelope, keys, statement
from campaigns.signoff.approvals import Signatures
from campaigns.signoff.persons import is_one_of
from campaigns.signoff.statement import Subject
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.signoff.urgent import UrgentRule, rule_named
from campaigns.store.engine import reading, writing
from scheduler.engine import shared
from scheduler.engine.duties import Duty
from scheduler.releases import debts, ledger
from scheduler.releases.authorship import authors
from scheduler.releases.find import find
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.owed import Answer, Debt
from scheduler.releases.states import Move, State

_FROM = {State.DRAFT, State.SCHEDULED}


@dataclass(frozen=True)
class Released:
    """What one partner let out alone."""

    name: str
    campaign: str
    rule: UrgentRule
    person: str
    until: datetime  #: by when it must have begun
    owing: tuple[str, ...]  #: who owes its word then


def release(
    database: Engine, trust_folder: Path, name: str, *, partner: str, signing: Sequence[Path], rule: str, reason: str
) -> Released:
    """
    Sign release *name* for *partner* alone under *rule*, keep the envelope, and schedule the release.

    *signing* are private keys of *partner*: of as many persons as its role asks for.

    Raises:
        Refused: If the rule does not cover it, or it is not open to a signature.
        NotTrusted: If the keys are not *partner*'s.
    """
    now = clock.now()
    trust = TrustStore(trust_folder).current(now)
    with writing(database) as connection:
        row = find(connection, name)
        outgoing = parse(row["outgoing"])
        agreed = _check(row, outgoing, trust, partner, rule, now)
        debts.alone(connection)
        _check_room(debts.standing(connection, trust_folder), agreed, row)
        payload = statement.make_urgent(
            outgoing.campaign, partner, rule, reason, [Subject(row["id"], row["digest"])], now
        )
        signed = envelope.sign(payload, keys.load_signer(signing[0]))
        for more in signing[1:]:
            signed = envelope.add_signature(signed, keys.load_signer(more))
        decision = envelope.verify(signed, trust)
        counting = [person for person in decision.persons if not is_one_of(person, authors(row))]
        if not counting:
            message = f"{decision.person} wrote {outgoing.name}, and nobody approves their own words."
            raise Refused(message, f"Somebody else of {partner} signs it.")
        if len(counting) < (asked := trust.thresholds.get(partner, 1)):
            message = f"The role of {partner} in the trust file asks for {asked} persons, and {len(counting)} signed."
            raise Refused(message, "Give the key of each with --key, once for each person.")
        approvals.record(connection, decision, signed, now)
        why = f"Urgent, under the rule {rule}: {reason}"
        if row["state"] == State.DRAFT:
            step = Step(row["id"], Move.SIGN, decision.person, why, sets={"next_at": row["due_at"]})
            ledger.move(connection, [step], now)
        said = {"rule": rule, "digest": row["digest"]}
        fact = Fact(decision.person, "urgent.sign-alone", row["id"], campaign=row["campaign"], why=why, detail=said)
        append(connection, [fact], now)
    owing = tuple(each for each in dict.fromkeys([*outgoing.partners, outgoing.issuer]) if each != partner)
    return Released(outgoing.name, outgoing.campaign, agreed, decision.person, now + agreed.span, owing)


def _check(row: dict[str, Any], outgoing: Outgoing, trust: Trust, partner: str, rule: str, now: datetime) -> UrgentRule:
    name = outgoing.name
    agreed = rule_named(trust.urgent, rule)
    if agreed is None:
        known = ", ".join(each.id for each in trust.urgent) or "none"
        message = f"The trust file has no urgent rule called {rule}."
        hint = f"Rules: {known}. All partners agree on one with `cordiale urgent agree FILE`."
        raise NotTrusted(message, hint)
    if row["state"] not in _FROM:
        message = f"{name} is {row['state']}; only what waits for signatures can be let out."
        raise Refused(message, f"See `cordiale why {name}`.")
    kind = outgoing.message_kind or "of none"
    of_kinds = f"The rule {rule} is for messages of the kind {', '.join(agreed.kinds)}, and {name} is {kind}."
    for holds, message in (
        (partner in agreed.partners, f"The rule {rule} does not let {partner} act alone."),
        (outgoing.message_kind in agreed.kinds, of_kinds),
        (outgoing.channel in agreed.channels, f"The rule {rule} does not cover the channel {outgoing.channel}."),
    ):
        if not holds:
            raise Refused(message, f"Ask the others for their signature: `cordiale review {outgoing.campaign}`.")
    if clock.parse_iso(outgoing.due) > now + agreed.span:
        message = f"{name} is due at {outgoing.due}, after the {agreed.minutes} minutes of the rule {rule}."
        raise Refused(message, "Sign it closer to its instant, or have everybody sign it until then.")
    if blocking := [each for each in row["findings"] if each["severity"] == "block" and not each.get("waived")]:
        message = f"A check blocks {name}: {blocking[0]['message']}"
        raise Refused(message, "Mend the campaign file and apply it again; an urgent rule waives no check.")
    return agreed


def _check_room(standing: dict[tuple[str, str], Debt], rule: UrgentRule, row: dict[str, Any]) -> None:
    others = [debt for key, debt in standing.items() if debt.rule == rule.id and key != (row["id"], row["digest"])]
    if len(others) >= rule.open:
        message = f"{len(others)} releases under the rule {rule.id} still wait for the others' word."
        raise Refused(message, "Ask for it first: `cordiale urgent list` names them.")


def listed(connection: Connection, trust_folder: Path) -> list[tuple[str, Debt]]:
    """Return the debts that are open, each with its release's name, oldest first."""
    found = debts.standing(connection, trust_folder)
    rows = ledger.current(connection, [release for release, _ in found])
    told = [(_name(rows.get(debt.release), debt), debt) for debt in found.values()]
    return sorted(told, key=lambda each: each[1].opened_at)


def answered(database: Engine, trust_folder: Path, now: datetime) -> list[Answer]:
    """
    Look who has answered for what went out alone, and write it down; costs nothing while nobody owes a word.

    Raises:
        NotTrusted, EnvironmentFault: If the trust files or this machine's debts cannot be read.
    """
    with reading(database) as connection:
        if not debts.standing(connection, trust_folder):
            return []
    trust = TrustStore(trust_folder).current(now)
    with writing(database) as connection:
        shared.now(connection)
        return debts.settle(connection, trust_folder, Signatures.load(connection, trust), now)


def duty(database: Engine, trust_folder: Path, every: timedelta) -> Duty:
    """Return the round that a daemon makes for `answered`."""
    return Duty("urgent debts", every, lambda: answered(database, trust_folder, clock.now()))


def owed_by(
    connection: Connection,
    trust_folder: Path,
    campaign: str,
    partner: str,
    picks: Callable[[Mapping[str, Any]], bool],
) -> list[Subject]:
    """Return what of *campaign* went out without *partner*, waits for its word, and is one that *picks* picks."""
    found = debts.standing(connection, trust_folder).values()
    mine = [debt for debt in found if debt.campaign == campaign and partner in debt.waits_for]
    rows = ledger.current(connection, [debt.release for debt in mine])
    return [Subject(debt.release, debt.digest) for debt in mine if debt.release in rows and picks(rows[debt.release])]


def _name(row: dict[str, Any] | None, debt: Debt) -> str:
    try:
        return parse(row["outgoing"]).name if row else debt.release
    except NotTrusted:
        return debt.release
