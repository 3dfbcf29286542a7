"""A clock that was set pauses publishing: ahead until a person looks, behind for as long as it stands behind."""

from datetime import timedelta

import pytest

from campaigns import clock
from scheduler.engine.outcomes import Ending
from scheduler.engine.steady import LEAP, Steady
from scheduler.releases.states import Move

SECOND = timedelta(seconds=1)
SETS = [
    pytest.param(timedelta(0), "", "", id="as it was"),
    pytest.param(timedelta(seconds=LEAP - 5), "", "", id="a little ahead"),
    pytest.param(timedelta(seconds=5 - LEAP), "", "", id="a little behind"),
    pytest.param(timedelta(seconds=LEAP + 5), "The clock jumped ahead by", "The clock jumped ahead by", id="ahead"),
    pytest.param(timedelta(days=3653), "The clock jumped ahead by", "The clock jumped ahead by", id="ten years ahead"),
    pytest.param(timedelta(hours=-1), "The clock was set back by", "", id="an hour back"),
]


@pytest.mark.parametrize(("by", "then", "after"), SETS)
def test_a_clock_that_was_set(by: timedelta, then: str, after: str):
    """It is not trusted from then on, and what must be written down gets the instant that it would be."""
    steady = Steady("The clock")
    assert steady.holds(clock.now())

    assert steady.holds(clock.now() + by) is not bool(then)
    assert steady.why.startswith(then)
    assert bool(steady.why) is bool(then)
    if then:
        assert abs(steady.mend(clock.now() + by) - clock.now()) < 10 * SECOND
    assert steady.holds(clock.now()) is not bool(after)
    assert steady.why.startswith(after)
    assert bool(steady.why) is bool(after)


def test_pauses_are_counted_by_the_tables_clock():
    """A machine whose clock is an hour off neither hammers a channel nor forgets it for an hour."""
    now = clock.now()
    end = Ending(Move.RETRY, "busy", "", again_at=now + SECOND, busy_until=now + 2 * SECOND)
    moved = end.later(timedelta(hours=-1))

    assert (moved.again_at, moved.busy_until) == (
        now + SECOND - timedelta(hours=1),
        now + timedelta(hours=-1) + 2 * SECOND,
    )
    assert Ending(Move.ACCEPT, "published", "").later(SECOND) == Ending(Move.ACCEPT, "published", "")
