"""Kill -9 between and inside the parts of a thread, at every numbered point, for each class of channels."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns import clock
from scheduler.releases.identity import part_key
from scheduler.releases.ledger import RELEASE
from scheduler.releases.points import Point
from tests.builders import threads, workspaces
from tests.chaos import kills
from tests.chaos.kills import key_of
from tests.chaos.nursery import Nursery
from tests.chaos.processes import Sink
from tests.chaos.trials import BATCH, CLASSES, LATER, LEASE, Stage

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
#: Where a daemon dies while it sends the second part; the first is out by then.
POINTS = (
    (Point.BEGUN_ON_DISK, Point.ACTED, Point.OUTCOME_ON_DISK)
    if SHORT
    else tuple(each for each in Point if Point.CLAIM_WRITTEN <= each <= Point.LET_GO and each is not Point.LOOKED_UP)
)
IN_THE_AIR = {Point.BEGUN_ON_DISK, Point.TOUCHING, Point.ARRIVED, Point.ACTED, Point.ANSWERED, Point.JOURNAL_WRITTEN}


@contextmanager
def stage(folder: Path, nursery: Nursery, database_url: str, can: str) -> Iterator[Stage]:
    """Give a stage with one signed thread of three parts for each point, on a channel of the class *can*."""
    options, deduplicates = CLASSES[can]
    with Sink(folder / "ledger.jsonl", deduplicates=deduplicates) as sink:
        place = folder / "workspace"
        place.mkdir()
        secret = {"burst": workspaces.SIGNING_KEY}
        more = {"lease": LEASE, "batch": BATCH, "catch_up": 0}
        with kills.closing(workspaces.make(place, secrets=secret, database_url=database_url, **more)) as made:
            on = threads.channel(server=f"{sink.url}/hook", credential="burst", options=options)
            due = clock.now() - timedelta(seconds=2)
            made.apply(threads.campaign(due, on, len(POINTS)), now=due - timedelta(hours=1))
            made.approve()
            with made.transaction() as connection:
                connection.execute(RELEASE.update().values(next_at=clock.now() + LATER))
            yield Stage(can, made, sink, nursery, [row["id"] for row in made.rows().values()])


def parts_of(row: dict[str, Any]) -> list[str]:
    return [part_key(key_of(row), part) for part in range(threads.PARTS)]


@pytest.mark.parametrize("can", CLASSES)
def test_a_death_at_any_point_of_a_thread_sends_each_part_once_and_in_order(tmp_path, nursery, database_url, can):
    """All parts are out once where the channel absorbs or can say; else a person is asked about the one in the air."""
    with stage(tmp_path, nursery, database_url, can) as on:
        died: dict[str, Point] = {}
        for point in POINTS:
            (release,) = on.due(1, point.name)
            on.play([release], point=Point.LET_GO)  # the first part is out
            if on.play([release], point=point).killed:
                died[release] = point
            on.play([release])  # to its end, so that the next death strikes no other
        rows = {row["id"]: row for row in on.made.rows().values()}
        sent = [each["key"] for each in on.sink.effects() if each["act"] == "publish"]

    assert set(died.values()) == set(POINTS)
    for release, point in died.items():
        row, keys = rows[release], parts_of(rows[release])
        mine = [each for each in sent if each in keys]
        assert mine == keys[: len(mine)], (point.name, row["state"], "twice, or out of order")
        if row["state"] == "published":
            assert mine == keys, point.name
        else:
            assert (can, row["state"]) == ("neither", "uncertain"), (point.name, row["reason"])
            assert point in IN_THE_AIR, point.name
            assert row["reason"].startswith("1 of 3 parts is out."), row["reason"]
    assert len(sent) == len(set(sent))
