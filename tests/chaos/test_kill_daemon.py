"""The daemon is killed in the middle of a burst, again and again; a ledger it cannot touch says what became of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.processes import Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

N = 500  #: releases in a burst, all due at the same instant


@contextmanager
def burst_at_a_sink(folder: Path, database_url: str, *, deduplicates: bool) -> Iterator[tuple[Workspace, Sink]]:
    """Give a workspace with a burst for a webhook, and the sink it goes to."""
    with Sink(folder / "ledger.jsonl", deduplicates=deduplicates) as sink:
        options = {"deduplicates": True} if deduplicates else {}
        place = folder / "workspace"
        with kills.closing(
            burst.build(place, N, "webhook", f"{sink.url}/hook", options, database_url=database_url)
        ) as made:
            yield made, sink


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_a_channel_that_absorbs_keys_gets_each_release_once(tmp_path, database_url, seed):
    """Kill -9 in the middle of a burst of 500 releases loses none and doubles none."""
    with burst_at_a_sink(tmp_path, database_url, deduplicates=True) as (made, sink):
        killed = kills.kill_again_and_again(made, sink.count, seed)
        told = kills.tell(made, killed, Counter(each["key"] for each in sink.effects()))
        received = sink.received()
    print(f"\nWebhook that deduplicates, seed {seed}: {told}; {received} requests, {received - N} absorbed")  # noqa: T201 (figures)

    assert told.doubled == []
    assert told.keys("published") == set(told.effects)
    assert len(told.effects) == N


@pytest.mark.parametrize("seed", kills.SEEDS)
def test_a_channel_that_can_do_neither_gets_none_twice(tmp_path, database_url, seed):
    """Where a channel neither absorbs a key nor can be asked, what was on the wire is uncertain: never sent again."""
    with burst_at_a_sink(tmp_path, database_url, deduplicates=False) as (made, sink):
        killed = kills.kill_again_and_again(made, sink.count, seed)
        told = kills.tell(made, killed, Counter(each["key"] for each in sink.effects()))
    print(f"\nWebhook that does not deduplicate, seed {seed}: {told}")  # noqa: T201 (figures)

    published, uncertain = told.keys("published"), told.keys("uncertain")
    assert told.doubled == []
    assert len(published) + len(uncertain) == N
    assert published <= set(told.effects) <= published | uncertain
