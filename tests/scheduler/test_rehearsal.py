"""A rehearsal plays months in seconds with the real engine: never early, in order, and nothing leaves the stage."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from campaigns.errors import Refused
from campaigns.store.engine import reading
from scheduler.engine import hold
from scheduler.rehearsal.play import Played, play
from scheduler.rehearsal.stage import set_up
from scheduler.releases.ledger import ATTEMPT, RELEASE
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace
from tests.servers.http_sink import HttpSink

DAY = timedelta(days=1)
WEEKS = 17


def digest(folder: Path) -> dict[str, str]:
    """Return what stands in *folder*, the stage apart: path -> sha256."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "rehearsal" not in path.relative_to(folder).parts
        and not path.name.endswith(("-shm", "-wal"))
    }


def rehearse(
    made: Workspace, *, as_if_signed: bool = False, to_loopback: bool = False
) -> tuple[Played, list[Any], list[Any]]:
    """Play, and return the result with the releases and attempts of the stage."""
    made.database.dispose()
    with set_up(made.settings, as_if_signed=as_if_signed) as stage:
        played = play(stage, to_loopback=to_loopback, tick=lambda _now, _done: None)
        with reading(stage.database) as connection:
            rows = [dict(row) for row in connection.execute(RELEASE.select()).mappings()]
            attempts = [dict(row) for row in connection.execute(ATTEMPT.select()).mappings()]
    return played, rows, attempts


