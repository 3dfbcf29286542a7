"""Designs that the document declares: what each one claims, when it was declared, and why one claims nothing."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from campaigns.models.approval import Approval, ApprovalSubject
from campaigns.models.study import Study
from campaigns.plan import apply, stored
from campaigns.plan.diff import diff
from campaigns.store.tables import table
from reports.assessment.evaluation import evaluate
from reports.assessment.quasi import periods
from reports.collect import import_file
from reports.presentation import export, page, result
from reports.presentation.words import LANGUAGES
from reports.statistics.claim import Kind
from scheduler.releases.models import Release
from tests.builders.evaluations import CAMPAIGN, NOW, STARTS, apply_campaign, csv_file, document, kpi, release

DRAWN = {"message": "side-by-side", "channels": ["fr-social", "uk-partners"], "drawn_by": "the evaluation team",
         "how": "the provider's random split, seed 7", "drawn_on": "2026-10-05"}  # fmt: skip
HEAD = "at,subject_kind,subject,metric,value,numerator,denominator,region\n"
ARMS = HEAD + (
    "2026-11-01,release,wave1/fr-FR/fr-social,link_clicks,300,,,\n"
    "2026-11-01,release,wave1/fr-FR/fr-social,impressions,20000,,,\n"
    "2026-11-01,release,wave2/fr-FR/fr-social,link_clicks,200,,,\n"
    "2026-11-01,release,wave2/fr-FR/fr-social,impressions,20000,,,\n"
)


def step(value, to=None, source="a judgement of the team"):
    return {"value": value, "source": source} | ({} if to is None else {"to": to})


ROI = {"kpi": "calls", "worth": step(340), "trend": step(20, 40), "isolation": step("50%", "80%"),
       "externalities": step(0), "spent": step(10_000), "currency": "GBP"}  # fmt: skip


def study(**design):
    return {"id": "one", "asks": "Did it work?", **design}


def evaluated(connection, tmp_path, text, *studies, kpis=None):
    apply_campaign(connection, document(kpis, studies=list(studies)))
    import_file(connection, csv_file(tmp_path, text), CAMPAIGN, "analyst", NOW)
    return evaluate(connection, CAMPAIGN)


@pytest.fixture
def connection(tmp_path):
    """Return a connection to an empty database with every table."""
    from campaigns.store.engine import writing
    from tests.builders.evaluations import database

    engine = database(tmp_path)
    with writing(engine) as opened:
        yield opened
    engine.dispose()


def two_arms(connection):
    """Make the second wave's release the other variant of the first one's message, on the same list."""
    releases = table(Release)
    other = release("wave2", "fr-FR", "fr-social")
    connection.execute(update(releases).where(releases.c.id == other).values(message="side-by-side", variant="b"))


def sign(connection, at):
    """Let a partner sign both arms."""
    releases = table(Release)
    ids = [release(wave, "fr-FR", "fr-social") for wave in ("wave1", "wave2")]
    connection.execute(update(releases).where(releases.c.id.in_(ids)).values(digest="d"))
    connection.execute(
        insert(table(Approval)).values(
            id="a", campaign=CAMPAIGN, partner="uk", person="officer", decision="approve", reason="", envelope="{}",
            received_at=at,
        )
    )  # fmt: skip
    rows = [{"approval": "a", "subject": name, "digest": "d", "voided_why": ""} for name in ids]
    connection.execute(insert(table(ApprovalSubject)), rows)


def trial(connection, tmp_path, *, signed_at=None, studies=(), redeclared=None):
    apply_campaign(connection, document(studies=list(studies)))
    if redeclared:
        connection.execute(update(table(Study)).values(declared_at=redeclared))
    two_arms(connection)
    if signed_at:
        sign(connection, signed_at)
    import_file(connection, csv_file(tmp_path, ARMS), CAMPAIGN, "analyst", NOW)
    (finding,) = evaluate(connection, CAMPAIGN).findings
    return finding


def test_variants_without_a_study_are_a_comparison(connection, tmp_path):
    """Where nobody declared who drew the halves, the same numbers are a comparison, and no cause."""
    claim = trial(connection, tmp_path).claim
    assert claim.kind is Kind.COMPARISON
    assert {"cause", "same-people"} <= set(claim.cannot)


@pytest.mark.parametrize(
    ("declared_at", "signed_at", "kind"),
    [
        pytest.param(STARTS, STARTS + timedelta(days=1), Kind.EXPERIMENT, id="declared-then-signed"),
        pytest.param(
            STARTS + timedelta(days=2), STARTS + timedelta(days=1), Kind.COMPARISON, id="signed-then-declared"
        ),
        pytest.param(STARTS, None, Kind.EXPERIMENT, id="declared-then-published-without-signatures"),
        pytest.param(NOW, None, Kind.COMPARISON, id="declared-after-it-went-out"),
    ],
)
def test_an_experiment_is_one_only_if_declared_before_the_signature(connection, tmp_path, declared_at, signed_at, kind):
    """Who drew the halves stands in the document before the first partner signs; later it is a comparison, and said."""
    found = trial(connection, tmp_path, signed_at=signed_at, studies=[study(experiment=DRAWN)], redeclared=declared_at)
    assert found.claim.kind is kind
    assert found.study == "one"
    assert ("declared-late" in found.claim.cannot) is (kind is Kind.COMPARISON)
    assert found.where == "fr-social, uk-partners, fr-FR"


def test_halves_drawn_after_sending_are_no_experiment(connection, tmp_path):
    """A draw on a later day than the first release cannot have made the halves."""
    late = {**DRAWN, "drawn_on": "2026-12-01"}
    assert trial(connection, tmp_path, studies=[study(experiment=late)]).claim.kind is Kind.COMPARISON


def test_a_study_that_is_rewritten_is_dated_anew(connection):
    """An apply that changes a study's words declares it now; one that moves it in the list does not."""
    first, second = study(experiment=DRAWN), {**study(interrupted={"metric": "helpline_calls"}), "id": "two"}
    apply_campaign(connection, document(studies=[first, second]))
    moved = document(studies=[second, {**first, "asks": "Did it work better?"}])
    changes = diff(stored.read(connection, CAMPAIGN), moved)
    apply.write(connection, changes, moved, "editor", NOW)
    rows = {row.id: row.declared_at for row in connection.execute(table(Study).select())}
    assert rows == {"one": NOW, "two": STARTS}
    assert stored.read(connection, CAMPAIGN).studies == moved.studies


