"""A/B: an experiment only where halves were drawn at random, and peeking costs nothing."""

import itertools

import numpy as np
import pytest

from reports.statistics import sequential
from reports.statistics.claim import Kind
from reports.statistics.proportions import p_value
from reports.statistics.variants import Arm, compare

A, B = Arm("a", 312, 1200), Arm("b", 372, 1200)


def test_drawn_halves_are_an_experiment():
    """Halves drawn at random carry the effect: five points more, with n, interval and both p-values."""
    claim = compare(A, B, drawn_at_random=True)
    assert claim.kind is Kind.EXPERIMENT
    assert claim.estimate == pytest.approx(0.05)
    assert claim.lower < 0.05 < claim.upper
    assert claim.n == {"a": 1200, "b": 1200}
    assert claim.detail["p"] < 0.01 < claim.detail["always_valid_p"]
    assert claim.sure
    assert "cause" not in claim.cannot


def test_what_a_platform_dealt_is_a_comparison():
    """The same numbers without a draw are a comparison, which cannot show a cause."""
    claim = compare(A, B, drawn_at_random=False)
    assert claim.kind is Kind.COMPARISON
    assert {"cause", "same-people"} <= set(claim.cannot)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param((9, 400), (30, 400), id="few-clicked"),
        pytest.param((395, 400), (300, 400), id="few-did-not"),
        pytest.param((4, 5), (4, 5), id="few-at-all"),
    ],
)
def test_small_cells_of_people_are_suppressed(first, second):
    """Fewer than ten people, also those left of all, are not printed: no estimate, no n."""
    claim = compare(Arm("a", *first), Arm("b", *second), drawn_at_random=True)
    assert claim.suppressed
    assert (claim.estimate, claim.lower, dict(claim.n), dict(claim.detail)) == (None, None, {}, {})
    showings = compare(Arm("a", *first), Arm("b", *second), drawn_at_random=True, people=False)
    assert not showings.suppressed


def test_peeking_is_safe():
    """Of 400 A/A tests looked at fifty times each, naive peeking cries wolf often and the mSPRT under one in twenty."""
    draw = np.random.default_rng(20270111)
    runs, looks, batch, rate = 400, 50, 60, 0.05
    halves = draw.binomial(batch, rate, size=(2, runs, looks)).cumsum(axis=2)
    naive = valid = 0
    for run in range(runs):
        counts = [
            ((int(halves[0, run, at]), batch * (at + 1)), (int(halves[1, run, at]), batch * (at + 1)))
            for at in range(looks)
        ]
        naive += any(p_value(*each) < 0.05 for each in counts)
        valid += sequential.looks(counts)[-1].p < 0.05
    assert naive / runs > 0.2
    assert valid / runs < 0.05


def test_an_effect_is_found_all_the_same():
    """Ten points of difference are found at an early look, and what was said stays said."""
    draw = np.random.default_rng(7)
    halves = [draw.binomial(100, rate, size=40).cumsum() for rate in (0.2, 0.3)]
    made = sequential.looks(
        ((int(one), 100 * (at + 1)), (int(other), 100 * (at + 1)))
        for at, (one, other) in enumerate(zip(*halves, strict=True))
    )
    assert made[-1].p < 0.01
    assert all(later.p <= earlier.p for earlier, later in itertools.pairwise(made))
    assert made[-1].lower > 0


def test_nobody_is_no_evidence():
    """Where nobody clicked in either half, anything is possible."""
    found = sequential.look((0, 50), (0, 50))
    assert (found.p, found.lower, found.upper) == (1, -1, 1)