@pytest.fixture
def season(tmp_path: Path, http_sink: HttpSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Give a campaign of four months: every week to a folder, a receiver on loopback, and a server far away."""
    for name in [each for each in os.environ if each.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)
    made = workspaces.make(tmp_path / "w", secrets={"burst": workspaces.SIGNING_KEY})
    channels = [
        campaigns.channel(),
        campaigns.channel("webhook", id="hook", server=f"{http_sink.url}/hook", credential="burst"),
        campaigns.channel(
            "mastodon", id="social", server="https://social.example", account="@facts", credential="none"
        ),
    ]
    due = (clock.now() + DAY).replace(microsecond=0)
    releases = [
        campaigns.entry(1, due, repeat=f"FREQ=WEEKLY;COUNT={WEEKS}", channels=["uk-outbox"]),
        campaigns.entry(2, due + DAY, channels=["hook", "social"]),
        campaigns.entry(3, due + 100 * DAY, channels=["social"]),
    ]
    made.apply(campaigns.campaign(3, at=due, channels=channels, releases=releases, ends=None))
    yield made
    made.database.dispose()


def test_months_in_seconds_and_nothing_leaves(season: Workspace, http_sink: HttpSink):
    """The whole campaign goes out on the stage, each at its instant; the workspace is the same to the last byte."""
    season.approve()
    season.database.dispose()
    before, real = digest(season.folder), clock.now()
    played, rows, attempts = rehearse(season)
    due = {row["id"]: row["due_at"] for row in rows}

    assert played.complete
    assert len(played.lines) == WEEKS + 3
    assert all(each["started_at"] >= due[each["release"]] for each in attempts)
    assert max(row["published_at"] - row["due_at"] for row in rows) < timedelta(seconds=30)
    assert [each.due for each in played.lines] == sorted(each.due for each in played.lines)
    assert played.ended - played.began > 100 * DAY
    assert clock.now() - real < timedelta(seconds=60)
    assert digest(season.folder) == before
    assert http_sink.effects == []
    shown = {
        json.loads(path.read_text())["name"] for path in (season.folder / "rehearsal").glob("outbox/**/headers.json")
    }
    assert shown == {each.release for each in played.lines}
    assert all((season.folder / "rehearsal" / each.where).is_dir() for each in played.lines)


def test_what_nobody_signed_does_not_go_out(season: Workspace):
    """The gate is the real one: the table says of each who has not signed it."""
    season.approve("uk")
    played, _, attempts = rehearse(season)

    assert (len(played.lines), attempts) == (WEEKS + 3, [])
    assert {(each.state, each.why) for each in played.lines} == {("draft", "fr has not signed it.")}
    assert not played.complete


def test_as_if_signed_signs_on_the_stage_alone(season: Workspace):
    """Made-up keys sign the copy; the workspace has neither key nor signature of it, and they are gone afterwards."""
    season.database.dispose()
    before = digest(season.folder)
    played, _, _ = rehearse(season, as_if_signed=True)

    assert played.complete
    assert digest(season.folder) == before
    assert set(season.states().values()) == {"draft"}
    assert not (season.folder / "rehearsal" / "keys").exists()


def test_a_rehearsal_may_post_to_this_machine(season: Workspace, http_sink: HttpSink):
    """Where asked to, it posts to servers on loopback; what lies beyond stays a folder."""
    season.approve()
    played, _, _ = rehearse(season, to_loopback=True)

    assert played.complete
    assert [each.json()["name"] for each in http_sink.effects] == ["r2/en-GB/hook"]


def test_the_command_leaves_nothing_behind_that_looks_like_tampering(season: Workspace):
    """The workspace, and what this machine remembers of its log, are the same to the last byte; the log still holds."""
    season.approve()
    season.database.dispose()
    program = [sys.executable, str(Path(__file__).parents[2] / "main.py")]
    subprocess.run(
        [*program, "status"], cwd=season.folder, capture_output=True, check=False
    )  # takes in what was booked
    before = digest(season.folder)
    played = subprocess.run(
        [*program, "run", "--rehearsal"], cwd=season.folder, capture_output=True, text=True, check=False
    )
    after = digest(season.folder)
    verified = subprocess.run([*program, "verify"], cwd=season.folder, capture_output=True, text=True, check=False)

    assert (played.returncode, played.stderr) == (0, "")
    assert after == before
    assert verified.returncode == 0, verified.stdout + verified.stderr


def small(shared: Workspace, n: int, **more: Any) -> Workspace:
    due = (clock.now() + DAY).replace(microsecond=0)
    shared.apply(campaigns.campaign(n, at=due, **more))
    shared.approve()
    return shared


def test_what_is_held_or_late_is_told_and_ends(shared: Workspace):
    """Nobody resumes or answers in a rehearsal: it does not wait for them, and says what keeps each back."""
    due = clock.now().replace(microsecond=0) - DAY
    channels = [campaigns.channel(), campaigns.channel(id="held", account="@held")]
    releases = [
        campaigns.entry(1, due),
        campaigns.entry(2, due + 2 * DAY, channels=["held"]),
        campaigns.entry(3, due + 30 * DAY),
    ]
    shared.apply(campaigns.campaign(3, channels=channels, releases=releases), now=due - DAY)
    shared.approve()
    with shared.transaction() as connection:
        folder, now = shared.settings.trust, clock.now()
        hold.place(connection, folder, scope="channel", target="held", partner="fr", reason="not now", at=now)
    played, _, _ = rehearse(shared)
    told = {each.release.partition("/")[0]: each.why for each in played.lines if not each.sent}

    assert [each.release.partition("/")[0] for each in played.lines if each.sent] == ["r3"]
    assert "its policy is to ask" in told["r1"]
    assert told["r2"] == "fr holds channel held: not now"


def test_a_rate_is_kept_on_the_leaping_clock(shared: Workspace):
    """Three at once on a channel of one an hour go out an hour apart."""
    entries = {"if_late": {"after": "1d", "then": "ask"}}
    small(shared, 3, channels=[campaigns.channel(rate="1/h")], entries=entries)
    played, _, _ = rehearse(shared)
    instants = [each.at for each in played.lines if each.at]

    assert len(instants) == 3
    assert min(b - a for a, b in pairwise(instants)) > timedelta(minutes=59)


def test_a_folder_that_no_rehearsal_made_is_left_alone(season: Workspace):
    """People's files are not deleted for a stage."""
    (season.folder / "rehearsal").mkdir()
    (season.folder / "rehearsal" / "mine.txt").write_text("x")
    with pytest.raises(Refused, match="no rehearsal made"):
        rehearse(season)

    assert (season.folder / "rehearsal" / "mine.txt").read_text() == "x"


def test_the_clock_of_a_rehearsal_only_goes_forward():
    """A leap is to an aware instant that is still to come; afterwards the clock is the machine's again."""
    try:
        clock.leap_to(clock.now() + DAY)
        with pytest.raises(ValueError, match="cannot leap"):
            clock.leap_to(clock.now() - DAY)
        ahead = clock.now() - clock.on_the_wall(clock.now())
    finally:
        clock.land()

    assert ahead > DAY - timedelta(seconds=1)
    assert clock.now() - clock.on_the_wall(clock.now()) < timedelta(seconds=1)
