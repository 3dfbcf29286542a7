"""A disk that is full, a channel that is not there, a database that somebody wrote into: commands as processes."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from campaigns import clock
from tests.builders import burst, campaigns, workspaces
from tests.builders.commands import START, process
from tests.builders.workspaces import Workspace

NAME = "r1/en-GB/uk-outbox"
DUE = (clock.now() + timedelta(hours=24)).replace(microsecond=0)
ENOUGH = 40_000  #: bytes: more than SQLite's shared memory file has


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace with a release that nobody has signed, in a folder of its own."""
    made = workspaces.make(tmp_path / "workspace")
    made.apply(campaigns.campaign(at=DUE))
    yield made
    made.database.dispose()


def test_an_unsigned_release_stays_where_it_is(place: Workspace):
    """A release that nobody signed, written into the queue by whoever can write the database, does not go out."""
    with sqlite3.connect(place.folder / "cordiale.db") as database:
        past = "2026-01-01T00:00:00.000000Z"
        database.execute("UPDATE release SET state = 'scheduled', due_at = ?, next_at = ?", (past, past))
    database.close()
    run = process(place.folder, "run", "--until-done", "--quiet")
    why = process(place.folder, "why", NAME)

    assert (run.returncode, "Traceback" in run.stderr) == (0, False), run.stderr
    assert not (place.folder / "outbox").exists()
    assert "uk, fr have not signed it" in why.stdout
    assert "cordiale review voices" in why.stdout
    assert process(place.folder, "status").returncode == 1


@pytest.mark.parametrize(
    ("words", "target"),
    [
        pytest.param(["export", "voices", "--to", "copy.yaml"], "copy.yaml", id="export"),
        pytest.param(["review", "voices", "--bundle", "for-paris.zip"], "for-paris.zip", id="bundle"),
    ],
)
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, words: list[str], target: str):
    """A file is there whole or not at all, and the command says that it is not."""
    made = workspaces.make(tmp_path / "workspace")
    side = 200  # pixels; noise does not compress
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(made.settings.media / "map.png")
    said = {"en-GB": "Daesh has lost all of its villages, and the schools are open to you and to them."}
    picture = {"wording": said, "media": [{"file": "map.png", "alt": {"en-GB": "A map."}}]}
    learnt = [{"id": f"l{n}", "found": "Less is more. " * 1000, "next_time": "Say less."} for n in range(10)]
    made.apply(campaigns.campaign(at=DUE, messages=[campaigns.message(1, **picture)], learning=learnt))
    full = process(made.folder, *words, bytes_a_file=ENOUGH)
    made.database.dispose()

    assert (full.returncode, "Traceback" in full.stderr) == (3, False), full.stderr
    assert target in full.stderr
    assert "File too large" in full.stderr
    assert "hint:" in full.stderr
    assert [path.name for path in made.folder.iterdir() if target.partition(".")[0] in path.name] == []


def test_a_full_disk_under_the_database_is_no_riddle(place: Workspace):
    """Where even SQLite cannot write, the hint is about the disk."""
    full = process(place.folder, "hold", "--as", "uk", "--reason", "x", bytes_a_file=100)

    assert full.returncode == 3, full.stderr
    assert "disk" in full.stderr.partition("hint:")[2]
    assert "Traceback" not in full.stderr


def test_a_channel_that_is_not_there_costs_a_pause(tmp_path: Path):
    """A receiver that does not answer: the release waits and is tried again; the daemon stops cleanly when told."""
    made = burst.build(tmp_path / "workspace", 1, "webhook", "http://127.0.0.1:9/hook", {})
    command = [sys.executable, "-c", START, "run"]
    with subprocess.Popen(command, cwd=made.folder, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stderr is not None
        while not made.events("release.retry"):
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the daemon ended with {daemon.wait(0.05)}")
        daemon.send_signal(signal.SIGTERM)
        said = daemon.stderr.read()
    why = process(made.folder, "why", "r1/en-GB/uk-webhook")

    assert (daemon.returncode, "Traceback" in said) == (0, False), said
    assert "is scheduled" in why.stdout
    assert "release.retry" in why.stdout
    made.database.dispose()
