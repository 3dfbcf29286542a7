"""The same burst on PostgreSQL, by turns: published by one daemon alone, and by a planner and workers over tickets."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from campaigns.clock import parse_iso
from campaigns.store.engine import connect, reading
from tests.builders import burst, postgres, shared
from tests.builders.workspaces import Workspace

pytestmark = [pytest.mark.bench, pytest.mark.postgres, pytest.mark.timeout(3600)]

ROOT = Path(__file__).parents[2]
SHORT = os.environ.get("CORDIALE_BENCH") == "short"
N = 200 if SHORT else 2000
ROUNDS = 1 if SHORT else 7
BOUND = 600.0  #: seconds that any wait may take
LOOK = 0.05  #: seconds between two looks whether all has ended
WORKERS = ("w1", "w2")
ENDED = "SELECT NOT EXISTS (SELECT 1 FROM release WHERE state IN ('scheduled', 'claimed', 'sending'))"
THERE = "SELECT COUNT(*) = :n FROM crew WHERE role = 'worker' AND capacity > 0"
SPAN = "SELECT MIN(at), MAX(at) FROM event WHERE act IN ('release.claim', 'release.accept')"
COUNTS = "SELECT state, COUNT(*) FROM release GROUP BY state"
ATTEMPTS = "SELECT COUNT(*) FROM attempt"


@contextmanager
def sinking() -> Iterator[str]:
    """Give the address of a sink that only answers."""
    script = Path(__file__).with_name("sink.py")
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


def received(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 (the address of our own sink)
        return int(json.load(answer)["id"])


@contextmanager
def copy_of(url: str) -> Iterator[str]:
    """Give a copy of a database, so that each round starts from the same burst, and drop it at the end."""
    name, server = f"cordiale_test_{uuid.uuid4().hex[:12]}", postgres.server()
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
        try:
            yield server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def ask(database: Engine, question: str, **values: int) -> Sequence[tuple]:
    with reading(database) as connection:
        return connection.execute(text(question), values).all()


def until(database: Engine, question: str, running: Sequence[subprocess.Popen[bytes]], **values: int) -> None:
    """Wait until the answer to *question* is true."""
    deadline = time.monotonic() + BOUND
    while not ask(database, question, **values)[0][0]:
        assert all(each.poll() is None for each in running)
        assert time.monotonic() < deadline
        time.sleep(LOOK)


class Machines:
    """The processes that publish one copy of the burst, each in a workspace of its own."""

    def __init__(self, home: Path, url: str) -> None:
        self.folder, self.url = home, url
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *words: str) -> None:
        """Start `cordiale` *words* as the machine *name*: with trust folder and secrets, and no journal yet."""
        place = self.folder.with_name(f"{uuid.uuid4().hex}-{name}")
        for what in ("trust", "secrets", "media"):
            shutil.copytree(self.folder / what, place / what)
        shutil.rmtree(place / "trust" / "local", ignore_errors=True)
        environment = {
            **os.environ,
            "CORDIALE_DATABASE_URL": self.url,
            "CORDIALE_MONITOR": "",
            "CORDIALE_CATCH_UP": "0",
        }
        command = [
            sys.executable,
            ROOT / "main.py",
            *words,
            "--quiet",
        ]
        self.running.append(subprocess.Popen(command, cwd=place, env=environment))

    def end(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            assert process.wait(timeout=BOUND) == 0


def publish(made: Workspace, sink: str, workers: Sequence[str]) -> float:
    """Publish a copy of the burst, and return the seconds from its first claim to its last recorded outcome."""
    before = received(sink)
    with ExitStack() as stack:
        database = connect(stack.enter_context(copy_of(made.settings.database_url)))
        stack.callback(database.dispose)
        machines = Machines(made.folder, database.url.render_as_string(hide_password=False))
        stack.callback(machines.end)
        for name in workers:
            machines.start(name, "worker")
        until(database, THERE, machines.running, n=len(workers))
        machines.start("planner", "run", *(["--engine", "procrastinate"] if workers else []))
        until(database, ENDED, machines.running)
        first, last = ask(database, SPAN)[0]
        states = {state: number for state, number in ask(database, COUNTS)}  # noqa: C416 (rows are no pairs)
        attempts = ask(database, ATTEMPTS)[0][0]
    assert states == {"published": N}
    assert attempts == received(sink) - before == N
    return (parse_iso(str(last)) - parse_iso(str(first))).total_seconds()


def test_a_planner_and_workers_against_one_daemon(tmp_path: Path):
    """Handing over by ticket costs little: both publish every release once, and their rates stand side by side."""
    if why := postgres.why_not():
        pytest.skip(why)
    with ExitStack() as stack:
        sink, url = stack.enter_context(sinking()), stack.enter_context(shared.fresh())
        made = burst.build(tmp_path / "home", N, "webhook", f"{sink}/hook", {"deduplicates": True}, database_url=url)
        made.database.dispose()  # PostgreSQL copies a database that nobody uses
        alone, one, two = [], [], []
        for _ in range(ROUNDS):
            alone.append(publish(made, sink, ()))
            one.append(publish(made, sink, WORKERS[:1]))
            two.append(publish(made, sink, WORKERS))
    shares = [median(a / b for a, b in zip(alone, each, strict=True)) for each in (one, two)]
    print(  # noqa: T201 (a benchmark prints its figures)
        f"\nA burst of {N:,} on PostgreSQL, {ROUNDS} interleaved rounds: one daemon {N / median(alone):,.0f}/s; "
        f"a planner and one worker {N / median(one):,.0f}/s, share {shares[0]:.2f}; "
        f"a planner and two workers {N / median(two):,.0f}/s, share {shares[1]:.2f} (medians of rounds)."
    )
