"""Weighted surveys: what answers are worth goes with each share, and a row that does not say it is refused."""

import pytest

from campaigns.errors import InvalidDocument
from reports.assessment.evaluation import evaluate
from reports.collect import import_file
from reports.figures import Qualifier
from reports.presentation.page import page
from reports.statistics.proportions import newcombe
from tests.builders.evaluations import CAMPAIGN, NOW, csv_file, kpi

HEAD = "Fieldwork end,Audience,Measure,Base,Count,Weighted base,Weighted count,Design effect,panel\n"
RECALL = kpi(id="recall", stage="outtake", metric="recall_rate", baseline="11%", target="18%")


def bring(connection, tmp_path, text):
    return import_file(connection, csv_file(tmp_path, text), CAMPAIGN, "analyst", NOW)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        pytest.param("Weighted base,Weighted count,Design effect", "1200,204,1.5", id="counts-and-design-effect"),
        pytest.param("Weighted base,Weighted count,Effective base", "1000,170,800", id="counts-and-effective-base"),
        pytest.param(
            "Weighted base,Weighted count,Sum of squared weights", "1000,170,1250", id="counts-and-squared-weights"
        ),
        pytest.param("Weighted share,Effective base", "17%,800", id="share-and-effective-base"),
        pytest.param("Part pondérée,Effet de plan", '"17,0 %","1,5"', id="in-french"),
    ],
)
def test_a_weighted_share_and_what_its_answers_are_worth(connection, tmp_path, heading, cells):
    """The figure is the weighted share, base and count stay those before weighting, and 1200 answers are worth 800."""
    text = f"Fieldwork end,Audience,Measure,Base,Count,{heading}\n2026-11-10,young-fr,Recall,1200,216,{cells}\n"
    assert bring(connection, tmp_path, text).figures == 2
    found = evaluate(connection, CAMPAIGN)
    (share,) = (each for each in found.series if each.metric == "recall_rate")
    (worth,) = (each for each in found.series if each.metric == "effective_base")
    assert share.figure.value == pytest.approx(0.17)
    assert share.figure.qualifier is Qualifier.WEIGHTED
    assert (share.figure.numerator, share.figure.denominator) == (216, 1200)
    assert worth.figure.value == pytest.approx(800)
    assert all("effective_base" not in table.metrics for table in found.tables)
    said = page(found, "en")
    assert "weighted, of 1,200 asked" in said
    assert "Effective base" not in said


PANELS = HEAD + (
    "2026-11-10,young-fr,Recall,1200,140,1200,144,1.5,control\n2026-11-10,young-fr,Recall,1200,200,1200,216,1.5,exposed\n"
)


def test_exposed_against_control_with_weights(connection, tmp_path):
    """The lift is of weighted shares, its interval that of the effective answers, and both numbers are printed."""
    bring(connection, tmp_path, PANELS)
    found = evaluate(connection, CAMPAIGN)
    (finding,) = found.findings
    claim, plain = finding.claim, newcombe((96, 800), (144, 800))
    assert (claim.estimate, claim.lower, claim.upper) == pytest.approx((0.06, plain.lower, plain.upper))
    assert claim.n == {"control": 1200, "exposed": 1200}
    assert claim.detail["effective_first"] == pytest.approx(800)
    said = page(found, "en")
    assert "control: worth 800 unweighted (design effect 1.5)" in said


def test_before_and_after_with_weights(connection, tmp_path):
    """Two weighted waves give a lift; one of which nobody says what it is worth gives none."""
    waves = HEAD + (
        "2026-09-20,young-fr,Recall,1200,140,1200,144,1.5,\n2026-11-10,young-fr,Recall,1200,200,1200,216,1.5,\n"
    )
    bring(connection, tmp_path, waves)
    (finding,) = evaluate(connection, CAMPAIGN).findings
    assert finding.claim.what == "pre-post"
    assert finding.claim.detail["effective_second"] == pytest.approx(800)


def test_small_cells_are_judged_before_weighting(connection, tmp_path):
    """Nine who agreed are suppressed, even where their weights make thirty of them."""
    small = PANELS.replace("1200,140,1200,144", "1200,9,1200,30")
    bring(connection, tmp_path, small)
    (finding,) = evaluate(connection, CAMPAIGN).findings
    assert finding.claim.suppressed


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        pytest.param("1200,216,1200,204,", 1, "does not say what its answers are worth", id="no-design-effect"),
        pytest.param("1200,216,1200,204,0.8", 1, "say more than plain ones", id="design-effect-below-one"),
        pytest.param("1200,216,204,1200,1.5", 1, "is no part of the weighted base", id="exchanged"),
        pytest.param("1200,216,1200,,1.5", 1, "has no weighted share", id="no-weighted-count"),
        pytest.param(",216,1200,204,1.5", 1, "denominator", id="no-base"),
        pytest.param("1200,216,1200,x,1.5", 1, "'x'", id="no-number"),
    ],
)
def test_a_row_that_cannot_be_weighed(connection, tmp_path, row, column, says):
    """Each such row is told with line, column and cure, and nothing of the file is kept."""
    good = "2026-11-09,young-fr,Recall,1200,216,1200,204,1.5,\n"
    with pytest.raises(InvalidDocument) as refused:
        bring(connection, tmp_path, f"{HEAD}{good}2026-11-10,young-fr,Recall,{row},\n")
    (complaint,) = refused.value.complaints
    assert says in str(complaint)
    assert complaint.hint
    assert (complaint.where.line, complaint.where.column >= column) == (3, True)
    assert evaluate(connection, CAMPAIGN).series == ()


def test_ways_to_say_it_that_contradict_one_another(connection, tmp_path):
    """An effective base and a design effect that do not fit are refused, and so is one above the base."""
    head = "Fieldwork end,Audience,Measure,Base,Count,Weighted share,Effective base,Design effect\n"
    with pytest.raises(InvalidDocument, match="in several ways"):
        bring(connection, tmp_path, f"{head}2026-11-10,young-fr,Recall,1200,216,17%,900,1.5\n")
    with pytest.raises(InvalidDocument, match="not between 1 and the base"):
        bring(connection, tmp_path, f"{head}2026-11-10,young-fr,Recall,1200,216,17%,1900,\n")
