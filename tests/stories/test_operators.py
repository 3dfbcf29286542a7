"""What an operator asks at night: does anything need me, and how did what a hold came too late for end."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from tests.builders import campaigns, workspaces
from tests.builders.commands import START, process
from tests.builders.workspaces import Workspace

NAME = "r1/en-GB/uk-outbox"
URL = "https://posts.example/1"
HOUR = timedelta(hours=1)
LATER = clock.now() + timedelta(days=1)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace whose only release, signed by both, is due in an hour."""
    made = workspaces.make(tmp_path / "workspace")
    due = clock.now().replace(microsecond=0) + HOUR
    made.apply(campaigns.campaign(at=due))
    made.approve()
    yield made
    made.database.dispose()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"state": "scheduled"}, 0, id="waits for its instant"),
        pytest.param({"state": "published", "published_at": LATER}, 0, id="published"),
        pytest.param({"due_at": LATER - 3 * 24 * HOUR, "next_at": LATER - 3 * 24 * HOUR}, 1, id="late"),
        pytest.param({"state": "uncertain"}, 1, id="uncertain"),
        pytest.param({"state": "failed"}, 1, id="failed"),
        pytest.param({"state": "refused"}, 1, id="refused"),
        pytest.param({"state": "handed_over"}, 1, id="handed over"),
    ],
)
def test_status_fails_while_anything_needs_somebody(place: Workspace, values: dict[str, Any], code: int):
    """A timer that runs `status` hears by its exit code of what is late, uncertain, failed, refused or handed over."""
    place.set("r1", **values)
    status = process(place.folder, "status")

    assert (status.returncode, status.stderr) == (code, ""), status.stdout


def test_a_hold_tells_how_what_had_begun_ends(place: Workspace):
    """It names what it came too late for, watches until that has ended, and `hold list` tells it afterwards."""
    place.set("r1", state="sending", lease_until=LATER)
    words = ["hold", "--as", "fr", "--reason", "attack in Nice", "--wait"]
    short = process(place.folder, *words, "0.01")
    command = [sys.executable, "-c", START, *words, "240"]
    with subprocess.Popen(command, cwd=place.folder, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout
        begun = [watching.stdout.readline() for _ in range(3)]
        place.set("r1", state="published", remote_url=URL, published_at=clock.now())
        ended = watching.stdout.read()
    listed = process(place.folder, "hold", "list").stdout

    assert "1 release had already begun:" in short.stdout
    assert "1 release is still on the wire" in short.stdout
    assert begun[1:] == ["1 release had already begun:\n", f"  {NAME}\n"]
    assert f"  {NAME}: published at {URL}\n" in ended
    assert watching.returncode == short.returncode == 0
    assert URL in "".join(listed.split())
