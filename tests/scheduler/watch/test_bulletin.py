"""What a daemon tells of its work: what went out, what comes next and what waits, in few lines."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from campaigns import clock
from scheduler import progress
from scheduler.daemon import Daemon
from scheduler.engine.tally import Tally
from scheduler.watch import bulletin
from scheduler.watch.bulletin import Bulletin
from tests.builders import burst, campaigns, workspaces
from tests.builders.commands import process
from tests.builders.workspaces import Workspace

AHEAD = (clock.now() + timedelta(days=2)).replace(microsecond=0)


@pytest.fixture
def ahead(ground: Path, database_url: str) -> Iterator[Workspace]:
    """Give a workspace with two signed releases of the day after tomorrow, and one that nobody has signed."""
    made = workspaces.make(ground, database_url=database_url)
    made.apply(campaigns.campaign(2, at=AHEAD))
    made.approve()
    made.apply(campaigns.campaign(3, at=AHEAD))
    yield made
    made.database.dispose()


def test_it_tells_what_comes_next_and_then_sums(ahead: Workspace, monkeypatch: pytest.MonkeyPatch):
    """At the start: what is scheduled next, and how many wait for signatures. Then one line for all that went out."""
    said: list[str] = []
    tally, told = Tally(), Bulletin(ahead.database, said.append)
    told.look()  # nobody is followed yet
    told.follow(tally, list)
    tally.outcome("published", 1000)
    tally.outcome("unknown")
    told.look()  # too soon after the last line
    monkeypatch.setattr(bulletin, "EVERY", timedelta(0))
    monkeypatch.setattr(told, "_not_before", 0.0)
    told.look()
    told.look()
    told.close()

    rest = f"2 scheduled, the next at {AHEAD:%Y-%m-%dT%H:%M:%S}Z; 1 waits for signatures."
    assert said == [rest, f"1,000 published, 1 without an answer. {rest}"]


def test_while_nothing_happens_nothing_is_asked(ahead: Workspace):
    """A daemon that rests costs the database no question for its lines, and repeats none of them."""
    said: list[str] = []
    told = Bulletin(ahead.database, said.append)
    told.follow(Tally(), list)
    asked: list[str] = []
    event.listen(ahead.database, "before_cursor_execute", lambda *each: asked.append(each[2]))
    told._not_before = 0.0
    for _ in range(3):
        told.look()

    assert (len(said), asked) == (1, [])


def test_a_burst_is_a_line_or_two(ground: Path):
    """However many go out at once, the last line has told of all of them, and there are few."""
    made, said = burst.build(ground, 60, "outbox", None, {}), []
    told = Bulletin(made.database, said.append)
    daemon = Daemon(made.settings, made.database, [told.duty()])
    daemon.start()
    told.follow(daemon.tally, daemon.obstacles)
    daemon.wait(lambda: progress.settled(daemon), every=0.05)
    told.close()
    assert daemon.stop()
    made.database.dispose()

    published = [int(each) for line in said for each in re.findall(r"^(\d+) published", line)]
    assert sum(published) == 60
    assert len(said) <= 4
    assert said[-1].endswith("Nothing is scheduled.")


def test_a_run_that_ends_says_what_is_left_and_why(ground: Path):
    """`run --until-done`: what is held or lacks a signature is named with its reason; a log as JSON has the figures."""
    made = burst.build(ground, 2, "outbox", None, {})
    made.apply(campaigns.campaign(1, name="later", at=AHEAD, channels=[campaigns.channel("outbox", account="@facts")]))
    made.database.dispose()
    reason = "attack in Nice"
    held = process(ground, "hold", "--as", "fr", "--campaign", "burst", "--reason", reason)
    assert held.returncode == 0, held.stderr
    done = process(ground, "run", "--until-done", "--log-json")
    logged = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    first = next(each for each in logged if each["event"] == "releases wait")

    assert done.returncode == 0, done.stderr
    assert f"Left: 2 releases: fr holds campaign burst: {reason}." in done.stderr
    assert "Left: 1 release waits for signatures" in done.stderr
    assert (first["scheduled"], first["unsigned"], first["level"]) == (2, 1, "info")
