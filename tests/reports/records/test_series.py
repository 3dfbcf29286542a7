"""One figure from several: sums where they are right, bounds where people may be counted twice."""

import pytest

from reports.figures import Figure, Qualifier, between
from reports.metrics import METRICS
from reports.records.series import Series, gather, with_rates
from tests.builders.evaluations import NOW


def of_release(metric, value, name="r1", source="csv", split=None, **own):
    figure = value if isinstance(value, Figure) else Figure(value)
    keys = {"channel": "fr-social", "locale": "fr-FR", "message": "m"} | own
    return Series("release", name, metric, source, keys, split or {}, figure, NOW)


def of(kind, subject, metric, value, source="survey", **split):
    figure = value if isinstance(value, Figure) else Figure(value)
    own = {} if kind == "campaign" else {kind: subject}
    return Series(kind, subject, metric, source, own, split, figure, NOW)


def found(metric, series, scope=None, size=None):
    return gather(METRICS[metric], series, scope or {}, size)


def test_reach_of_two_waves_is_never_their_sum():
    """Two waves of 19,600 and 125,000 people reached at least 125,000 and at most both, and that is an estimate."""
    waves = [of_release("reach", 19_600, "wave1"), of_release("reach", 125_000, "wave2")]
    gathered = found("reach", waves)
    assert gathered.figure == between(125_000, 144_600)
    assert gathered.notes == ("estimate",)
    assert gathered.parts == 2


def test_reach_is_no_more_than_the_audience():
    """The upper bound of reach is the audience's size where that is smaller than the sum."""
    waves = [of_release("reach", 30_000, n, audience="young-fr") for n in ("a", "b")]
    assert found("reach", waves, {"audience": "young-fr"}, 50_000).figure == between(30_000, 50_000)


def test_acts_and_showings_add_up_over_releases():
    """Impressions add up over channels and messages, whomever the releases are credited to."""
    series = [
        of_release("impressions", 100, "a", audience="young-fr"),
        of_release("impressions", 50, "b", channel="uk-partners", locale="ar"),
    ]
    assert found("impressions", series).figure == Figure(150)


def test_a_figure_of_the_scope_itself_goes_first():
    """A survey of the audience answers for it; releases are not added to it."""
    series = [
        of("audience", "young-fr", "reach", 37_000),
        of_release("reach", 30_000, audience="young-fr"),
    ]
    gathered = found("reach", series, {"audience": "young-fr"})
    assert (gathered.figure, gathered.level) == (Figure(37_000), "")


def test_a_release_of_several_audiences_credits_none():
    """Without a named audience nobody is credited; a reading that names one is."""
    series = [of_release("reach", 90)]
    assert found("reach", series, {"audience": "young-fr"}).parts == 0
    series.append(of_release("reach", 40, split={"audience": "young-fr"}))
    assert found("reach", series, {"audience": "young-fr"}).figure == Figure(40)
    assert found("reach", series).figure == Figure(90)


def test_sources_that_differ_give_bounds():
    """Two figures of one message are both kept: over 175,000 and over 200,000 are at least 175,000."""
    series = [
        of_release("impressions", 175_000, source="a"),
        of_release("impressions", 200_000, source="b"),
    ]
    gathered = found("impressions", series)
    assert gathered.figure == between(175_000, 200_000)
    assert gathered.notes == ("sources-differ",)
    series[1] = of_release("impressions", 175_000, source="b")
    assert found("impressions", series).figure == Figure(175_000)


def test_a_whole_is_not_added_to_its_parts():
    """A breakdown by country stands beside the whole, and alone it is added up once."""
    parts = [
        of_release("impressions", 60, split={"country": "FR"}),
        of_release("impressions", 40, split={"country": "GB"}),
    ]
    ages = [of_release("impressions", 90, split={"age": "18-24"})]
    assert found("impressions", [*parts, of_release("impressions", 110)]).figure == Figure(110)
    assert found("impressions", [*parts, *ages]).figure == Figure(100)


def test_rates_are_pooled_or_bounded():
    """Rates with their counts are pooled by weight; bare ones give bounds, never a mean."""
    weighed = [
        of("audience", "a", "recall_rate", Figure(0.1, numerator=10, denominator=100)),
        of("audience", "b", "recall_rate", Figure(0.3, numerator=90, denominator=300)),
    ]
    assert found("recall_rate", weighed).figure == Figure(0.25, numerator=100, denominator=400)
    bare = [of("audience", "a", "recall_rate", 0.1), of("audience", "b", "recall_rate", 0.3)]
    assert found("recall_rate", bare).figure == between(0.1, 0.3)


def test_rates_follow_from_counts_of_the_same_release():
    """Clicks and showings of one release give its rate; a release with only one of them gives none."""
    series = [
        of_release("link_clicks", 5, "a"), of_release("impressions", 1000, "a"),
        of_release("link_clicks", 10, "b"), of_release("impressions", 500, "b"), of_release("link_clicks", 99, "c"),
    ]  # fmt: skip
    assert found("click_through_rate", with_rates(series)).figure == Figure(0.01, numerator=15, denominator=1500)
    assert not [each for each in with_rates([series[0]]) if each.metric == "click_through_rate"]


@pytest.mark.parametrize(
    ("metric", "figure", "hidden"),
    [
        pytest.param("sign_ups", Figure(9), Figure(lower=0, upper=10, qualifier=Qualifier.UNDER), id="nine-people"),
        pytest.param("sign_ups", Figure(10), None, id="ten-people"),
        pytest.param("sign_ups", Figure(0), None, id="nobody-is-nobody"),
        pytest.param("likes", Figure(3), None, id="acts-are-not-people"),
        pytest.param("recall_rate", Figure(0.5, numerator=4, denominator=8), Figure(), id="eight-asked"),
        pytest.param("recall_rate", Figure(0.02, numerator=4, denominator=200), Figure(), id="four-answered"),
        pytest.param("engagement_rate", Figure(0.02, numerator=4, denominator=200), None, id="acts-again"),
    ],
)
def test_cells_of_few_people_are_suppressed(metric, figure, hidden):
    """One to nine people are not shown."""
    gathered = found(metric, [of("campaign", "c", metric, figure)])
    assert gathered.figure == (figure if hidden is None else hidden)
    assert ("small" in gathered.notes) == (hidden is not None)
