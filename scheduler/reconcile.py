"""
After a restore: a person settles that the log goes on from an older database, and publishing may begin again.

What this machine had seen is put away beside the trust files, not thrown away; the log goes on under a new name, since
its checkpoints contradict those of before; and who settled it, with a signature, is the next event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from campaigns import clock
from campaigns.audit import tree
from campaigns.audit.log import Fact, append
from campaigns.audit.memory import Memory
from campaigns.audit.merkle import root_of
from campaigns.audit.note import Key, Note, signed
from campaigns.errors import NotTrusted, Refused
from campaigns.settings import Settings
from campaigns.signoff import keys
from campaigns.signoff.trust import Trust
from campaigns.store.engine import reading, writing
from scheduler.releases.evidence import SAID
from scheduler.releases.journal import ClosedJournal
from scheduler.releases.ledger import RELEASE

ACT = "db.reconcile"


@dataclass(frozen=True)
class Settled:
    """What was settled."""

    origin: str  #: the name under which the log goes on
    seen: int  #: events that this machine had seen
    found: int  #: events that the database holds
    kept: Path | None  #: where what had been seen was put
    sent: int  #: releases that the send journal knows as sent and the table does not


def reconcile(database: Engine, workspace: Settings, trust: Trust, *, person: str, key: Path, because: str) -> Settled:
    """
    Let the log go on from what the database holds now.

    Raises:
        NotTrusted: If *key* is not one of *person* in the trust file.
        Refused: If there is nothing to settle, or no reason.
        EnvironmentFault: If what was seen cannot be put away.
    """
    if not because.strip():
        message = "A restore is settled with a reason."
        raise Refused(message, "Say why the database is older than what was seen, with --because.")
    signer, public = keys.load_plain(key)
    if trust.person_of(signer.public_key.keyid) != person:
        message = f"The key {key} is not one of {person} in the trust file."
        raise NotTrusted(message, "Give --as the person whom `cordiale trust show` names for the key.")
    now, memory = clock.now(), Memory(workspace.trust)
    fault = memory.catch_up(database)
    if not fault:
        message = "The log is the one that this machine has seen; there is nothing to settle."
        raise Refused(message, "See what keeps a release with `cordiale why RELEASE`.")
    seen = memory.hashes()
    with writing(database) as connection:
        before, after = tree.rename(connection)
        found = tree.take(connection).frontier
        states = f"{len(seen)} {root_of(seen).hex()}", f"{found.size} {found.root().hex()}"
        text = _text(before, states, now, person, because)
        note = signed(Note(text), Key("cordiale.person", public), lambda m: bytes.fromhex(signer.sign(m).signature))
        detail = {"log": before, "fault": fault, "note": str(note)}
        append(connection, [Fact(person, ACT, after, None, *states, why=because, detail=detail)], now)
    kept = memory.put_away(now)
    memory.catch_up(database)
    return Settled(after, len(seen), found.size, kept, _forgotten(database, workspace))


def _text(log: str, states: tuple[str, str], now: datetime, person: str, because: str) -> str:
    """Return what the person signs: lines of plain text."""
    said = " ".join(because.split())
    return f"cordiale restore\n{log}\nseen {states[0]}\nfound {states[1]}\n{clock.iso(now)}\n{person}: {said}\n"


def _forgotten(database: Engine, workspace: Settings) -> int:
    """Return how many releases the send journal knows as sent, or maybe sent, and the table as neither."""
    journal = ClosedJournal(workspace.trust).open()
    with reading(database) as connection:
        known: Mapping[str, str] = {
            row.id: row.state for row in connection.execute(select(RELEASE.c.id, RELEASE.c.state))
        }
    sent = (each for each in journal.releases() if journal.outcome(each) in {"published", "part", "begun", "unknown"})
    return sum(1 for each in sent if known.get(each) not in SAID)
