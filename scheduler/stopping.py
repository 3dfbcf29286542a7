"""Stop, and go on: a hold that stands whether or not the database answers, and what lifting it would let out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaigns import clock, settings
from campaigns.errors import CordialeError, DatabaseFault, EnvironmentFault, NotTrusted, Refused
from campaigns.settings import Settings
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Subject
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store.engine import open_database, reading, writing
from scheduler.engine import catch_up, held, hold
from scheduler.engine.catch_up import Overdue, Pace
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.identity import release_name
from scheduler.releases.journal import ClosedJournal


@dataclass(frozen=True)
class Stopped:
    """What a hold came to."""

    id: str
    certain: bool = True  #: nothing is in the middle of beginning on this machine
    wire: Sequence[Mapping[str, Any]] = ()  #: rows of what had begun: id, name
    database: CordialeError | None = None  #: why the table does not have it
    file: CordialeError | None = None  #: why the held-file does not have it
    begun: Sequence[str] = ()  #: where the table cannot be asked: what the send journal says is on the wire
    unchecked: str = ""  #: why it was not checked that the partner is one


def stop(scope: str, target: str, partner: str, reason: str) -> Stopped:
    """
    Hold *target* of *scope*: in the held-file first, then in the table.

    Raises:
        Refused: If *partner* is none, or there is no such campaign, channel or issuing partner.
        EnvironmentFault: If neither the file nor the table takes it: nothing is held then.
    """
    workspace, now, hold_id = settings.load(), clock.now(), hold.new_id()
    unchecked = _check_partner(workspace.trust, partner)
    said = {"id": hold_id, "scope": scope, "target": target, "partner": partner, "reason": reason}
    certain, file_fault = False, None
    try:
        certain = held.add(workspace.trust, said)
    except EnvironmentFault as error:
        file_fault = error
    try:
        database = open_database(workspace.database_url)
        try:
            with writing(database) as connection:
                placed = {name: value for name, value in said.items() if name != "id"}
                _, wire = hold.place(connection, workspace.trust, **placed, at=now, hold_id=hold_id)
        finally:
            database.dispose()
    except DatabaseFault as error:
        if file_fault is not None:
            message = f"Nothing was held. {file_fault.message} {error.message}"
            hint = f"{error.hint} To stop all the same, end `cordiale run`."
            raise EnvironmentFault(message, hint) from error
        begun = _begun_here(workspace.trust)
        held.add(workspace.trust, {**said, "on_the_wire": begun}, patience=0)
        return Stopped(hold_id, certain, database=error, begun=begun, unchecked=unchecked)
    except Refused:
        if file_fault is None:
            held.remove(workspace.trust, hold_id)
        raise
    # The table's own lock has seen to it that nothing is in the middle of beginning.
    return Stopped(hold_id, True, _named(wire), file=file_fault, unchecked=unchecked)


def _check_partner(folder: Path, partner: str) -> str:
    """Refuse a stranger; return why nobody can tell, where the trust file does not hold: stopping always works."""
    try:
        partners = TrustStore(folder).current(clock.now()).partners
    except (NotTrusted, EnvironmentFault) as error:
        return error.message
    if partner not in partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(partners)}.")
    return ""


def _begun_here(folder: Path) -> list[str]:
    """Return what this machine began to send and has not heard of since, by its send journal."""
    try:
        return ClosedJournal(folder).open().in_the_air()
    except EnvironmentFault:
        return []


def _named(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [
        {"id": row["id"], "name": release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])}
        for row in rows
    ]


@dataclass(frozen=True)
class Resumption:
    """A hold that somebody wants to lift, and what that would let out."""

    hold: Mapping[str, Any]
    overdue: Sequence[Overdue]
    trust: Trust = field(repr=False)
    others: int = 0  #: holds that stand beside it


def before_resuming(hold_id: str) -> Resumption:
    """
    Return what lifting a hold would let out; nothing is changed.

    Raises:
        Refused: If there is no such hold, or several stand and none was named.
    """
    workspace, now = settings.load(), clock.now()
    trust = TrustStore(workspace.trust).current(now)
    database = open_database(workspace.database_url)
    try:
        with writing(database) as connection:
            every = hold.standing(connection, workspace.trust)
            found = [each for each in every if each["id"] == hold_id or not hold_id]
        if len(found) != 1:
            raise Refused(*_which(found or every, hold_id))
        with reading(database) as connection:
            room = EvidenceRoom(workspace.trust, ClosedJournal(workspace.trust).open())
            pace = Pace.of(connection, workspace)
            overdue = catch_up.look(connection, room, pace, now, lifting=found[0])
    finally:
        database.dispose()
    return Resumption(found[0], overdue, trust, len(every) - 1)


def _which(found: Sequence[Mapping[str, Any]], hold_id: str) -> tuple[str, str]:
    if not found:
        return "Nothing is held.", "See `cordiale status`."
    message = f"There is no hold {hold_id}." if hold_id else f"{len(found)} holds stand."
    return message, f"Say which: {', '.join(each['id'] for each in found)}."


def resume(resumption: Resumption, partner: str, key: Path) -> list[str]:
    """
    Sign that *partner* agrees to lift a hold, and return the partners still missing.

    With the last one it is lifted, and what is overdue is spread in the same transaction: no daemon comes between.

    Raises:
        NotTrusted: If the key is not one of *partner* in the trust file.
        Refused: If *partner* is none.
    """
    workspace, now, one, trust = settings.load(), clock.now(), resumption.hold, resumption.trust
    subject = Subject(one["id"], hold.digest_of(one))
    signed = envelope.sign(statement.make("*", partner, "resume", "", [subject], now), keys.load_signer(key))
    decision = envelope.verify(signed, trust)
    database = open_database(workspace.database_url)
    try:
        with writing(database) as connection:
            standing = hold.standing(connection, workspace.trust, one["id"])
            if not standing:
                message = f"The hold {one['id']} was lifted meanwhile."
                raise Refused(message, "See `cordiale status`.")
            missing = hold.resume(
                connection,
                workspace.trust,
                hold=standing[0],
                partner=partner,
                person=decision.person,
                partners=trust.partners,
                thresholds=trust.thresholds,
                envelope=signed,
                at=now,
            )
            if not missing:
                _let_out(workspace, connection, one)
    finally:
        database.dispose()
    return missing


def _let_out(workspace: Settings, connection: Any, one: Mapping[str, Any]) -> None:
    room = EvidenceRoom(workspace.trust, ClosedJournal(workspace.trust).open())
    found = catch_up.look(connection, room, Pace.of(connection, workspace), clock.now(), lifting=one)
    catch_up.spread(connection, found, f"Paced after hold {one['id']}")
