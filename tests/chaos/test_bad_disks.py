"""
A disk that is full, a disk that fails, a database that somebody locks: what happens, and what is said.

Nothing is sent without the send journal and the table, so whatever the disk refuses stays unsent; what had left is
written down as soon as there is room. No person has to start the daemon again.
"""

import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from campaigns.errors import CordialeError
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.processes import BOUND, Daemon, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
N = 120 if SHORT else 1000
SIZE = "48m" if SHORT else "192m"  #: of the disk that is filled
FIRST = N // 4  #: releases that leave before it happens


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """Give a receiver that does everything twice that it is asked twice."""
    with Sink(tmp_path / "ledger.jsonl", deduplicates=False) as found:
        yield found


def made_in(folder: Path, sink: Sink) -> Workspace:
    return burst.build(folder, N, "webhook", f"{sink.url}/hook", {}, lease=5.0, least_free=0, monitor="")


def all_once(made: Workspace, sink: Sink, what: str) -> None:
    """Every release left once, and the table knows it; none is in doubt."""
    told = kills.tell(made, 0, Counter(each["key"] for each in sink.effects()))
    print(f"\n{what}: {told}; {sink.received()} requests")  # noqa: T201 (figures)

    assert told.doubled == []
    assert told.keys("published") == set(told.effects)
    assert len(told.effects) == sink.received() == N


def through(made: Workspace, sink: Sink, happens: Callable[[Daemon], object], *says: str) -> None:
    """Publish; let something happen in the middle that the daemon speaks of, and that ends; nothing else helps it."""
    with Daemon(made.folder) as daemon:
        assert daemon.until(lambda: sink.count() >= FIRST), daemon.said()
        happens(daemon)
        assert daemon.until(lambda: not made.under_way()), daemon.said()
        assert daemon.terminate() == 0
        said = daemon.said()

    assert [each for each in says if each not in said] == []
    assert "Traceback" not in said


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a file system of a few megabytes; skip where this user may make none."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "cordiale-test", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)
    if done.returncode:
        pytest.skip(f"A small disk cannot be mounted here (it needs root): {done.stderr.strip()}")
    try:
        yield folder
    finally:
        command = ["umount", "--lazy", folder]
        subprocess.run(command, check=True, timeout=BOUND)


def fill(ballast: Path) -> None:
    """Take all the room that there is."""
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def test_a_full_disk(tmp_path: Path, sink: Sink):
    """Nothing is sent while it is full; with room again the daemon goes on, and nothing was lost or doubled."""
    with small_disk(tmp_path / "disk") as disk, kills.closing(made_in(disk / "w", sink)) as made:
        ballast = disk / "ballast"

        def happens(daemon: Daemon) -> None:
            fill(ballast)
            assert daemon.until(lambda: "No space left" in daemon.said() or "disk is full" in daemon.said())
            ballast.unlink()

        through(made, sink, happens, "Free some space")
        all_once(made, sink, "A full disk")


def test_a_disk_that_fails(tmp_path: Path, sink: Sink):
    """Every fsync says EIO for a while: nothing is sent on the strength of what may not be there."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (Debian: strace).")
    with kills.closing(made_in(tmp_path / "w", sink)) as made:

        def happens(daemon: Daemon) -> None:
            words = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]
            fault = ["-e", "inject=fsync,fdatasync:error=EIO", "-p", str(daemon.process.pid)]
            tracer = subprocess.Popen([*words, *fault], stderr=subprocess.PIPE, text=True)
            try:
                assert daemon.until(lambda: "cannot be" in daemon.said() or tracer.poll() is not None), daemon.said()
            finally:
                tracer.terminate()
                _, said = tracer.communicate(timeout=BOUND)
            if "not permitted" in said:
                pytest.skip(f"strace may not look at processes here: {said.strip()}")

        through(made, sink, happens)
        all_once(made, sink, "A disk that fails")


def test_a_locked_database(tmp_path: Path, sink: Sink):
    """Somebody keeps a transaction open: the daemon says so, waits, and goes on."""
    with kills.closing(made_in(tmp_path / "w", sink)) as made:

        def happens(daemon: Daemon) -> None:
            other = sqlite3.connect(made.folder / "cordiale.db", isolation_level=None, timeout=BOUND)
            other.execute("BEGIN IMMEDIATE")
            assert daemon.until(lambda: "is locked by another process" in daemon.said()), daemon.said()
            other.rollback()
            other.close()

        through(made, sink, happens, "is locked by another process", "Wait for it to finish")
        all_once(made, sink, "A locked database")


def half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


Files = dict[str, bytes]
DB, WAL = "cordiale.db", "cordiale.db-wal"
#: What is put back: from a copy taken early, and one taken late.
TORN: dict[str, Callable[[Files, Files], Files]] = {
    "without its log": lambda _, late: {DB: late[DB]},
    "with half of its log": lambda _, late: {DB: late[DB], WAL: half(late[WAL])},
    "of before, with the log of after": lambda early, late: {DB: early[DB], WAL: late[WAL]},
    "half of it": lambda _, late: {DB: half(late[DB])},
}


@pytest.mark.parametrize("torn", TORN)
def test_a_torn_copy_of_the_database(tmp_path: Path, sink: Sink, torn: str):
    """Put back beside the send journal it lets nothing out a second time, and what is wrong with it is said."""
    with kills.closing(made_in(tmp_path / "w", sink)) as made:
        files = [made.folder / f"cordiale.db{end}" for end in ("", "-wal")]
        with Daemon(made.folder) as daemon:
            assert daemon.until(lambda: sink.count() >= FIRST), daemon.said()
            early = {path.name: path.read_bytes() for path in files}
            assert daemon.until(lambda: sink.count() >= 2 * FIRST), daemon.said()
            daemon.kill()
        late = {path.name: path.read_bytes() for path in files}
        made.database.dispose()
        for path in made.folder.glob("cordiale.db*"):
            path.unlink()
        for name, content in TORN[torn](early, late).items():
            (made.folder / name).write_bytes(content)
        with Daemon(made.folder) as again:
            stands = ("the event log is another one", "is damaged")
            ended = not again.until(lambda: any(each in again.said() for each in stands) or settled(made))
            assert not ended or again.ends() == 3, again.said()
            said = again.said()
            again.kill()
        keys = Counter(each["key"] for each in sink.effects())
    print(f"\nA database {torn}: {len(keys)} left, {max(keys.values())} at most; said: {said.strip()[-400:]}")  # noqa: T201 (figures)

    assert max(keys.values()) == 1
    assert "Traceback" not in said


def settled(made: Workspace) -> bool:
    """Return whether all releases left, or are known to be in doubt; a torn database may say anything."""
    try:
        states = made.states()
        return len(states) == N and set(states.values()) <= {"published", "uncertain"}
    except (SQLAlchemyError, CordialeError):
        return False
