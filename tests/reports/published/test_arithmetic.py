"""Rounding, periods, running totals and reach: what is known is kept, and what is not is not made up."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import UsageError
from reports.errors import NotAdditive, Unreadable
from reports.figures import Figure, Qualifier, between, parse
from reports.published.cumulative import Share, Total, differences, share_between
from reports.published.periods import Period, compare, of_days, period
from reports.published.quotients import change, divide, implied_whole, overlap, part, percentage, points
from reports.published.rounding import How, judge
from reports.records.reach import frequency_of, together

DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("printed", "exact", "how"),
    [
        pytest.param("41,700", 41_666.67, How.ROUNDED, id="hundreds"),
        pytest.param("-34%", -0.3466, How.CUT, id="cut-toward-zero"),
        pytest.param("-35%", -0.3466, How.ROUNDED, id="rounded"),
        pytest.param("\u221235 %", -0.3466, How.ROUNDED, id="typographic-minus"),
        pytest.param("50%", 0.4701, How.OTHER, id="wrong"),
        pytest.param("48.77%", 0.004877, How.HUNDREDFOLD, id="a-percentage-of-a-percentage"),
        pytest.param("0.31", 0.3069, How.ROUNDED, id="pence"),
        pytest.param("5", 4.2, How.UP, id="rounded-up"),
        pytest.param("0%", 0.0, How.EXACT, id="nothing"),
    ],
)
def test_how_a_figure_was_printed(printed, exact, how):
    """Rounded, cut, hundredfold or wrong: the finest step that explains the printed figure."""
    assert judge(printed, exact).how is how


@pytest.mark.parametrize("printed", ["", "many", "1,23,4", "12 %%"])
def test_what_is_no_figure(printed):
    """What is no figure is refused with a cure."""
    with pytest.raises(Unreadable) as raised:
        judge(printed, 1)
    assert raised.value.hint


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 3))
def test_what_was_rounded_is_known_as_rounded(exact, places):
    """Whatever the number and the digits printed, rounding is recognised and believed."""
    assert judge(f"{round(exact, places):f}", float(exact)).plausible


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2013Q3", date(2013, 7, 1), date(2013, 9, 30)),
        ("2014-02", date(2014, 2, 1), date(2014, 2, 28)),
        ("2014-01/02", date(2014, 1, 1), date(2014, 2, 28)),
        ("2014-12/2015-01", date(2014, 12, 1), date(2015, 1, 31)),
        ("2018-03-01/2019-02-01", date(2018, 3, 1), date(2019, 2, 1)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_periods(text, first, last):
    """Years, quarters, months, days and runs of them are read, both ends in."""
    assert period(text) == Period(first, last)


@pytest.mark.parametrize("text", ["", "2014-13", "Q3 2013", "2015/2014", "2014-01/", "yesterday"])
def test_what_is_no_period(text):
    """What is no period is refused with a cure."""
    with pytest.raises(Unreadable) as raised:
        period(text)
    assert raised.value.hint


def test_unequal_periods():
    """The same number in half the days is twice as much for each day."""
    found = compare((Figure(100), of_days(DAY, 60)), (Figure(100), of_days(DAY, 30)))
    assert (found.total.at_face, found.daily.at_face, found.unequal) == (0, 1, True)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.randoms())
def test_differences_add_up_again(added, order):
    """In whatever order totals come, their differences are exactly what was added."""
    first, running, totals = DAY, 0, []
    for amount in added:
        running += amount
        totals.append(Total(of_days(first, 7), running))
        first += timedelta(days=7)
    order.shuffle(totals)
    found = differences(totals)
    assert [each.added for each in found] == added
    assert not any(each.correction or each.gap for each in found)


def test_corrections_and_gaps_are_told():
    """A total that falls is a correction; days without a period are a gap; overlapping periods are refused."""
    totals = [Total(of_days(DAY, 10), 50), Total(of_days(DAY + timedelta(days=20), 10), 40)]
    found = differences(totals)
    assert [(each.added, each.correction, each.gap) for each in found] == [(50, False, False), (-10, True, True)]
    with pytest.raises(NotAdditive):
        differences([*totals, Total(of_days(DAY + timedelta(days=5), 10), 60)])


def test_a_share_of_nothing_new():
    """Where nothing came between two totals there is no share of it."""
    with pytest.raises(NotAdditive):
        share_between(Share(percentage("90%"), 100), Share(percentage("92%"), 100))


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_parts_and_wholes_hold_the_truth(one, other):
    """From a count and a rounded share the interval holds the true whole, and the part the true count."""
    few, many = sorted((one, other))
    printed = percentage(f"{few / many:.1%}")
    if printed.value == 0:
        return
    whole = implied_whole(Figure(few), printed)
    assert whole.lower - 1e-6 <= many <= (math.inf if whole.upper is None else whole.upper) + 1e-6
    found = part(printed, Figure(many))
    assert found.lower - 1e-6 <= few <= found.upper + 1e-6


def test_intervals_that_contradict():
    """Two intervals without a common value have none."""
    assert overlap([percentage("10%"), percentage("12%")]) is None


@pytest.mark.parametrize(("top", "bottom"), [(Figure(), Figure(3)), (Figure(3), Figure()), (Figure(3), Figure(0))])
def test_there_is_no_rate_of_nothing(top, bottom):
    """Missing is not zero, and nothing is divided by zero."""
    with pytest.raises(NotAdditive):
        divide(top, bottom)


sizes = st.lists(st.integers(0, 1000), min_size=1, max_size=6)


@given(sizes, st.integers(1000, 3000))
def test_reach_together(reached, population):
    """At least the largest, at most all or everybody, the estimate between; never more than the sum."""
    found = together([Figure(each) for each in reached], population)
    assert found.lower == max(reached)
    assert found.upper == max(*reached, min(sum(reached), population))
    assert found.lower - 1e-9 <= found.estimate <= found.upper + 1e-9
    assert found.assumption == ("independent" if len(reached) > 1 else "none")


def test_the_measured_example():
    """Sainsbury's estimate of 200,000, 120,000 and 60,000 among a million is 338,... not 380,000."""
    found = together([Figure(200_000), Figure(120_000), Figure(60_000)], 1_000_000)
    assert found.estimate == pytest.approx(1_000_000 * (1 - 0.8 * 0.88 * 0.94))
    assert (found.lower, found.upper) == (200_000, 380_000)


