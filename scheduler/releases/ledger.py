"""
The only writer of the tables `release` and `attempt`: every move is a row of `states`, and an event.

All functions work inside the transaction that the caller opened. `move` reads the rows it moves, asks
`states.advance`, and writes; a row whose fence or state is not what the caller thinks is left alone and given back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, text, update

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text
from campaigns.store.tables import table
from scheduler.releases.models import Attempt, Release
from scheduler.releases.states import IllegalMove, Move, State, advance

LOG = structlog.get_logger()
RELEASE = table(Release)
ATTEMPT = table(Attempt)
_HEAD = (RELEASE.c.id, RELEASE.c.campaign, RELEASE.c.state, RELEASE.c.fence)
_STATES = frozenset(State)
CHUNK = 500  #: ids in one IN list
LEASED = frozenset({State.CLAIMED, State.SENDING})  #: states that a lease goes with; it ends when they do

#: States as SQL literals, so that the partial index `release_due` serves. SQLite knows no row locks.
_TAKE = """
WITH pick AS (
    SELECT r.id FROM release r
    WHERE r.state = 'scheduled' AND r.next_at <= :now
      AND NOT EXISTS (
        SELECT 1 FROM hold h WHERE h.lifted_at IS NULL AND (
            h.scope = 'all'
            OR (h.scope = 'campaign' AND h.target = r.campaign)
            OR (h.scope = 'channel' AND h.target = r.channel)
            OR (h.scope = 'partner' AND h.target = r.issuer)))
      AND NOT EXISTS (
        SELECT 1 FROM channel_state c WHERE c.channel = r.channel
          AND (c.open_until > :now OR c.next_free_at > :now))
      AND {which}
    ORDER BY r.next_at, r.id LIMIT :limit {lock}
)
UPDATE release SET state = 'claimed', fence = fence + 1, owner = :owner, lease_until = :until
WHERE id IN (SELECT id FROM pick)
RETURNING id, fence, channel, campaign, next_at
"""
_UNRATED = "NOT EXISTS (SELECT 1 FROM channel d WHERE d.id = r.channel AND d.rate IS NOT NULL)"
_ROOMY = "r.channel NOT IN :crowded"
_OF_CHANNEL = "r.channel = :channel"


@dataclass(frozen=True)
class Step:
    """One move of one release, what else is written with it, and why."""

    id: str
    move: Move
    actor: str = "engine"
    why: str = ""
    fence: int | None = None  #: the claim it belongs to; None: any
    sets: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """What `move` did: the rows as they were, and the steps that no longer applied."""

    done: dict[str, dict[str, Any]]
    stale: tuple[Step, ...]


def book(connection: Connection, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> None:
    """Add new releases as drafts (or as they are, where history is recorded)."""
    if not rows:
        return
    names = {name for row in rows for name in row}  # the first row would decide for all which columns are written
    connection.execute(insert(RELEASE), [{name: row.get(name) for name in names} for row in rows])
    append(
        connection,
        [
            Fact(
                actor,
                "release.book" if row["state"] == State.DRAFT else "release.record",
                row["id"],
                campaign=row["campaign"],
                after=row["state"],
                why=row.get("reason", ""),
                detail={"digest": row["digest"]},
            )
            for row in rows
        ],
        at,
    )


def move(
    connection: Connection, steps: Sequence[Step], at: datetime, *, locked: Mapping[str, dict[str, Any]] | None = None
) -> Moved:
    """
    Move releases and log it. Steps that the state or the fence no longer allows come back as stale.

    *locked* are the rows as `current` (with `lock`) or `heads` gave them to this very transaction; they are not read
    again.

    Raises:
        IllegalMove: If a step without a fence is not a row of `states.TRANSITIONS`: a person asked for it.
    """
    rows = current(connection, [step.id for step in steps], lock=True) if locked is None else dict(locked)
    done: dict[str, dict[str, Any]] = {}
    stale: list[Step] = []
    writes: dict[str, dict[str, Any]] = defaultdict(dict)
    facts: list[Fact] = []
    for step in steps:
        row = rows.get(step.id)
        if row is None or (step.fence is not None and step.fence != row["fence"]):
            stale.append(step)
            continue
        try:
            after = advance(State(row["state"]), step.move)
        except IllegalMove:
            if step.fence is None:
                raise
            stale.append(step)
            continue
        freed = {} if after in LEASED else {"owner": None, "lease_until": None}
        values = {**freed, **step.sets, "state": after.value, "reason": step.why}
        writes[step.id].update(values)
        done.setdefault(step.id, row)
        rows[step.id] = {**row, **values}  # a second step of the same release starts from here
        facts.append(
            Fact(
                step.actor,
                f"release.{step.move}",
                step.id,
                campaign=row["campaign"],
                before=row["state"],
                after=after.value,
                why=step.why,
                detail=dict(step.detail),
            )
        )
    _write(connection, writes)
    append(connection, facts, at)
    return Moved(done, tuple(stale))


def _write(connection: Connection, writes: Mapping[str, Mapping[str, Any]]) -> None:
    """Update rows, one statement for all that write the same columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for release, values in writes.items():
        row = {"_id": release, **{f"_{key}": value for key, value in values.items()}}
        alike[tuple(sorted(values))].append(row)
    for columns, rows in alike.items():
        statement = update(RELEASE).where(RELEASE.c.id == bindparam("_id"))
        connection.execute(statement.values({name: bindparam(f"_{name}") for name in columns}), rows)


