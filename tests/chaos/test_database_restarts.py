"""
PostgreSQL crashes and comes back, again and again, while a burst goes out through it: on a server of the test's own.

`immediate` is what a crash is to it: no checkpoint, all connections cut, recovery from the log at the next start. What
had been committed is there, what had not is not, and what was on the wire has to be written down all the same.
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from campaigns.store.upgrade import upgrade
from tests.builders import burst
from tests.chaos import kills
from tests.chaos.processes import Daemon, Sink
from tests.servers import postgres_cluster

pytestmark = [pytest.mark.chaos, pytest.mark.postgres, pytest.mark.timeout(1800)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
RESTARTS = 3 if SHORT else 20
N = int(os.environ.get("CORDIALE_CHAOS_RELEASES") or (150 if SHORT else 4000))


@pytest.mark.parametrize("deduplicates", [True, False], ids=["absorbs keys", "can do neither"])
def test_nothing_is_lost_or_doubled(tmp_path: Path, deduplicates: bool):
    """The daemon goes on by itself, and every release is published once, or known to be in doubt."""
    with (
        postgres_cluster.running() as cluster,
        Sink(tmp_path / "ledger.jsonl", deduplicates=deduplicates) as sink,
    ):
        upgrade(cluster.url)
        options = {"deduplicates": True} if deduplicates else {}
        made = burst.build(
            tmp_path / "w", N, "webhook", f"{sink.url}/hook", options, database_url=cluster.url, lease=5.0
        )
        chance = random.Random(N + deduplicates)  # noqa: S311 (a seed that a failure can name)
        marks = sorted(chance.sample(range(1, N * 9 // 10), RESTARTS))
        began = time.monotonic()
        with kills.closing(made), Daemon(made.folder) as daemon:
            for mark in marks:
                assert daemon.until(lambda mark=mark: sink.count() >= mark), daemon.said()
                cluster.restart()
            assert daemon.until(lambda: not made.under_way()), daemon.said()
            took = time.monotonic() - began
            code = daemon.terminate()
            told = kills.tell(made, 0, Counter(each["key"] for each in sink.effects()))
            received = sink.received()
    kind = "deduplicates" if deduplicates else "does not deduplicate"
    print(  # noqa: T201 (figures)
        f"\nPostgreSQL crashed {RESTARTS} times under a webhook that {kind}: {told}; {received} requests; {took:.0f} s"
    )

    assert code == 0
    assert told.doubled == []
    published, uncertain = told.keys("published"), told.keys("uncertain")
    assert len(published) + len(uncertain) == N
    assert published <= set(told.effects) <= published | uncertain
    assert uncertain == set() if deduplicates else len(uncertain) < N / 10
