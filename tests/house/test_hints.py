"""A hint never sends anybody to a command that is not there."""

import re

import main
from tests.house import tree

NAMED = re.compile(r"`cordiale ([a-z]+)(?: ([a-z]+))?")
COMMANDS = {command for commands in main.OWNERS.values() for command in commands}


def test_every_command_that_the_code_names_exists():
    """Cures, next steps and docstrings name commands that answer."""
    unknown = sorted(
        f"{tree.name_of(path)}: cordiale {word}"
        for path in tree.modules(*tree.FLOORS)
        for word, _ in NAMED.findall(path.read_text("utf-8"))
        if word not in COMMANDS
    )

    assert unknown == []


def test_the_front_door_knows_which_file_adds_which_command():
    """`OWNERS` says of each file exactly the commands that it adds."""
    from importlib import import_module

    import typer

    for module, commands in main.OWNERS.items():
        app = typer.Typer()
        import_module(module).register(app)
        added = typer.main.get_group(app).commands

        assert sorted(commands) == sorted(added), module
