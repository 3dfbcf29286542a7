"""A burst that is due at once, through everything the engine promises, against a client that promises nothing."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select

from campaigns.audit.log import EVENT
from campaigns.clock import parse_iso
from campaigns.store.engine import connect, reading
from scheduler.releases.ledger import ATTEMPT, RELEASE
from tests.builders import burst

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
SHORT = os.environ.get("CORDIALE_BENCH") == "short"
N = 300 if SHORT else 2000
ROUNDS = 3 if SHORT else 7


@pytest.fixture
def sink_url() -> Iterator[str]:
    """Give the address of a sink that only answers."""
    process = subprocess.Popen([sys.executable, Path(__file__).with_name("sink.py")], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


def received(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 (the address of our own sink)
        return int(json.load(answer)["id"])


def copy_of(folder: Path, number: int) -> Path:
    """Copy a workspace, so that each round starts from the same burst."""
    target = folder.with_name(f"round-{number}")
    shutil.copytree(folder, target)
    (target / "cordiale.toml").write_text(f'database_url = "sqlite:///{target / "cordiale.db"}"\n', "utf-8")
    return target


def dispatch(folder: Path) -> float:
    """Let a daemon publish the burst; return the seconds from its first claim to its last recorded outcome."""
    command = [sys.executable, ROOT / "main.py", "run", "--quiet", "--until-done"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    database = connect(f"sqlite:///{folder / 'cordiale.db'}")
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
    return (instants[1] - instants[0]).total_seconds()


def raw(folder: Path) -> float:
    """Post the same bodies with the raw client; return its seconds."""
    command = [sys.executable, "-m", "tests.benchmarks.raw_client", folder]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=600).stdout)


def test_dispatch_against_the_raw_client(tmp_path, sink_url):
    """A burst goes out through claim, gate, journal and ledger, each release once, at a fair part of the raw rate."""
    burst.make(tmp_path / "burst", N, "webhook", f"{sink_url}/hook", {"deduplicates": True})
    ours, theirs = [], []
    for number in range(ROUNDS):
        folder = copy_of(tmp_path / "burst", number)
        before = received(sink_url)
        theirs.append(raw(folder))
        assert received(sink_url) - before == N
        ours.append(dispatch(folder))
        assert received(sink_url) - before == 2 * N
    ratio = median(fast / slow for fast, slow in zip(theirs, ours, strict=True))
    print(  # noqa: T201 (a benchmark prints its figures)
        f"\nA burst of {N:,} on SQLite, synchronous=FULL, {ROUNDS} interleaved rounds: "
        f"raw client {N / median(theirs):,.0f}/s, Cordiale {N / median(ours):,.0f}/s, "
        f"ratio {ratio:.2f} (median of rounds). It is bound by Python on one core: statements, gate and client."
    )
