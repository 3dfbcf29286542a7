"""The daemon watches itself: low disk, another version of the tables, and what monitors and `status` see of it."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaigns.settings import Alerts
from campaigns.store.head import HEAD
from scheduler import progress
from scheduler.daemon import Daemon
from scheduler.signs import life_file
from scheduler.watch import disk as disks
from tests.builders import burst
from tests.builders.workspaces import SIGNING_KEY, Workspace
from tests.servers.http_sink import HttpSink


@pytest.fixture
def one(ground, database_url: str) -> Workspace:
    """Give a workspace with one release that is due, on each database."""
    made = burst.build(ground, 1, "outbox", None, {}, database_url=database_url)
    yield made
    made.database.dispose()


@contextmanager
def running(daemon: Daemon):
    """Run *daemon*; stop it at the end."""
    daemon.start()
    try:
        yield daemon
    finally:
        assert daemon.stop()


def published(workspace: Workspace) -> bool:
    return progress.counts(workspace.database) == {"published": 1}


def test_low_disk_stops_claims_and_they_go_on_by_themselves(one: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Nothing is claimed below the least; it is told wherever people look; with room again everything goes out."""
    monkeypatch.setattr(disks, "ASK_EVERY", 0.0)
    daemon = Daemon(one.settings, one.database)
    daemon.disk._least = 2**62
    with running(daemon):
        passes = daemon.tally.passes
        daemon.wait(lambda: daemon.tally.passes > passes + 1, every=0.05)
        claimed, vitals = one.states(), daemon.vitals()
        daemon.watch.sign()
        sign = json.loads(life_file(one.settings.trust).read_text())
        daemon.disk._least = 1
        daemon.wait(lambda: published(one), every=0.05)
        after = daemon.vitals()

    assert claimed == {"r1": "scheduled"}
    assert [each.key for each in vitals.obstacles] == ["disk"]
    assert "publishing is paused below" in vitals.unready()[0]
    assert "publishing is paused below" in sign["troubles"][0]["what"]
    assert (after.unready(), after.unhealthy(), vitals.unhealthy()) == ([], [], [])


@pytest.mark.parametrize(("version", "said"), [("9999", "newer than this code"), ("0001", "run `cordiale db upgrade`")])
def test_a_database_of_another_version_gives_no_claims(one: Workspace, version: str, said: str):
    """A migration under a running daemon stops its claims, in the claim's own transaction; it says what to do."""
    with one.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    daemon = Daemon(one.settings, one.database)
    with running(daemon):
        daemon.wait(lambda: bool(daemon.obstacles()), every=0.05)
        (trouble,) = daemon.obstacles()
        before = one.states()
        with one.transaction() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": HEAD})
        daemon.wait(lambda: published(one), every=0.05)

    assert said in trouble.what
    assert before == {"r1": "scheduled"}
    assert daemon.obstacles() == []


def test_a_sign_of_life_is_there_while_it_runs(one: Workspace):
    """`status` reads whether a daemon is there without asking it; a clean stop takes the sign away."""
    daemon = Daemon(one.settings, one.database)
    with running(daemon):
        there = json.loads(life_file(one.settings.trust).read_text())

    assert there["troubles"] == []
    assert not life_file(one.settings.trust).exists()


def test_an_uncertain_release_is_counted_and_told(ground, http_sink: HttpSink):
    """From a lost answer to an alert: the figures count it, the webhook hears of it, and hears when it is resolved."""
    made = burst.build(ground, 1, "webhook", f"{http_sink.url}/hook", {})
    alerts = Alerts(webhook=f"{http_sink.url}/alerts", webhook_credential="burst", gap=0)
    daemon = Daemon(made.settings.model_copy(update={"alerts": alerts}), made.database)
    http_sink.misbehave("500-posted", 1)
    with running(daemon):
        daemon.wait(lambda: progress.counts(made.database) == {"uncertain": 1}, every=0.05)
        http_sink.misbehave(None)
        for settled in (False, True):
            if settled:
                made.set("r1", state="published")
            daemon.watch.counter._not_before = 0.0
            daemon.watch.count()
            daemon.watch._tell()
        attempts = daemon.tally.outcomes()
    told = [json.loads(each.body) for each in http_sink.requests if each.path == "/alerts"]
    made.database.dispose()

    assert attempts == {"unknown": 1}
    assert [each["type"] for each in told] == ["cordiale.alert", "cordiale.alert.over"]
    assert "may have been published" in told[0]["data"]["new"][0]["what"]
    assert "cordiale resolve r1/" in told[0]["data"]["new"][0]["hint"]
    assert SIGNING_KEY.strip() not in json.dumps(told)


def test_troubles_of_releases_stay_while_the_database_is_silent(one: Workspace):
    """A database that does not answer is a trouble; what was wrong before is not over because of it."""
    daemon = Daemon(one.settings, one.database)
    one.set("r1", state="failed", next_at=one.row()["due_at"] + timedelta(days=1))
    daemon.watch.count()
    before = [each.key.partition("/")[0] for each in daemon.watch.troubles()]
    with one.transaction() as connection:
        connection.execute(text("ALTER TABLE release RENAME TO elsewhere"))
    try:
        silent = [each.key for each in daemon.watch.troubles()]
    finally:
        with one.transaction() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO release"))

    assert before == ["state"]
    assert silent[0] == "fault/database"
    assert silent[1].startswith("state/failed/")
