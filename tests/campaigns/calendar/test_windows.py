"""Blackouts and quiet hours."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from campaigns.calendar.wall_time import resolve
from campaigns.calendar.windows import blackout_over, bounds, quiet


@dataclass(frozen=True)
class Span:
    """A blackout, as far as its times go."""

    start: str
    end: str
    zone: str = "Europe/Paris"


RESERVE = Span("2027-04-09T00:00:00", "2027-04-11T20:00:00")


@pytest.mark.parametrize(
    ("wall", "zone", "covered"),
    [
        pytest.param("2027-04-08T23:59:59", "Europe/Paris", False, id="a-second-before"),
        pytest.param("2027-04-09T00:00:00", "Europe/Paris", True, id="its-first-instant"),
        pytest.param("2027-04-11T19:59:59", "Europe/Paris", True, id="its-last-second"),
        pytest.param("2027-04-11T20:00:00", "Europe/Paris", False, id="its-end-is-outside"),
        pytest.param("2027-04-08T23:30:00", "Europe/London", True, id="london-is-an-hour-behind"),
        pytest.param("2027-04-11T13:30:00", "America/New_York", True, id="seen-from-new-york"),
    ],
)
def test_a_blackout_covers_instants_not_wall_times(wall, zone, covered):
    """What counts is the instant, wherever its clock hangs; the end is exclusive."""
    assert blackout_over(resolve(wall, zone), [RESERVE]) == (RESERVE if covered else None)


def test_the_first_blackout_that_covers_is_named():
    """With several partners' blackouts at once, the document's order decides whose is told."""
    other = Span("2027-04-10T00:00:00", "2027-04-12T00:00:00", "Asia/Baghdad")

    assert blackout_over(resolve("2027-04-10T12:00:00", "Europe/Paris"), [other, RESERVE]) is other
    assert blackout_over(resolve("2027-04-10T12:00:00", "Europe/Paris"), []) is None


def test_edges_in_a_change_of_clocks_make_the_span_longer():
    """A blackout edge that occurs twice, or never, is read the careful way."""
    start, end = bounds(Span("2027-10-31T02:30:00", "2028-10-29T02:30:00"))

    assert start == resolve("2027-10-31T02:30:00", "Europe/Paris", 0)
    assert end == resolve("2028-10-29T02:30:00", "Europe/Paris", 1)
    gap_start, gap_end = bounds(Span("2027-03-28T02:30:00", "2028-03-26T02:30:00"))
    assert gap_start == resolve("2027-03-28T01:30:00", "Europe/Paris")
    assert gap_end == resolve("2028-03-26T03:30:00", "Europe/Paris")


@pytest.mark.parametrize(
    ("wall", "asleep"),
    [
        pytest.param("2027-01-12T06:59:59", True, id="before-seven"),
        pytest.param("2027-01-12T07:00:00", False, id="seven"),
        pytest.param("2027-01-12T21:59:59", False, id="before-ten"),
        pytest.param("2027-01-12T22:00:00", True, id="ten"),
    ],
)
def test_quiet_hours_are_local(wall, asleep):
    """From 22:00 to 07:00 on the reader's own wall people sleep."""
    instant = resolve(wall, "Asia/Kabul")

    assert quiet(instant, "Asia/Kabul") is asleep
    assert quiet(instant + timedelta(hours=24), "Asia/Kabul") is asleep
