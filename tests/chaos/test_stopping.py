"""One daemon a workspace, and a clean stop: what an operator does all day, with real processes and signals."""

import signal
import time
from collections import Counter

import pytest

from tests.builders import burst
from tests.chaos import kills
from tests.chaos.processes import Daemon, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

N = 500


def test_a_second_daemon_is_refused(tmp_path, database_url):
    """Two daemons on one workspace would share one journal: the second says so and ends, the first goes on."""
    with (
        kills.closing(burst.build(tmp_path / "w", 1, "outbox", None, {}, database_url=database_url)) as made,
        Daemon(made.folder) as first,
    ):
        assert first.until(first.publishing), first.said()
        with Daemon(made.folder) as second:
            code = second.ends()
            said = second.said()
        assert first.until(lambda: made.states() == {"r1": "published"}), first.said()
        stopped = first.terminate()

    assert code == 3
    assert "Another process publishes from this workspace." in said
    assert stopped == 0


def test_sigterm_finishes_what_is_on_the_wire(tmp_path, database_url):
    """SIGTERM in a burst ends the process well: nothing stays claimed or sending, and the next run sends the rest."""
    with (
        Sink(tmp_path / "ledger.jsonl", deduplicates=False) as sink,
        kills.closing(
            burst.build(tmp_path / "w", N, "webhook", f"{sink.url}/hook", {}, database_url=database_url)
        ) as made,
    ):
        with Daemon(made.folder) as daemon:
            assert daemon.until(lambda: sink.count() >= N // 5), daemon.said()
            assert daemon.terminate() == 0, daemon.said()
        halfway = Counter(row["state"] for row in made.rows().values())
        there = sink.count()
        with Daemon(made.folder, "--until-done") as again:
            assert again.ends() == 0, again.said()
        told = kills.tell(made, 0, Counter(each["key"] for each in sink.effects()))
    print(f"\nSIGTERM in a burst: {dict(halfway)}, {there} at the sink; at the end {told}")  # noqa: T201 (figures)

    assert set(halfway) == {"published", "scheduled"}
    assert halfway["published"] == there < N
    assert told.keys("published") == set(told.effects)
    assert len(told.effects) == N
    assert told.doubled == []


def test_a_second_sigterm_leaves_the_rest_to_the_next_run(tmp_path, database_url):
    """A channel that hangs keeps a stopping daemon waiting; a second SIGTERM does not wait, and nothing is doubled."""
    with (
        Sink(tmp_path / "ledger.jsonl", deduplicates=True) as sink,
        kills.closing(
            burst.build(
                tmp_path / "w", 5, "webhook", f"{sink.url}/hook", {"deduplicates": True}, database_url=database_url
            )
        ) as made,
    ):
        sink.misbehave("timeout-after")
        with Daemon(made.folder) as daemon:
            assert daemon.until(lambda: sink.count() == 5), daemon.said()
            daemon.process.send_signal(signal.SIGINT)  # another number: two of the same might arrive as one
            left = Counter(row["state"] for row in made.rows().values())
            start = time.monotonic()
            assert daemon.terminate() == 0, daemon.said()
            took = time.monotonic() - start
            said = daemon.said()
        sink.misbehave(None)
        with Daemon(made.folder, "--until-done") as again:
            assert again.ends() == 0, again.said()
        ended = Counter(row["state"] for row in made.rows().values())

    assert left == {"sending": 5}
    assert took < 15
    assert "what was on the wire is looked at by the next `cordiale run`" in said
    assert ended == {"published": 5}
    assert Counter(each["key"] for each in sink.effects()).most_common(1)[0][1] == 1
