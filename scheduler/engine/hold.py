"""
Hold and resume: the only writer of `hold`.

Any one partner holds; it lifts when all have agreed, each with a signature. After `place` returns no release
begins: it takes the lock that begin-send shares (SQLite's writing transaction, PostgreSQL's advisory lock).
A copy stands in a held-file beside the trust file, which the daemon honours when the table has forgotten.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy import Column, Connection, insert, select, text, update

from campaigns import clock
from campaigns.audit.log import Fact, append
from campaigns.errors import Refused
from campaigns.models.channel import Channel
from campaigns.store.tables import table
from scheduler.engine import held, shared
from scheduler.releases.evidence import HOLD, standing_holds
from scheduler.releases.ledger import ON_LEASE, RELEASE
from scheduler.releases.states import State

SHOWN = 6  #: names that a hint lists
LOCK = 0x0C04D1A1E  #: PostgreSQL advisory lock: shared by begin-send, exclusive in hold
SCOPES = ("all", "campaign", "channel", "partner")
_SCHEDULED = text("state = 'scheduled'")  #: as `release_lane` says it
_CHANNEL = table(Channel)
_SAID = (HOLD.c.id, HOLD.c.scope, HOLD.c.target, HOLD.c.partner, HOLD.c.reason)


def share_lock(connection: Connection) -> None:
    """Take the hold lock as a sender; many may. SQLite's writing transaction already excludes."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": LOCK})


def new_id() -> str:
    """Return the id of a hold that is about to be placed."""
    return uuid.uuid4().hex[:12]


def place(
    connection: Connection,
    folder: Path,
    *,
    scope: str,
    target: str,
    partner: str,
    reason: str,
    at: datetime,
    hold_id: str = "",
) -> tuple[str, list[Mapping[str, Any]]]:
    """
    Place a hold and return its id with the releases that are already on the wire, which it remembers.

    Shapes: *scope* is one of `SCOPES`; *target* is "" for all; *hold_id* is its id where the held-file has it already.
    It stands once the caller's transaction commits.

    Raises:
        Refused: If there is no such campaign, channel or issuing partner: a hold on nothing would reassure falsely.
    """
    _own_lock(connection)
    _check_target(connection, scope, target)
    hold_id = hold_id or new_id()
    wire = _on_the_wire(connection, scope, target)
    row = {"id": hold_id, "scope": scope, "target": target, "partner": partner, "placed_at": at, "reason": reason}
    ids = [each["id"] for each in wire]
    connection.execute(insert(HOLD), {**row, "resumed_by": [], "agreed": {}, "on_the_wire": ids})
    append(connection, [Fact(partner, "hold.place", hold_id, after=f"{scope} {target}".strip(), why=reason)], at)
    with suppress(Refused):  # a damaged held-file holds everything; it is left for people to look at
        _adopt(connection, folder)
        _write_held_file(connection, folder)
    return hold_id, wire


def _on_the_wire(connection: Connection, scope: str, target: str) -> list[Mapping[str, Any]]:
    """Return the releases of a scope that have begun, and of which it is not known yet how they end."""
    columns = (RELEASE.c.id, RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.locale, RELEASE.c.channel)
    begun = ON_LEASE, RELEASE.c.state == State.SENDING.value  # as `release_lease` says it
    sending = select(*columns).where(*begun).order_by(RELEASE.c.due_at, RELEASE.c.id)
    if scope != "all":
        sending = sending.where(_column(scope) == target)
    return [dict(row) for row in connection.execute(sending).mappings()]


def _own_lock(connection: Connection) -> None:
    """Take the hold lock alone: no release begins, and no other hold changes, before this transaction ends, in time."""
    shared.now(connection)  # bounds it
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _column(scope: str) -> Column[str]:
    return {"campaign": RELEASE.c.campaign, "channel": RELEASE.c.channel, "partner": RELEASE.c.issuer}[scope]


def _check_target(connection: Connection, scope: str, target: str) -> None:
    if scope not in SCOPES or bool(target) == (scope == "all"):
        message = f"There is no hold on {scope} '{target}'."
        raise Refused(message, "Hold everything, or name one campaign, channel or partner.")
    if scope == "all" or _holds_any(connection, scope, target):
        return
    known = sorted(connection.scalars(select(_column(scope)).distinct()))
    near = get_close_matches(target, known, n=1)
    message = f"No release belongs to {scope} '{target}', so nothing was held."
    meant = f"Did you mean '{near[0]}'? " if near else ""
    raise Refused(
        message, f"{meant}Known: {', '.join(known[:SHOWN]) or 'none'}. `cordiale hold` alone holds everything."
    )


