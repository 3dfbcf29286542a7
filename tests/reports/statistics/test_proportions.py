"""Shares and their differences have the intervals of the literature, to many digits."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion

from campaigns.errors import UsageError
from reports.statistics import student
from reports.statistics.proportions import needed, newcombe, p_value, relative, wilson

PAIRS = [
    pytest.param((56, 70), (48, 80), id="newcombes-own-example-a"),
    pytest.param((9, 10), (3, 10), id="ten-each"),
    pytest.param((0, 10), (0, 20), id="nobody"),
    pytest.param((10, 10), (0, 20), id="all-against-nobody"),
    pytest.param((312, 1200), (372, 1200), id="survey"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_newcombe_equals_statsmodels(first, second):
    """The interval of a difference is statsmodels' own, to ten digits."""
    ours = newcombe(first, second)
    theirs = proportion.confint_proportions_2indep(*second, *first, method="newcomb")
    assert (ours.lower, ours.upper) == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize(
    ("first", "second"), [each for each in PAIRS if each.id in ("survey", "ten-each", "newcombes-own-example-a")]
)
def test_a_relative_difference_equals_statsmodels(first, second):
    """The interval of the ratio is that of its logarithm, as statsmodels has it, less one."""
    ours = relative(first, second)
    theirs = proportion.confint_proportions_2indep(*second, *first, compare="ratio", method="log")
    assert (ours.lower + 1, ours.upper + 1) == pytest.approx(theirs, abs=1e-10)
    assert ours.estimate == pytest.approx(second[0] * first[1] / (second[1] * first[0]) - 1)


@pytest.mark.parametrize(("first", "second"), [((0, 10), (3, 10)), ((3, 10), (0, 10))])
def test_nothing_is_relative_to_nothing(first, second):
    """Where one of two shares is none, their ratio has no interval, and none is made up."""
    assert relative(first, second) is None


def test_newcombes_published_example():
    """Newcombe (1998), table II a: 56/70 less 48/80 is 0.2 (0.0524 to 0.3339)."""
    found = newcombe((48, 80), (56, 70))
    assert [round(each, 4) for each in (found.estimate, found.lower, found.upper)] == [0.2, 0.0524, 0.3339]


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95]))
def test_wilson_holds_its_share(counts, level):
    """The interval lies within 0 and 1, holds the share, and equals statsmodels'."""
    found = wilson(*counts, level)
    theirs = proportion.proportion_confint(*counts, alpha=1 - level, method="wilson")
    assert 0 <= found.lower <= found.estimate + 1e-12
    assert found.estimate - 1e-12 <= found.upper <= 1
    assert (found.lower, found.upper) == pytest.approx(theirs, abs=1e-9)


def test_p_value_is_the_pooled_z_test():
    """The p-value equals statsmodels'; two shares of nothing do not differ."""
    assert p_value((312, 1200), (372, 1200)) == pytest.approx(proportion.proportions_ztest([312, 372], [1200, 1200])[1])
    assert p_value((0, 10), (0, 20)) == 1


def test_needed_numbers():
    """26 % against 31 % needs 1,277 or so each half at a power of 0.8."""
    assert abs(needed(0.26, 0.05) - 1277) <= 3


@pytest.mark.parametrize(("successes", "n"), [(5, 0), (11, 10), (-1, 10), (1, float("nan"))])
def test_what_is_no_share_is_refused(successes, n):
    """A part larger than its whole, or of nothing, is refused with a cure."""
    with pytest.raises(UsageError) as raised:
        wilson(successes, n)
    assert raised.value.hint


@example(4.097134723202646e-09, 1.0)
@given(st.floats(-40, 40), st.floats(1, 500))
def test_student_equals_scipy(value, degrees):
    """The t distribution without a library is scipy's; near nought, where scipy loses digits, its density's line."""
    expected = stats.t.cdf(value, degrees) if abs(value) > 1e-3 else 0.5 + value * stats.t.pdf(0, degrees)

    assert student.t_cdf(value, degrees) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("degrees", [1, 2, 5, 30, 1000])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_quantiles_equal_scipy(level, degrees):
    """Intervals reach as far as scipy says."""
    assert student.t(level, degrees) == pytest.approx(stats.t.ppf(0.5 + level / 2, degrees), rel=1e-8)
    assert student.z(level) == pytest.approx(stats.norm.ppf(0.5 + level / 2), rel=1e-9)
