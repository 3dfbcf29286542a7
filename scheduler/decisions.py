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
from scheduler.releases import ledger, threads
from scheduler.releases.find import find
from scheduler.releases.identity import idempotency_key, part_key
from scheduler.releases.journal import ClosedJournal
from scheduler.releases.ledger import Step
from scheduler.releases.outgoing import parse
from scheduler.releases.retract_codes import Code
from scheduler.releases.states import Move, State, advance

#: Where a thread may stand of which some parts are out, and nothing is in doubt.
PARTLY = {State.DRAFT, State.SCHEDULED, State.REFUSED, State.FAILED, State.CANCELLED}
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
        elif threads.begun(connection, [row]):
            message = f"{_partly(connection, row)} It cannot expire as if nothing had left."
            raise Refused(message, f"Send the rest (--send), or take it down: `cordiale retract {name}`.")
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
        journal = ClosedJournal(settings.load().trust).open()
        thread = threads.of_row(connection, row, journal)
        row["tries"] = max(row["tries"], journal.begun(row["id"]))  # what the table forgot is settled now
        if thread is not None and row["state"] == State.UNCERTAIN:
            return _settle_part(connection, row, thread, chosen, url, actor, reason, now)
        if chosen is Move.CONFIRM:
            sets |= {"published_at": now, "remote_url": url}
        else:
            sets["tries"] = row["tries"]
        if chosen is Move.RESCHEDULE:
            sets |= {"next_at": now, "late_answer": "send"}
        words = {
            "confirm": "Seen on the channel.",
            "deny": "Not on the channel.",
            "reschedule": "Not on the channel; to be sent.",
        }
        ledger.move(connection, [Step(row["id"], chosen, actor, f"{words[move]} {reason}".strip(), sets=sets)], now)
        return advance(State(row["state"]), chosen)


def _settle_part(
    connection: Connection,
    row: dict[str, Any],
    thread: threads.Out,
    chosen: Move,
    url: str | None,
    actor: str,
    reason: str,
    now: datetime,
) -> State:
    """Write what a person saw of the part of a thread that was in doubt; where it is there, the rest is sent."""
    part = len(thread.ids) + 1
    sets = {"key_since": None, "next_at": now, "late_answer": "send", "tries": row["tries"]}
    named = f"Part {part} of {thread.total}"
    if chosen is Move.CONFIRM:
        why = f"Seen on the channel{f' at {url}' if url else ''}."
        key = part_key(idempotency_key(row["id"], row["digest"]), part - 1)
        seen = {"release": row["id"], "part": part - 1, "fence": row["fence"], "act": "publish", "key": key}
        remote_id = _id_at(row, url, needed=part < thread.total)
        ledger.see_part(connection, {**seen, "started_at": now, "detail": why[:500]}, remote_id, now)
        if part == thread.total:
            sets = {"key_since": None, "published_at": now}
        else:
            chosen, why, sets = Move.RESCHEDULE, f"{why} The rest is to be sent.", {**sets, "published_at": now}
        sets |= {"remote_url": url, "remote_id": remote_id} if part == 1 and url else {}
    else:
        why = "Not on the channel." if chosen is Move.DENY else "Not on the channel; to be sent."
        why = f"{why} {thread}" if thread.ids else why
    ledger.move(connection, [Step(row["id"], chosen, actor, f"{named}: {why} {reason}".strip(), sets=sets)], now)
    return advance(State(row["state"]), chosen)


def _id_at(row: dict[str, Any], url: str | None, *, needed: bool) -> str | None:
    """
    Return the id that a channel knows a post by, as far as its link tells.

    Raises:
        Refused: If it is *needed*, for the next part answers it and the channel cannot be asked, and *url* has none.
    """
    outgoing = parse(row["outgoing"])
    tells, found = roster.id_at(outgoing.kind, url)
    if tells and needed and found is None:
        message = f"The next part answers this one, and only its link tells {outgoing.kind} which it is."
        raise Refused(message, "Give --url with --published: the link that the channel shows for that post.")
    return found


def _partly(connection: Connection, row: dict[str, Any]) -> str:
    """Say how many parts of a thread are out."""
    return f"Of release {row['id']}, {threads.of_row(connection, row) or 'some parts are out.'}"


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
        if not (row["state"] in PARTLY and threads.begun(connection, [row])):
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