def take(
    connection: Connection,
    *,
    owner: str,
    until: datetime,
    limit: int,
    now: datetime,
    channel: str = "",
    crowded: Collection[str] = (),
) -> list[RowMapping]:
    """
    Claim due releases for *owner* under a lease, oldest first: those of *channel*, or of all channels without a rate.

    Finding and taking is one statement, so that no two daemons take the same. Gives id, fence, channel, campaign
    and next_at. What is held, or whose channel is paused, is not taken; nor are channels in *crowded*.
    """
    values: dict[str, Any] = {"now": instant_text(now), "until": instant_text(until), "owner": owner, "limit": limit}
    which = _OF_CHANNEL if channel else _UNRATED
    if channel:
        values["channel"] = channel
    if crowded:
        which, values["crowded"] = f"{which} AND {_ROOMY}", list(crowded)
    lock = "FOR UPDATE OF r SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    statement = text(_TAKE.format(which=which, lock=lock))
    if crowded:
        statement = statement.bindparams(bindparam("crowded", expanding=True))
    rows = list(connection.execute(statement, values).mappings())
    facts = [
        Fact("engine", "release.claim", row["id"], campaign=row["campaign"], before="scheduled", after="claimed")
        for row in rows
    ]
    append(connection, facts, now)
    return rows


def note(connection: Connection, ids: Iterable[str], values: Mapping[str, Any]) -> None:
    """Write columns that are not the state: when to look again, an answer to an ask, a lease."""
    wanted = list(ids)
    if wanted:
        statement = update(RELEASE).where(RELEASE.c.id == bindparam("_id")).values(dict(values))
        connection.execute(statement, [{"_id": each} for each in wanted])


def current(connection: Connection, ids: Sequence[str], *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """
    Return the rows of *ids*, by id; with *lock*, nobody else moves them before this transaction ends.

    A row that somebody damaged past reading is left out, and harms no other.
    """
    rows: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = list(ids[start : start + CHUNK])
        try:
            rows.update(_read(connection, chunk, lock=lock))
        except (ValueError, TypeError):
            rows.update(_one_by_one(connection, chunk, lock=lock))
    return rows


def heads(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what `move` needs of the rows of *ids*, locked; a row that somebody damaged is left out."""
    rows: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        statement = select(*_HEAD).where(RELEASE.c.id.in_(ids[start : start + CHUNK])).order_by(RELEASE.c.id)
        found = connection.execute(statement.with_for_update()).mappings()
        rows.update({row["id"]: dict(row) for row in found if row["state"] in _STATES})
    return rows


def _read(connection: Connection, ids: Sequence[str], *, lock: bool) -> dict[str, dict[str, Any]]:
    statement = select(RELEASE).where(RELEASE.c.id.in_(ids)).order_by(RELEASE.c.id)
    found = connection.execute(statement.with_for_update() if lock else statement)
    rows = {row["id"]: dict(row) for row in found.mappings()}
    for row in rows.values():
        State(row["state"])  # a word that is no state is damage as well
    return rows


def _one_by_one(connection: Connection, ids: Sequence[str], *, lock: bool) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for each in ids:
        try:
            rows.update(_read(connection, [each], lock=lock))
        except (ValueError, TypeError) as error:
            LOG.error("a release cannot be read from the table", release=each, why=str(error))
    return rows


def open_attempts(connection: Connection, attempts: Sequence[Mapping[str, Any]]) -> None:
    """Put attempts on record, before the wire is touched."""
    if attempts:
        connection.execute(insert(ATTEMPT), [dict(attempt) for attempt in attempts])


def close_attempts(connection: Connection, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Write how attempts ended: rows of release, fence, act, outcome, remote_id, detail, finished_at."""
    if outcomes:
        statement = (
            update(ATTEMPT)
            .where(
                ATTEMPT.c.release == bindparam("_release"),
                ATTEMPT.c.fence == bindparam("_fence"),
                ATTEMPT.c.act == bindparam("_act"),
                ATTEMPT.c.outcome.is_(None),
            )
            .values({name: bindparam(f"_{name}") for name in ("outcome", "remote_id", "detail", "finished_at")})
        )
        connection.execute(statement, [{f"_{key}": value for key, value in each.items()} for each in outcomes])


def in_doubt(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """
    Return the releases of *rows* that may have gone out: an attempt under their key has no known answer.

    A person who says what became of it, or a look-up that does not find it, clears `key_since` and with it the doubt.
    """
    since = {row["id"]: row["key_since"] for row in rows if row["tries"] and row["key_since"]}
    ids, found = list(since), set()
    for start in range(0, len(ids), CHUNK):
        statement = select(ATTEMPT.c.release, ATTEMPT.c.started_at).where(
            ATTEMPT.c.release.in_(ids[start : start + CHUNK]),
            ATTEMPT.c.act == "publish",
            ATTEMPT.c.outcome.is_(None) | (ATTEMPT.c.outcome == "unknown"),
        )
        found |= {release for release, started in connection.execute(statement) if started >= since[release]}
    return found


def log(connection: Connection, row: Mapping[str, Any], act: str, actor: str, why: str, at: datetime) -> None:
    """Log something about a release that does not move it."""
    fact = Fact(actor, act, row["id"], campaign=row["campaign"], before=row["state"], after=row["state"], why=why)
    append(connection, [fact], at)
