"""
What was seen of releases, and what was counted. The only writer of `showing`, `measured` and `stranger`.

    enrol    published releases of channels that can be asked get a row, once
    take     what is due is put off by a lease, so that no other daemon asks at the same time
    finish   what was seen, and when to look again
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text
from campaigns.errors import CordialeError, Refused
from campaigns.models.channel import Channel
from campaigns.store.tables import table
from scheduler.engine.outcomes import plain
from scheduler.publisher import Posted
from scheduler.releases import threads
from scheduler.releases.identity import idempotency_key
from scheduler.releases.ledger import ATTEMPT, RELEASE
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.shown import timetable
from scheduler.shown.models import Measured, Showing, Stranger

SHOWING, MEASURED, STRANGER, CHANNEL = table(Showing), table(Measured), table(Stranger), table(Channel)
LEASE = timedelta(minutes=10)  #: after which a look that was begun is begun again
OVERLAP = timedelta(hours=1)  #: a release may be written as published so long before the newest that has a row
FEW = 500  #: releases of a channel that get their row in one round
WRONG = ("changed", "gone")

_TAKE = """
SELECT release FROM showing WHERE next_at IS NOT NULL AND next_at <= :now ORDER BY next_at, release LIMIT :limit {lock}
"""


@dataclass(frozen=True)
class Look:
    """One release to look at."""

    release: str
    published_at: datetime
    failures: int
    verdict: str
    since: datetime | None
    outgoing: Outgoing
    digest: str
    remote_id: str
    parts: tuple[str, ...] = ()  #: of a thread, the remote ids of its parts; "" where nobody knows

    @property
    def key(self) -> str:
        """The idempotency key under which it was published."""
        return idempotency_key(self.release, self.digest)


@dataclass(frozen=True)
class Seen:
    """What came of a look."""

    look: Look
    at: datetime
    verdict: str = ""  #: same | changed | gone; "" where it cannot be read, or could not
    difference: str = ""
    digest: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    gap: str = ""  #: why nothing was counted, where something should have been
    fault: str = ""  #: why it came to nothing
    asked: timedelta = timedelta(0)  #: how long the channel wants to be left alone
    postponed: bool = False  #: it was not asked at all: another of its channel could not be


def unlisted(connection: Connection, channels: Iterable[str], now: datetime) -> list[dict[str, Any]]:
    """Return a row for each published release of *channels* that has none yet, a few of each channel."""
    rows: list[dict[str, Any]] = []
    for channel in channels:
        newest = connection.scalar(select(func.max(SHOWING.c.published_at)).where(SHOWING.c.channel == channel))
        oldest = now - timetable.STOPS[-1]
        since = max(oldest, newest - OVERLAP) if newest else oldest
        known = select(SHOWING.c.release).where(SHOWING.c.release == RELEASE.c.id).exists()
        found = connection.execute(
            select(RELEASE.c.id, RELEASE.c.published_at)
            .where(RELEASE.c.channel == channel, RELEASE.c.published_at >= since, RELEASE.c.state == "published")
            .where(RELEASE.c.remote_id.is_not(None), ~known)
            .order_by(RELEASE.c.published_at)
            .limit(FEW)
        )
        rows += [
            {"release": each.id, "channel": channel, "published_at": each.published_at}
            | {"next_at": each.published_at + timetable.STOPS[0], "verdict": "", "difference": "", "digest": ""}
            | {"failures": 0, "fault": ""}
            for each in found
        ]
    return rows


def enrol(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add *rows*; what another daemon added meanwhile stays as it is."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    if rows:
        connection.execute(dialect.insert(SHOWING).on_conflict_do_nothing(), rows)


def due(connection: Connection, now: datetime) -> bool:
    """Return whether anything is to be looked at."""
    found = select(SHOWING.c.release).where(SHOWING.c.next_at.is_not(None), SHOWING.c.next_at <= now).limit(1)
    return connection.execute(found).first() is not None


def take(connection: Connection, now: datetime, limit: int, only: Sequence[str] = ()) -> list[Look]:
    """Return up to *limit* releases that are due, or those of *only*; what is not published any more goes."""
    if only:
        ids = list(connection.scalars(select(SHOWING.c.release).where(SHOWING.c.release.in_(only))))
    else:
        lock = "FOR UPDATE SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
        values = {"now": instant_text(now), "limit": limit}
        ids = list(connection.scalars(text(_TAKE.format(lock=lock)), values))
    if not ids:
        return []
    connection.execute(update(SHOWING).where(SHOWING.c.release.in_(ids)).values(next_at=now + LEASE))
    rows = connection.execute(
        select(SHOWING, RELEASE.c.state, RELEASE.c.outgoing, RELEASE.c.digest.label("signed"), RELEASE.c.remote_id)
        .join(RELEASE, RELEASE.c.id == SHOWING.c.release)
        .where(SHOWING.c.release.in_(ids))
        .order_by(SHOWING.c.published_at, SHOWING.c.release)
    ).mappings()
    found, over = [], []
    for row in rows:
        look = _look(row)
        if look is None:
            over.append(row["release"])
        else:
            found.append(look)
    several = {each.release: (each.digest, each.outgoing) for each in found if len(each.outgoing.parts) > 1}
    out = threads.out(connection, several)
    found = [replace(each, parts=out[each.release].ids) if each.release in out else each for each in found]
    if over:
        connection.execute(delete(SHOWING).where(SHOWING.c.release.in_(over)))
    return found


def _look(row: Any) -> Look | None:
    """Return what to look at; None of what came down, and of what cannot be read, which `status` calls damaged."""
    if row["state"] != "published" or not row["remote_id"]:
        return None
    try:
        outgoing = parse(row["outgoing"])
    except CordialeError:
        return None
    names = ("release", "published_at", "failures", "verdict", "since", "remote_id")
    return Look(**{name: row[name] for name in names}, outgoing=outgoing, digest=row["signed"])


def finish(connection: Connection, found: Iterable[Seen]) -> None:
    """Write what was seen and counted, and when to look again."""
    for seen in found:
        look, sets = seen.look, dict[str, Any]()
        if seen.postponed:
            sets["next_at"] = seen.at + max(seen.asked, timetable.FIRST_PAUSE)
        elif seen.fault:
            failures = look.failures + 1
            again = timetable.again(look.published_at, seen.at, failures, seen.asked)
            sets |= {"failures": failures, "fault": plain(seen.fault)[:300], "next_at": again}
        else:
            sets |= {"failures": 0, "fault": "", "next_at": timetable.after(look.published_at, seen.at)}
        if seen.verdict:
            since = look.since if seen.verdict == look.verdict else seen.at
            sets |= {"looked_at": seen.at, "verdict": seen.verdict, "since": since}
            sets |= {"difference": plain(seen.difference), "digest": seen.digest}
        connection.execute(update(SHOWING).where(SHOWING.c.release == look.release).values(sets))
        if (seen.counts or seen.gap) and not seen.postponed:
            row = {"release": look.release, "at": seen.at, "counts": seen.counts, "gap": plain(seen.gap)[:300]}
            known = select(MEASURED.c.at).where(MEASURED.c.release == look.release, MEASURED.c.at == seen.at)
            if connection.execute(known).first() is None:
                connection.execute(insert(MEASURED).values(row))


def first_published(connection: Connection, channel: str) -> datetime | None:
    """Return when the first release of *channel* went out: what was posted before is none of ours."""
    statement = select(func.min(RELEASE.c.published_at)).where(RELEASE.c.channel == channel)
    found: datetime | None = connection.scalar(statement)
    return found


def accounted(connection: Connection, channel: str, since: datetime) -> set[str]:
    """Return the ids and addresses of all that was published on *channel* since then, parts of threads included."""
    of_channel = (RELEASE.c.channel == channel, RELEASE.c.published_at >= since)
    found: set[str] = set()
    for row in connection.execute(select(RELEASE.c.remote_id, RELEASE.c.remote_url).where(*of_channel)):
        found |= {each for each in row if each}
    parts = select(ATTEMPT.c.remote_id).join(RELEASE, RELEASE.c.id == ATTEMPT.c.release)
    found |= set(connection.scalars(parts.where(*of_channel, ATTEMPT.c.remote_id.is_not(None), ATTEMPT.c.part > 0)))
    return found


def flag(connection: Connection, channel: str, posts: Iterable[Posted], now: datetime) -> int:
    """Write down posts that no release accounts for, each once, and return how many are new."""
    known = set(connection.scalars(select(STRANGER.c.remote_id).where(STRANGER.c.channel == channel)))
    rows = [
        {"channel": channel, "remote_id": plain(each.remote_id), "url": each.url and plain(each.url)}
        | {"posted_at": each.at, "seen_at": now}
        for each in posts
        if plain(each.remote_id) not in known
    ]
    if rows:
        connection.execute(insert(STRANGER), rows)
    return len(rows)


def accept(connection: Connection, release: str, *, actor: str, reason: str, now: datetime) -> None:
    """
    Let what is shown of *release* stand as it is; the next change of it is told again.

    Raises:
        Refused: If nothing differs.
    """
    row = connection.execute(select(SHOWING).where(SHOWING.c.release == release)).mappings().first()
    if row is None or row["verdict"] not in WRONG:
        message = "What is shown of this release does not differ from what was signed."
        raise Refused(message, "See what does: cordiale shown list")
    connection.execute(update(SHOWING).where(SHOWING.c.release == release).values(accepted=row["digest"]))
    detail = {"verdict": row["verdict"], "shown": row["digest"]}
    append(connection, [Fact(actor, "shown.accept", release, why=reason, detail=detail)], now)


def settle(connection: Connection, channel: str, remote_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """
    Write that a person looked at a post that no release accounts for.

    Raises:
        Refused: If none of that id is open.
    """
    same = (STRANGER.c.channel == channel, STRANGER.c.remote_id == remote_id, STRANGER.c.settled_at.is_(None))
    if not connection.execute(update(STRANGER).where(*same).values(settled_at=now)).rowcount:
        message = f"No post '{remote_id}' on {channel} waits for anybody."
        raise Refused(message, "See which do: cordiale shown list")
    append(connection, [Fact(actor, "shown.settle", f"{channel} {remote_id}", why=reason)], now)