def _holds_any(connection: Connection, scope: str, target: str) -> bool:
    """Return whether a release belongs to *target* of *scope*; asked in the order of an index, which then serves."""
    mine = _column(scope) == target
    if scope == "campaign":
        found = select(RELEASE.c.id).where(mine).order_by(RELEASE.c.campaign, RELEASE.c.state)
        return connection.execute(found.limit(1)).first() is not None
    channels = [target] if scope == "channel" else []
    if scope == "partner":
        channels = list(connection.scalars(select(_CHANNEL.c.id).where(_CHANNEL.c.issuer == target)))
    lane = select(RELEASE.c.id).where(_SCHEDULED, RELEASE.c.channel.in_(channels), mine)
    looks = [lane.order_by(RELEASE.c.channel, RELEASE.c.next_at)] if channels else []
    looks.append(select(RELEASE.c.id).where(mine))
    return any(connection.execute(each.limit(1)).first() is not None for each in looks)


def digest_of(hold: Mapping[str, Any]) -> str:
    """Return the sha256 of what a partner agrees to lift."""
    said = [hold[name] for name in ("id", "scope", "target", "partner", "reason")]
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def standing(connection: Connection, folder: Path, hold_id: str | None = None) -> list[Mapping[str, Any]]:
    """
    Return the holds that stand, oldest first; only *hold_id* when given.

    A hold that stands in the held-file alone (an older database was restored) is written back to the table.
    Until the transaction ends, nobody else changes one.
    """
    _own_lock(connection)
    _adopt(connection, folder)
    statement = select(HOLD).where(HOLD.c.lifted_at.is_(None)).order_by(HOLD.c.placed_at)
    if hold_id:
        statement = statement.where(HOLD.c.id == hold_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def resume(
    connection: Connection,
    folder: Path,
    *,
    hold: Mapping[str, Any],
    partner: str,
    person: str,
    envelope: str,
    partners: Sequence[str],
    at: datetime,
    thresholds: Mapping[str, int] | None = None,
) -> list[str]:
    """
    Write that *person* agrees to lift *hold* for *partner*, and return the partners still missing; none left lifts it.

    A partner agrees when as many of its persons have signed as its role in the trust file asks for (*thresholds*).

    Raises:
        Refused: If *partner* is not one of *partners*.
    """
    if partner not in partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(partners)}.")
    agreed = {**hold["agreed"], person: partner}
    needed = {each: (thresholds or {}).get(each, 1) for each in partners}
    missing = [each for each in partners if list(agreed.values()).count(each) < needed[each]]
    heard = sorted({*hold["resumed_by"], *(each for each in partners if each not in missing)})
    values: dict[str, Any] = {"agreed": agreed, "resumed_by": heard}
    if not missing:
        values["lifted_at"] = at
    connection.execute(update(HOLD).where(HOLD.c.id == hold["id"]).values(values))
    act = "hold.resume" if missing else "hold.lift"
    append(
        connection,
        [
            Fact(
                person,
                act,
                hold["id"],
                before=hold["scope"],
                detail={"partner": partner, "missing": missing, "envelope": envelope},
            )
        ],
        at,
    )
    if not missing:
        _write_held_file(connection, folder)
    return missing


def _write_held_file(connection: Connection, folder: Path) -> None:
    """Write the standing holds beside the trust file, whole or not at all."""
    rows = connection.execute(select(HOLD.c.lifted_at.is_(None).label("stands"), *_SAID)).mappings().all()
    held.rewrite(folder, [dict(row) for row in rows if row["stands"]], {row["id"] for row in rows})


def adopt(connection: Connection, folder: Path) -> None:
    """
    Write the holds that stand in the held-file alone into the table: they were placed while it did not answer.

    Raises:
        Refused: If the held-file is damaged.
    """
    _own_lock(connection)
    _adopt(connection, folder)


def _adopt(connection: Connection, folder: Path) -> None:
    """
    Write the holds that stand in the held-file alone, or there over something else, back to the table.

    Raises:
        Refused: If the held-file is damaged.
    """
    columns = (HOLD.c.id, HOLD.c.scope, HOLD.c.target, HOLD.c.lifted_at.is_(None).label("stands"))
    known = {row.id: row for row in connection.execute(select(*columns))}
    found, fault = standing_holds(connection, folder)
    if fault:
        message = f"Holds cannot be lifted: {fault}."
        raise Refused(message, "Mend or remove trust/local/held.json by hand, after asking every partner.")
    now, facts = clock.now(), []
    wires = {each["id"]: each["on_the_wire"] for each in held.read(folder) or []}
    for each in found:
        there = known.get(each["id"])
        if there is None:
            row = {name: each[name] for name in ("id", "scope", "target", "partner", "reason")}
            fresh = {"placed_at": now, "resumed_by": [], "agreed": {}, "on_the_wire": wires.get(each["id"], [])}
            connection.execute(insert(HOLD), {**row, **fresh})
        elif not there.stands or (there.scope, there.target) != (each["scope"], each["target"]):
            meant = {name: each[name] for name in ("scope", "target", "partner", "reason")}
            again = {**meant, "lifted_at": None, "resumed_by": [], "agreed": {}}
            connection.execute(update(HOLD).where(HOLD.c.id == each["id"]).values(**again))
        else:
            continue
        why = "It stands in the held-file: it was placed while the database did not answer, or the table forgot it."
        facts.append(
            Fact("engine", "hold.adopt", each["id"], after=f"{each['scope']} {each['target']}".strip(), why=why)
        )
    append(connection, facts, now)
