"""After a hold returns nothing begins: processes begin as fast as they can while it is placed, on each database."""

import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.errors import DatabaseFault
from campaigns.store.engine import writing
from scheduler.engine import held, hold
from scheduler.releases.evidence import held_file
from scheduler.releases.ledger import ATTEMPT, RELEASE
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.beginners import Beginners

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

TRIALS = 20 if os.environ.get("CORDIALE_CHAOS") == "short" else 500  #: of each way to hold, on each database
PROCESSES = 2
N = 300  #: releases, more than are begun before the hold stands
LONGEST = 0.03  #: seconds until a hold is placed, from when the first release has begun
LOOK = 0.001  #: seconds between two looks whether one has


@pytest.fixture
def crowd(tmp_path: Path, database_url: str) -> Iterator[tuple[Workspace, list[Beginners]]]:
    """Give a workspace full of due releases, and the processes that begin them."""
    with ExitStack() as stack:
        made = stack.enter_context(
            kills.closing(burst.build(tmp_path / "w", N, "outbox", None, {}, database_url=database_url))
        )
        url = made.settings.database_url
        yield made, [stack.enter_context(Beginners(made.folder, url, f"p{n}:")) for n in range(PROCESSES)]


def again(made: Workspace) -> None:
    """Let everything be due and nothing held."""
    held_file(made.settings.trust).unlink(missing_ok=True)
    for name in ("stop", "begun"):
        (made.folder / name).unlink(missing_ok=True)
    with writing(made.database) as connection:
        connection.execute(hold.HOLD.delete())
        connection.execute(ATTEMPT.delete())
        fresh = {"state": "scheduled", "tries": 0, "key_since": None, "owner": None, "lease_until": None}
        connection.execute(RELEASE.update().values(**fresh, next_at=clock.now() - timedelta(seconds=1)))


def in_the_table(made: Workspace, number: int) -> set[str] | None:
    """Hold as the command does, and return what it came too late for; None where SQLite gave others all the turns."""
    said = {"scope": "all", "target": "", "partner": "fr", "reason": "x"}
    assert held.add(made.settings.trust, {**said, "id": f"h{number}"})
    try:
        with writing(made.database) as connection:
            _, wire = hold.place(connection, made.settings.trust, **said, at=clock.now(), hold_id=f"h{number}")
    except DatabaseFault:  # the command says so; the hold stands in the file
        return None
    return {str(row["id"]) for row in wire}


def in_the_file_alone(made: Workspace, number: int) -> None:
    """Hold as the command does while the database does not answer."""
    said = {"scope": "all", "target": "", "partner": "fr", "reason": "x"}
    assert held.add(made.settings.trust, {**said, "id": f"h{number}"})


@pytest.mark.parametrize("way", [in_the_table, in_the_file_alone])
def test_nothing_begins_after_a_hold_has_returned(crowd, way):
    """Of what began, all had begun before; the hold in the table lists exactly that."""
    made, processes = crowd
    listed, chance, took, late, began = 0, random.Random(7), [], [], []  # noqa: S311 (a seed that a failure can name)
    for number in range(TRIALS):
        again(made)
        for each in processes:
            each.go()
        while not (made.folder / "begun").exists():
            time.sleep(LOOK)
        time.sleep(chance.random() * LONGEST)
        start = time.monotonic()
        wire = way(made, number)
        returned = time.monotonic()
        (made.folder / "stop").touch()
        begun = [one for each in processes for one in each.told()]
        took.append(returned - start)
        began.append(len(begun))
        late += [(number, release) for release, at in begun if at > returned]
        listed += wire is not None
        if wire is not None:
            assert wire == {release for release, _ in begun}
    quick = statistics.median(took) * 1000
    worst = max(took) * 1000
    name = made.database.dialect.name
    figures = f"p50 {quick:.1f} ms, worst {worst:.0f} ms; {sum(began)} releases began before, {len(late)} after"
    print(f"\nHold {way.__name__} on {name}: {TRIALS} trials ({listed} in the table), 4 threads, {figures}")  # noqa: T201 (figures)

    assert late == []
    assert sum(began) > 0
