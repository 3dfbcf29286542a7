"""What a person sees while the daemon runs: counts by state and the latest releases, from the table."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, func, select, text

from campaigns import clock
from campaigns.audit.log import EVENT
from campaigns.store.engine import reading
from scheduler.daemon import Daemon
from scheduler.releases import ledger
from scheduler.releases.gate import Act, Verdict, judge
from scheduler.releases.ledger import RELEASE

_COUNTS = "SELECT state, COUNT(*) AS n FROM release GROUP BY state"
_MOVING = ("claimed", "sending")
_OPEN = ("scheduled", *_MOVING, "retracting")
_GROUP = 200  #: releases that the gate looks at in one go
_DONE = ("published", "handed_over", "failed", "uncertain", "expired")


def counts(database: Engine) -> dict[str, int]:
    """Return releases by state."""
    with reading(database) as connection:
        return {row.state: row.n for row in connection.execute(text(_COUNTS))}


def settled(daemon: Daemon, found: dict[str, int] | None = None) -> bool:
    """
    Return whether nothing more goes out without a person; *found* is what `counts` just said.

    What is scheduled counts where the gate lets it through, or time alone will: not what is held, waits for an answer
    because it is late, or lacks a signature.
    """
    newest = _newest(daemon.database)
    found = counts(daemon.database) if found is None else found
    if _moving(found):
        return False
    if not found.get("scheduled"):
        return True
    # What is claimed between two looks is seen by neither; where nothing was logged meanwhile, nothing moved.
    still = not _moving(counts(daemon.database)) and not _can_go(daemon)
    return still and _newest(daemon.database) == newest


def _moving(found: dict[str, int]) -> bool:
    return any(found.get(state) for state in _MOVING)


def _newest(database: Engine) -> int:
    """Return the number of the newest event; every move of a release is one."""
    with reading(database) as connection:
        return int(connection.scalar(select(func.max(EVENT.c.seq))) or 0)


def _can_go(daemon: Daemon) -> bool:
    """Return whether a scheduled release needs nobody; judged in groups, so that many cost no memory."""
    return any(needs_nobody(verdict) for verdict in _verdicts(daemon))


def reasons(daemon: Daemon) -> Counter[str]:
    """Return why scheduled releases do not go by themselves -> releases."""
    return Counter(verdict.reason for verdict in _verdicts(daemon) if not needs_nobody(verdict))


def _verdicts(daemon: Daemon) -> Iterator[Verdict]:
    now, after = clock.now(), ""
    with reading(daemon.database) as connection:
        while True:
            statement = select(RELEASE.c.id).where(RELEASE.c.state == "scheduled", RELEASE.c.id > after)
            ids = list(connection.scalars(statement.order_by(RELEASE.c.id).limit(_GROUP)))
            if not ids:
                return
            rows = list(ledger.current(connection, ids).values())
            evidence = daemon.room.gather(connection, rows, now)
            yield from (judge(row, evidence, now) for row in rows)
            after = ids[-1]


def needs_nobody(verdict: Verdict) -> bool:
    """Return whether a release goes out, or leaves the queue, by itself."""
    failing = {each.name for each in verdict.conditions if not each.holds}
    return verdict.act is not Act.WAIT or failing <= {"window", "blackout", "breaker"}


def watch(daemon: Daemon, *, until_done: bool) -> None:
    """Draw a progress bar on a terminal until the daemon is told to stop, or all is settled."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("Published"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task("", total=None, note="")

        def look() -> bool:
            found = counts(daemon.database)
            bar.update(task, **shown(found))
            return until_done and settled(daemon, found)

        daemon.wait(look)
        look()


def shown(found: dict[str, int]) -> dict[str, Any]:
    """Return what the bar says: published of all that is under way, and what needs a person."""
    published = found.get("published", 0)
    total = published + sum(found.get(state, 0) for state in (*_OPEN, *_DONE[1:]))
    words = [f"{found[state]} {state}" for state in ("claimed", "sending", *_DONE[1:]) if found.get(state)]
    return {"completed": published, "total": total or None, "note": ", ".join(words)}
