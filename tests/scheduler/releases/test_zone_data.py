"""When a government changes its clocks: what was planned moves only where a plan shows it and somebody applies it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.documents import schema
from campaigns.documents.dump import to_yaml
from scheduler.releases.booking import Kind
from scheduler.releases.outgoing import parse
from tests.builders import campaigns, commands, zone_data
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import kinds

NEXT = clock.now().year + 1
SUMMER, WINTER = f"{NEXT}-07-14T18:30:00", f"{NEXT}-12-14T18:30:00"
HOUR = timedelta(hours=1)


@cache
def document() -> schema.Campaign:
    """Return, the same at every call, three releases at half past six: summer and winter in Paris, summer in London."""
    at = [(SUMMER, "Europe/Paris"), (WINTER, "Europe/Paris"), (SUMMER, "Europe/London")]
    entries = [campaigns.entry(n, at=wall_in_utc(wall), zone=zone) for n, (wall, zone) in enumerate(at, 1)]
    return campaigns.campaign(3, releases=entries)


def wall_in_utc(wall: str) -> datetime:
    """Return *wall* as the builders take it: they write an instant as wall time in UTC."""
    return datetime.fromisoformat(wall).replace(tzinfo=UTC)


@pytest.fixture
def other_clocks(tmp_path: Path) -> Path:
    """Give zone data in which France has given up summer time, as Algeria did in 1981."""
    return zone_data.rewrite(tmp_path / "zoneinfo", {"Europe/Paris": "Africa/Algiers"})


@pytest.fixture
def signed(workspace: Workspace) -> Workspace:
    """Give a workspace in which all is applied and signed under the clocks of today."""
    with zone_data.reading():
        workspace.apply(document())
    workspace.approve()
    return workspace


def test_a_change_of_clocks_shows_as_a_plan(signed: Workspace, other_clocks: Path):
    """The plan names the release that would move, from which instant to which, and whose approval that ends."""
    before = signed.rows()
    with zone_data.reading(other_clocks):
        plan = signed.plan(document())
    (moved,) = plan.of(Kind.CHANGED)

    assert kinds(plan) == {"r1": "changed", "r2": "kept", "r3": "kept"}
    assert not plan.empty
    assert (moved.due, moved.due - before["r1"]["due_at"]) == (datetime(NEXT, 7, 14, 17, 30, tzinfo=UTC), HOUR)
    assert moved.why == "When it goes out changed."
    assert moved.voids == ("fr", "uk")
    assert signed.rows() == before


def test_applying_it_voids_the_approvals(signed: Workspace, other_clocks: Path):
    """The wall time stays, the instant moves, and nobody's signature moves along with it."""
    before = signed.rows()
    with zone_data.reading(other_clocks):
        signed.apply(document())
        again = signed.plan(document())
    after = signed.rows()

    assert {entry: row["state"] for entry, row in after.items()} == {
        "r1": "draft",
        "r2": "scheduled",
        "r3": "scheduled",
    }
    assert [(row["wall"], row["zone"]) for row in (before["r1"], after["r1"])] == [(SUMMER, "Europe/Paris")] * 2
    assert after["r1"]["due_at"] - before["r1"]["due_at"] == HOUR
    assert parse(after["r1"]["outgoing"]).due == f"{NEXT}-07-14T17:30:00Z"
    assert [after[entry] for entry in ("r2", "r3")] == [before[entry] for entry in ("r2", "r3")]
    assert again.empty


def test_the_command_sees_the_zone_data_of_its_machine(
    workspace: Workspace, other_clocks: Path, monkeypatch: pytest.MonkeyPatch
):
    """`plan --exit-code` says that something would change as soon as the machine's zone data say so, and not before."""
    path = workspace.folder / "campaigns" / "voices.yaml"
    path.write_text(to_yaml(document()), "utf-8")
    monkeypatch.setenv("PYTHONTZPATH", "")
    applied = commands.started(workspace.folder, "apply", str(path), "--as", "amina")
    before = commands.started(workspace.folder, "plan", str(path), "--exit-code")
    monkeypatch.setenv("PYTHONTZPATH", str(other_clocks))
    after = commands.started(workspace.folder, "plan", str(path), "--exit-code")

    said = "\n".join(each.stdout + each.stderr for each in (applied, before, after))
    assert (applied.returncode, before.returncode, after.returncode) == (0, 0, 4), said
    assert "r1/en-GB/uk-outbox" in after.stdout
