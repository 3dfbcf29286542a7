"""What may be added is a property of the metric, and adding what is not additive raises."""

import pytest
from mypy import api

from reports.errors import NotAdditive
from reports.figures import Figure
from reports.measures import ORIGINS, STAGES, Count, Over, People, Rate, pool, total
from reports.metrics import METRICS


@pytest.mark.parametrize("over", list(Over))
@pytest.mark.parametrize("metric", ["reach", "followers", "recall_rate", "click_through_rate", "unique_opens"])
def test_people_and_rates_have_no_sum(metric, over):
    """Reach, followers and rates are refused over anything, even over time."""
    with pytest.raises(NotAdditive, match=metric):
        total(METRICS[metric], {over}, [Figure(19_600), Figure(125_000)])


@pytest.mark.parametrize(
    ("metric", "over", "adds"),
    [
        pytest.param("impressions", {Over.CHANNELS, Over.TIME}, True, id="showings-over-channels-and-time"),
        pytest.param("impressions", {Over.AUDIENCES}, False, id="showings-over-audiences"),
        pytest.param("engagements", set(Over) - {Over.CURRENCIES}, True, id="acts-over-anything"),
        pytest.param("link_clicks", {Over.LOCALES, Over.MESSAGES}, True, id="clicks"),
    ],
)
def test_counts_add_up_where_the_taxonomy_says(metric, over, adds):
    """A count has a sum over exactly the sides its metric names."""
    figures = [Figure(90_930_000), Figure(87_160_000)]
    if adds:
        assert total(METRICS[metric], over, figures) == Figure(178_090_000)
    else:
        with pytest.raises(NotAdditive):
            total(METRICS[metric], over, figures)


def test_adding_without_saying_over_what_is_refused():
    """Nobody slips past the rule by naming nothing."""
    with pytest.raises(NotAdditive, match="without saying"):
        total(METRICS["reach"], set(), [Figure(1), Figure(2)])


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_only_the_type_decides_what_adds_up(metric):
    """A count adds up over what it names, always without currencies; people and rates over nothing at all."""
    assert bool(metric.additive) == isinstance(metric, Count)
    assert Over.CURRENCIES not in metric.additive
    assert (metric.share, metric.unit == "people") == (isinstance(metric, Rate), isinstance(metric, People))
    assert metric.share == (metric.unit == "share")


def test_a_figure_has_no_sum_of_its_own():
    """Nobody adds figures past the metric: neither `+` nor `sum` knows how."""
    with pytest.raises(TypeError):
        sum([Figure(1), Figure(2)])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        Figure(1) + Figure(2)  # type: ignore[operator]


def test_the_type_checker_refuses_a_sum_of_people(tmp_path):
    """A program that adds reach, or a metric of unknown kind, does not pass mypy."""
    text = """
from reports.figures import Figure
from reports.measures import ACTS, Count, Metric, People, Rate, total

def of(count: Count, people: People, rate: Rate, any_one: Metric) -> None:
    total(count, ACTS, [Figure(1)])
    total(people, ACTS, [Figure(1)])
    total(rate, ACTS, [Figure(1)])
    total(any_one, ACTS, [Figure(1)])
"""
    (tmp_path / "sums.py").write_text(text, "utf-8")
    words = ["--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache"), "--follow-imports=silent"]
    said, _, code = api.run([*words, str(tmp_path / "sums.py")])
    assert code == 1, said
    assert [line.split(":")[1] for line in said.splitlines() if "error" in line] == ["7", "8", "9"]


def test_missing_is_not_zero():
    """A missing figure leaves a sum as it is, and only missing ones have none."""
    assert total(METRICS["likes"], {Over.CHANNELS}, [Figure(3), Figure()]) == Figure(3)
    assert total(METRICS["likes"], {Over.CHANNELS}, [Figure(), Figure()]).missing


def test_rates_are_pooled_by_weight():
    """Desktop and mobile click-through pool to 0.4139 %, not to the mean of the two rates."""
    desktop = Figure(443_488 / 90_930_000, numerator=443_488, denominator=90_930_000)
    mobile = Figure(293_655 / 87_160_000, numerator=293_655, denominator=87_160_000)
    assert pool(METRICS["click_through_rate"], [desktop, mobile]).value == pytest.approx(0.004139, abs=5e-7)


def test_bare_percentages_are_not_averaged():
    """A rate without its counts cannot be pooled, and a count is no rate."""
    with pytest.raises(NotAdditive, match="how many"):
        pool(METRICS["recall_rate"], [Figure(0.11), Figure(0.18)])
    with pytest.raises(NotAdditive, match="not a rate"):
        pool(METRICS["likes"], [Figure(1)])


def test_the_taxonomy_is_whole():
    """Every metric has a stage and both names, a rate names what is divided by what, and exposure is no engagement."""
    for metric in METRICS.values():
        assert metric.stage in STAGES
        assert metric.en
        assert metric.fr
        assert metric.share == bool(metric.numerator and metric.denominator)
        assert metric.origin in ORIGINS
    assert METRICS["views"].stage == METRICS["impressions"].stage == "output"
    assert METRICS["engagements"].stage == "outtake"
