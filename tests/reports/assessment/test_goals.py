"""A KPI is judged from its baseline, by its deadline, within its bounds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents import schema
from reports.assessment.goals import Calendar, Coverage, Status, attainment, judge, pace, tally
from reports.figures import Figure, Qualifier, between
from reports.metrics import METRICS
from reports.records.series import Gathered
from tests.builders.evaluations import kpi

STARTS, BY = date(2027, 1, 1), date(2027, 4, 11)  # a hundred days
EXACT, OVER, ALMOST = Qualifier.EXACT, Qualifier.OVER, Qualifier.ALMOST


def goal(figure, day=50, data=None, level="", coverage=None, **changes):
    """Judge a KPI of which *figure* is the figure on *day* of a hundred."""
    asked = schema.Kpi.model_validate(kpi(by=BY, **changes))
    at = datetime(2027, 1, 1, 6, tzinfo=UTC) + timedelta(days=day)
    gathered = Gathered() if figure is None else Gathered(figure, 1, level, at, at)
    newest = STARTS + timedelta(days=day if data is None else data)
    return judge(asked, METRICS.get(asked.metric), gathered, Calendar(STARTS, newest), coverage=coverage)


@pytest.mark.parametrize(
    ("figure", "day", "status", "way"),
    [
        pytest.param(Figure(60_000), 50, Status.MET, 1.0, id="reached-early"),
        pytest.param(Figure(75_000), 100, Status.MET, 1.25, id="more-than-asked"),
        pytest.param(Figure(30_000), 50, Status.ON_TRACK, 0.5, id="on-the-line"),
        pytest.param(Figure(29_000), 50, Status.BEHIND, 29 / 60, id="below-the-line"),
        pytest.param(Figure(0), 50, Status.BEHIND, 0.0, id="zero-is-a-figure"),
        pytest.param(Figure(59_000), 100, Status.MISSED, 59 / 60, id="deadline-day"),
        pytest.param(None, 50, Status.NO_DATA, None, id="missing-is-not-zero"),
        pytest.param(Figure(), 50, Status.NO_DATA, None, id="suppressed"),
        pytest.param(between(20_000, 28_000), 50, Status.BEHIND, None, id="both-bounds-below-the-line"),
        pytest.param(between(30_000, 90_000), 50, Status.ON_TRACK, None, id="lower-bound-on-the-line"),
        pytest.param(between(20_000, 40_000), 50, Status.UNCLEAR, None, id="bounds-around-the-line"),
        pytest.param(between(50_000, 70_000), 100, Status.UNCLEAR, None, id="bounds-around-the-target-at-the-end"),
        pytest.param(between(60_000, 90_000), 100, Status.MET, None, id="lower-bound-reaches"),
        pytest.param(Figure(60_000, 60_000, qualifier=OVER), 50, Status.MET, None, id="over-the-target"),
        pytest.param(Figure(50_000, upper=50_000, qualifier=ALMOST), 100, Status.MISSED, None, id="almost-less"),
    ],
)
def test_status_of_a_count(figure, day, status, way):
    """Met, on track, behind, missed, unclear or no data: from the figure, its bounds and the day."""
    judged = goal(figure, day)
    assert judged.status is status
    if way is not None:
        assert judged.attainment.value == pytest.approx(way)


@pytest.mark.parametrize(
    ("value", "day", "status", "way"),
    [
        pytest.param(0.18, 50, Status.MET, 1.0, id="met"),
        pytest.param(0.145, 50, Status.ON_TRACK, 0.5, id="half-way-from-the-baseline"),
        pytest.param(0.12, 50, Status.BEHIND, 1 / 7, id="two-thirds-of-the-target-is-one-seventh-of-the-way"),
        pytest.param(0.09, 50, Status.BEHIND, -2 / 7, id="below-the-baseline"),
    ],
)
def test_attainment_is_counted_from_the_baseline(value, day, status, way):
    """Recall of 12 % with a baseline of 11 % and a target of 18 % is a seventh of the way, not two thirds."""
    judged = goal(Figure(value), day, metric="recall_rate", stage="outtake", baseline="11%", target="18%")
    assert judged.status is status
    assert judged.attainment.value == pytest.approx(way)


@pytest.mark.parametrize(
    ("value", "day", "status"),
    [
        pytest.param(0.19, 50, Status.MET, id="lower-than-the-target"),
        pytest.param(0.25, 50, Status.ON_TRACK, id="half-way-down"),
        pytest.param(0.29, 50, Status.BEHIND, id="hardly-down"),
        pytest.param(0.35, 100, Status.MISSED, id="went-up"),
    ],
)
def test_lower_is_better(value, day, status):
    """A belief that should fall from 30 % to 20 % is met below 20 %."""
    judged = goal(Figure(value), day, metric="belief_rate", stage="outtake", baseline="30%", target="20%")
    assert judged.status is status


def test_a_rate_without_a_baseline_has_no_progress():
    """Without a baseline a rate is met, missed, or cannot be judged; a running total starts from zero."""
    rate = {"metric": "recall_rate", "stage": "outtake", "baseline": None, "target": "18%"}
    judged = goal(Figure(0.15), **rate)
    assert (judged.status, judged.attainment, judged.notes) == (Status.NO_DATA, None, ("no-baseline",))
    assert goal(Figure(0.2), **rate).status is Status.MET
    assert goal(Figure(0.15), 100, **rate).status is Status.MISSED
    count = goal(Figure(30_000), baseline=None)
    assert (count.status, count.notes) == (Status.ON_TRACK, ("counted-from-zero",))


def test_an_old_figure_after_the_deadline_is_not_met():
    """Once the campaign's newest figure is of the deadline or later, a KPI is met or missed; its age is told."""
    judged = goal(Figure(40_000), day=60, data=110)
    assert (judged.status, judged.stale) == (Status.MISSED, 40)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        pytest.param({"metric": "advertising_value"}, "unknown-metric", id="unknown"),
        pytest.param({"metric": "recall_rate", "baseline": 11, "target": 18}, "wrong-unit", id="per-cent-forgotten"),
    ],
)
def test_a_kpi_that_cannot_be_measured_says_why(changes, note):
    """An unknown metric and a share above the whole have no data, and a note."""
    judged = goal(Figure(0.5), **changes)
    assert judged.status is Status.NO_DATA
    assert note in judged.notes


