"""`cordiale calendar` as an operator types it: a table, JSON, files, and refusals that say what to type."""

import json
from pathlib import Path

import pytest

from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.scheduler.grid.conftest import crossing, voices


@pytest.fixture
def place(workspace: Workspace) -> Path:
    """Give the folder of a workspace with two campaigns."""
    from tests.scheduler.grid.conftest import NOW

    workspace.apply(voices(), crossing(), now=NOW)
    return workspace.folder


def test_the_table_names_each_release(place: Path):
    """When in its zone and in UTC, what, who leads, where, who is awaited, and what it clashes with."""
    done = process(place, "calendar", "safe-crossing")
    [row] = [line for line in done.stdout.splitlines() if "opening/fr-FR" in line]

    assert done.returncode == 0, done.stderr
    assert row.split()[:3] == ["2027-01-13", "20:00", "19:00"]
    assert "Times are those of Europe/Paris." in done.stdout
    assert "Awaits uk and fr" in row
    assert "! clash (audience)" in done.stdout
    assert done.stdout.endswith("4 releases, 2 clashes.\n")


def test_files_are_written_whole(place: Path):
    """The diary and the page in one go, and what comes next is said."""
    done = process(place, "calendar", "--ics", "grid.ics", "--html", "grid.html")

    assert done.returncode == 0, done.stderr
    assert (place / "grid.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "<!doctype html>" in (place / "grid.html").read_text("utf-8")
    assert "Wrote 13 releases and 1 blackout to grid.ics" in done.stdout


def test_json_is_for_programs(place: Path):
    """Only JSON on standard output, even where files are written too."""
    done = process(place, "calendar", "--json", "--ics", "grid.ics", "--from", "2027-01-15", "--to", "2027-01-20")

    assert {each["entry"] for each in json.loads(done.stdout)["releases"]} == {"late-night"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["raqqa-voice"], 2, "Did you mean 'raqqa-voices'?", id="a slip of the pen"),
        pytest.param(["--from", "12/01/2027"], 2, "Write it as 2027-01-12.", id="a day written otherwise"),
        pytest.param(["--from", "2027-01-15", "--to", "2027-01-14"], 2, "Swap them", id="days in the wrong order"),
        pytest.param(["--ics", "nowhere/grid.ics"], 3, "was not written", id="a folder that is not there"),
    ],
)
def test_refusals_say_what_to_type(place: Path, words: list[str], code: int, said: str):
    """A wrong word costs one line, and tells the right one."""
    done = process(place, "calendar", *words)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_workspace_says_what_is_next(workspace: Workspace):
    """Before the first apply there is nothing to show."""
    assert "Next: cordiale apply" in process(workspace.folder, "calendar").stdout
