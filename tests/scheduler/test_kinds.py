"""What is said of each kind of channel is what it declares."""

from pathlib import Path

import pytest

from scheduler import kinds, roster
from scheduler.errors import UnknownKind
from tests.builders.commands import process
from tests.house import tree


def test_the_readme_has_the_table_that_the_code_declares() -> None:
    """A capability that changes changes the README: `cordiale channels kinds --markdown` prints what goes in."""
    assert kinds.markdown() in (tree.ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("kind", roster.KINDS)
def test_each_word_of_the_table_is_declared(kind: str) -> None:
    """No kind is said to be able to do what its publisher does not declare, by itself or by its options."""
    declared, said = roster.capabilities(kind), kinds.of(kind)
    options = dict.fromkeys(roster.options_that_declare(kind), True)
    most = roster.capabilities(kind, options)

    assert (said.asked == "yes") is declared.can_look_up
    assert (said.retracted == "yes") is declared.can_retract
    assert (said.measured == "yes") is declared.can_measure
    assert (said.retracted == "no") is not most.can_retract
    assert said.once.startswith("its key") is (most.absorbs_key is not None)
    assert said.once.startswith("nothing") is (most.absorbs_key is None and not declared.can_look_up)
    assert said.credential.endswith(".")
    assert said.what


def test_the_options_that_declare_are_those_that_are_read() -> None:
    """A publisher that declares by its options names every one of them, and each changes something."""
    for kind in roster.KINDS:
        plain = roster.capabilities(kind)
        for option in roster.options_that_declare(kind):
            assert roster.capabilities(kind, {option: True}) != plain, (kind, option)


def test_a_person_is_told_how_to_get_a_key(tmp_path: Path) -> None:
    """Without any workspace: the table, one kind with its help, and the nearest kind for a slip of the pen."""
    table = process(tmp_path, "channels", "kinds")
    one = process(tmp_path, "channels", "kinds", "mastodon")
    slip = process(tmp_path, "channels", "kinds", "mastodn")
    printed = process(tmp_path, "channels", "kinds", "--markdown")

    assert all(kind in table.stdout for kind in roster.KINDS), table.stderr
    assert f"credential:   {roster.help_for('mastodon')}" in one.stdout
    assert slip.returncode == UnknownKind.exit_code
    assert "Did you mean 'mastodon'?" in slip.stderr
    assert printed.stdout == kinds.markdown()
