"""Memory and passes follow the batch: a daemon with a million scheduled rows needs no more than one with none."""

import os
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from campaigns import clock
from scheduler.engine import hold
from scheduler.engine.jobstore import ReleaseJobStore
from tests.builders import backlog, burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.processes import Daemon

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

ROWS = 50_000 if os.environ.get("CORDIALE_CHAOS") == "short" else 1_000_000
PASSES = 20
N = 300  #: releases that go out meanwhile
MORE = 25  #: MB that the backlog may cost


def peak(made: Workspace) -> float:
    """Let a daemon publish what it can, and return the most memory that it had (MB)."""
    outbox = made.folder / "outbox"
    with Daemon(made.folder) as daemon:
        assert daemon.until(lambda: len(list(outbox.glob("*/headers.json"))) == N), daemon.said()
        status = Path(f"/proc/{daemon.process.pid}/status").read_text()
        assert daemon.terminate() == 0, daemon.said()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def seconds_of_a_pass(made: Workspace) -> float:
    """Return how long it takes to claim what is due, nothing, and to ask for the next instant: the median of some."""
    store = ReleaseJobStore(made.database, owner="pass", lease=timedelta(seconds=30), batch=100, free_slots=lambda: 100)
    took = []
    for _ in range(PASSES):
        began = clock.monotonic()
        assert store.get_due_jobs(clock.now()) == []
        store.get_next_run_time()
        took.append(clock.monotonic() - began)
    return median(took)


def test_a_backlog_costs_no_memory(tmp_path: Path, database_url: str):
    """Scheduled rows by the ten thousand, most of them in the future and the others held, stay in the database."""
    found, passes = [], []
    for name in ("alone", "crowded"):
        folder = tmp_path / name
        with kills.closing(burst.build(folder, N, "outbox", None, {}, database_url=database_url)) as made:
            if name == "crowded":
                now = clock.now()
                future = now + timedelta(days=9)
                backlog.fill(made, ROWS * 9 // 10, state="scheduled", next_at=future, not_after=future)
                backlog.fill(made, ROWS // 10, state="scheduled", campaign="held")
                with made.transaction() as connection:
                    values = {"scope": "campaign", "target": "held", "partner": "uk", "reason": "x", "at": now}
                    hold.place(connection, made.settings.trust, **values)
                backlog.settle(made)
            found.append(peak(made))
            passes.append(seconds_of_a_pass(made) * 1000)
            if database_url:
                from tests.builders import postgres

                postgres.empty(database_url)
    alone, crowded = found
    kind = "PostgreSQL" if database_url else "SQLite"
    print(  # noqa: T201 (figures)
        f"\n{kind}: {alone:.0f} MB at most and {passes[0]:.1f} ms a pass without a backlog, "
        f"{crowded:.0f} MB and {passes[1]:.1f} ms with {ROWS:,} scheduled rows, a tenth of them due and held"
    )

    assert crowded - alone < MORE
