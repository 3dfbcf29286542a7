"""
The only writer of the tables `release` and `attempt`: every move is a row of `states`, and an event.

All functions work inside the transaction that the caller opened. `move` reads the rows it moves, asks
`states.advance`, and writes; a row whose fence or state is not what the caller thinks is left alone and given back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    String,
    bindparam,
    insert,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text, parse_iso
from campaigns.store import damaged, many
from campaigns.store.tables import table
from scheduler.releases import due, stored
from scheduler.releases.models import OPEN, Attempt, Release
from scheduler.releases.states import IllegalMove, Move, State, advance

LOG = structlog.get_logger()
RELEASE = table(Release)
ATTEMPT = table(Attempt)
_OPENED = ("release", "part", "fence", "act", "key", "started_at", "detail")
_ATTEMPT, _ENDED = ("release", "fence", "act"), ("outcome", "remote_id", "detail", "finished_at")
_HEAD = select(RELEASE.c.id, RELEASE.c.campaign, RELEASE.c.state, RELEASE.c.fence).order_by(RELEASE.c.id)
_HEADS = _HEAD.where(RELEASE.c.id.in_(bindparam("ids", expanding=True))).with_for_update()
_STATES = frozenset(State)
CHUNK = 500  #: ids in one IN list
#: Conditions as the partial indexes have them: only such words, without parameters, let both databases use them.
SCHEDULED = text("state = 'scheduled'")  #: `release_due`, `release_lane`
ON_LEASE = text("state IN ('claimed', 'sending', 'retracting')")  #: `release_lease`
WAITING = text(OPEN)  #: `release_open`
_SOON = (SCHEDULED, RELEASE.c.next_at > bindparam("after"), RELEASE.c.next_at < bindparam("before"))
_NEXT = select(RELEASE.c.next_at).where(*_SOON).order_by(RELEASE.c.next_at).limit(1)
LEASED = frozenset({State.CLAIMED, State.SENDING})  #: states that a lease goes with; it ends when they do

_TAKE = """UPDATE release SET state = 'claimed', fence = fence + 1, owner = :owner, lease_until = :until
WHERE id IN (SELECT id FROM pick)
RETURNING id, fence, channel, campaign, next_at"""


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

    A damaged row is given back as stale where the move would bring it nearer to leaving. *locked* are the rows as
    `current` (with `lock`) or `heads` gave them to this very transaction; they are not read again.

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
        if row is None or (step.fence is not None and step.fence != row["fence"]) or _barred(row, step.move):
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


def _barred(row: Mapping[str, Any], move: Move) -> bool:
    """Return whether a damaged row stands in the way of *move*: it may go back, end or be mended, not go on."""
    wrong = row.get(stored.DAMAGED, ())
    return bool(wrong) and ("state" in wrong or move in {Move.SIGN, Move.CLAIM, Move.BEGIN})


def _write(connection: Connection, writes: Mapping[str, Mapping[str, Any]]) -> None:
    """Update rows, one statement for all that write the same columns."""
    alike: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for release, values in writes.items():
        columns = tuple(sorted(values))
        alike[columns].append([release, *(values[name] for name in columns)])
    for columns, rows in alike.items():
        many.update(RELEASE, connection, ["id"], columns, rows)


def take(
    connection: Connection,
    *,
    owner: str,
    until: datetime,
    limit: int,
    now: datetime,
    closed: Collection[str] = (),
    lanes: Mapping[str, int] | None = None,
) -> list[RowMapping]:
    """
    Claim due releases for *owner* under a lease, oldest first: nothing that is held.

    Finding and taking is one statement, the same on both databases, so that no two claimers take the same: at most so
    many of each channel in *lanes*, none of those in *closed*. Gives id, fence, channel, campaign and next_at.
    """
    lanes, others = due.lanes(connection, now, limit, closed, lanes or {})
    if not lanes and not others:
        return []
    locks, said = connection.dialect.name == "postgresql", {"until": instant_text(until), "owner": owner}
    words, values = due.statement(
        _TAKE, limit=limit, now=now, closed=closed, lanes=lanes, others=others, locks=locks, values=said
    )
    rows = list(connection.execute(words, values).mappings().all())
    facts = [
        Fact("engine", "release.claim", row["id"], campaign=row["campaign"], before="scheduled", after="claimed")
        for row in rows
    ]
    append(connection, facts, now)
    return rows


def next_due(connection: Connection, after: datetime, before: datetime) -> datetime | None:
    """Return the first instant between the two at which the engine looks at a scheduled release."""
    return connection.execute(_NEXT, {"after": after, "before": before}).scalar()


def note(connection: Connection, ids: Iterable[str], values: Mapping[str, Any]) -> None:
    """Write columns that are not the state: when to look again, an answer to an ask, a look-up's lease."""
    wanted = list(ids)
    if wanted:
        statement = update(RELEASE).where(RELEASE.c.id == bindparam("_id")).values(dict(values))
        connection.execute(statement, [{"_id": each} for each in wanted])


