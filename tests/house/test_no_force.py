"""No command has a way past the gate: what partners agreed is changed by partners, not by a flag."""

import re
from collections.abc import Iterator

import click
import pytest
import typer

import main

#: Words by which such a flag would go, in any tongue of command lines.
PAST_THE_GATE = re.compile(
    r"\b(force[ds]?|bypass\w*|overrid\w*|unsafe|insecure|ignore|disable|unsigned|unverified|emergency|anyway|sudo|"
    r"skip[- ](?:check|sign|gate|verif)\w*|no[- ](?:check|verify|sign|gate|trust|journal|hold)\w*|allow[- ]\w+|"
    r"without[- ](?:sign|approv|check|verif)\w*|break[- ]glass|f)\b"
)
#: Options that read alike and let nothing out, each with what it is.
INNOCENT: dict[str, str] = {}


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command below *command*, groups too, with the words that call it."""
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, f"{path} {name}".strip())


ALL = dict(commands(typer.main.get_command(main.build())))


def names(command: click.Command) -> Iterator[str]:
    """Yield every option, flag and environment variable of *command*, without its dashes."""
    for each in command.params:
        for option in (*each.opts, *each.secondary_opts):
            yield option.lstrip("-").replace("_", "-")
        yield from ([each.envvar] if isinstance(each.envvar, str) else each.envvar or [])


@pytest.mark.parametrize("path", sorted(ALL))
def test_no_option_forces_anything(path: str):
    """Neither the command nor one of its options is called by a word that promises a way round."""
    found = [name for name in (*path.split(), *names(ALL[path])) if PAST_THE_GATE.search(name.lower())]

    assert [name for name in found if f"{path} --{name}" not in INNOCENT] == []


def test_no_setting_forces_anything():
    """Neither does a line in `cordiale.toml`, nor an environment variable: they are the same settings."""
    from campaigns.settings import Settings

    assert [name for name in Settings.model_fields if PAST_THE_GATE.search(name.replace("_", "-"))] == []


@pytest.mark.parametrize(
    "name", ["force", "bypass-gate", "skip-checks", "no-verify", "override", "allow-unsigned", "f"]
)
def test_the_rule_would_notice(name: str):
    """A flag of each usual name would be found."""
    assert PAST_THE_GATE.search(name)
