"""An axis has few marks, at round numbers and at days that people count by."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.presentation.scales import DAYS, day_marks, marks


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        pytest.param(0, 1.5, [0, 0.5, 1, 1.5], id="shares"),
        pytest.param(-0.11, 1.3, [0, 0.5, 1], id="below zero"),
        pytest.param(0, 293_000, [0, 100_000, 200_000], id="counts"),
        pytest.param(0, 0.07, [0, 0.02, 0.04, 0.06], id="small"),
        pytest.param(0, 5, [0, 1, 2, 3, 4, 5], id="whole"),
    ],
)
def test_marks_are_round_numbers(low, high, found):
    """Steps are 1, 2, 2.5 or 5 of a power of ten."""
    assert marks(low, high) == found


@given(st.floats(-1e9, 0), st.floats(1e-3, 1e12))
def test_marks_lie_on_the_axis(low, high):
    """Whatever the ends, there are two to six marks, all between them."""
    found = marks(low, high)
    assert 2 <= len(found) <= 6
    slack = (high - low) * 1e-6
    assert all(low - slack <= each <= high + slack for each in found)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        pytest.param((2026, 11, 1), (2026, 11, 1), [(2026, 11, 1)], id="one day"),
        pytest.param((2026, 11, 1), (2026, 11, 4), [(2026, 11, day) for day in (1, 2, 3, 4)], id="days"),
        pytest.param((2026, 11, 1), (2026, 11, 29), [(2026, 11, day) for day in (1, 8, 15, 22, 29)], id="weeks"),
        pytest.param((2026, 8, 3), (2026, 12, 9), [(2026, month, 1) for month in (9, 10, 11, 12)], id="months"),
        pytest.param((2026, 6, 1), (2028, 5, 3), [(2026, 7, 1), (2027, 1, 1), (2027, 7, 1), (2028, 1, 1)], id="halves"),
        pytest.param((1700, 2, 1), (2026, 5, 3), [(year, 1, 1) for year in range(1750, 2001, 50)], id="centuries"),
    ],
)  # fmt: skip
def test_days_are_those_people_count_by(first, last, found):
    """Days, weeks, then firsts of months and years."""
    assert day_marks(date(*first), date(*last)) == [date(*each) for each in found]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 15_000))
def test_there_are_never_too_many_days(first, many):
    """However long the time, six marks at most, in order, within it, and at least the ends of it."""
    last = date.fromordinal(first.toordinal() + many)
    found = day_marks(first, last)
    assert 1 <= len(found) <= DAYS
    assert sorted(set(found)) == found
    assert first <= found[0] <= found[-1] <= last
