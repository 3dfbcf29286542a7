"""A workspace's name for itself is good in the place where it was made: a copy of it is refused, with what to do."""

import json
import shutil
from pathlib import Path

import pytest

from campaigns.errors import EnvironmentFault
from scheduler import machine
from scheduler.machine import host_id, machine_name
from tests.builders import burst
from tests.builders.commands import process

ID = "0123456789abcdef0123456789abcdef"


def test_a_copied_workspace_publishes_nothing(tmp_path: Path):
    """Copied with its identity, `run` is refused before anything leaves; told to be another machine, it publishes."""
    made, copy = burst.build(tmp_path / "here", 2, "outbox", None, {}), tmp_path / "copy"
    made.database.dispose()
    machine_name(made.settings.trust)
    shutil.copytree(made.folder, copy)
    refused = process(copy, "run", "--until-done", "--quiet")
    published = (copy / "outbox").exists()
    (copy / "trust" / "local" / "machine").unlink()
    cured = process(copy, "run", "--until-done", "--quiet")

    assert refused.returncode == EnvironmentFault.exit_code
    assert f"the name of the machine that publishes in {made.settings.trust.resolve()}" in refused.stderr
    assert "remove" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not published
    assert cured.returncode == 0, cured.stderr
    assert len(list((copy / "outbox").glob("r*"))) == 2


@pytest.mark.parametrize(
    ("here", "refused"),
    [
        pytest.param(ID, False, id="the same machine"),
        pytest.param(ID[::-1], True, id="another machine"),
        pytest.param("", False, id="a container, which has no id"),
        pytest.param("uninitialized", False, id="a system that is being set up"),
        pytest.param("é" * 32, False, id="no id at all"),
    ],
)
def test_a_name_belongs_to_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, *, refused: bool):
    """A cloned disk carries its name to another machine, where it is refused; no id is ever written plainly."""
    file = tmp_path / "machine-id"
    monkeypatch.setattr(machine, "IDS", (tmp_path / "none", file))
    file.write_text(f"{ID}\n")
    name = machine_name(tmp_path / "trust")
    file.write_text(f"{here}\n")

    assert ID not in (tmp_path / "trust" / "local" / "machine").read_text()
    if refused:
        with pytest.raises(EnvironmentFault, match="publishes on another machine"):
            machine_name(tmp_path / "trust")
    else:
        assert machine_name(tmp_path / "trust") == name


def test_a_name_from_before_it_was_bound_is_kept(tmp_path: Path):
    """An upgrade changes no name: what was in hand is still this machine's."""
    file = tmp_path / "local" / "machine"
    file.parent.mkdir()
    file.write_text("aaaabbbbccccdddd")

    assert machine_name(tmp_path) == "aaaabbbbccccdddd"
    assert json.loads(file.read_text()) == {
        "name": "aaaabbbbccccdddd",
        "host": host_id(),
        "folder": str(tmp_path.resolve()),
    }
    assert machine_name(tmp_path) == "aaaabbbbccccdddd"


@pytest.mark.parametrize("text", ['{"name": "x"', "{}", '{"name": "x", "host": ""}'])
def test_a_damaged_name_is_told(tmp_path: Path, text: str):
    """It names the file and what to do, and makes up no new name."""
    file = tmp_path / "local" / "machine"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(EnvironmentFault, match="is damaged") as told:
        machine_name(tmp_path)

    assert "Remove it" in told.value.hint
    assert file.read_text() == text