def pace(connection: Connection, rows: Sequence[tuple[str, datetime | None, str]]) -> None:
    """Write when scheduled releases are looked at next, and why not before: rows of release, instant, reason."""
    if rows:
        where = (RELEASE.c.id == bindparam("_id"), RELEASE.c.state == State.SCHEDULED.value)
        statement = update(RELEASE).where(*where).values(next_at=bindparam("_at"), reason=bindparam("_why"))
        connection.execute(statement, [{"_id": release, "_at": at, "_why": why} for release, at, why in rows])


def recheck(
    connection: Connection, release: str, campaign: str, values: Mapping[str, Any], actor: str, why: str, at: datetime
) -> None:
    """Write what a release was made from and how it was judged, where what goes out is the same: it stays as it is."""
    note(connection, [release], values)
    append(connection, [Fact(actor, "release.recheck", release, campaign=campaign, why=why)], at)


def renew(connection: Connection, held: Sequence[tuple[str, int]], until: datetime) -> int:
    """Let the leases of *held* (release, fence) last *until*, where they still stand; return how many did."""
    return len(_lease(connection, held, until, LEASED))


def keep(connection: Connection, held: Sequence[tuple[str, int]], until: datetime) -> set[tuple[str, int]]:
    """Let the claims *held* (release, fence) that still stand last *until*, and return them."""
    kept = _lease(connection, held, until, {State.CLAIMED})
    rest = [each for each in held if each not in kept]  # those that somebody works on now stand by what is committed
    for each in _standing(rest, {State.CLAIMED}):
        kept.update((row.id, row.fence) for row in connection.execute(each))
    return kept


def _lease(
    connection: Connection, held: Sequence[tuple[str, int]], until: datetime, states: Collection[State]
) -> set[tuple[str, int]]:
    """
    Write until when those of *held* are leased that stand in one of *states*, and return them.

    Only those that stand are locked, and no other transaction is waited for: one that was claimed anew is somebody
    else's, and one that is just being begun gets a lease there. On a busy machine all who renew would else wait in a
    row, each with the rows of the next one locked, until every lease is over.
    """
    kept: set[tuple[str, int]] = set()
    for each in _standing(sorted(held), states):
        kept.update((row.id, row.fence) for row in connection.execute(each.with_for_update(skip_locked=True)))
    many.update(RELEASE, connection, ["id", "fence"], ["lease_until"], [(*each, until) for each in sorted(kept)])
    return kept


def _standing(held: Sequence[tuple[str, int]], states: Collection[State]) -> Iterator[Select[tuple[str, int]]]:
    """Yield what asks which of *held* (release, fence) stand in one of *states*, in the order of their ids."""
    pair = tuple_(RELEASE.c.id, RELEASE.c.fence)
    for start in range(0, len(held), CHUNK):
        wanted = (pair.in_(held[start : start + CHUNK]), RELEASE.c.state.in_([each.value for each in states]))
        yield select(RELEASE.c.id, RELEASE.c.fence).where(*wanted).order_by(RELEASE.c.id)


