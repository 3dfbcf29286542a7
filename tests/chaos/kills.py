"""Kill a daemon at random moments of a burst, and count what became of the releases."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.releases.identity import idempotency_key
from tests.builders.workspaces import Workspace
from tests.chaos.processes import Daemon

KILLS = 5
SEEDS = range(1) if os.environ.get("CORDIALE_CHAOS") == "short" else range(8)
STARTING = 0.2  #: share of the kills that come while the daemon starts, wherever it is then


@dataclass(frozen=True)
class Told:
    """What a run of kills came to, by the table and by what the channel has."""

    kills: int
    rows: list[dict[str, Any]]
    attempts: int
    effects: Counter[str]  #: key -> how often it took effect

    def keys(self, *states: str) -> set[str]:
        """Return the keys of the releases that the table has in *states*."""
        return {key_of(row) for row in self.rows if row["state"] in states}

    @property
    def doubled(self) -> list[str]:
        return [key for key, times in self.effects.items() if times > 1]

    def __str__(self) -> str:
        states = Counter(row["state"] for row in self.rows)
        counted = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        return (
            f"{len(self.rows)} releases, {self.kills} kills, {self.attempts} attempts begun: {counted}; "
            f"the channel has {len(self.effects)}, {len(self.doubled)} of them twice"
        )


def key_of(row: dict[str, Any]) -> str:
    """Return the idempotency key of a release."""
    return idempotency_key(row["id"], row["digest"])


def kill_again_and_again(
    made: Workspace, count: Callable[[], int], seed: int, *, after_each: Callable[[], object] = lambda: None
) -> int:
    """
    Kill the daemon when *count* reaches random numbers, then let one finish; return how many were killed.

    A number may be out of reach, because what a kill left uncertain is never sent again: then the daemon is killed
    when nothing is left that may leave.
    """
    chance = random.Random(seed)  # noqa: S311 (a seed that a failure can name)
    marks = sorted(chance.sample(range(1, len(made.rows())), KILLS))
    for mark in marks:
        with Daemon(made.folder) as daemon:
            if chance.random() < STARTING:
                assert daemon.until(lambda daemon=daemon: _holds_the_journal(made, daemon)), daemon.said()
            else:
                assert daemon.until(lambda mark=mark: count() >= mark or not made.under_way()), daemon.said()
            daemon.kill()
        after_each()
    with Daemon(made.folder, "--until-done") as last:
        assert last.ends() == 0, last.said()
    return len(marks)


def tell(made: Workspace, kills: int, effects: Counter[str]) -> Told:
    """Return what the table and the channel say now."""
    return Told(kills, list(made.rows().values()), len(made.attempts()), effects)


def _holds_the_journal(made: Workspace, daemon: Daemon) -> bool:
    """Return whether the journal is open in that process."""
    journal = (made.settings.trust / "local" / "journal.jsonl").resolve()
    try:
        return any(
            os.path.realpath(each) == str(journal) for each in Path("/proc", str(daemon.process.pid), "fd").iterdir()
        )
    except OSError:  # it is gone, or not yet there
        return False


@contextmanager
def closing(made: Workspace) -> Iterator[Workspace]:
    """Give a workspace, and let its database go at the end."""
    try:
        yield made
    finally:
        made.database.dispose()
