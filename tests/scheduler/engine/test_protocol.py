"""The protocol against a model of the truth, played by chance: a little every time, and deeply among the chaos."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.builders.protocol_world import World, opened
from tests.scheduler.engine.protocol_machine import Protocol

QUIET = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}
SHORT = settings(max_examples=8, stateful_step_count=25, **QUIET)
PLAYS = 12 if os.environ.get("CORDIALE_CHAOS") == "short" else 1500
DEEP = settings(max_examples=PLAYS, stateful_step_count=50, **QUIET)


@pytest.fixture
def world(ground: Path, database_url: str) -> Iterator[World]:
    """Give two machines on each database in turn."""
    with opened(ground, database_url) as found:
        yield found


def prove(world: World, how: settings) -> None:
    """Play the machine in *world*."""
    machine = type("Played", (Protocol,), {"world": world})
    run_state_machine_as_test(machine, settings=how)


def test_the_protocol_keeps_its_promises(world: World):
    """Never twice, never lost, never under a hold, by legal moves alone: a few plays of 25 steps."""
    prove(world, SHORT)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_the_protocol_keeps_its_promises_for_long(world: World):
    """The same for fifteen hundred plays of 50 steps."""
    prove(world, DEEP)