def current(connection: Connection, ids: Sequence[str], *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """
    Return the rows of *ids*, by id; with *lock*, nobody else moves them before this transaction ends.

    Of a row that somebody damaged comes what can be read, marked `damaged`; it harms no other.
    """
    rows: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        found = stored.named(connection, ids[start : start + CHUNK], lock=lock)
        rows.update((row["id"], row) for row in found)
    return rows


def heads(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what `move` needs of the rows of *ids*, locked; a row that somebody damaged is left out."""
    rows: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        found = connection.execute(_HEADS, {"ids": ids[start : start + CHUNK]}).mappings().all()
        rows.update({row["id"]: dict(row) for row in found if row["state"] in _STATES})
    return rows


def open_attempts(connection: Connection, attempts: Sequence[Mapping[str, Any]]) -> None:
    """Put attempts on record, before the wire is touched; each has the columns in `_OPENED`."""
    many.insert(ATTEMPT, connection, _OPENED, [[each[name] for name in _OPENED] for each in attempts])


def close_attempts(connection: Connection, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Write how attempts ended: rows of release, fence, act, outcome, remote_id, detail, finished_at."""
    rows = [[each[name] for name in (*_ATTEMPT, *_ENDED)] for each in outcomes]
    many.update(ATTEMPT, connection, _ATTEMPT, _ENDED, rows, only="attempt.outcome IS NULL")


def settle_attempts(connection: Connection, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Correct how attempts ended that were written down as unknown; the same rows as `close_attempts` takes."""
    for each in outcomes:
        of = (ATTEMPT.c.release == each["release"], ATTEMPT.c.fence == each["fence"], ATTEMPT.c.act == each["act"])
        told = {name: each[name] for name in _ENDED}
        connection.execute(update(ATTEMPT).where(*of, ATTEMPT.c.outcome == "unknown").values(told))


def see_part(connection: Connection, attempt: Mapping[str, Any], remote_id: str | None, at: datetime) -> None:
    """Write that a part of a thread is out, as a person saw: an attempt (columns in `_OPENED`) of its own says so."""
    told = {"outcome": "published", "remote_id": remote_id, "finished_at": at}
    connection.execute(insert(ATTEMPT).values({**attempt, **told}))


def in_doubt(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """
    Return the releases of *rows* that may have gone out: an attempt under their key has no known answer.

    A person who says what became of it, or a look-up that does not find it, clears `key_since` and with it the doubt.
    """
    since = {row["id"]: row["key_since"] for row in rows if row["tries"] and row["key_since"]}
    ids, found = list(since), set()
    for start in range(0, len(ids), CHUNK):
        statement = select(ATTEMPT.c.release, type_coerce(ATTEMPT.c.started_at, String)).where(
            ATTEMPT.c.release.in_(ids[start : start + CHUNK]),
            ATTEMPT.c.act == "publish",
            ATTEMPT.c.outcome.is_(None) | (ATTEMPT.c.outcome == "unknown"),
        )
        found |= {release for release, started in connection.execute(statement) if _since(started, since[release])}
    return found


def _since(started: str, key: datetime) -> bool:
    """Return whether an attempt began after *key* was first used; one whose instant is damaged may have."""
    try:
        return parse_iso(started) >= key
    except damaged.UNREADABLE:
        return True


def log(connection: Connection, row: Mapping[str, Any], act: str, actor: str, why: str, at: datetime) -> None:
    """Log something about a release that does not move it."""
    fact = Fact(actor, act, row["id"], campaign=row["campaign"], before=row["state"], after=row["state"], why=why)
    append(connection, [fact], at)
