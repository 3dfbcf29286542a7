"""What `plan` and `apply` print of clashes: a few lines of each kind, and what refuses the plan as a refusal."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.documents.dump import to_yaml
from tests.builders import campaigns
from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE


@pytest.fixture
def crowded(workspace: Workspace) -> Path:
    """Give a workspace with six messages to one audience within an hour, not yet applied."""
    document = campaigns.campaign(6, at=DUE, apart=timedelta(minutes=10))
    (workspace.folder / "campaigns" / "voices.yaml").write_text(to_yaml(document), "utf-8")
    return workspace.folder


def test_a_few_clashes_are_told_and_the_others_counted(crowded: Path):
    """Fifteen pairs clash: five are told, ten counted, the cure named once; nothing is refused."""
    done = process(crowded, "plan", "campaigns")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("! clash (audience): r") == 5
    assert "! and 10 more clashes of this kind; `cordiale calendar` shows all" in done.stdout
    assert done.stdout.count("clash_gap") == 1


def test_once_applied_the_calendar_shows_all(crowded: Path):
    """What the plan promised is kept."""
    assert process(crowded, "apply", "campaigns", "--as", "amina", "--yes").returncode == 0
    assert process(crowded, "calendar").stdout.count("! clash (audience): r") == 15


def test_a_plan_that_overfills_an_account_is_refused(crowded: Path):
    """The cap and the releases are named on standard error, once; nothing is booked."""
    document = campaigns.campaign(6, at=DUE, channels=[campaigns.channel(pace="3/h")])
    (crowded / "campaigns" / "voices.yaml").write_text(to_yaml(document), "utf-8")
    done = process(crowded, "apply", "campaigns", "--as", "amina", "--yes")

    assert done.returncode == 1
    assert "would carry 6 releases within one hour" in done.stderr
    assert "its pace is 3/h" in done.stderr
    assert process(crowded, "releases").stdout.endswith("0 releases.\n")
