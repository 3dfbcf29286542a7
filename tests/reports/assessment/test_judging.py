"""Goals look ahead with an interval, keep what they said before, and windows hold what their days added."""

from datetime import date

import pytest

from campaigns.plan import apply, stored
from campaigns.plan.diff import diff
from campaigns.store.engine import writing
from reports.assessment.evaluation import evaluate
from reports.assessment.goals import Status
from reports.collect import import_file
from reports.records.window import Window
from reports.statistics.claim import Kind
from tests.builders.evaluations import CAMPAIGN, NOW, apply_campaign, csv_file, database, document, kpi

DAYS = ("2026-10-10", "2026-10-20", "2026-10-30", "2026-11-09", "2026-11-19")
HEAD = "at,subject_kind,subject,metric,value,numerator,denominator,panel\n"
CLICKS = "".join(
    f"{day},release,wave1/fr-FR/fr-social,link_clicks,{100 * place + place * place % 7},,,\n"
    for place, day in enumerate(DAYS, 1)
)
READINGS = HEAD + CLICKS + (
    "2026-10-20,release,wave1/fr-FR/fr-social,reach,20000,,,\n"
    "2026-10-20,release,wave2/fr-FR/fr-social,reach,15000,,,\n"
    "2026-09-20,audience,young-fr,recall_rate,,55,500,\n"
    "2026-11-19,audience,young-fr,recall_rate,,90,500,\n"
    "2026-11-19,audience,young-uk,recall_rate,,60,500,control\n"
    "2026-11-19,audience,young-uk,recall_rate,,95,500,exposed\n"
)  # fmt: skip
KPIS = [
    kpi(),
    kpi(id="clicks", stage="outcome", metric="link_clicks", audience=None, target=1000, by=date(2026, 12, 31)),
    kpi(id="gone", stage="output", metric="views", audience=None, target=10),
]


@pytest.fixture
def applied(tmp_path):
    """Return a connection to a campaign with readings on five days."""
    engine = database(tmp_path)
    with writing(engine) as connection:
        apply_campaign(connection, document(KPIS))
        import_file(connection, csv_file(tmp_path, READINGS), CAMPAIGN, "analyst", NOW)
        yield connection
    engine.dispose()


def goal(found, name):
    return next(each for each in found.goals if each.kpi.id == name)


def test_a_goal_looks_ahead(applied):
    """Ten clicks a day until the deadline give about 930: the target of 1,000 is above what the interval allows."""
    clicks = goal(evaluate(applied, CAMPAIGN), "clicks")
    assert clicks.status is Status.BEHIND
    assert clicks.forecast.readings == 5
    assert 900 < clicks.forecast.value < 960
    assert clicks.forecast.lower >= clicks.figure.value
    assert clicks.forecast.lower < clicks.forecast.value < clicks.forecast.upper
    assert clicks.outlook in {"missed", "open"}
    assert goal(evaluate(applied, CAMPAIGN), "reach-fr").forecast is None


def test_reach_has_an_estimate_with_its_bounds(applied):
    """Two waves' reach among 50,000 is between 20,000 and 35,000; 29,000 if they are independent. Never 35,000."""
    reach = goal(evaluate(applied, CAMPAIGN), "reach-fr").gathered
    assert (reach.figure.lower, reach.figure.upper) == (20_000, 35_000)
    assert reach.estimate == pytest.approx(50_000 * (1 - 0.6 * 0.7))


def test_goals_that_move_leave_a_trace(applied):
    """A target that is lowered is judged as it is now, and as it was; a KPI that is dropped is still told."""
    now = document([KPIS[0], {**KPIS[1], "target": 500}])
    apply.write(applied, diff(stored.read(applied, CAMPAIGN), now), now, "campaign-editor", NOW)
    found = evaluate(applied, CAMPAIGN)
    clicks = goal(found, "clicks")
    assert clicks.status is Status.MET
    (earlier,) = clicks.earlier
    assert (earlier.kpi.target, earlier.status, earlier.until) == (1000, Status.BEHIND, NOW.date())
    (dropped,) = found.dropped
    assert (dropped.kpi.id, dropped.on) == ("gone", NOW.date())
    moved = document([{**KPIS[1], "target": 500}, KPIS[0]])
    apply.write(applied, diff(now, moved), moved, "campaign-editor", NOW)
    assert len(goal(evaluate(applied, CAMPAIGN), "clicks").earlier) == 1  # a place in the list is no term


def test_a_window_holds_what_its_days_added(applied):
    """Clicks of three weeks are the difference; reach has none and stays; goals are judged to the window's end."""
    found = evaluate(applied, CAMPAIGN, window=Window(date(2026, 10, 21), date(2026, 11, 10)), by=("message",))
    (table,) = found.tables
    cell = {row.id: row for row in table.rows}["side-by-side"].cells["link_clicks"].figure
    whole = goal(found, "clicks").figure
    assert (
        cell.value
        == whole.value
        - goal(evaluate(applied, CAMPAIGN, window=Window(None, date(2026, 10, 20))), "clicks").figure.value
    )
    assert found.as_of.date() == date(2026, 11, 9)
    assert "reach" not in {row.id: row for row in table.rows}["side-by-side"].cells


def test_claims_come_from_the_campaigns_own_surveys(applied):
    """Exposed against control and after against before, as comparisons with n."""
    claims = {each.claim.what: each for each in evaluate(applied, CAMPAIGN).findings}
    assert claims["exposed"].claim.estimate == pytest.approx(0.07)
    assert claims["exposed"].claim.kind is Kind.COMPARISON
    assert claims["pre-post"].claim.estimate == pytest.approx(0.07)
    assert claims["pre-post"].claim.n == {"before": 500, "after": 500}
    assert claims["pre-post"].subject == "young-fr"


def test_waves_are_in_order(applied):
    """Each entry that went out is a wave: what was done, met and made of it."""
    first, second, *_ = evaluate(applied, CAMPAIGN).waves
    assert (first.entry, first.released) == ("wave1", 3)
    assert [metric.id for metric, _ in first.figures["output"]] == ["reach"]
    assert second.entry == "wave2"