def test_reach_without_a_population():
    """Without a population there is no estimate; "over" leaves the upper end open; nothing is known of nobody."""
    found = together([Figure(500), parse("over 1000").figure])
    assert (found.lower, found.upper, found.estimate) == (1000, math.inf, None)
    assert found.figure.qualifier is Qualifier.OVER
    assert together([Figure(), Figure()]).estimate is None
    with pytest.raises(UsageError):
        together([Figure(2000)], 1000)


def test_frequency_of_several():
    """Of bounds of people there are bounds of frequency."""
    found = frequency_of(Figure(9000), together([Figure(2000), Figure(1000)]))
    assert (found.lower, found.upper) == (3.0, 4.5)
    assert frequency_of(Figure(9000), together([between(2000, 3000)])).figure.qualifier is Qualifier.ABOUT


def test_a_cost_of_a_thousand():
    """A cost for so many carries the bounds of what it is divided by: "over" two million leaves it below a value."""
    assert divide(Figure(139_892), Figure(90_930_000), each=1000).at_face == pytest.approx(1.5385, abs=0.0001)
    found = divide(Figure(5000), parse("over 2,000,000").figure, each=1000)
    assert (found.at_face, found.lower, found.upper) == (2.5, 0.0, 2.5)


def test_points_are_not_per_cent():
    """From 36 to 41 per cent are five points and not five per cent, give or take what both were rounded by."""
    old, new = percentage("36%"), percentage("41%")
    found = points(old, new)
    assert (found.at_face, found.lower, found.upper) == pytest.approx((0.05, 0.04, 0.06))
    assert change(old, new).at_face == pytest.approx(0.1389, abs=0.0001)
    with pytest.raises(NotAdditive):
        points(Figure(), new)
