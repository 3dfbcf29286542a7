"""What a person sees while the daemon runs: counts by state and the latest releases, from the table."""

from typing import Any

from sqlalchemy import Engine, text

from campaigns.store.engine import reading
from scheduler.daemon import Daemon

_COUNTS = "SELECT state, COUNT(*) AS n FROM release GROUP BY state"
_OPEN = ("scheduled", "claimed", "sending", "retracting")
_DONE = ("published", "handed_over", "failed", "uncertain", "expired")


def counts(database: Engine) -> dict[str, int]:
    """Return releases by state."""
    with reading(database) as connection:
        return {row.state: row.n for row in connection.execute(text(_COUNTS))}


def settled(database: Engine) -> bool:
    """Return whether nothing more goes out without a person: nothing scheduled, claimed or on the wire."""
    found = counts(database)
    return not any(found.get(state) for state in _OPEN)


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
            return until_done and not any(found.get(state) for state in _OPEN)

        daemon.wait(look)
        look()


def shown(found: dict[str, int]) -> dict[str, Any]:
    """Return what the bar says: published of all that is under way, and what needs a person."""
    published = found.get("published", 0)
    total = published + sum(found.get(state, 0) for state in (*_OPEN, *_DONE[1:]))
    words = [f"{found[state]} {state}" for state in ("claimed", "sending", *_DONE[1:]) if found.get(state)]
    return {"completed": published, "total": total or None, "note": ", ".join(words)}
