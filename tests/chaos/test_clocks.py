"""
The clock of the machine is set while the daemon runs: nothing leaves early or outside its window, nothing expires.

libfaketime sets the clock of the daemon's process alone, by a file that it reads at every look; the clock that no step
touches goes on. An outbox says which releases left; the test's own clock, which is right, says when they might.
"""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns import clock
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace
from tests.chaos.processes import Daemon

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ROUNDS = 4.0  #: seconds in which the daemon claims, recovers and expires several times
TEN_YEARS = timedelta(days=3653)


class Clock:
    """What the daemon's process takes for the time: the right one, and *by* so much more."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(timedelta(0))

    def set(self, by: timedelta) -> None:
        """Set it; whole or not at all, for it is read at any time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{by.total_seconds():+.0f}\n")
        new.rename(self._file)

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def faked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock of every process that this test starts, and of no other."""
    if LIBRARY is None:
        pytest.skip("libfaketime is not installed (Debian: faketime).")
    clock_of = Clock(tmp_path / "clock")
    real = subprocess.Popen

    def start(*words, **more):
        return real(*words, **more, env={**os.environ, **clock_of.environment(), "CORDIALE_MONITOR": ""})

    monkeypatch.setattr("tests.chaos.processes.subprocess.Popen", start)
    return clock_of


def add(made: Workspace, name: str, first: int, at: datetime, until: datetime) -> None:
    """Add a campaign of two signed releases, `r<first>` and the next, that may go out from *at* *until* so late."""
    window = {"not_after": campaigns.wall(until), "if_late": {"after": "30d", "then": "send"}}
    whole = campaigns.campaign(first + 1, name=name, at=at, entries=window, channels=[campaigns.channel(id=name)])
    two = {"messages": whole.messages[-2:], "releases": whole.releases[-2:]}
    made.apply(whole.model_copy(update=two), now=at - DAY)
    made.approve(campaign=name)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Workspace]:
    """Give releases that are due, some whose window is over in an hour, and some that are due then."""
    found = workspaces.make(tmp_path / "w", catch_up=0, lease=3.0)
    now = clock.now().replace(microsecond=0)
    add(found, "now", 1, now - MINUTE, now + DAY)
    add(found, "before", 3, now + 30 * MINUTE, now + 40 * MINUTE)
    add(found, "after", 5, now + 50 * MINUTE, now + 20 * DAY)
    yield found
    found.database.dispose()


def left(made: Workspace) -> Counter[str]:
    """Return the keys of what lies in the outbox, as the receiver has it."""
    found = (made.folder / "outbox").glob("[!.]*/headers.json")
    return Counter(json.loads(path.read_text("utf-8"))["key"] for path in found)


def of(made: Workspace, *names: str) -> set[str]:
    """Return the states of the releases of campaigns."""
    return {row["state"] for row in made.rows().values() if row["campaign"] in names}


STEPS = [
    pytest.param(HOUR, "jumped ahead by 3", False, id="an hour ahead"),
    pytest.param(TEN_YEARS, "jumped ahead by 3", False, id="ten years ahead"),
    pytest.param(HOUR, "jumped ahead by 3", True, id="suspended for an hour"),
    pytest.param(-HOUR, "was set back by 3", False, id="an hour back"),
]
if os.environ.get("CORDIALE_CHAOS") == "short":
    STEPS = STEPS[1::2]


@pytest.mark.parametrize(("by", "said", "suspended"), STEPS)
def test_a_clock_that_is_set_lets_nothing_out(made: Workspace, faked: Clock, by: timedelta, said: str, suspended: bool):
    """It is noticed before anything is claimed or ended; set right again, all goes on as it was meant to."""
    with Daemon(made.folder) as daemon:
        assert daemon.until(lambda: of(made, "now") == {"published"}), daemon.said()
        if suspended:
            daemon.process.send_signal(signal.SIGSTOP)
        faked.set(by)
        if suspended:
            daemon.process.send_signal(signal.SIGCONT)
        assert daemon.until(lambda: said in daemon.said()), daemon.said()
        if by < timedelta(0):  # it is over, and the wrong clock says that it is due
            now = clock.now().replace(microsecond=0)
            add(made, "over", 7, now - 70 * MINUTE, now - 20 * MINUTE)
        seen = clock.monotonic()
        assert daemon.until(lambda: clock.monotonic() - seen > ROUNDS), daemon.said()
        assert of(made, "before", "after", "over") == {"scheduled"}
        assert len(left(made)) == 2
        faked.set(timedelta(0))
        if by < timedelta(0):
            assert daemon.until(lambda: of(made, "over") == {"expired"}), daemon.said()
        assert daemon.terminate() == 0
    if by > timedelta(0):
        now = clock.now().replace(microsecond=0)
        add(made, "again", 7, now - MINUTE, now + DAY)
        with Daemon(made.folder) as again:
            assert again.until(lambda: of(made, "again") == {"published"}), again.said()
            assert again.terminate() == 0

    assert of(made, "before", "after") == {"scheduled"}
    assert set(left(made).values()) == {1}
    assert len(left(made)) == (4 if by > timedelta(0) else 2)


def test_a_daemon_that_starts_in_ten_years_ends_nothing(made: Workspace, faked: Clock):
    """The trust file is over by then: it does not start, says so, and every release stays as it was."""
    faked.set(TEN_YEARS)
    with Daemon(made.folder) as daemon:
        code = daemon.ends()

    assert code == 1
    assert "expired" in daemon.said()
    assert {row["state"] for row in made.rows().values()} == {"scheduled"}
