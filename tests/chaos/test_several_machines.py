"""
Two planners and four workers on one database, each a process with a workspace of its own, as on six machines.

At random marks of a burst one of them is killed, stopped past its lease and let go on, or cut from the database. An
independent sink that fsyncs every effect says what became of it, and the table must say the same.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.builders import burst, postgres, shared
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.processes import BOUND, ROOT, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.postgres, pytest.mark.timeout(9000)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
N = int(os.environ.get("CORDIALE_CHAOS_RELEASES") or (300 if SHORT else 20_000))
BLOWS = min(6 if SHORT else 60, N // 50)
LEASE = 3.0  #: seconds
STOPPED = 4.5  #: seconds that a stopped process stands still: past its lease, and past the lease of what it took
PLANNERS, WORKERS = ("p1", "p2"), ("w1", "w2", "w3", "w4")
KINDS = ("kill", "stop", "cut")
LONGEST = BOUND + N / 5  #: seconds until everything must have ended
TIDIES = 10.0  #: seconds between two rounds of a server that cleans its tables up; PostgreSQL's own default is a minute


@dataclass
class Machine:
    """One process, and the workspace it runs in."""

    name: str
    folder: Path
    url: str
    process: subprocess.Popen[bytes] | None = None
    goes_on: float | None = None  #: when it is let go on, on the monotonic clock

    def start(self) -> None:
        words = ["run", "--engine", "procrastinate"] if self.name in PLANNERS else ["worker"]
        environment = {
            **os.environ,
            "CORDIALE_DATABASE_URL": self.url,
            "CORDIALE_LEASE": str(LEASE),
            "CORDIALE_MONITOR": "",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "main.py", *words, "--quiet"], cwd=self.folder, stderr=log, env=environment
            )

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(timeout=BOUND)

    def said(self) -> str:
        return f"{self.name}:\n" + (self.folder / "log").read_text("utf-8", "replace")[-2000:]


@dataclass
class Crowd:
    """All machines, and what befalls them."""

    machines: list[Machine]
    server: str
    chance: random.Random
    blows: Counter[str] = field(default_factory=Counter)
    tidied: float = 0.0  #: when dead rows were last taken away, on the monotonic clock

    def strike(self) -> None:
        """Let something happen to one of those that run."""
        machine = self.chance.choice([each for each in self.machines if each.goes_on is None])
        kind = self.chance.choice(KINDS)
        self.blows[kind] += 1
        assert machine.process
        if kind == "kill":
            machine.kill()
            machine.start()
        elif kind == "stop":
            machine.process.send_signal(signal.SIGSTOP)
            machine.goes_on = time.monotonic() + STOPPED
        else:
            cut(self.server, machine.name)

    def tend(self) -> None:
        """Let those go on that stood still for long enough, and start anew what ended."""
        for machine in self.machines:
            assert machine.process
            if machine.goes_on is not None and time.monotonic() >= machine.goes_on:
                machine.process.send_signal(signal.SIGCONT)
                machine.goes_on = None
            if machine.process.poll() is not None:
                self.blows[f"{machine.name} ended with {machine.process.returncode}"] += 1
                machine.start()
        if time.monotonic() >= self.tidied + TIDIES:
            tidy(self.server)
            self.tidied = time.monotonic()

    def said(self) -> str:
        return "\n".join(each.said() for each in self.machines)


def cut(server: str, name: str) -> None:
    """End all sessions of a process, as a network that breaks does."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        connection.execute(text(statement), {"name": name})
    engine.dispose()


def tidy(server: str) -> None:
    """Take away dead rows and count anew, as every PostgreSQL server does that was not told to leave it."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if connection.exec_driver_sql("SHOW autovacuum").scalar() == "off":
            connection.exec_driver_sql("VACUUM (ANALYZE, SKIP_LOCKED) release, event, attempt, approval_subject")
    engine.dispose()


@contextmanager
def machines(made: Workspace, folder: Path, url: str, seed: int) -> Iterator[Crowd]:
    """Give six machines with what each needs: trust folder, secrets, media; no journal, no table of their own."""
    found = []
    for name in (*PLANNERS, *WORKERS):
        place = folder / name
        place.mkdir()
        for what in ("trust", "secrets", "media"):
            shutil.copytree(made.folder / what, place / what)
        shutil.rmtree(place / "trust" / "local", ignore_errors=True)
        found.append(Machine(name, place, f"{url}?application_name={name}"))
    with ExitStack() as stack:
        for machine in found:
            machine.start()
            stack.callback(machine.kill)
        yield Crowd(found, url, random.Random(seed))  # noqa: S311 (a seed that a failure can name)


def wait(crowd: Crowd, happened: Callable[[], bool], until: float, every: float = 0.02) -> None:
    """Wait until *happened*, tending the machines."""
    while not happened():
        crowd.tend()
        assert time.monotonic() < until, f"it takes too long:\n{crowd.said()}"
        time.sleep(every)


@pytest.mark.parametrize("deduplicates", [True, False], ids=["absorbs keys", "can do neither"])
def test_each_release_is_published_once(tmp_path: Path, deduplicates: bool):
    """None is lost, none takes effect twice, whatever befalls planners and workers."""
    if why := postgres.why_not():
        pytest.skip(why)
    with (
        shared.fresh() as url,
        Sink(tmp_path / "ledger.jsonl", deduplicates=deduplicates) as sink,
        ExitStack() as stack,
    ):
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        options = {"deduplicates": True} if deduplicates else {}
        made = stack.enter_context(
            kills.closing(burst.build(tmp_path / "home", N, "webhook", f"{sink.url}/hook", options, database_url=url))
        )
        began = time.monotonic()
        crowd = stack.enter_context(machines(made, tmp_path, plain, seed=N + deduplicates))
        marks = sorted(crowd.chance.sample(range(1, N * 9 // 10), BLOWS))
        until = began + LONGEST
        for mark in marks:
            wait(crowd, lambda mark=mark: sink.received() >= mark or not made.under_way(), until)
            crowd.strike()
        wait(crowd, lambda: not made.under_way() and all(each.goes_on is None for each in crowd.machines), until, 0.2)
        took = time.monotonic() - began
        for machine in crowd.machines:
            assert machine.process
            machine.process.terminate()
        codes = Counter(machine.process.wait(timeout=BOUND) for machine in crowd.machines if machine.process)
        told = kills.tell(made, crowd.blows["kill"], Counter(each["key"] for each in sink.effects()))
        received = sink.received()
    kind = "deduplicates" if deduplicates else "does not deduplicate"
    print(  # noqa: T201 (figures)
        f"\nSix machines, a webhook that {kind}: {dict(crowd.blows)}; {told}; {received} requests; {took:.0f} s;"
        f" exit codes {dict(codes)}"
    )

    assert told.doubled == []
    published, uncertain = told.keys("published"), told.keys("uncertain")
    assert len(published) + len(uncertain) == N
    assert published <= set(told.effects) <= published | uncertain
    assert codes.keys() <= {0, -signal.SIGTERM}  # the latter where it was only just started again
    if deduplicates:
        assert len(told.effects) == len(published) == N
