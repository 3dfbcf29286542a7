"""
Hold and resume: the only writer of `hold`.

Any one partner holds; it lifts when all have agreed, each with a signature. After `place` returns no release
begins: it takes the lock that begin-send shares (SQLite's writing transaction, PostgreSQL's advisory lock).
A copy stands in a held-file beside the trust file, which the daemon honours when the table has forgotten.
"""

import hashlib
import json
import os
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
from campaigns.errors import EnvironmentFault, Refused
from scheduler.releases.evidence import HOLD, held_file, standing_holds
from scheduler.releases.ledger import RELEASE
from scheduler.releases.states import State

SHOWN = 6  #: names that a hint lists
LOCK = 0x0C04D1A1E  #: PostgreSQL advisory lock: shared by begin-send, exclusive in hold
SCOPES = ("all", "campaign", "channel", "partner")


def share_lock(connection: Connection) -> None:
    """Take the hold lock as a sender; many may. SQLite's writing transaction already excludes."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": LOCK})


def place(
    connection: Connection, folder: Path, *, scope: str, target: str, partner: str, reason: str, at: datetime
) -> tuple[str, list[Mapping[str, Any]]]:
    """
    Place a hold and return its id with the releases that are already on the wire.

    Shapes: *scope* is one of `SCOPES`; *target* is "" for all. It stands once the caller's transaction commits.

    Raises:
        Refused: If there is no such campaign, channel or issuing partner: a hold on nothing would reassure falsely.
    """
    _own_lock(connection)
    _check_target(connection, scope, target)
    hold_id = uuid.uuid4().hex[:12]
    row = {"id": hold_id, "scope": scope, "target": target, "partner": partner, "placed_at": at, "reason": reason}
    connection.execute(insert(HOLD), {**row, "resumed_by": []})
    append(connection, [Fact(partner, "hold.place", hold_id, after=f"{scope} {target}".strip(), why=reason)], at)
    with suppress(Refused):  # a damaged held-file holds everything; it is left for people to look at
        _adopt(connection, folder)
        _write_held_file(connection, folder)
    columns = (RELEASE.c.id, RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.locale, RELEASE.c.channel)
    sending = select(*columns).where(RELEASE.c.state == State.SENDING.value).order_by(RELEASE.c.due_at, RELEASE.c.id)
    if scope != "all":
        sending = sending.where(_column(scope) == target)
    return hold_id, [dict(row) for row in connection.execute(sending).mappings()]


def _own_lock(connection: Connection) -> None:
    """Take the hold lock alone: no release begins, and no other hold changes, before this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _column(scope: str) -> Column[str]:
    return {"campaign": RELEASE.c.campaign, "channel": RELEASE.c.channel, "partner": RELEASE.c.issuer}[scope]


def _check_target(connection: Connection, scope: str, target: str) -> None:
    if scope not in SCOPES or bool(target) == (scope == "all"):
        message = f"There is no hold on {scope} '{target}'."
        raise Refused(message, "Hold everything, or name one campaign, channel or partner.")
    if scope == "all" or connection.execute(select(RELEASE.c.id).where(_column(scope) == target).limit(1)).first():
        return
    known = sorted(connection.scalars(select(_column(scope)).distinct()))
    near = get_close_matches(target, known, n=1)
    message = f"No release belongs to {scope} '{target}', so nothing was held."
    meant = f"Did you mean '{near[0]}'? " if near else ""
    raise Refused(
        message, f"{meant}Known: {', '.join(known[:SHOWN]) or 'none'}. `cordiale hold` alone holds everything."
    )


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
) -> list[str]:
    """
    Write that *partner* agrees to lift *hold*, and return the partners still missing; none left lifts it.

    Raises:
        Refused: If *partner* is not one of *partners*.
    """
    if partner not in partners:
        message = f"{partner} is not a partner of the trust file."
        raise Refused(message, f"Partners are {', '.join(partners)}.")
    agreed = sorted({*hold["resumed_by"], partner})
    missing = [each for each in partners if each not in agreed]
    values: dict[str, Any] = {"resumed_by": agreed}
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
    kept = [
        {name: row[name] for name in ("id", "scope", "target", "partner", "reason")}
        for row in connection.execute(select(HOLD).where(HOLD.c.lifted_at.is_(None))).mappings()
    ]
    path = held_file(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        message = f"The held-file {path} cannot be written: {error.strerror}."
        raise EnvironmentFault(
            message, "Nothing was changed; give this user the right to write there, then hold again."
        ) from error


def _adopt(connection: Connection, folder: Path) -> None:
    """
    Write the holds that stand in the held-file alone back to the table.

    Raises:
        Refused: If the held-file is damaged.
    """
    known = {row.id: row.lifted_at for row in connection.execute(select(HOLD.c.id, HOLD.c.lifted_at))}
    found, fault = standing_holds(connection, folder)
    if fault:
        message = f"Holds cannot be lifted: {fault}."
        raise Refused(message, "Mend or remove trust/local/held.json by hand, after asking every partner.")
    now, facts = clock.now(), []
    for each in found:
        if each["id"] not in known:
            row = {name: each[name] for name in ("id", "scope", "target", "partner", "reason")}
            connection.execute(insert(HOLD), {**row, "placed_at": now, "resumed_by": []})
        elif known[each["id"]] is not None:
            again = update(HOLD).where(HOLD.c.id == each["id"]).values(lifted_at=None, resumed_by=[])
            connection.execute(again)
        else:
            continue
        why = "It stands in the held-file; the table had forgotten it."
        facts.append(
            Fact("engine", "hold.adopt", each["id"], after=f"{each['scope']} {each['target']}".strip(), why=why)
        )
    append(connection, facts, now)
