"""
A burst that is due at once, through everything the engine promises, against a client that promises nothing.

Each round measures the raw client anew, over the same bodies and the same sink, and then the daemon: from its first
claim to its last recorded outcome, so that its start does not count. What others do on the machine slows both; the
time of the processor, counted besides, is what a release costs whoever else is there.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select, text

from campaigns.audit.log import EVENT
from campaigns.clock import parse_iso
from campaigns.store.engine import connect, reading
from scheduler.releases.ledger import ATTEMPT, RELEASE
from tests.builders import burst, postgres

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

ROOT = Path(__file__).parents[2]
SHORT = os.environ.get("CORDIALE_BENCH") == "short"
N = 300 if SHORT else 20_000
ROUNDS = 3 if SHORT else 5
#: Of the raw client's rate. A short burst is over before its groups have grown: it shows that all works, not how fast.
LEAST = {"sqlite": 0.01, "postgresql": 0.01} if SHORT else {"sqlite": 0.02, "postgresql": 0.02}


@dataclass(frozen=True)
class Round:
    """What one round came to: seconds of the clock and of the processor, for the raw client and for the daemon."""

    raw: float
    raw_cpu: float
    ours: float
    ours_cpu: float  #: its start included

    @property
    def share(self) -> float:
        return self.raw / self.ours


@pytest.fixture
def sink_url() -> Iterator[str]:
    """Give the address of a sink that only answers."""
    process = subprocess.Popen([sys.executable, Path(__file__).with_name("sink.py")], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give "" for a SQLite file in the workspace, or the URL of a new PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as url:
        yield url


def received(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 (the address of our own sink)
        return int(json.load(answer)["id"])


@contextmanager
def copy_of(folder: Path, url: str, number: int) -> Iterator[tuple[Path, str]]:
    """Copy a workspace and its database, so that each round starts from the same burst."""
    target = folder.with_name(f"round-{number}")
    shutil.copytree(folder, target)
    with postgres.copied(url) if url else sqlite_of(target) as copied:
        (target / "cordiale.toml").write_text(f'database_url = "{copied}"\nmonitor = ""\ncatch_up = 0\n', "utf-8")
        yield target, copied
    shutil.rmtree(target)


@contextmanager
def sqlite_of(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'cordiale.db'}"


def dispatch(folder: Path, url: str) -> tuple[float, float]:
    """Let a daemon publish the burst; return the seconds from first claim to last outcome, and of the processor."""
    before = processor()
    command = [sys.executable, ROOT / "main.py", "run", "--quiet", "--until-done"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=1200)
    spent = processor() - before
    database = connect(url)
    with reading(database) as connection:
        times = select(func.min(EVENT.c.at), func.max(EVENT.c.at)).where(
            EVENT.c.act.in_(["release.claim", "release.accept"])
        )
        first, last = connection.execute(times).one()
        counted = select(RELEASE.c.state, func.count()).group_by(RELEASE.c.state)
        states = {state: number for state, number in connection.execute(counted)}  # noqa: C416 (rows are no pairs)
        attempts = connection.execute(select(func.count()).select_from(ATTEMPT)).scalar_one()
    database.dispose()
    assert states == {"published": N}
    assert attempts == N
    instants = [each if hasattr(each, "tzinfo") else parse_iso(each) for each in (first, last)]
    return (instants[1] - instants[0]).total_seconds(), spent


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def raw(folder: Path, url: str) -> tuple[float, float]:
    """Post the same bodies with the raw client; return its seconds, and those of the processor."""
    command = [sys.executable, "-m", "tests.benchmarks.raw_client", folder, url, "--cpu"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=1200).stdout
    seconds, spent = map(float, told.split())
    return seconds, spent


def durability(url: str) -> str:
    """Return what the database itself says of how it keeps what was committed."""
    if not url:
        return "synchronous=FULL, WAL"
    database = connect(url)
    with reading(database) as connection:
        said = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in ("fsync", "synchronous_commit")}
    database.dispose()
    return ", ".join(f"{name}={value}" for name, value in said.items())


def test_dispatch_against_the_raw_client(tmp_path, sink_url, database_url):
    """A burst goes out through claim, gate, journal and ledger, each release once, at a fair part of the raw rate."""
    folder, rounds, kept = tmp_path / "burst", [], durability(database_url)
    options = {"deduplicates": True}
    burst.build(folder, N, "webhook", f"{sink_url}/hook", options, database_url=database_url).database.dispose()
    for number in range(ROUNDS):
        with copy_of(folder, database_url, number) as (target, url):
            before = received(sink_url)
            theirs = raw(target, url)
            assert received(sink_url) - before == N
            rounds.append(Round(*theirs, *dispatch(target, url)))
            assert received(sink_url) - before == 2 * N
    share = median(each.share for each in rounds)
    least, most = min(each.share for each in rounds), max(each.share for each in rounds)
    where = f"{'PostgreSQL' if database_url else 'SQLite'} ({kept})"
    rates = [N / median(each) for each in zip(*((one.raw, one.ours) for one in rounds), strict=True)]
    costs = [median(each) / N * 1e6 for each in zip(*((one.raw_cpu, one.ours_cpu) for one in rounds), strict=True)]
    print(  # noqa: T201 (a benchmark prints its figures)
        f"\nA burst of {N:,} on {where}, every safety on, {ROUNDS} interleaved rounds: raw client {rates[0]:,.0f}/s,"
        f" Cordiale {rates[1]:,.0f}/s, share {share:.2f} ({least:.2f} to {most:.2f}). Processor: {costs[0]:.0f} us a"
        f" request of the raw client, {costs[1]:.0f} us a release (start-up included)."
    )

    assert share > LEAST["postgresql" if database_url else "sqlite"]
