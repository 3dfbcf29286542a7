"""What the demo tells people to do next is what works from where they are."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from reports.demo import called, from_here
from tests.builders.commands import HOUSE


@pytest.mark.parametrize("way", ["script", "relative-script", "program", "program-on-the-path"])
def test_the_command_is_named_so_that_it_works_elsewhere(tmp_path, monkeypatch, way):
    """The last line names the command as it was called, by a name or a path that holds in the demo's folder too."""
    program = tmp_path / "a bin" / "cordiale"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {HOUSE / "main.py"} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    words = {"script": str(HOUSE / "main.py"), "relative-script": "main.py"}
    monkeypatch.setattr(sys, "argv", [words.get(way, str(program)), "demo"])
    monkeypatch.chdir(HOUSE)
    if way == "program-on-the-path":
        monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        ["sh", "-c", f"{called()} --version"],  # noqa: S607 (whichever shell there is)
        cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()[0]) == (0, "cordiale"), done.stderr
    assert (called() == "cordiale") == (way == "program-on-the-path")


def test_the_folder_is_named_from_here(tmp_path, monkeypatch):
    """A folder below this one is named by the way down to it, any other in full, and each as a shell takes it."""
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path / "demo workspace") == "'demo workspace'"
    assert from_here(Path("/elsewhere/demo")) == "/elsewhere/demo"
