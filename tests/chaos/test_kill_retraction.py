"""The daemon is killed while it takes releases down, again and again: each comes down, and nothing is sent anew."""

import random
from collections import Counter

import pytest

from campaigns import clock
from campaigns.store.engine import writing
from scheduler.engine import retraction
from scheduler.releases import ledger
from scheduler.releases.retract_codes import Code
from tests.builders import burst
from tests.chaos import kills
from tests.chaos.processes import Daemon, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

N = 120
KILLS = 4


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_what_is_to_come_down_comes_down(tmp_path, database_url, seed):
    """Kill -9 among 120 retractions: every release is told to come down under one key, and is in the end retracted."""
    chance = random.Random(seed)  # noqa: S311 (a seed that a failure can name)
    with Sink(tmp_path / "ledger.jsonl", deduplicates=True) as sink:
        options = {"deduplicates": True, "retracts": True}
        place = tmp_path / "workspace"
        with kills.closing(
            burst.build(place, N, "webhook", f"{sink.url}/hook", options, database_url=database_url)
        ) as made:
            with Daemon(place, "--until-done") as daemon:
                assert daemon.ends() == 0, daemon.said()
            with writing(made.database) as connection:
                rows = ledger.current(connection, [row["id"] for row in made.rows().values()], lock=True)
                for row in rows.values():
                    retraction.ask(connection, row, partner="fr", code=Code.LEGAL, words="x", now=clock.now())
            for mark in sorted(chance.sample(range(N + 1, 2 * N), KILLS)):
                with Daemon(place) as daemon:
                    enough = lambda mark=mark: sink.count() >= mark  # noqa: E731 (asked at once)
                    assert daemon.until(enough), daemon.said()
                    daemon.kill()
            with Daemon(place) as last:
                assert last.until(lambda: set(made.states().values()) == {"retracted"}), last.said()
                last.terminate()
            told = Counter(each["key"] for each in sink.effects())
            received = sink.received()
    print(f"\nRetraction, seed {seed}: {N} taken down, {KILLS} kills, {received - 2 * N} words absorbed")  # noqa: T201 (figures)

    assert max(told.values()) == 1
    assert sum(key.endswith("-retract") for key in told) == N
    assert sum(not key.endswith("-retract") for key in told) == N
