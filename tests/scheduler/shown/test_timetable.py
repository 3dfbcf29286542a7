"""When a release is looked at again."""

from datetime import timedelta

import pytest

from campaigns import clock
from scheduler.shown import timetable

OUT = clock.parse_iso("2027-01-12T17:30:00Z")


@pytest.mark.parametrize(
    ("passed", "stop"),
    [
        pytest.param(timedelta(0), timedelta(minutes=2), id="just out"),
        pytest.param(timedelta(minutes=2), timedelta(hours=1), id="at a stop, the next one"),
        pytest.param(timedelta(hours=5), timedelta(hours=6), id="between two"),
        pytest.param(timedelta(days=5), timedelta(days=7), id="what was missed is not made up for"),
        pytest.param(timedelta(days=91), None, id="after the last"),
    ],
)
def test_stops_grow_apart(passed, stop):
    """The next stop is the first that is still to come."""
    assert timetable.after(OUT, OUT + passed) == (None if stop is None else OUT + stop)


def test_each_stop_is_further_off_than_the_one_before():
    """A timetable that does not decay asks platforms for nothing new."""
    gaps = [later - sooner for sooner, later in zip(timetable.STOPS, timetable.STOPS[1:], strict=False)]

    assert gaps == sorted(gaps)


@pytest.mark.parametrize(
    ("failures", "asked", "wait"),
    [
        pytest.param(1, timedelta(0), timedelta(minutes=15), id="soon, the first time"),
        pytest.param(3, timedelta(0), timedelta(hours=1), id="longer each time"),
        pytest.param(30, timedelta(0), timedelta(days=1), id="but once a day"),
        pytest.param(1, timedelta(hours=2), timedelta(hours=2), id="not before the channel asked"),
        pytest.param(0, timedelta(0), timedelta(minutes=15), id="none counts as one"),
    ],
)
def test_a_look_that_came_to_nothing_is_tried_again(failures, asked, wait):
    """Sooner than the next stop, at a growing distance."""
    now = OUT + timedelta(days=8)

    assert timetable.again(OUT, now, failures, asked) == now + wait


def test_nobody_tries_again_after_the_last_stop():
    """What is past its last stop is left alone, whether it was seen or not."""
    assert timetable.again(OUT, OUT + timedelta(days=92), 1) is None
