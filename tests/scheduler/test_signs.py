"""What `status` knows of the daemon, and what it tells an operator to do."""

import json
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.clock import iso
from scheduler import signs
from scheduler.cures import CURES, cure
from scheduler.releases.states import NEEDS_A_PERSON
from tests.builders import campaigns, commands
from tests.builders.workspaces import Workspace

NOW = clock.now()
LIFE = {"at": iso(NOW), "since": iso(NOW), "pid": 1, "troubles": []}
FAULT = {"mail": {"told": {}, "sent_at": None, "tried_at": None, "fault": "refused", "fault_since": iso(NOW)}}


def leave(workspace: Workspace, **files: object) -> None:
    folder = workspace.settings.trust / "local"
    folder.mkdir(exist_ok=True)
    for name, said in files.items():
        (folder / f"{name}.json").write_text(said if isinstance(said, str) else json.dumps(said))


@pytest.mark.parametrize(
    ("life", "running"),
    [
        pytest.param(LIFE, True, id="now"),
        pytest.param({**LIFE, "at": iso(NOW - timedelta(minutes=10))}, False, id="long ago"),
        pytest.param({**LIFE, "at": iso(NOW + timedelta(days=1))}, False, id="in the future"),
        pytest.param("{", False, id="cut off"),
        pytest.param([1], False, id="something else"),
        pytest.param({**LIFE, "at": 5}, False, id="no instant"),
    ],
)
def test_a_sign_of_life_grows_old(workspace: Workspace, life: object, running: bool):
    """A daemon that was killed leaves its sign; it counts for three minutes."""
    leave(workspace, daemon=life)

    assert signs.read(workspace.settings.trust, NOW).running == running


def test_status_tells_what_troubles_the_daemon_and_which_alert_did_not_leave(workspace: Workspace):
    """It exits 1 for either: a daemon that claims nothing and an alert that nobody got are as bad as a late release."""
    workspace.apply(campaigns.campaign(at=(NOW + timedelta(hours=2)).replace(microsecond=0)))
    workspace.database.dispose()
    well = commands.process(workspace.folder, "status")
    trouble = {"what": "The disk of x has 100 MB left.", "hint": "Make room there."}
    leave(workspace, daemon={**LIFE, "at": iso(clock.now()), "troubles": [trouble]}, alerts=FAULT)
    ill = commands.process(workspace.folder, "status")
    data = commands.process(workspace.folder, "status", "--json")

    assert (well.returncode, ill.returncode, data.returncode) == (0, 1, 1)
    assert "The daemon: The disk of x has 100 MB left. Make room there." in ill.stdout
    assert "An alert by mail did not leave, since" in ill.stdout
    assert json.loads(data.stdout)["daemon"]["troubles"] == [trouble]
    assert json.loads(data.stdout)["healthy"] is False


def test_status_says_whose_it_is_and_what_to_do(workspace: Workspace):
    """Each state that needs a person comes with its command, once."""
    workspace.apply(campaigns.campaign(3, at=(NOW + timedelta(hours=2)).replace(microsecond=0)))
    workspace.set("r1", state="uncertain", reason="The answer was lost.")
    workspace.set("r2", state="failed", reason="422")
    workspace.set("r3", state="failed", reason="422")
    workspace.database.dispose()
    said = commands.process(workspace.folder, "status")

    assert said.returncode == 1
    assert (
        "uncertain: Look at the channel, then: cordiale resolve r1/en-GB/uk-outbox --published --url URL" in said.stdout
    )
    assert said.stdout.count("cordiale retry") == 1
    assert "whose" in said.stdout
    assert "Next: cordiale why r1/en-GB/uk-outbox" in said.stdout


def test_every_state_that_needs_a_person_has_a_cure():
    """Nobody is told that something is wrong without what to do."""
    assert set(CURES) >= NEEDS_A_PERSON
    assert all("cordiale" in cure(state, "a/b/c") for state in CURES)
    assert "cordiale why x" in cure("nothing known", "x")
