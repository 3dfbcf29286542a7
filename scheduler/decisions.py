"""What a person decides about one release, and what the table then says: late, retry, resolve, retract."""

import asyncio
from typing import Any

from campaigns import clock, settings
from campaigns.errors import CordialeError, Refused
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import open_database, writing
from scheduler import roster
from scheduler.engine.desk import Desk
from scheduler.engine.sending import endpoint_of
from scheduler.publisher import Delivery
from scheduler.publisher import Refused as PublisherRefused
from scheduler.releases import ledger
from scheduler.releases.find import find
from scheduler.releases.identity import idempotency_key
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import parse
from scheduler.releases.states import Move, State, advance

PATIENCE = 60.0  #: seconds that a channel has to take something down
_RETRY_FROM = {State.FAILED}
_RESOLVE_FROM = {State.UNCERTAIN, State.HANDED_OVER}


def answer_late(name: str, *, send: bool, actor: str) -> None:
    """
    Answer for a release that is late: send it all the same, or let it expire.

    Raises:
        Refused: If it is not scheduled, or not late.
    """
    now = clock.now()
    with writing(open_database(settings.load().database_url)) as connection:
        row = find(connection, name)
        _require(row, name, {State.SCHEDULED}, "answer for")
        if row["due_at"] > now:
            message = f"Release {name} is due at {clock.iso(row['due_at'])}: it is not late."
            raise Refused(message, f"See `cordiale why {name}`.")
        if send:
            ledger.note(connection, [row["id"]], {"late_answer": "send", "next_at": now})
            ledger.log(connection, row, "release.late", actor, "Send it late.", now)
        else:
            # Not cancelled: an entry that the document still asks for would come back with the next apply.
            ledger.move(connection, [Step(row["id"], Move.EXPIRE, actor, "Skipped: too late.")], now)


def retry(name: str, *, actor: str) -> None:
    """
    Schedule a failed release again.

    Raises:
        Refused: If it did not fail.
    """
    now = clock.now()
    with writing(open_database(settings.load().database_url)) as connection:
        row = find(connection, name)
        _require(row, name, _RETRY_FROM, "retry")
        sets = {"next_at": now, "late_answer": "send"}
        ledger.move(connection, [Step(row["id"], Move.RESCHEDULE, actor, "To be tried again.", sets=sets)], now)


def resolve(name: str, move: str, *, url: str | None, actor: str) -> State:
    """
    Write what a person saw on the channel, and return the new state.

    Raises:
        Refused: If its outcome is not open.
    """
    now = clock.now()
    with writing(open_database(settings.load().database_url)) as connection:
        row = find(connection, name)
        _require(row, name, _RESOLVE_FROM, "resolve")
        chosen = Move(move)
        if chosen is Move.RESCHEDULE and row["state"] == State.HANDED_OVER:
            message = f"Release {name} was handed to a person, who posts it."
            raise Refused(message, "Say --absent where nobody will; then `cordiale retry` hands it over again.")
        sets: dict[str, Any] = {"key_since": None}  # somebody looked: there is no doubt any more
        if chosen is Move.CONFIRM:
            sets |= {"published_at": now, "remote_url": url}
        elif chosen is Move.RESCHEDULE:
            sets |= {"next_at": now, "late_answer": "send"}
        words = {
            "confirm": "Seen on the channel.",
            "deny": "Not on the channel.",
            "reschedule": "Not on the channel; to be sent.",
        }
        ledger.move(connection, [Step(row["id"], chosen, actor, words[move], sets=sets)], now)
        return advance(State(row["state"]), chosen)


def _require(row: dict[str, Any], name: str, states: set[State], verb: str) -> None:
    if row["state"] not in states:
        message = f"Release {name} is {row['state']}; there is nothing to {verb}."
        raise Refused(message, f"See `cordiale why {name}`.")


def retract(name: str, *, partner: str, reason: str) -> str:
    """
    Take a published release down on its channel, and say how that went.

    Raises:
        Refused: If it is not published, its channel cannot take down, or *partner* is not in the trust file.
    """
    workspace, now = settings.load(), clock.now()
    trust = TrustStore(workspace.trust).current(now)
    if partner not in trust.partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(trust.partners)}.")
    database = open_database(workspace.database_url)
    with writing(database) as connection:
        row = find(connection, name)
        outgoing = parse(row["outgoing"])
        if row["state"] == State.PUBLISHED and not roster.capabilities(outgoing.kind, outgoing.options).can_retract:
            message = f"What {outgoing.kind} delivered cannot be taken back: {name} stays published."
            raise Refused(message, "Publish a correction as a release of its own.")
        if row["state"] != State.RETRACTING:
            _require(row, name, {State.PUBLISHED}, "retract")
            step = Step(row["id"], Move.RETRACT, partner, reason, sets={"retract_reason": reason})
            ledger.move(connection, [step], now)
    try:
        asyncio.run(_take_down(workspace, row, loopback_only=trust.rehearsal_only))
    except PublisherRefused as error:
        why = f"The channel did not take it down: {error.message}"
        with writing(database) as connection:
            ledger.move(connection, [Step(row["id"], Move.REMAIN, "engine", why)], clock.now())
        message = f"{name} is still there: {error.message}"
        raise Refused(
            message, error.hint or "It stays published. Publish a correction as a release of its own."
        ) from error
    except (CordialeError, TimeoutError) as error:
        said = error.message if isinstance(error, CordialeError) else "the channel does not answer."
        message = f"{name} is still there: {said}"
        raise Refused(message, "It stays `retracting`; run the same command again.") from error
    with writing(database) as connection:
        ledger.move(connection, [Step(row["id"], Move.VANISH, partner, reason)], clock.now())
    return f"{name} was taken down from {outgoing.account}."


async def _take_down(workspace: Settings, row: dict[str, Any], *, loopback_only: bool) -> None:
    outgoing = parse(row["outgoing"])
    delivery = Delivery(outgoing, idempotency_key(row["id"], row["digest"]), row["digest"], now=clock.now())
    async with Desk(workspace, loopback_only=loopback_only) as desk:
        publisher = desk.publisher(endpoint_of(outgoing))
        async with asyncio.timeout(PATIENCE):
            await publisher.retract(delivery, row["remote_id"] or delivery.key)
