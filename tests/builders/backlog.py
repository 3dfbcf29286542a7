"""Thousands of rows beside the few that a test is about: copies of one release in the states that a year leaves."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, insert, literal, select, text, true

from scheduler.releases.ledger import RELEASE
from tests.builders.workspaces import Workspace

GROUP = 100_000  #: rows in one statement and one transaction
WIDE = 10**12  #: numbers are written with so many digits


def fill(workspace: Workspace, number: int, *, entry: str = "r1", **changes: Any) -> None:
    """Add *number* copies of release *entry*, each under an id of its own, with *changes* to its columns."""
    release = workspace.row(entry)["id"]
    apart = uuid.uuid5(uuid.NAMESPACE_URL, f"{release}{changes}").hex
    prefix = f"{apart[:8]}-{apart[8:12]}-{apart[12:16]}-{apart[16:20]}-"
    for start in range(0, number, GROUP):
        with workspace.transaction() as connection:
            connection.execute(_copies(release, prefix, start, min(start + GROUP, number), changes))


def _copies(release: str, prefix: str, start: int, stop: int, changes: dict[str, Any]) -> Any:
    """Return the statement that makes copies number *start* to *stop*, inside the database."""
    one = select(literal(start).label("n")).cte("count", recursive=True)
    count = one.union_all(select(one.c.n + 1).where(one.c.n < stop - 1))
    values: dict[str, Any] = {
        **{column.name: column for column in RELEASE.c},
        "id": literal(prefix).concat(text(f"substr(CAST({WIDE} + count.n AS TEXT), 2)")),
        "occurrence": literal("copy-").concat(cast(count.c.n, String)),
        **{name: literal(value, RELEASE.c[name].type) for name, value in changes.items()},
    }
    rows = select(*(value.label(name) for name, value in values.items()))
    return insert(RELEASE).from_select(
        list(values), rows.select_from(RELEASE.join(count, true())).where(RELEASE.c.id == release)
    )


def year(workspace: Workspace, number: int, now: datetime) -> None:
    """Add *number* copies of r1: most of them published, a tenth in the future, a few waiting for a person."""
    past, future = now - timedelta(days=30), now + timedelta(days=30)
    fill(workspace, number * 8 // 10, state="published", published_at=past, due_at=past, next_at=past)
    fill(workspace, number // 10, state="scheduled", due_at=future, next_at=future, not_after=future)
    fill(workspace, number // 20, state="cancelled", due_at=future, next_at=future)
    fill(workspace, number // 20, state="failed", due_at=past, next_at=past)
    settle(workspace)


def settle(workspace: Workspace) -> None:
    """Let the database count what it has, as it does by itself after a while."""
    with workspace.transaction() as connection:
        connection.execute(text("ANALYZE"))
