"""The numbered points of the protocol: each is passed somewhere, and passing one does nothing."""

import re

from scheduler.releases import points
from scheduler.releases.points import Point
from tests.house import tree

AT_THE_CHANNEL = {Point.ARRIVED, Point.ACTED}  #: seen there alone


def test_each_point_is_passed_in_one_place():
    """A number that nothing passes would be a death that no test dies; one in two places would hide one of them."""
    words = "\n".join(path.read_text("utf-8") for path in tree.modules("scheduler"))
    passed = re.findall(r"points\.reached\(Point\.(\w+)\)", words)

    assert sorted(passed) == sorted(point.name for point in Point if point not in AT_THE_CHANNEL)


def test_passing_a_point_does_nothing():
    """In production it is a call that returns."""
    assert [points.reached(point) for point in Point] == [None] * len(Point)
    assert [point.value for point in Point] == list(range(1, len(Point) + 1))