def test_coverage_is_told_for_releases_only():
    """A figure made of releases says how many of them have one; a figure of the scope itself does not."""
    coverage = Coverage(2, 3)
    assert goal(Figure(5), level="release", coverage=coverage).coverage == coverage
    assert goal(Figure(5), level="", coverage=coverage).coverage is None
    assert goal(None, coverage=coverage).coverage == coverage


figures = st.integers(0, 10**7)


@given(figures, figures, figures)
def test_attainment_is_zero_at_the_baseline_and_one_at_the_target(baseline, target, now):
    """Whatever the direction, the way starts at the baseline and ends at the target."""
    if baseline == target:
        assert attainment(Figure(now), baseline, target) is None
        return
    assert attainment(Figure(baseline), baseline, target).value == pytest.approx(0)
    assert attainment(Figure(target), baseline, target).value == pytest.approx(1)
    way = attainment(Figure(now), baseline, target).value
    assert (way > 1) == (now > target if target > baseline else now < target)


@given(figures, figures, figures, figures)
def test_bounds_of_the_way_hold_its_value(baseline, target, low, more):
    """Any figure between the bounds lies between the bounds of the way."""
    if baseline == target:
        return
    way = attainment(between(low, low + more), baseline, target)
    inside = attainment(Figure(low + more // 2), baseline, target).value
    assert way.lower - 1e-9 <= inside <= way.upper + 1e-9


@given(st.floats(0, 2e5), st.floats(0, 1e5), st.integers(0, 150))
def test_unclear_is_for_bounds_alone(low, more, day):
    """An exact figure is always one of the five; bounds have the status that is sure, or two that they allow."""
    sure, best = goal(Figure(low), day).status, goal(Figure(low + more), day).status
    status = goal(between(low, low + more), day).status
    assert Status.UNCLEAR not in {sure, best}
    assert status is sure or (status is Status.UNCLEAR and sure is not best)


def test_pace_is_a_straight_line():
    """Half the days are half the way; before the start none, after the deadline all of it."""
    assert [pace(STARTS, STARTS + timedelta(days=day), BY) for day in (-5, 0, 50, 100, 200)] == [0, 0, 0.5, 1, 1]
    assert pace(STARTS, STARTS, STARTS) == 1


def test_tally_names_every_status():
    """The count has every status, also those that no goal has."""
    assert tally([goal(Figure(60_000)), goal(None)]) == {
        Status.MET: 1, Status.ON_TRACK: 0, Status.BEHIND: 0, Status.MISSED: 0, Status.UNCLEAR: 0, Status.NO_DATA: 1,
    }  # fmt: skip
