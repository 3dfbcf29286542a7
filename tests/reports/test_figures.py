"""Cells are read as printed: thousand marks, words that bound, percentages, and nothing guessed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.errors import Unreadable
from reports.figures import Figure, Qualifier, between, parse
from reports.measures import Over, total
from reports.metrics import METRICS

EXACT, OVER, ALMOST, ABOUT, UNDER = (
    Qualifier.EXACT, Qualifier.OVER, Qualifier.ALMOST, Qualifier.ABOUT, Qualifier.UNDER,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        pytest.param("1234", Figure(1234), id="plain"),
        pytest.param("1,234", Figure(1234), id="comma"),
        pytest.param("1 234", Figure(1234), id="space"),
        pytest.param("1\u202f234\u00a0567", Figure(1_234_567), id="narrow-and-fixed-spaces"),
        pytest.param("178,090,000", Figure(178_090_000), id="adwords-by-device"),
        pytest.param("12.5", Figure(12.5), id="decimal-point"),
        pytest.param("1 234,5", Figure(1234.5), id="french-decimal"),
        pytest.param("0", Figure(0), id="zero-is-a-figure"),
        pytest.param("over 1,000,000", Figure(1_000_000, lower=1_000_000, qualifier=OVER), id="icsve-reach-over"),
        pytest.param("almost 604,000", Figure(604_000, upper=604_000, qualifier=ALMOST), id="icsve-views-almost"),
        pytest.param("close to 1,700,000", Figure(1_700_000, qualifier=ABOUT), id="icsve-iraq-close-to"),
        pytest.param("approximately 370,000", Figure(370_000, qualifier=ABOUT), id="gifct-approximately"),
        pytest.param("plus de 500 000", Figure(500_000, lower=500_000, qualifier=OVER), id="redirect-in-french"),
        pytest.param("200,000+", Figure(200_000, lower=200_000, qualifier=OVER), id="adl-plus-sign"),
        pytest.param("<10", Figure(lower=0, upper=10, qualifier=UNDER), id="hidden-cell"),
        pytest.param("moins de 10", Figure(lower=0, upper=10, qualifier=UNDER), id="hidden-cell-in-french"),
        pytest.param("1.2K", Figure(1200, 1150, 1250, ABOUT), id="rounded-by-the-platform"),
        pytest.param("3M", Figure(3_000_000, 2_500_000, 3_500_000, ABOUT), id="rounded-to-millions"),
        pytest.param("", Figure(), id="empty"),
        pytest.param("n/a", Figure(), id="not-available"),
        pytest.param("–", Figure(), id="dash"),  # noqa: RUF001 (the en dash that spreadsheets write)
    ],
)
def test_reads_counts_as_printed(text, figure):
    """A count keeps its value or its bounds; an empty cell is missing, never zero."""
    assert parse(text).figure == figure


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("18%", 0.18, id="percent"),
        pytest.param("18 %", 0.18, id="french-percent"),
        pytest.param("18,5%", 0.185, id="decimal-comma"),
        pytest.param("0.18", 0.18, id="share"),
        pytest.param("0,125", 0.125, id="share-with-comma"),
        pytest.param("83.64%", 0.8364, id="eu-iru-2018"),
    ],
)
def test_reads_shares_as_printed(text, value):
    """A share is 0 to 1, however it is printed."""
    assert parse(text, share=True).figure.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "share", "says"),
    [
        pytest.param("-5", False, "negative", id="negative"),
        pytest.param("−5", False, "negative", id="typographic-minus"),  # noqa: RUF001 (the sign that is tested)
        pytest.param("12,34,567", False, "not a figure", id="odd-groups"),
        pytest.param("1,23", False, "", id="decimal-comma-is-a-figure"),
        pytest.param("inf", False, "not a figure", id="infinity"),
        pytest.param("1e9", False, "not a figure", id="exponent"),
        pytest.param("١٢٣", False, "not a figure", id="arabic-digits"),
        pytest.param("18%", False, "percentage", id="percent-of-a-count"),
        pytest.param("18", True, "more than the whole", id="share-without-its-sign"),
        pytest.param("9999999999999999", False, "more than there can be", id="two-numbers-run-together"),
        pytest.param("=1+1", False, "not a figure", id="formula"),
    ],
)
def test_refuses_what_is_no_figure(text, share, says):
    """A cell that cannot be meant is refused with a cure, and a decimal comma is none of those."""
    if not says:
        assert parse(text, share=share).figure.value == pytest.approx(1.23)
        return
    with pytest.raises(Unreadable, match=says) as refusal:
        parse(text, share=share)
    assert refusal.value.hint


@given(st.integers(0, 10**14), st.sampled_from([",", " ", "\u202f", ""]))
def test_any_grouped_count_reads_back(number, mark):
    """Whatever mark groups a count, its value is the count."""
    assert parse(f"{number:,}".replace(",", mark)).figure == Figure(float(number))


@given(st.text(max_size=20), st.booleans())
def test_any_cell_is_read_or_refused(text, share):
    """No text makes the reader crash, and what is read is never negative, infinite or beyond the whole."""
    try:
        figure = parse(text, share=share).figure
    except Unreadable:
        return
    assert figure.missing or (0 <= figure.span[0] <= figure.span[1] and math.isfinite(figure.span[0]))
    assert not share or figure.value is None or figure.value <= 1


def test_sums_keep_bounds():
    """Exact and "over" add up to "over"; hidden cells widen the sum; a rounded part makes it rounded."""

    def add(*figures):
        return total(METRICS["likes"], {Over.CHANNELS}, figures)

    assert add(Figure(10), Figure(5, lower=5, qualifier=OVER)) == Figure(15, lower=15, qualifier=OVER)
    assert add(Figure(10), Figure(lower=0, upper=10, qualifier=UNDER)) == between(10, 20)
    assert add(Figure(10), Figure(5, qualifier=ABOUT)) == Figure(15, qualifier=ABOUT)
