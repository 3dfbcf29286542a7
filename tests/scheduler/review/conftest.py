"""Commands of a reviewer, in this process: starting one anew takes longer than what it does."""

import sys
from collections.abc import Callable

import pytest

import main
from tests.builders.workspaces import Workspace


@pytest.fixture
def cordiale(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Give a function that runs a command in the workspace, and returns its exit code and what it printed."""
    monkeypatch.chdir(workspace.folder)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["cordiale", *words])
        capsys.readouterr()
        code = main.main()
        return code, capsys.readouterr().out

    return run
