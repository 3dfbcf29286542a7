"""Gather what the gate looks at: trust file, signatures, holds, blackouts, what was said before, breakers."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select

from campaigns.audit.memory import Memory
from campaigns.calendar.wall_time import span
from campaigns.errors import CordialeError
from campaigns.models.window import Blackout
from campaigns.signoff import ended
from campaigns.signoff.approvals import Signatures, fresh
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store import damaged
from campaigns.store.engine import reading
from campaigns.store.tables import table
from scheduler.releases import debts
from scheduler.releases.facts import Evidence, Silence
from scheduler.releases.journal import Journal
from scheduler.releases.ledger import RELEASE
from scheduler.releases.locality import stays_here
from scheduler.releases.models import ChannelState, Hold
from scheduler.releases.outgoing import parse
from scheduler.releases.states import State

HOLD = table(Hold)
CHANNEL_STATE = table(ChannelState)
_BLACKOUT = table(Blackout)
#: States in which the words of a release are out, may be, or have been.
_OUT = (State.SENDING, State.PUBLISHED, State.UNCERTAIN, State.HANDED_OVER, State.RETRACTING, State.RETRACTED)
SAID = tuple(state.value for state in _OUT)
_BLACKOUT_FIELDS = ("campaign", "id", "partner", "start", "end", "zone", "reason")
_HOLD_FIELDS = ("id", "scope", "target", "partner", "reason")
#: What is asked for every group, put together once.
_SILENCES = select(*(_BLACKOUT.c[name] for name in _BLACKOUT_FIELDS))
_STANDING = select(*(HOLD.c[name] for name in _HOLD_FIELDS)).where(HOLD.c.lifted_at.is_(None))
_EVERY = damaged.picking(CHANNEL_STATE)
_AMONG = damaged.picking(CHANNEL_STATE, CHANNEL_STATE.c.channel.in_(bindparam("channels", expanding=True)))
_SAME = select(RELEASE.c.bytes_digest, RELEASE.c.id).where(
    RELEASE.c.bytes_digest.in_(bindparam("words", expanding=True)), RELEASE.c.state.in_(SAID)
)


class EvidenceRoom:
    """
    What one process knows of trust and signatures, kept between batches.

    Envelopes are verified once for each trust version; the trust file's expiry is asked each time.
    """

    def __init__(self, trust_folder: Path, journal: Journal) -> None:
        self.folder = trust_folder
        self.journal = journal
        self._trust = TrustStore(trust_folder)
        self._seen = Memory(trust_folder)
        self.log_fault = ""  #: why the event log is not the one that this machine has seen, when last looked at
        self._signatures: Signatures | None = None
        self._known: tuple[object, ...] | None = None

    def gather(self, connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> Evidence:
        """Return the evidence for *rows* as of this transaction."""
        trust, fault = self._look(connection, now)
        owing, debt_fault = _debts(connection, self.folder) if trust is not None and trust.urgent else ({}, "")
        holds, hold_fault = standing_holds(connection, self.folder)
        log_fault = self.remember(connection.engine)
        return Evidence(
            trust=trust,
            trust_fault=fault,
            signatures=self._signatures,
            holds=holds,
            hold_fault=hold_fault,
            log_fault=log_fault,
            blackouts=blackouts(connection),
            said=said_before(connection, rows),
            journal={row["id"]: last for row in rows if (last := self.journal.outcome(row["id"]))},
            begun={row["id"]: self.journal.begun(row["id"]) for row in rows},
            local={row["id"]: local(row) for row in rows} if trust is not None and trust.rehearsal_only else {},
            breakers=breakers(connection),
            debts=owing,
            debt_fault=debt_fault,
        )

    def prepare(self, database: Engine, now: datetime) -> None:
        """Verify what was signed, and take in the event log, before anything is due: no release shall wait for that."""
        with reading(database) as connection:
            self._look(connection, now)
        self.remember(database)

    def _look(self, connection: Connection, now: datetime) -> tuple[Trust | None, str]:
        """Read trust and signatures where they changed; return the trust, or why nobody can be trusted now."""
        trust, fault = None, ""
        try:
            trust = self._trust.current(now)
            known = (fresh(connection), trust.digest, ended.stamp(self.folder))
            if known != self._known:
                self._signatures = Signatures.load(connection, trust)
                self._known = (*known[:2], ended.stamp(self.folder))  # `load` may just have written there
        except CordialeError as error:
            fault = error.message
            self._signatures, self._known = None, None
        return trust, fault

    def remember(self, database: Engine) -> str:
        """Take in what the event log has become, and return why it is not the one that this machine has seen."""
        try:
            self.log_fault = self._seen.catch_up(database)
        except CordialeError as error:
            self.log_fault = error.message
        return self.log_fault


def _debts(connection: Connection, folder: Path) -> tuple[dict[tuple[str, str], str], str]:
    """Return the rules of the debts that are open, and why they cannot be known: then nothing urgent goes out."""
    try:
        return {key: debt.rule for key, debt in debts.standing(connection, folder).items()}, ""
    except CordialeError as error:
        return {}, error.message


def local(row: Mapping[str, Any]) -> bool:
    """Return whether the endpoint in the stored bytes of *row* stays on this machine; what nobody can read does not."""
    try:
        outgoing = parse(row["outgoing"])
        return stays_here(outgoing.kind, outgoing.server)
    except (CordialeError, ValueError, TypeError, AttributeError):
        return False


def standing_holds(connection: Connection, trust_folder: Path) -> tuple[list[Mapping[str, Any]], str]:
    """
    Return the holds that stand, by table and by the held-file beside the trust file, and why they cannot be read.

    Only what says whom they hold is read: damage to the rest of a row changes nothing. One of an unknown scope
    holds everything.
    """
    rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(_STANDING).mappings()]
    path, known = held_file(trust_folder), {(row["id"], row["scope"], row["target"]) for row in rows}
    try:
        held = json.loads(path.read_text("utf-8"))
        if not isinstance(held, list):
            raise TypeError  # noqa: TRY301 (one answer for every way to be damaged)
        written = [{name: str(each[name]) for name in _HOLD_FIELDS} for each in held]
    except FileNotFoundError:
        return rows, ""
    except (OSError, ValueError, KeyError, TypeError):
        return rows, f"the held-file {path.name} is damaged"
    # One that the table has under the same id, over something else, was turned aside there: both stand.
    return rows + [each for each in written if (each["id"], each["scope"], each["target"]) not in known], ""


def held_file(trust_folder: Path) -> Path:
    """Return where holds are kept outside the database."""
    return trust_folder / "local" / "held.json"


def blackouts(connection: Connection) -> list[Silence]:
    """Return every blackout; one whose times cannot be read never ends."""
    found = []
    for row in connection.execute(_SILENCES).mappings():
        readable = True
        try:
            start, end = span(row["start"], row["zone"])[0], span(row["end"], row["zone"])[1]
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):  # not a wall time, or not a zone
            readable = False
            start, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        found.append(Silence(row["campaign"], row["id"], row["partner"], start, end, row["reason"], readable))
    return found


def said_before(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the words of *rows* that already went out, or may have, and in which release."""
    wanted = sorted({row["bytes_digest"] for row in rows})
    ours = {row["id"] for row in rows if row["state"] in SAID}
    return {digest: release for digest, release in connection.execute(_SAME, {"words": wanted}) if release not in ours}


def breakers(connection: Connection) -> dict[str, tuple[datetime, str]]:
    """
    Return the channels that are left alone, by their breaker or because they asked: until when, and why.

    One whose row cannot be read stays so.
    """
    found = {}
    for row in channel_states(connection):
        if instants := [row[name] for name in ("open_until", "busy_until") if row[name]]:
            found[row["channel"]] = (max(instants), row["why"])
    return found


def channel_states(
    connection: Connection,
    channels: Collection[str] | None = None,
    *,
    lock: bool = False,
    skip_locked: bool = False,
) -> list[dict[str, Any]]:
    """Return what is known of *channels*, or of all; of a damaged row, that its channel stays closed."""
    rows = []
    picked, values = (_EVERY, {}) if channels is None else (_AMONG, {"channels": list(channels)})
    for row, wrong in damaged.read(connection, CHANNEL_STATE, picked, values, lock=lock, skip_locked=skip_locked):
        closed = {"open_until": datetime.max.replace(tzinfo=UTC), "why": "its row in the database is damaged"}
        rows.append({**row, **closed} if wrong else row)
    return rows
