"""Spend gates: what each partner may spend without leave, period by period."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.documents import schema, spending
from campaigns.settings import SPEND_GATES, SpendGate
from tests.builders.documents import put, sound

UK, FR = SPEND_GATES
LEAVE = {"id": "s1", "gate": "uk-amc", "reference": "HMG0001", "by": "minister", "on": "2026-12-01", "currency": "GBP"}


def line(amount: float, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a budget line of the United Kingdom, in pounds, for production."""
    facts = {"id": f"b{number}", "partner": "uk", "kind": "production", "amount": amount, "currency": "GBP"}
    return {**facts, **changes}


def media(amount: float, number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a budget line of France, in euros, for advertising space on its channel."""
    place = {"partner": "fr", "kind": "paid_media", "currency": "EUR", "channel": "fr-mastodon"}
    return line(amount, number, **{**place, **changes})


def faults(lines: list[dict[str, Any]], *leave: dict[str, Any]) -> list[tuple[str, str]]:
    """Return place and words of each error about the budget *lines*."""
    data = put(put(sound(), "budget", lines), "spend_approvals", list(leave))
    found = list(spending.check(schema.Campaign.model_validate(data)))
    assert all(each.hint for each in found)
    return [(".".join(map(str, each.loc)), each.message) for each in found if each.severity == "error"]


@pytest.mark.parametrize(
    ("lines", "leave"),
    [
        pytest.param([line(99_999)], [], id="below"),
        pytest.param([line(60_000, on="2027-03-31"), line(60_000, 2, on="2027-04-01")], [], id="two-financial-years"),
        pytest.param([line(100_000)], [{**LEAVE, "up_to": 100_000}], id="allowed"),
        pytest.param([media(89_999)], [], id="french-space-below"),
        pytest.param([line(500_000, partner="fr", currency="EUR")], [], id="french-production-has-no-gate"),
    ],
)
def test_what_needs_no_leave_passes(lines: list[dict[str, Any]], leave: list[dict[str, Any]]) -> None:
    """Below the gate, or with leave for as much, nothing is said."""
    assert faults(lines, *leave) == []


@pytest.mark.parametrize(
    ("lines", "leave", "place", "said"),
    [
        pytest.param(
            [line(60_000), line(40_000, 2)],
            [],
            "budget.0.amount",
            "uk plans 100,000 GBP in 2026-27; from 100,000 on",
            id="the-sum-counts",
        ),
        pytest.param(
            [line(120_000, on="2027-04-01")],
            [],
            "budget.0.amount",
            "uk plans 120,000 GBP in 2027-28; from 100,000 on",
            id="next-year",
        ),
        pytest.param(
            [line(120_000)],
            [{**LEAVE, "up_to": 110_000}],
            "budget.0.amount",
            "leave was given for 110,000",
            id="too-much",
        ),
        pytest.param([media(90_000)], [], "budget.0.amount", "fr plans 90,000 EUR; from 90,000 on", id="french-space"),
        pytest.param(
            [media(5, currency="USD")],
            [],
            "budget.0.currency",
            "is in USD, so it cannot be counted against gate 'fr-sig' (EUR)",
            id="another-currency",
        ),
        pytest.param(
            [line(5)],
            [{**LEAVE, "gate": "uk-acm", "up_to": 5}],
            "spend_approvals.0.gate",
            "unknown spend gate 'uk-acm'",
            id="unknown-gate",
        ),
        pytest.param(
            [line(5)],
            [{**LEAVE, "currency": "EUR", "up_to": 5}],
            "spend_approvals.0.currency",
            "gate 'uk-amc' counts in GBP, and this leave is in EUR",
            id="leave-in-another-currency",
        ),
        pytest.param([line(5, partner="us")], [], "budget.0.partner", "unknown partner 'us'", id="who-pays"),
        pytest.param([line(5, channel="x")], [], "budget.0.channel", "unknown channel 'x'", id="where"),
    ],
)
def test_what_passes_a_gate_without_leave_is_refused(
    lines: list[dict[str, Any]], leave: list[dict[str, Any]], place: str, said: str
) -> None:
    """The sum, the period, the limit and the authority are named."""
    [(where, words)] = faults(lines, *leave)

    assert where == place
    assert said in words


@pytest.mark.parametrize(
    ("share", "warned"),
    [
        pytest.param(0, True, id="none"),
        pytest.param(4_999, True, id="under-5"),
        pytest.param(5_000, False, id="5"),
        pytest.param(10_000, False, id="10"),
        pytest.param(11_000, True, id="over-10"),
    ],
)
def test_evaluation_gets_its_share(share: int, warned: bool) -> None:
    """Outside 5% to 10% of the budget a warning says how much it is."""
    lines = [
        line(100_000 - share, partner="fr", currency="EUR"),
        line(share, 2, kind="evaluation", currency="EUR", partner="fr"),
    ]
    document = schema.Campaign.model_validate(put(sound(), "budget", lines))

    assert any("evaluation gets" in each.message for each in spending.check(document)) is warned


@given(
    amounts=st.lists(st.decimals(0, 60_000, places=2), min_size=1, max_size=6),
    per=st.sampled_from(["campaign", "calendar_year"]),
)
def test_a_gate_looks_at_the_exact_sum(amounts: list[Decimal], per: Any) -> None:
    """Pence are neither lost nor gained: the gate stands exactly at its amount, however the sum is split."""
    lines = [line(float(amount), number) for number, amount in enumerate(amounts)]
    gate = UK.model_copy(update={"per": per})
    document = schema.Campaign.model_validate(put(sound(), "budget", lines))
    found = [each for each in spending.check(document, [gate]) if each.severity == "error"]

    assert bool(found) is (sum(amounts) >= Decimal(100_000))


def test_a_workspace_may_replace_the_gates() -> None:
    """Amounts and authorities are settings: what counts is what the workspace says."""
    gate = SpendGate(id="us-x", partner="uk", currency="GBP", amount=10, authority="the Treasury")
    document = schema.Campaign.model_validate(put(sound(), "budget", [line(10)]))

    assert ["the Treasury must agree" in each.message for each in spending.check(document, [gate])][:1] == [True]
    assert not [each for each in spending.check(document, []) if each.severity == "error"]
