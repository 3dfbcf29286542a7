"""The daemon is killed in the middle of a burst, again and again; a ledger it cannot touch says what became of it."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scheduler.releases.identity import idempotency_key
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos.processes import Daemon, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

N = 500  #: releases in a burst, all due at the same instant
KILLS = 5
SEEDS = range(1) if os.environ.get("CORDIALE_CHAOS") == "short" else range(8)


@dataclass(frozen=True)
class Told:
    """What a run of kills came to, by the table and by the ledger."""

    kills: int
    rows: list[dict[str, Any]]
    effects: Counter[str]  #: key -> how often it took effect

    def keys(self, *states: str) -> set[str]:
        """Return the keys of the releases that the table has in *states*."""
        return {_key(row) for row in self.rows if row["state"] in states}

    @property
    def doubled(self) -> list[str]:
        return [key for key, times in self.effects.items() if times > 1]


def _key(row: dict[str, Any]) -> str:
    return idempotency_key(row["id"], row["digest"])


def kill_again_and_again(made: Workspace, effects: Callable[[], int], seed: int) -> int:
    """Kill the daemon at random counts of effects until `KILLS` are done, let one finish, and return the kills."""
    chance = random.Random(seed)  # noqa: S311 (a seed that a failure can name)
    marks = sorted(chance.sample(range(1, N), KILLS))
    kills = 0
    for mark in marks:
        with Daemon(made.folder) as daemon:
            if chance.random() < 0.2:  # one in five dies while it starts, wherever it is then
                assert daemon.until(lambda daemon=daemon: _holds_the_journal(made, daemon))
            else:
                assert daemon.until(lambda mark=mark: effects() >= mark), daemon.said()
            daemon.kill()
            kills += 1
    with Daemon(made.folder, "--until-done") as last:
        assert last.ends() == 0, last.said()
    return kills


def _holds_the_journal(made: Workspace, daemon: Daemon) -> bool:
    """Return whether the journal is open in that process."""
    journal = (made.settings.trust / "local" / "journal.jsonl").resolve()
    folder = Path("/proc", str(daemon.process.pid), "fd")
    try:
        return any(os.path.realpath(each) == str(journal) for each in folder.iterdir())
    except OSError:
        return False


@contextmanager
def burst_at_a_sink(folder: Path, database_url: str, *, deduplicates: bool) -> Iterator[tuple[Workspace, Sink]]:
    """Give a workspace with a burst for a webhook, and the sink it goes to."""
    with Sink(folder / "ledger.jsonl", deduplicates=deduplicates) as sink:
        options = {"deduplicates": True} if deduplicates else {}
        made = burst.build(folder / "workspace", N, "webhook", f"{sink.url}/hook", options, database_url=database_url)
        yield made, sink
        made.database.dispose()


def tell(title: str, seed: int, told: Told, made: Workspace, received: int) -> None:
    """Print the figures of one run."""
    states = Counter(row["state"] for row in told.rows)
    print(  # noqa: T201 (the figures of a chaos run)
        f"\n{title}, seed {seed}: {N} releases, {told.kills} kills, {len(made.attempts())} attempts begun, "
        f"{received} received, {len(told.effects)} took effect, {received - sum(told.effects.values())} absorbed, "
        f"{len(told.doubled)} doubled, {dict(states)}"
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_channel_that_absorbs_keys_gets_each_release_once(tmp_path, database_url, seed):
    """Kill -9 in the middle of a burst of 500 releases loses none and doubles none."""
    with burst_at_a_sink(tmp_path, database_url, deduplicates=True) as (made, sink):
        kills = kill_again_and_again(made, sink.count, seed)
        told = Told(kills, list(made.rows().values()), Counter(each["key"] for each in sink.effects()))
        tell("A webhook that deduplicates", seed, told, made, sink.received())

    assert told.doubled == []
    assert told.keys("published") == set(told.effects)
    assert len(told.effects) == N


@pytest.mark.parametrize("seed", SEEDS)
def test_a_channel_that_can_do_neither_gets_none_twice(tmp_path, database_url, seed):
    """Where a channel neither absorbs a key nor can be asked, what was on the wire is uncertain: never sent again."""
    with burst_at_a_sink(tmp_path, database_url, deduplicates=False) as (made, sink):
        kills = kill_again_and_again(made, sink.count, seed)
        told = Told(kills, list(made.rows().values()), Counter(each["key"] for each in sink.effects()))
        tell("A webhook that does not deduplicate", seed, told, made, sink.received())

    published, uncertain = told.keys("published"), told.keys("uncertain")
    assert told.doubled == []
    assert len(published) + len(uncertain) == N
    assert published <= set(told.effects) <= published | uncertain