SURVEYS = HEAD + "".join(
    f"{day},campaign,,recall_rate,,{agreed},1000,{region}\n"
    for day, shares in (("2026-09-28", (110, 120, 115, 105)), ("2026-11-15", (180, 190, 130, 120)))
    for region, agreed in zip(("North", "East", "South", "West"), shares, strict=True)
)
PLACES = {"metric": "recall_rate", "campaign_in": ["North", "East"], "not_in": ["South", "West"]}


def test_difference_in_differences_of_two_surveys(connection, tmp_path):
    """What rose with the campaign, 7 points, less what rose without, 1.5: 5.5 points, with its interval and n."""
    found = evaluated(connection, tmp_path, SURVEYS, study(differences=PLACES))
    (outcome,) = found.studies
    claim = outcome.findings[0].claim
    assert claim.kind is Kind.QUASI
    assert claim.estimate == pytest.approx(0.055)
    assert claim.lower < 0.055 < claim.upper
    assert sum(claim.n.values()) == 8000
    assert {"parallel-trends", "no-spill-over"} <= set(claim.assumes)
    assert outcome.beforehand
    assert outcome.findings[0] in found.findings


def weekly(values, region="", *, first=date(2026, 7, 9), metric="helpline_calls"):
    """Return a running total of *values* as rows, a week each; the first row is what came before them."""
    rows, total = [], 1000
    for number, value in enumerate([0, *values]):
        total += value
        rows.append(f"{first + timedelta(weeks=number) - timedelta(days=1)},campaign,,{metric},{total},,,{region}\n")
    return "".join(rows)


def test_difference_in_differences_of_places_over_time(connection, tmp_path):
    """Running totals by place become weeks; the campaign's places gain 30 a week over the others."""
    before = [100, 104, 98, 102, 101, 99, 103, 97, 100, 102, 99, 101]
    after = [131, 128, 133, 130, 129]
    text = HEAD + "".join(
        weekly(
            [each + number * seed % 7 for number, each in enumerate(before)]
            + [each + number * seed % 5 - (0 if treated else 30) for number, each in enumerate(after)],
            region,
        )
        for region, seed, treated in (
            ("North", 3, True), ("East", 4, True), ("Mid", 5, True), ("South", 2, False), ("West", 6, False),
        )
    )  # fmt: skip
    places = {"metric": "helpline_calls", "campaign_in": ["North", "East", "Mid"], "not_in": ["South", "West"]}
    found = evaluated(connection, tmp_path, text, study(differences=places))
    claim = found.studies[0].findings[0].claim
    assert claim.estimate == pytest.approx(30, abs=3)
    assert claim.n == {"control units": 2, "treated units": 3, "periods": 17}
    assert "few-units" in claim.cannot


def test_an_interrupted_series(connection, tmp_path):
    """Weeks before and after the first day: the step is found, with its trend and interval, and n in periods."""
    before = [100, 104, 98, 103, 101, 99, 104, 97, 100, 102, 99, 101]
    after = [141, 138, 143, 140, 139, 142, 138, 141]
    text = HEAD + weekly([*before, *after], first=date(2026, 7, 2))
    found = evaluated(
        connection, tmp_path, text, study(interrupted={"metric": "helpline_calls", "begins": "2026-09-24"})
    )
    level, slope = (each.claim for each in found.studies[0].findings)
    assert (level.what, slope.what) == ("level", "slope")
    assert level.lower < 40 < level.upper
    assert abs(slope.estimate) < 2
    assert level.n == {"periods before": 12, "periods after": 8}
    assert "other-events" in level.cannot


