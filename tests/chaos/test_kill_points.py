"""Kill -9 at every numbered point of the protocol, and at a thousand random moments, for each class of channels."""

import os
import random

import pytest

from campaigns import clock
from campaigns.store.engine import writing
from scheduler.engine import retraction
from scheduler.releases import ledger
from scheduler.releases.points import Point
from scheduler.releases.retract_codes import Code
from tests.chaos.trials import CLASSES, Stage, stage

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
GROUP = 2 if SHORT else 4  #: releases that fall due in a trial: two are on the wire, the others wait
KILLS = 9 if SHORT else 1000  #: random ones, on each database
TAKEN_DOWN = tuple(range(Point.TAKEDOWN_WRITTEN, Point.TAKEDOWN_ENDED + 1))
STOPPING = (Point.GIVE_BACK_WRITTEN, Point.GIVEN_BACK)
RECOVERING = (Point.RECOVERY_WRITTEN, Point.RECOVERED, Point.LOOK_UPS_ASKED)
#: After a death here a daemon that recovers has something to do, and dies as well.
LEAVE_SOMETHING = (
    (Point.ACTED,) if SHORT else (Point.CLAIMED, Point.BEGUN, Point.BEGUN_ON_DISK, Point.ACTED, Point.OUTCOME_ON_DISK)
)
#: Points at which a daemon dies the second time as well: others of the batch are further by then.
TWICE = (Point.ANSWERED,) if SHORT else (Point.JOURNAL_WRITTEN, Point.TOUCHING, Point.ANSWERED, Point.OUTCOME_ON_DISK)


def at_each_point(on: Stage) -> set[Point]:
    """Let daemons die at every point that publishing passes, and return the points."""
    died = set()
    ways = [(point, nth) for point in range(1, Point.RECOVERY_WRITTEN) for nth in (1, 2) if nth == 1 or point in TWICE]
    for number, nth in ways:
        point = Point(number)
        if point is Point.LOOKED_UP:
            continue  # below: it takes a lost answer
        name = f"{point.name}, time {nth}"
        left = on.due(GROUP, name)
        if on.play(left, point=point, nth=nth).killed:
            died.add(point)
        for after in RECOVERING if nth == 1 and point in LEAVE_SOMETHING else ():
            left += on.due(1, f"{after.name} after {name}")  # what was left is waited for: its lease has to end first
            if on.play(left, point=after).killed:
                died.add(after)
    return died


@pytest.mark.parametrize("can", CLASSES)
def test_a_death_at_any_point_loses_and_doubles_nothing(tmp_path, nursery, database_url, can):
    """What the channel absorbs or can say goes out once; where it can do neither, what may be out is uncertain."""
    with stage(tmp_path, nursery, database_url, can, 70 if SHORT else 110) as on:
        died = at_each_point(on)
        for point in STOPPING:
            ids = on.due(GROUP + 2, f"{point.name}, stopping")
            if on.play(ids, point=point, stop=True).killed:
                died.add(point)
        if can == "can be asked":
            left: list[str] = []
            while (
                Point.LOOKED_UP not in died and on.waiting
            ):  # what acted may be of a batch before, and need no look-up
                left += on.due(1, "acted, before a look-up")
                on.play(left, point=Point.ACTED)
                if on.play(left, point=Point.LOOKED_UP).killed:
                    died.add(Point.LOOKED_UP)
        said = on.check()
    print(f"\nPoints, {database_url.partition(':')[0] or 'sqlite'}, {said}")  # noqa: T201 (figures)

    every = {point for point in Point if point not in TAKEN_DOWN}
    assert every - died == (set() if can == "can be asked" else {Point.LOOKED_UP})


def test_a_death_at_any_point_of_a_retraction_leaves_nothing_up(tmp_path, nursery, database_url):
    """Whatever was asked to come down does, under one key, and nothing is sent anew."""
    with stage(tmp_path, nursery, database_url, "absorbs keys", 30) as on:
        on.play(on.due(GROUP * len(TAKEN_DOWN), "published first"))
        up, died = list(on.let_go), set()
        for number in TAKEN_DOWN:
            ids, up = up[:GROUP], up[GROUP:]
            with writing(on.made.database) as connection:
                for row in ledger.current(connection, ids, lock=True).values():
                    retraction.ask(connection, row, partner="fr", code=Code.LEGAL, words="x", now=clock.now())
            if on.play(ids, point=number).killed:
                died.add(number)
        on.play(list(on.let_go))
        effects = on.sink.effects()
        states = [row["state"] for row in on.made.rows().values() if row["id"] in on.let_go]
    keys = [each["key"] for each in effects]
    said = f"{on.kills} kills, {len(states)} taken down, {len(keys)} effects under {len(set(keys))} keys"
    print(f"\nPoints of a retraction, {database_url.partition(':')[0] or 'sqlite'}: {said}")  # noqa: T201 (figures)

    assert died == set(TAKEN_DOWN)
    assert set(states) == {"retracted"}
    assert len(set(keys)) == len(keys) == 2 * len(states)


@pytest.mark.parametrize("can", CLASSES)
def test_a_death_at_any_moment_loses_and_doubles_nothing(tmp_path, nursery, database_url, can):
    """The same at random: while it starts, recovers, claims, sends, is answered, writes and stops."""
    number = KILLS // len(CLASSES) + (can == "neither") * (KILLS % len(CLASSES))
    chance = random.Random(number)  # noqa: S311 (a seed that a failure can name)
    with stage(tmp_path, nursery, database_url, can, number * 8 + 60) as on:
        longest = on.play(on.due(GROUP, "undisturbed")).took
        while on.kills < number:
            ids = on.due(chance.randint(1, GROUP), f"random {on.trials}")
            killed = on.play(ids, after=chance.uniform(0, longest)).killed
            longest *= 1.03 if killed else 0.95  # some live on: else all would die while they start
        said = on.check()
    print(f"\nRandom, {database_url.partition(':')[0] or 'sqlite'}, {said}")  # noqa: T201 (figures)
