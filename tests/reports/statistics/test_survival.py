"""Times until removal, with those still waiting counted; and forecasts with honest intervals."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from campaigns.errors import UsageError
from reports.statistics.forecast import drift
from reports.statistics.survival import Waited, kaplan_meier

CASES = st.lists(st.tuples(st.integers(1, 500), st.booleans()), min_size=2, max_size=60)


@given(CASES)
def test_the_curve_equals_statsmodels(cases):
    """Shares and their errors are statsmodels' Kaplan-Meier, ties and all."""
    if not any(happened for _, happened in cases):
        assert kaplan_meier([Waited(*each) for each in cases]).times == ()
        return
    curve = kaplan_meier([Waited(*each) for each in cases])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs divides by zero where nobody is left
        theirs = SurvfuncRight([time for time, _ in cases], [int(happened) for _, happened in cases])
    assert curve.times == pytest.approx(tuple(theirs.surv_times))
    assert curve.waiting == pytest.approx(tuple(theirs.surv_prob), abs=1e-12)
    for waiting, sum_, error in zip(curve.waiting, curve.greenwood, theirs.surv_prob_se, strict=True):
        if waiting > 1e-12:
            assert waiting * math.sqrt(sum_) == pytest.approx(error)


def test_those_still_waiting_count():
    """Five of ten were removed within the hour, five are still online: half, however fast the removed ones were."""
    curve = kaplan_meier([Waited(1800, True, 5), Waited(90_000, False, 5)])
    assert curve.by(3600).estimate == pytest.approx(0.5)
    assert curve.quantile(0.5) == 1800
    assert curve.quantile(0.9) is None
    assert curve.by(3600).lower < 0.5 < curve.by(3600).upper


def test_nobody_watched_long_enough():
    """Items referred ten minutes ago say nothing of two hours."""
    curve = kaplan_meier([Waited(600, False, 8)])
    assert curve.by(7200) is None
    assert curve.by(300).estimate == 0
    assert kaplan_meier([]).by(1) is None


def test_all_at_once():
    """Where all were removed, the interval still is no certainty."""
    found = kaplan_meier([Waited(0, True, 20)]).by(3600)
    assert (found.estimate, found.upper) == (1, 1)
    assert 0.8 < found.lower < 0.9


def test_time_does_not_run_backwards():
    """A case that was removed before it was received is refused."""
    with pytest.raises(UsageError):
        kaplan_meier([Waited(-1, True)])


def test_a_straight_line_goes_on():
    """Readings on a line are forecast on it, with no doubt; fewer than four are not forecast."""
    found = drift([0, 1, 4, 10], [0, 10, 40, 100], 30)
    assert (found.value, found.lower, found.upper) == pytest.approx((300, 300, 300))
    assert drift([0, 1, 4], [0, 10, 40], 30) is None


def test_a_forecast_holds_as_often_as_it_says():
    """Of random walks with drift, about 95 % end within the interval."""
    draw = np.random.default_rng(29)
    held, runs = 0, 600
    for _ in range(runs):
        walk = np.cumsum(draw.normal(5, 4, 40)) + 1000
        found = drift(list(range(20)), list(walk[:20]), 39)
        held += found.lower <= walk[39] <= found.upper
    assert 0.92 <= held / runs <= 0.98


def test_a_forecast_stays_possible():
    """A running total never falls below what it is, and a share never leaves 0 to 1."""
    falling = drift([0, 1, 2, 3], [10, 30, 20, 25], 10, rising=True)
    assert falling.lower == 25
    share = drift([0, 1, 2, 3], [0.5, 0.9, 0.7, 0.95], 40, share=True)
    assert 0 <= share.lower <= share.value <= share.upper <= 1
