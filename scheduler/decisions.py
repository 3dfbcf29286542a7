"""What a person decides about one release, and what the table then says: late, retry, resolve, retract."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from campaigns import clock, settings
from campaigns.errors import Refused
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import open_database, reading, writing
from scheduler import roster
from scheduler.engine import retraction
from scheduler.releases import ledger
from scheduler.releases.find import find
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import parse
from scheduler.releases.retract_codes import Code
from scheduler.releases.states import Move, State, advance

_RETRY_FROM = {State.FAILED}
_RESOLVE_FROM = {State.UNCERTAIN, State.HANDED_OVER, State.RETRACTING}


@contextmanager
def _database() -> Iterator[Engine]:
    """Give the workspace's database, and let its connections go at the end."""
    database = open_database(settings.load().database_url)
    try:
        yield database
    finally:
        database.dispose()


def answer_late(name: str, *, send: bool, actor: str) -> None:
    """
    Answer for a release that is late: send it all the same, or let it expire.

    Raises:
        Refused: If it is not scheduled, or not late.
    """
    now = clock.now()
    with _database() as database, writing(database) as connection:
        row = find(connection, name)
        _require(row, name, {State.SCHEDULED}, "answer for")
        if row["due_at"] > now:
            message = f"Release {name} is due at {clock.iso(row['due_at'])}: it is not late."
            raise Refused(message, f"See `cordiale why {name}`.")
        if send:
            ledger.note(connection, [row["id"]], {"late_answer": "send", "next_at": now})
            ledger.log(connection, row, "release.late", actor, "Send it late.", now)
        elif ledger.in_doubt(connection, [row]):
            message = f"Release {name} may have gone out: an earlier attempt has no known answer."
            raise Refused(message, "`cordiale run` settles that, or asks you to look and to say `cordiale resolve`.")
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
    with _database() as database, writing(database) as connection:
        row = find(connection, name)
        _require(row, name, _RETRY_FROM, "retry")
        sets = {"next_at": now, "late_answer": "send"}
        ledger.move(connection, [Step(row["id"], Move.RESCHEDULE, actor, "To be tried again.", sets=sets)], now)


def resolve(name: str, move: str, *, url: str | None, actor: str, reason: str = "") -> State:
    """
    Write what a person saw on the channel, and how they know (*reason*), and return the new state.

    Raises:
        Refused: If its outcome is not open.
    """
    now = clock.now()
    with _database() as database, writing(database) as connection:
        row = find(connection, name)
        _require(row, name, _RESOLVE_FROM, "resolve")
        chosen = Move(move)
        if chosen is Move.RESCHEDULE and row["state"] == State.HANDED_OVER:
            message = f"Release {name} was handed to a person, who posts it."
            raise Refused(message, "Say --absent where nobody will; then `cordiale retry` hands it over again.")
        if row["state"] == State.RETRACTING:
            return _settle_takedown(connection, row, name, chosen, actor, now)
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
        ledger.move(connection, [Step(row["id"], chosen, actor, f"{words[move]} {reason}".strip(), sets=sets)], now)
        return advance(State(row["state"]), chosen)


def _settle_takedown(
    connection: Connection, row: dict[str, Any], name: str, chosen: Move, actor: str, now: datetime
) -> State:
    """Write what a person saw of a release that is to come down: it is gone, or it stays."""
    if chosen is Move.RESCHEDULE:
        message = f"Release {name} is being taken down; it is not sent again."
        raise Refused(message, "Say --absent where it is gone, or --published where it stays.")
    gone = chosen is Move.DENY
    words = "A person saw that it is gone." if gone else "It stays, says a person."
    # The fence moves, so that an attempt under way has nothing more to say.
    sets = {"retracted_at": now if gone else None, "fence": row["fence"] + 1}
    step = Step(row["id"], Move.VANISH if gone else Move.REMAIN, actor, words, sets=sets)
    ledger.move(connection, [step], now)
    return State.RETRACTED if gone else State.PUBLISHED


def _require(row: dict[str, Any], name: str, states: set[State], verb: str) -> None:
    if row["state"] not in states:
        message = f"Release {name} is {row['state']}; there is nothing to {verb}."
        raise Refused(message, f"See `cordiale why {name}`.")


def retract(name: str, *, partner: str, code: Code, words: str) -> dict[str, Any]:
    """
    Ask that a published release is taken down, and return its row; the daemon does it, through every hold.

    Raises:
        Refused: If it is not published, its channel cannot take down, or *partner* is not in the trust file.
    """
    workspace, now = settings.load(), clock.now()
    trust = TrustStore(workspace.trust).current(now)
    if partner not in trust.partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(trust.partners)}.")
    with _database() as database, writing(database) as connection:
        row = find(connection, name)
        if row["state"] == State.RETRACTING:  # asked again: try at once, whatever the back-off says
            ledger.note(connection, [row["id"]], {"next_at": now})
            return row
        _require(row, name, {State.PUBLISHED}, "retract")
        outgoing = parse(row["outgoing"])
        if why := retraction.cannot(roster.capabilities, outgoing.kind, outgoing.options):
            message = f"{why} {name} stays published."
            raise Refused(message, "Publish a correction as a release of its own.")
        retraction.ask(connection, row, partner=partner, code=code, words=words, now=now)
    return row


def outcome_of(release: str) -> tuple[State, str]:
    """Return where a release is now, and why."""
    with _database() as database, reading(database) as connection:
        row = ledger.current(connection, [release])[release]
    return State(row["state"]), row["reason"]