CALLS = HEAD + "2026-11-20,campaign,,helpline_calls,160,,,\n"
CALLING = kpi(id="calls", stage="outcome", metric="helpline_calls", audience=None, baseline=100, target=150)


def test_return_on_investment_in_five_steps(connection, tmp_path):
    """60 more, 20 to 40 of them anyway, 50% to 80% of the rest the campaign's, 340 each, 10,000 spent."""
    found = evaluated(connection, tmp_path, CALLS, study(roi=ROI), kpis=[CALLING])
    (outcome,) = found.studies
    claim = outcome.findings[0].claim
    assert claim.kind is Kind.CALCULATION
    assert outcome.made.beyond_trend == (20, 40)
    assert outcome.made.benefit == pytest.approx((3400, 10_880))
    assert (claim.lower, claim.upper) == pytest.approx((-0.66, 0.088))
    assert "roi-cause" in claim.cannot
    rows = list(csv.DictReader(io.StringIO(export.files(found, "en")["roi"].lstrip("\ufeff"))))
    assert {row["step"]: row["source"] for row in rows}["isolation"] == "a judgement of the team"
    assert {row["unit"] for row in rows} == {"units", "share", "GBP"}


@pytest.mark.parametrize(
    ("text", "design", "why"),
    [
        pytest.param(CALLS, {"experiment": DRAWN}, "no-arms", id="nothing-measured-of-variants"),
        pytest.param(CALLS, {"differences": PLACES}, "no-two-waves", id="no-survey-before"),
        pytest.param(CALLS, {"differences": {**PLACES, "metric": "x"}}, "unknown-metric", id="metric-unknown"),
        pytest.param(CALLS, {"differences": {**PLACES, "metric": "reach"}}, "no-series", id="people-are-no-series"),
        pytest.param(
            CALLS, {"differences": {**PLACES, "metric": "helpline_calls"}}, "no-figure", id="no-figure-by-place"
        ),
        pytest.param(
            CALLS, {"differences": {"metric": "helpline_calls", "campaign_in": ["A"], "not_in": ["B"]}}, "few-units",
            id="one-place-a-side",
        ),
        pytest.param(CALLS, {"interrupted": {"metric": "helpline_calls"}}, "few-periods", id="one-figure-is-no-trend"),
        pytest.param(CALLS, {"interrupted": {"metric": "site_visits"}}, "no-figure", id="no-figure"),
        pytest.param(
            HEAD
            + weekly([100] * 20, first=date(2026, 7, 2)).replace("2026-08-19,campaign,,helpline_calls,1700,,,\n", ""),
            {"interrupted": {"metric": "helpline_calls", "begins": "2026-09-24"}}, "gaps", id="a-week-without-figure",
        ),
        pytest.param(CALLS, {"roi": {**ROI, "kpi": "calls"}}, "", id="return"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_claim_says_why(connection, tmp_path, text, design, why):
    """No claim is made of what is not there; the reason stands in every language, and a gap is never zero."""
    found = evaluated(connection, tmp_path, text, study(**design), kpis=[CALLING])
    (outcome,) = found.studies
    assert outcome.why == why
    assert bool(outcome.findings) is (why == "")
    for language in LANGUAGES:
        assert "Did it work?" in page.page(found, language)
    (row,) = json.loads(result.as_json(found))["studies"]
    assert row["why_none"] == (why or None)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["How it was studied", "Where the campaign was, less where it was not, Recall", "5.5 points",
                "assuming that both would have changed alike without it", "control before: 2,000",
                "Return on investment, step by step", "4. Isolation", "50% to 80%", "£340", "a judgement of the team",
                "-0.66 to 0.09 by the assumptions", "declared when they could be known", "too late",
                "Only claims that rest on an experiment"]),
        ("fr", ["Comment on l\u2019a étudié", "5,5 points", "en supposant que", "4. Isolement", "340\u00a0£GB"]),
        ("ar", ["كيف دُرس الأثر", "فرق الفروق", "على افتراض أن", "العزل"]),
    ],
)  # fmt: skip
def test_the_report_shows_studies_with_what_they_rest_on(connection, tmp_path, language, sentences):
    """Each claim has n, interval, assumption and what it cannot show; a late design is called late."""
    late = {"differences": {**PLACES, "begins": "2026-09-30"}}
    studies = [{**study(**late), "id": "late"}, study(roi=ROI)]
    text = SURVEYS + CALLS.removeprefix(HEAD)
    found = evaluated(connection, tmp_path, text, *studies, kpis=[CALLING])
    said = page.page(found, language)
    assert [each for each in sentences if each not in said] == []
    assert page.page(found, language) == said


def test_only_whole_periods_that_were_heard_of():
    """A running total gives what a week added where the week before is known; the last week must be over."""
    begins = date(2026, 10, 1)
    days = {begins + timedelta(days=day): total for day, total in ((-8, 10), (-1, 15), (6, 25), (20, 60), (22, 70))}
    last = max(days)
    assert periods(days, begins, 7, last, running=True) == {-1: 5, 0: 10}
    assert periods(days, begins, 7, last, running=False) == {-2: 10, -1: 15, 0: 25, 2: 60}
