"""The same burst through us and through what else a Python house would schedule posts with, side by side."""

import json
import subprocess
import sys
import uuid
from asyncio import run
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from campaigns import clock
from tests.benchmarks import raw_client, rig
from tests.benchmarks.contenders import job, ours
from tests.builders import postgres

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

N = 100 if rig.SHORT else 3000
ROUNDS = 1 if rig.SHORT else 3
START = 3.0 if rig.SHORT else 8.0  #: seconds that processes have to start in before the burst is due
TRIES = 3

#: (name of a round) -> everything is scheduled, and processes wait; gives the instant at which it is due
Waiting = Callable[[str], AbstractContextManager[datetime]]


@dataclass
class Contender:
    """One way to do it, and what came of it."""

    name: str
    keeps: str  #: what an accepted post survives
    waiting: Waiting
    figures: list[tuple[float, float]] = field(default_factory=list)  #: (first, last) arrival after the due instant, s

    def measure(self, sink: rig.Sink, number: int) -> None:
        """Do one round; one whose processes were not ready in time does not count."""
        for attempt in range(TRIES):
            before = sink.count()
            with self.waiting(f"{number}-{attempt}") as due:
                in_time = clock.now() < due
                sink.wait_for(before + N)
            came = sink.since(before)
            assert len(came) == len({key for _, key in came}) == N, "each post comes once"
            if in_time:
                self.figures.append((came[0][0] - due.timestamp(), came[-1][0] - due.timestamp()))
                return
        pytest.fail(f"{self.name} was not ready in time, {TRIES} times")


def other(folder: Path, name: str, adds: int, prepare: Callable[[Path], AbstractContextManager[object]]) -> Waiting:
    """
    Return how the contender of module `with_NAME` waits.

    *adds* is how many posts it schedules a second, at least; *prepare* makes the place where it keeps them.
    """
    lead = [START + N / adds]

    @contextmanager
    def waiting(number: str) -> Iterator[datetime]:
        due = clock.now() + timedelta(seconds=lead[0])
        place = folder / f"cordiale-bench-{name}-{number}-{uuid.uuid4().hex[:8]}"
        place.mkdir()
        (place / "posts.json").symlink_to(folder / "posts.json")
        command = [sys.executable, "-m", f"tests.benchmarks.contenders.with_{name}"]
        with prepare(place):
            words = ["schedule", str(place), str(due.timestamp())]
            done = subprocess.run(
                [*command, *words], cwd=rig.ROOT, timeout=rig.BOUND, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            with rig.running([*command, "work", str(place)], place, "ready"):
                if clock.now() >= due:
                    lead[0] *= 2
                yield due

    return waiting


@contextmanager
def a_file(place: Path) -> Iterator[None]:
    """Prepare nothing: it makes its own file."""
    del place
    yield


@contextmanager
def a_database(place: Path) -> Iterator[None]:
    """Make a PostgreSQL database, and say where."""
    with postgres.bare() as url:
        (place / "database.txt").write_text(url, "utf-8")
        yield


@contextmanager
def some_keys(place: Path) -> Iterator[None]:
    """Let it have the keys of Redis that begin with its folder's name, and take them away afterwards."""
    try:
        yield
    finally:
        with job.redis() as client:
            for key in client.scan_iter(f"{place.name}*"):
                client.delete(key)


def contenders(folder: Path, url: str, stack: ExitStack) -> tuple[list[Contender], list[str]]:
    """Return who can be measured here, ours first, and why others cannot."""
    on_file = ours.Burst(folder / "file", N, url, shared=False)
    made = run(raw_client.bodies(on_file.folder))
    (folder / "posts.json").write_text(json.dumps([(to, head, body.decode()) for to, head, body in made]), "utf-8")
    disk = "SQLite, on disk at each commit"
    found = [Contender("Cordiale, SQLite", disk, lambda n: on_file.waiting(n, ("run",)))]
    missing = [each for each in (postgres.why_not(), job.why_no_redis()) if each]
    if not postgres.why_not():
        shared = ours.Burst(folder / "shared", N, url, shared=True)
        stack.callback(shared.close)
        kept = "PostgreSQL, on disk at each commit"
        found += [
            Contender("Cordiale, PostgreSQL", kept, lambda n: shared.waiting(f"l{n}", ("run",))),
            Contender(
                "Cordiale, planner and worker",
                kept,
                lambda n: shared.waiting(f"w{n}", ours.WORKER, ours.PLANNER),
            ),
            Contender("Procrastinate", kept, other(folder, "procrastinate", 1000, a_database)),
        ]
    found += [
        Contender(
            "APScheduler, SQLAlchemyJobStore", f"{disk}; not once begun", other(folder, "apscheduler", 100, a_file)
        ),
        Contender("Huey", f"{disk}; not once begun", other(folder, "huey", 200, a_file)),
    ]
    if not job.why_no_redis():
        kept = f"Redis, {job.durability()}"
        found += [
            Contender("Celery", f"{kept}; acknowledged late", other(folder, "celery", 300, some_keys)),
            Contender("Dramatiq", f"{kept}; acknowledged late", other(folder, "dramatiq", 300, some_keys)),
        ]
    return found, missing


def table(found: list[Contender], raw: list[float]) -> str:
    """Return the figures as text: medians over the rounds."""
    ceiling = median(raw)
    rates = {each.name: median(N / last for _, last in each.figures) for each in found}
    shares = {
        each.name: median(fastest / last for fastest, (_, last) in zip(raw, each.figures, strict=True))
        for each in found
    }
    lines = [f"{'':32}{'posts/s':>9}{'of raw':>8}{'first after':>13}{'ours is':>9}  an accepted post survives"]
    for each in found:
        first = median(first for first, _ in each.figures) * 1000
        times = "" if each.name.startswith("Cordiale") else f"{rates[found[0].name] / rates[each.name]:.1f} x"
        figures = f"{rates[each.name]:>9,.0f}{shares[each.name]:>8.0%}{first:>10,.0f} ms{times:>9}"
        lines.append(f"{each.name:32}{figures}  {each.keeps}")
    return "\n".join([f"The raw client alone: {N / ceiling:,.0f} posts/s.", *lines])


def test_contenders_side_by_side(tmp_path: Path):
    """Each contender posts each of the same bodies once, all due at one instant; the figures are printed."""
    with rig.Sink() as sink, ExitStack() as stack:
        found, missing = contenders(tmp_path, sink.url, stack)
        posts = run(raw_client.bodies(tmp_path / "file"))
        raw = []
        for number in range(ROUNDS):
            raw.append(run(raw_client.post_all(posts)))
            for each in found:
                each.measure(sink, number)
    print(f"\n{N:,} posts due at one instant, {ROUNDS} interleaved rounds, from that instant to the last arrival.")  # noqa: T201 (a benchmark prints its figures)
    print(table(found, raw))  # noqa: T201 (the same)
    if missing:
        pytest.skip("; ".join(missing))
