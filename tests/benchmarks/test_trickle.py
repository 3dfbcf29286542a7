"""How late a release leaves when one after another falls due: alone, and in front of a million that wait."""

import os
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import bindparam

from campaigns import clock
from scheduler.releases.identity import idempotency_key
from scheduler.releases.ledger import RELEASE
from tests.benchmarks import rig
from tests.benchmarks.vitals import Cost, cost
from tests.builders import backlog, burst, postgres
from tests.builders.workspaces import Workspace

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

A_SECOND = 150
SECONDS = 1 if rig.SHORT else 20
ROWS = 20_000 if rig.SHORT else 1_000_000
ROUNDS = 1 if rig.SHORT else 3
WATCHED = 1.0 if rig.SHORT else 20.0  #: seconds that a daemon is watched while it has nothing to do
START = timedelta(seconds=2)  #: between the daemon's word that it publishes and the first due instant
AHEAD = timedelta(days=9)
SHARES = ((0.5, "p50"), (0.99, "p99"))


def space(made: Workspace, due: dict[str, datetime]) -> None:
    """Let each release of *due* be looked at from its instant on; its id is the key."""
    statement = RELEASE.update().where(RELEASE.c.id == bindparam("_id")).values(next_at=bindparam("_at"))
    with made.transaction() as connection:
        connection.execute(statement, [{"_id": release, "_at": at} for release, at in due.items()])


def lateness(made: Workspace, rows: list[dict], sink: rig.Sink, idle: list[Cost]) -> list[float]:
    """
    Let a daemon publish *rows* one after another; return how late each came to the sink (ms), sorted.

    What it costs when all has left is added to *idle*.
    """
    space(made, {row["id"]: clock.now() + AHEAD for row in rows})
    with rig.running(rig.cordiale("run"), made.folder, rig.PUBLISHES) as process:
        before = sink.count()
        begins = clock.now() + START
        due = {row["id"]: begins + timedelta(seconds=n / A_SECOND) for n, row in enumerate(rows)}
        space(made, due)
        sink.wait_for(before + len(rows))
        came = sink.since(before)
        idle.append(cost(process.pid, WATCHED))
    instants = {idempotency_key(row["id"], row["digest"]): due[row["id"]].timestamp() for row in rows}
    assert sorted(key for _, key in came) == sorted(instants), "each post comes once"
    return sorted((at - instants[key]) * 1000 for at, key in came)


def disk(folder: Path) -> float:
    """Return how long the disk takes to keep an appended line (ms): the median."""
    took = []
    with (folder / "line").open("ab", buffering=0) as file:
        for _ in range(50):
            file.write(b"x" * 200)
            began = clock.monotonic()
            os.fsync(file.fileno())
            took.append(clock.monotonic() - began)
    return median(took) * 1000


def at(found: list[float], share: float) -> float:
    """Return the lateness that *share* of *found* stay below."""
    return found[min(int(len(found) * share), len(found) - 1)]


@pytest.mark.parametrize("kind", ["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def test_a_trickle_leaves_on_time(tmp_path: Path, kind: str):
    """What falls due one after another leaves when it does, once each, and a backlog in the future costs it nothing."""
    if kind == "PostgreSQL" and (why := postgres.why_not()):
        pytest.skip(why)
    number = A_SECOND * SECONDS
    with rig.Sink() as sink, ExitStack() as stack:
        url = stack.enter_context(postgres.fresh()) if kind == "PostgreSQL" else ""
        options = {"deduplicates": True}
        made = burst.build(
            tmp_path / "w", number * ROUNDS * 2, "webhook", f"{sink.url}/hook", options, database_url=url, monitor=""
        )
        stack.callback(made.database.dispose)
        rows = sorted(made.rows().values(), key=lambda row: row["entry"])
        parts = [rows[start : start + number] for start in range(0, len(rows), number)]
        space(made, {row["id"]: clock.now() + AHEAD for row in rows})
        idle: list[Cost] = []
        alone = [lateness(made, part, sink, idle) for part in parts[:ROUNDS]]
        future = clock.now() + AHEAD
        backlog.fill(made, ROWS, entry=parts[-1][0]["entry"], state="scheduled", next_at=future, not_after=future)
        backlog.settle(made)
        behind = [lateness(made, part, sink, idle) for part in parts[ROUNDS:]]
    figures = [
        " and ".join(f"{median(at(each, share) for each in rounds):.1f} ms ({name})" for share, name in SHARES)
        for rounds in (alone, behind)
    ]
    print(  # noqa: T201 (a benchmark prints its figures)
        f"\n{kind}: {A_SECOND} releases a second for {SECONDS} s, {ROUNDS} rounds, from the due instant to the arrival:"
        f" {figures[0]} late; {figures[1]} in front of {ROWS:,} in the future. This disk keeps a line in"
        f" {disk(tmp_path):.1f} ms, and three such waits lie between a due instant and the wire.\n"
        f"Idle behind them: {idle[-1]}; without them: {idle[0]}."
    )
