"""Lift in surveys, with weights; differences of differences; interrupted series."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import UsageError
from reports.statistics import lift
from reports.statistics.claim import Kind
from reports.statistics.differences import Observation, of_shares, of_units
from reports.statistics.interrupted import segmented
from reports.statistics.proportions import newcombe

CONTROL, EXPOSED = lift.unweighted(110, 1000), lift.unweighted(180, 1000)


def test_exposed_against_control():
    """Recall of 18 % against 11 % is seven points, as a comparison that names what it cannot show."""
    claim = lift.exposed_against_control(CONTROL, EXPOSED)
    expected = newcombe((110, 1000), (180, 1000))
    assert claim.kind is Kind.COMPARISON
    assert (claim.estimate, claim.lower, claim.upper) == pytest.approx((0.07, expected.lower, expected.upper))
    assert claim.detail["relative"] == pytest.approx(7 / 11)
    assert 0 < claim.detail["relative_lower"] < 7 / 11 < claim.detail["relative_upper"]
    assert "cause" in claim.cannot
    assert lift.exposed_against_control(CONTROL, EXPOSED, drawn_at_random=True).kind is Kind.EXPERIMENT


def test_weights_widen_the_interval():
    """Two thousand unequal answers say as much as their effective number, and the share is the weighted one."""
    groups = ((True, 2.0, 100), (False, 2.0, 400), (True, 0.5, 200), (False, 0.5, 300))
    answers = [(agreed, weight) for agreed, weight, times in groups for _ in range(times)]
    sample = lift.weighted(answers)
    assert sample.share == pytest.approx(300 / 1250)
    assert sample.effective == pytest.approx(1250**2 / 2125)
    claim = lift.before_and_after(sample, lift.unweighted(400, 1000))
    plain = lift.before_and_after(lift.unweighted(240, 1000), lift.unweighted(400, 1000))
    assert claim.upper - claim.lower > plain.upper - plain.lower
    assert "other-events" in claim.cannot


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 100)), min_size=1, max_size=60), st.floats(0.01, 100))
def test_effective_number(answers, factor):
    """It never exceeds the answers, and does not change with the unit of the weights."""
    sample = lift.weighted(answers)
    assert 1 - 1e-9 <= sample.effective <= len(answers) + 1e-6
    scaled = lift.weighted([(agreed, weight * factor) for agreed, weight in answers])
    assert scaled.effective == pytest.approx(sample.effective)
    assert scaled.share == pytest.approx(sample.share)


@pytest.mark.parametrize("answers", [[], [(True, 0.0)], [(True, -1.0), (True, 3.0)], [(True, float("inf"))]])
def test_weights_that_are_none(answers):
    """No weight, a negative one or an infinite one is refused."""
    with pytest.raises(UsageError):
        lift.weighted(answers)


def test_small_groups_are_suppressed():
    """Nine who agreed are not printed, whatever the sample."""
    assert lift.before_and_after(lift.unweighted(9, 500), lift.unweighted(90, 500)).suppressed
    assert of_shares((lift.unweighted(9, 500), CONTROL), (CONTROL, EXPOSED)).suppressed


def test_difference_of_shares():
    """Treated rose by seven points and control by two: five points, with the interval of four shares."""
    claim = of_shares((CONTROL, CONTROL), (lift.unweighted(130, 1000), EXPOSED))
    assert claim.estimate == pytest.approx(0.05)
    variance = sum(share * (1 - share) / 1000 for share in (0.11, 0.11, 0.13, 0.18))
    assert claim.upper - claim.estimate == pytest.approx(1.959964 * variance**0.5, rel=1e-6)
    assert "parallel-trends" in claim.assumes


def panel(effect, trend=0.0):
    """Return 24 units over 12 periods; half are treated from period 6 on."""
    draw = np.random.default_rng(11)
    return [
        Observation(f"r{unit}", period, 50 + unit + 2 * period + draw.normal(0, 1)
                    + (unit % 2) * (trend * period + effect * (period >= 6)), bool(unit % 2), period >= 6)
        for unit in range(24) for period in range(12)
    ]  # fmt: skip


def test_difference_over_units_finds_the_effect():
    """An effect of 6 is found; trends that were not parallel before are told."""
    claim = of_units(panel(6))
    assert claim.lower < 6 < claim.upper
    assert abs(claim.estimate - 6) < 0.5
    assert claim.detail["pre_trend_p"] > 0.05
    assert of_units(panel(6, trend=1)).detail["pre_trend_p"] < 0.001
    assert of_units(panel(0)).sure is False


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(panel(6)[1:], id="a-gap"),
        pytest.param([each for each in panel(6) if each.treated], id="no-control"),
        pytest.param([each for each in panel(6) if each.after], id="no-before"),
        pytest.param([*panel(6), panel(6)[0]], id="twice"),
    ],
)
def test_units_with_gaps_are_refused(rows):
    """A missing value is not filled with zero, and a side that is missing is not invented."""
    with pytest.raises(UsageError):
        of_units(rows)


def test_interrupted_series_finds_step_and_slope():
    """A step of 20 and 1.5 more a day are found; the errors are statsmodels' Newey-West."""
    draw = np.random.default_rng(5)
    time = np.arange(80)
    values = 100 + 0.5 * time + (time >= 40) * (20 + 1.5 * (time - 40)) + draw.normal(0, 2, 80)
    level, slope = segmented(values[:40], values[40:])
    assert level.lower < 20 < level.upper
    assert slope.lower < 1.5 < slope.upper
    design = np.column_stack([np.ones(80), time, time >= 40, np.where(time >= 40, time - 40, 0)]).astype(float)
    theirs = sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)
    assert (level.lower, level.upper) == pytest.approx(tuple(theirs.conf_int()[2]))
    assert level.n == {"periods before": 40, "periods after": 40}
    assert "other-events" in level.cannot


def test_days_that_resemble_each_other_widen_the_interval():
    """Where the residuals are strongly autocorrelated, the interval is not that of independent days."""
    draw = np.random.default_rng(3)
    noise, last = [], 0.0
    for _ in range(100):
        last = 0.8 * last + draw.normal(0, 2)
        noise.append(last)
    level, _ = segmented(noise[:50], noise[50:])
    design = np.column_stack(
        [np.ones(100), np.arange(100), np.arange(100) >= 50, np.clip(np.arange(100) - 50, 0, None)]
    )
    naive = sm.OLS(np.array(noise), design.astype(float)).fit().conf_int()[2]
    assert level.detail["autocorrelation"] > 0.4
    assert level.upper - level.lower > naive[1] - naive[0]
    assert not level.sure


@pytest.mark.parametrize(("before", "after"), [([1.0] * 5, [2.0] * 30), ([1.0] * 9, [float("nan")] * 9)])
def test_short_series_and_gaps_are_refused(before, after):
    """Too few periods make no trend, and a gap is not zero."""
    with pytest.raises(UsageError):
        segmented(before, after)
