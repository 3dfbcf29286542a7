"""A KPI of several audiences: counts add up where they may, rates are pooled, people are given as bounds."""

import math

import pytest

from reports.assessment.evaluation import evaluate
from reports.assessment.goals import Status
from reports.collect import import_file
from reports.presentation.illustrations import goal_name
from reports.presentation.page import page
from reports.presentation.words import Words
from tests.builders.evaluations import CAMPAIGN, NOW, apply_campaign, csv_file, document, kpi

HEAD = "at,subject_kind,subject,metric,value,numerator,denominator\n"
BOTH = ["young-fr", "young-uk"]


def goal(connection, tmp_path, rows, **changes):
    """Return the goal of a KPI of both audiences, and the evaluation."""
    asked = kpi(audience=None, audiences=BOTH, **changes)
    sized = document([asked])
    audiences = [each.model_dump(mode="json", by_alias=True) for each in sized.audiences]
    audiences[1]["size"] = {"value": 40_000}
    apply_campaign(connection, document([asked], audiences=audiences))
    import_file(connection, csv_file(tmp_path, HEAD + rows), CAMPAIGN, "analyst", NOW)
    found = evaluate(connection, CAMPAIGN)
    return found.goals[0], found


@pytest.fixture
def connection(tmp_path):
    """Return a connection to an empty database with every table."""
    from campaigns.store.engine import writing
    from tests.builders.evaluations import database

    engine = database(tmp_path)
    with writing(engine) as opened:
        yield opened
    engine.dispose()


def test_reach_is_never_added(connection, tmp_path):
    """Two audiences' reach is at least the larger, at most both: no sum, no estimate that assumes they are apart."""
    rows = "2026-11-10,audience,young-fr,reach,30000,,\n2026-11-10,audience,young-uk,reach,20000,,\n"
    made, found = goal(connection, tmp_path, rows)
    assert made.figure.span == (30_000, 50_000)
    assert made.gathered.estimate is None
    assert "estimate" in made.notes
    assert made.status is Status.ON_TRACK  # half of the way for sure, when less than half of the time has gone
    assert goal_name(made, found, Words("en")) == "Reach, Young adults in France and Young adults in the UK"
    assert "Young adults in France and Young adults in the UK" in page(found, "en")
    assert all(row.goals for row in found.tables[0].rows)


def test_acts_add_up(connection, tmp_path):
    """Clicks of two audiences are one sum."""
    rows = "2026-11-10,audience,young-fr,link_clicks,300,,\n2026-11-10,audience,young-uk,link_clicks,200,,\n"
    made, _ = goal(connection, tmp_path, rows, metric="link_clicks", stage="outcome", target=600)
    assert made.figure.value == 500


def test_showings_do_not(connection, tmp_path):
    """One showing may be counted for two audiences: bounds."""
    rows = "2026-11-10,audience,young-fr,impressions,300,,\n2026-11-10,audience,young-uk,impressions,200,,\n"
    made, _ = goal(connection, tmp_path, rows, metric="impressions", target=600)
    assert made.figure.span == (300, 500)


def test_rates_are_pooled_and_it_is_said(connection, tmp_path):
    """Shares are pooled by how many were asked."""
    rows = "2026-11-10,audience,young-fr,recall_rate,,90,500\n2026-11-10,audience,young-uk,recall_rate,,40,100\n"
    made, _ = goal(connection, tmp_path, rows, metric="recall_rate", stage="outtake", baseline="11%", target="18%")
    assert (made.figure.numerator, made.figure.denominator) == (130, 600)
    assert "pooled" in made.notes


@pytest.mark.parametrize(
    ("metric", "row", "span"),
    [
        pytest.param("link_clicks", "link_clicks,300,,", (300, math.inf), id="acts-at-least"),
        pytest.param("reach", "reach,30000,,", (30_000, 90_000), id="people-up-to-everybody"),
        pytest.param("recall_rate", "recall_rate,,90,500", None, id="no-rate-of-half"),
    ],
)
def test_an_audience_without_figure_is_not_zero(connection, tmp_path, metric, row, span):
    """What one of them has is a lower bound for both, and of a rate nothing."""
    share = {"stage": "outtake", "baseline": "11%", "target": "18%"} if metric == "recall_rate" else {}
    made, _ = goal(connection, tmp_path, f"2026-11-10,audience,young-fr,{row}\n", metric=metric, **share)
    assert "audiences-missing" in made.notes
    assert (None if made.figure.missing else made.figure.span) == span


def test_a_release_for_both_counts_for_both(connection, tmp_path):
    """A release that serves just these audiences credits neither alone, and is within a goal of both."""
    names = {"wave1/ar/fr-social": 70, "wave1/fr-FR/fr-social": 30}
    rows = "".join(f"2026-11-10,release,{name},link_clicks,{clicks},,\n" for name, clicks in names.items())
    made, found = goal(connection, tmp_path, rows, metric="link_clicks", stage="outcome", target=600)
    assert made.figure.value == 100
    assert made.coverage.covered == 2
    audiences = {row.id: row.cells for row in found.tables[0].rows}
    assert audiences["young-fr"]["link_clicks"].figure.value == 30
