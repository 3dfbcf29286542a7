"""Return on investment in five steps, each an assumption with a source and bounds to the end."""

import pytest

from campaigns.errors import UsageError
from reports.statistics.roi import Steps, assume, calculate


def steps(**changes):
    """Return a campaign against visits that are not needed. The figures are invented."""
    given = {
        "observed": assume(900_000, "register"),
        "worth": assume(100, "tariff"),
        "baseline": assume(1_000_000, "register, the year before"),
        "trend": assume(20_000, "ten years of the register"),
        "isolation": assume(0.5, "survey of visitors"),
        "spent": assume(2_000_000, "accounts"),
        "lower_is_better": True,
    }
    return Steps(**(given | changes))


def test_each_step_leaves_its_part():
    """100,000 fewer, 120,000 fewer than the trend, half of them the campaign's: 6 million for 2, a return of 2."""
    found = calculate(steps())
    assert found.change == (100_000, 100_000)
    assert found.beyond_trend == (120_000, 120_000)
    assert found.attributed == (60_000, 60_000)
    assert found.benefit == (6_000_000, 6_000_000)
    assert found.net == (4_000_000, 4_000_000)
    assert found.claim.estimate == pytest.approx(2.0)
    assert found.claim.detail["per_unit_spent"] == pytest.approx(3.0)


def test_higher_is_better_is_the_same_way_round():
    """Sign-ups that rise by 300 where 100 would have come anyway are 200."""
    found = calculate(steps(observed=assume(800, "a"), baseline=assume(500, "a"), trend=assume(100, "a"),
                            isolation=assume(1, "a"), worth=assume(50, "a"), spent=assume(5000, "a"),
                            externalities=assume(-1000, "a"), lower_is_better=False))  # fmt: skip
    assert found.beyond_trend == (200, 200)
    assert found.claim.estimate == pytest.approx((200 * 50 - 1000 - 5000) / 5000)


def test_bounds_stay_bounds():
    """An isolation of 20 to 60 % gives a return between two values, and a loss where the low end is one."""
    claim = calculate(steps(isolation=assume(0.1, "guess", to=0.6))).claim
    assert (claim.lower, claim.upper) == pytest.approx((1.2 / 2 - 1, 7.2 / 2 - 1))
    assert not claim.sure


def test_a_measure_that_got_worse_is_a_loss():
    """Visits that rose beyond their trend give a negative return, not zero."""
    assert calculate(steps(observed=assume(1_100_000, "register"))).claim.estimate < -1


@pytest.mark.parametrize(
    "changes",
    [
        {"spent": assume(0, "nobody")},
        {"worth": assume(-1, "typing")},
        {"isolation": assume(30, "per cent typed as number")},
    ],
    ids=["nothing-spent", "worth-nothing", "isolation-in-per-cent"],
)
def test_assumptions_that_make_no_sense(changes):
    """Each is refused with a cure."""
    with pytest.raises(UsageError) as raised:
        calculate(steps(**changes))
    assert raised.value.hint


def test_an_assumption_names_its_source():
    """Nobody's number is no assumption."""
    with pytest.raises(UsageError):
        assume(3, " ")
