"""A server's own limits decide what is booked: planning reads them, and notices when they change."""

from datetime import date

import pytest

from campaigns import clock
from campaigns.errors import StalePlan
from content import servers
from content.servers import Declared
from scheduler.releases import booking, files
from scheduler.releases.plan import Kind
from scheduler.releases.plan_file import PlanFile
from tests.builders import campaigns
from tests.builders.workspaces import AUTHOR, Workspace
from tests.scheduler.releases.two_releases import document

SERVER = "https://social.example"
CHANNEL = campaigns.channel("mastodon", server=SERVER, credential="uk-mastodon")
OTHER = campaigns.channel("mastodon", id="uk-other", server="https://other.example", credential="uk-mastodon")


def declare(workspace: Workspace, server: str = SERVER, day: int = 1, **limits: int) -> None:
    """Let *server* have said *limits*."""
    said = {**servers.load(workspace.settings), server: Declared(server, limits, date(2026, 11, day))}
    (workspace.folder / servers.FILE).write_text(servers.written(said), "utf-8")


def told(workspace: Workspace) -> list[str]:
    return [each["check"] for each in workspace.row("r1")["findings"]]


def test_a_release_is_held_to_what_its_server_declared(workspace: Workspace) -> None:
    """A text that Mastodon's default would let pass does not fit a server that takes less."""
    declare(workspace, text=20)
    workspace.apply(document(channels=[CHANNEL]))

    assert told(workspace) == ["too-long"]


def test_planning_notices_a_changed_limit(workspace: Workspace) -> None:
    """Another limit is looked at in each release of that server, and in no other's; another day is not news."""
    both = document(channels=[CHANNEL, OTHER])
    workspace.apply(both)
    declare(workspace, day=1, text=500)
    first = workspace.plan(both)
    workspace.apply(both)
    declare(workspace, day=9, text=500)
    later = workspace.plan(both)
    declare(workspace, text=20)
    changed = workspace.plan(both)

    assert {each.name.rpartition("/")[2] for each in first.of(Kind.RECHECKED)} == {"uk-mastodon"}
    assert later.empty
    assert [[each["check"] for each in one.findings] for one in changed.of(Kind.RECHECKED)] == [["too-long"]] * 2
    assert {each.name.rpartition("/")[2] for each in changed.of(Kind.RECHECKED)} == {"uk-mastodon"}


def test_a_plan_that_was_put_aside_counts_on_the_limits(workspace: Workspace) -> None:
    """Where a server declared something else since, the plan is stale, and says which file changed."""
    wanted = document(channels=[CHANNEL])
    declare(workspace, text=500)
    made = workspace.plan(wanted)
    planned = PlanFile(
        clock.now().replace(microsecond=0), AUTHOR, (wanted,), {}, files.digests([wanted], workspace.settings), made
    )
    declare(workspace, text=20)
    with pytest.raises(StalePlan) as refused:
        booking.apply_planned(workspace.database, planned, workspace.settings, now=clock.now())

    assert servers.FILE in refused.value.message
