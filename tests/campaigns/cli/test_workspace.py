"""`cordiale init` as a person types it."""

from pathlib import Path

import pytest

from campaigns import example
from campaigns.cli import workspace
from tests.builders.commands import process as cordiale


def test_init_tells_what_was_made_and_what_comes_next(tmp_path):
    """The command it names works as it stands."""
    done = cordiale(tmp_path, "init", "demo", "--example", "daesh-lost-ground", "--starting", "now+2h")
    following = done.stdout.splitlines()[-1]

    assert done.returncode == 0, done.stderr
    assert "Made the workspace demo from the example daesh-lost-ground:" in done.stdout
    assert "  media/partners.png" in done.stdout
    assert "for rehearsal only" in done.stdout
    assert following == "Next: cd demo && cordiale plan campaigns/daesh-lost-ground.yaml --history published.csv"

    planned = cordiale(tmp_path / "demo", *following.split()[5:])

    assert planned.returncode == 0, planned.stdout + planned.stderr


def test_help_lists_the_examples_there_are(tmp_path):
    """Nobody has to guess a name, and a new folder of examples/ needs no second place to be named in."""
    done = cordiale(tmp_path, "init", "--help")

    assert done.returncode == 0
    assert all(name in " ".join(done.stdout.split()) for name in example.names())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("init", "."), 1, "is not empty", id="folder in use"),
        pytest.param(
            ("init", "new", "--example", "maximal"), 2, f"Choose one of: {', '.join(example.names())}.", id="example"
        ),
        pytest.param(("init", "new", "--starting", "soon"), 2, "Write now+20s", id="start"),
        pytest.param(("init",), 2, "Missing argument", id="no folder"),
    ],
)
def test_init_refuses_with_a_cure_and_leaves_nothing(tmp_path, words, code, said):
    """Message, hint and exit code, and no half of a workspace."""
    (tmp_path / "mine.txt").write_text("mine")

    done = cordiale(tmp_path, *words)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_in_the_folder_itself_nobody_is_sent_elsewhere(tmp_path, monkeypatch, capsys):
    """`init .` fills the current folder, and the next command is typed right there."""
    monkeypatch.chdir(tmp_path)
    workspace.init(Path())

    assert capsys.readouterr().out.splitlines()[-1].startswith("Next: cordiale plan campaigns/")
