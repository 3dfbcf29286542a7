"""A release that moves says from when to when, in its zone and in UTC, and what moved it."""

from datetime import UTC, datetime

import pytest

from scheduler.releases.booking import Kind, Plan, ReleaseChange
from scheduler.releases.moving import moved
from scheduler.releases.plan import Standing
from scheduler.releases.show import lines
from tests.builders import campaigns, zone_data
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR, document, entries

PARIS, TAHITI = "Europe/Paris", "Pacific/Tahiti"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def change(old: tuple[str, str, str], new: tuple[str, str, str], kind: Kind = Kind.CHANGED) -> ReleaseChange:
    """Return a release that is moved from *old* to *new*: wall time, zone, instant."""
    before = Standing("", old[0], old[1], at(old[2]))
    return ReleaseChange(kind, "1", "r1", "voices", at(new[2]), wall=new[0], zone=new[1], before=before)


EVENING = ("2027-01-12T18:30:00", PARIS, "2027-01-12T17:30:00")
CASES = [
    pytest.param(
        EVENING,
        ("2027-01-13T09:00:00", PARIS, "2027-01-13T08:00:00"),
        "moves 2027-01-12T18:30 -> 2027-01-13T09:00 Europe/Paris (08:00 UTC)",
        id="in its zone",
    ),
    pytest.param(
        EVENING,
        ("2027-01-12T18:30:00", "Europe/London", "2027-01-12T18:30:00"),
        "moves 2027-01-12T18:30 Europe/Paris (17:30 UTC) -> 2027-01-12T18:30 Europe/London (18:30 UTC)",
        id="into another zone",
    ),
    pytest.param(
        EVENING,
        ("2027-01-12T18:30:15", TAHITI, "2027-01-13T04:30:15"),
        "moves 2027-01-12T18:30 Europe/Paris (17:30 UTC) -> "
        "2027-01-12T18:30:15 Pacific/Tahiti (2027-01-13T04:30:15 UTC)",
        id="where UTC has another day, to the second",
    ),
    pytest.param(
        ("2027-10-31T02:30:00", PARIS, "2027-10-31T00:30:00"),
        ("2027-10-31T02:30:00", PARIS, "2027-10-31T01:30:00"),
        "moves to the other 2027-10-31T02:30 Europe/Paris, which occurs twice (00:30 UTC -> 01:30 UTC)",
        id="from the first to the second passing of an hour",
    ),
    pytest.param(
        ("2027-07-12T18:30:00", PARIS, "2027-07-12T17:30:00"),
        ("2027-07-12T18:30:00", PARIS, "2027-07-12T16:30:00"),
        "moves because the time zone data changed: 2027-07-12T18:30 Europe/Paris is another instant now "
        "(17:30 UTC -> 16:30 UTC)",
        id="under new rules",
    ),
    pytest.param(EVENING, EVENING, "", id="not at all"),
    pytest.param(EVENING, ("2027-01-12T17:30:00", "Europe/London", EVENING[2]), "", id="the same instant elsewhere"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_a_move_is_told_in_its_zone_and_in_utc(old, new, said):
    """Old and new wall time, the zone or both, the instant in UTC, and the reason where no edit is it."""
    assert moved(change(old, new)) == said


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CHANGED])
def test_only_what_changes_moves(kind):
    """A release that is cancelled or has left goes nowhere, whatever the document says of it."""
    assert moved(change(EVENING, ("2027-01-13T09:00:00", PARIS, "2027-01-13T08:00:00"), kind)) == ""


def shown(plan: Plan) -> list[str]:
    return [line.strip() for line in lines(plan)]


def test_a_plan_shows_the_move(workspace: Workspace):
    """Below the release that moves, with what it voids."""
    workspace.apply(document())
    workspace.approve("uk")
    later = campaigns.wall(DUE + 5 * HOUR)
    found = shown(workspace.plan(document(releases=entries(at=later))))
    place = next(number for number, line in enumerate(found) if line.startswith("~ release r1/"))

    was, then = campaigns.wall(DUE).removesuffix(":00"), later.removesuffix(":00")
    assert found[place].endswith("When it goes out changed.")
    assert found[place + 1] == f"moves {was} -> {then} UTC ({then[11:]} UTC)"
    assert found[place + 2] == "voids the approval of uk"


def test_a_change_of_the_clocks_is_a_plan(workspace: Workspace, tmp_path):
    """Nobody edits anything, new zone data arrives, and the plan says so plainly: one release moves, to be signed."""
    paris = document(releases=entries(zone=PARIS))
    workspace.apply(paris)
    workspace.approve()
    assert workspace.plan(paris).empty
    with zone_data.reading(zone_data.rewrite(tmp_path, {PARIS: "Asia/Baghdad"})):
        plan = workspace.plan(paris)
        found = shown(plan)
        workspace.apply(paris)

    assert [each.name for each in plan.of(Kind.CHANGED)] == ["r1/en-GB/uk-outbox"]
    assert any(line.startswith("moves because the time zone data changed") for line in found)
    assert workspace.states() == {"r1": "draft", "r2": "scheduled"}
