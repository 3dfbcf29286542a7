"""Troubles of releases: grouped, named, and each with what to do."""

from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.models.channel import Channel
from campaigns.store.engine import reading
from campaigns.store.glance import through
from campaigns.store.tables import table
from scheduler import expiry
from scheduler.cures import cure
from scheduler.releases.states import NEEDS_A_PERSON
from scheduler.watch import troubles
from scheduler.watch.troubles import Trouble
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

NOW = clock.now().replace(microsecond=0)


def found(workspace: Workspace) -> list[Trouble]:
    with reading(workspace.database) as connection:
        return troubles.of_releases(through(connection), NOW)


@pytest.fixture
def five(shared: Workspace) -> Workspace:
    """Give a workspace with five signed releases of the future."""
    shared.apply(campaigns.campaign(5, at=NOW + timedelta(hours=2)))
    shared.approve()
    return shared


def test_nothing_is_wrong_with_what_waits(five: Workspace):
    """Releases that wait for their instant are no trouble."""
    assert found(five) == []


def test_releases_in_the_same_trouble_are_one(five: Workspace):
    """Four refusals of a channel are one trouble that names three, counts them all and quotes the first."""
    for entry in ("r1", "r2", "r3", "r4"):
        five.set(entry, state="failed", reason="422: too long.")
    (trouble,) = found(five)

    assert trouble.number == 4
    assert trouble.whose == "uk"
    assert trouble.what.startswith("4 releases of voices on uk-outbox are failed: the channel refused it. ")
    assert "and 1 more" in trouble.what
    assert "422: too long." in trouble.what
    assert "cordiale retry" in trouble.hint


@pytest.mark.parametrize("state", [*sorted(NEEDS_A_PERSON), "retracting", "draft", "scheduled", "claimed", "sending"])
def test_every_open_end_is_a_trouble_with_a_cure(five: Workspace, state: str):
    """Whatever waits for a person, or should have left and has not, says whose it is and what to do."""
    past = NOW - timedelta(minutes=5)
    five.set("r2", state=state, due_at=past, lease_until=past)
    (trouble,) = found(five)

    assert trouble.what.startswith("A release of voices on uk-outbox is ")
    assert "r2/" in trouble.what
    name = trouble.what.split(". ")[-1].rstrip(".")
    assert name.startswith("r2/")
    assert trouble.hint == cure(state, name)


def test_too_many_groups_are_one_trouble(five: Workspace, monkeypatch: pytest.MonkeyPatch):
    """A mail stays readable whatever happens."""
    monkeypatch.setattr(troubles, "GROUPS", 1)
    five.set("r1", state="failed")
    five.set("r2", state="uncertain")
    five.set("r3", state="refused")

    assert [each.key.partition("/")[2] for each in found(five)][1:] == ["more"]


@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (3, 1)])
def test_the_trust_file_expires_soon(days: int, told: int):
    """A month before its trust file expires, an operator hears of it."""
    assert len(troubles.of_trust(NOW + timedelta(days=days), "", NOW)) == told


def test_a_credential_that_ends_is_told_while_something_is_scheduled_with_it(five: Workspace):
    """Its name, its channels and its last day reach whoever is on duty; once nothing needs it, nobody."""
    path = five.settings.secrets / "quay"
    path.touch(mode=0o600)
    path.write_text(f'token = "a-long-token"\nexpires = {NOW.date() + timedelta(days=7)}\n', "utf-8")
    with five.transaction() as connection:
        connection.execute(table(Channel).update().values(credential="quay"))

    def told() -> list[Trouble]:
        with reading(five.database) as connection:
            used = expiry.in_use(through(connection))
        return troubles.of_credentials(expiry.ends(used, five.settings, NOW.date()))

    [trouble] = told()
    for release in five.rows():
        five.set(release, state="cancelled")

    assert "Credential quay" in trouble.what
    assert "in 7 days" in trouble.what
    assert "cordiale channels test" in trouble.hint
    assert told() == []


def test_parts_that_fail_for_the_same_reason_are_one_trouble():
    """A database that is gone fails three duties: people hear of the database, once."""
    gone = "The database does not answer."
    found = troubles.of_faults({"duty recovery": gone, "database": gone, "duty alerts": "No room."})

    assert [(each.key, each.what) for each in found] == [
        ("fault/database", gone),
        ("fault/duty alerts", "Duty alerts: No room."),
    ]


def test_each_obstacle_is_a_trouble_with_a_cure():
    """The clock, the disk, the tables and the log: each that speaks is told, with what to do."""
    said = {"clock": "It leapt.", "disk": "", "tables": "Newer.", "log": "An older database was restored."}
    found = troubles.of_obstacles(**said)

    assert [(each.key, each.what) for each in found] == [(key, what) for key, what in said.items() if what]
    assert all(each.hint for each in found)
