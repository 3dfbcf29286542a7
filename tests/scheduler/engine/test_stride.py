"""Groups that take too long to begin become smaller, so that what is begun leaves before its lease is over."""

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from scheduler import progress
from scheduler.daemon import Daemon
from scheduler.engine.stride import MOST, Stride
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.facts import Evidence
from tests.builders import burst

LEASE = 3.0


@pytest.mark.parametrize(
    ("turns", "size"),
    [
        pytest.param([(64, 0.01)], MOST, id="quick"),
        pytest.param([(64, 1.0)], 32, id="half of what took long"),
        pytest.param([(64, 1.0), (32, 1.0), (16, 1.0)], 8, id="and half of that"),
        pytest.param([(64, 1.0), (32, 0.5)], 32, id="neither long nor quick: it stays"),
        pytest.param([(64, 1.0), (32, 0.1)], 64, id="quick again: it grows"),
        pytest.param([(1, 9.0), (1, 9.0)], 1, id="never none"),
        pytest.param([(64, 1.0), (3, 1.0)], 1, id="a small one that took long says more than the size"),
    ],
)
def test_the_size_follows_what_beginning_takes(turns: list[tuple[int, float]], size: int):
    """A quarter of a lease is long, a sixteenth is quick."""
    stride = Stride(LEASE)
    for number, seconds in turns:
        stride.took(number, seconds)

    assert stride.size == size


class Slow(EvidenceRoom):
    """Takes a while for each release, as on a machine that is overloaded."""

    EACH = 0.1  #: seconds

    def gather(self, connection: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> Evidence:
        threading.Event().wait(self.EACH * len(rows))
        return super().gather(connection, rows, now)


def test_a_machine_that_begins_slowly_publishes_all_the_same(tmp_path: Path):
    """To begin all that is due takes longer than a lease: it would go back for ever; in smaller groups it leaves."""
    number = int(1.5 * LEASE / Slow.EACH)
    made = burst.build(tmp_path / "w", number, "outbox", None, {}, lease=LEASE, monitor="")
    daemon = Daemon(made.settings, made.database, room=Slow)
    timer = threading.Timer(240, daemon.asked.put, [0])
    daemon.start()
    timer.start()
    try:
        daemon.wait(lambda: progress.settled(daemon), every=0.05)
    finally:
        timer.cancel()
        daemon.stop()
    states = set(made.states().values())
    made.database.dispose()

    assert states == {"published"}
