"""From readings to a report: what is shown, what is not, and the same bytes for the same figures."""

import csv
import html.parser
import io
import re
from datetime import date

import pytest

from campaigns.errors import UsageError
from campaigns.store.engine import writing
from reports.assessment.evaluation import evaluate
from reports.assessment.goals import Coverage, Status
from reports.collect import import_file
from reports.errors import UnknownCampaign
from reports.presentation import export, page
from reports.presentation.words import LANGUAGES
from tests.builders.evaluations import CAMPAIGN, NOW, apply_campaign, csv_file, database, document, kpi

READINGS = """\
# example data: invented
at,subject_kind,subject,metric,value,numerator,denominator
2026-10-20T06:00:00Z,release,wave1/fr-FR/fr-social,impressions,16000,,
2026-10-20T06:00:00Z,release,wave1/fr-FR/fr-social,reach,9000,,
2026-10-20T06:00:00Z,release,wave1/fr-FR/fr-social,link_clicks,144,,
2026-10-20T06:00:00Z,release,wave1/ar/fr-social,reach,4000,,
2026-10-20T06:00:00Z,release,wave1/en-GB/uk-partners,impressions,13000,,
2026-11-01T06:00:00Z,release,wave1/fr-FR/fr-social,impressions,36000,,
2026-11-01T06:00:00Z,release,wave1/fr-FR/fr-social,reach,20000,,
2026-11-01T06:00:00Z,release,wave1/fr-FR/fr-social,link_clicks,324,,
2026-11-01T06:00:00Z,release,wave2/fr-FR/fr-social,reach,15000,,
2026-11-01T06:00:00Z,release,wave1/en-GB/uk-partners,impressions,29000,,
2026-11-01T06:00:00Z,audience,young-fr,recall_rate,15.8%,79,500
2026-11-01T06:00:00Z,channel,uk-partners,sign_ups,4,,
2026-11-21T06:00:00Z,campaign,,helpline_calls,53,,
"""
KPIS = (
    kpi(),
    kpi(id="recall", stage="outtake", metric="recall_rate", baseline="11%", baseline_as_of="2026-09-14", target="18%"),
    kpi(id="calls", stage="outcome", metric="helpline_calls", audience=None, target=50, by=date(2026, 12, 1)),
    kpi(id="trust", stage="outtake", metric="trust_rate", audience="young-uk", baseline="40%", target="45%"),
    kpi(id="early", stage="output", metric="impressions", audience=None, target=20_000, by=date(2026, 10, 25)),
    kpi(id="hype", stage="output", metric="advertising_value", audience=None, target=5),
)


@pytest.fixture
def found(tmp_path):
    """Return the evaluation of a campaign with six KPIs and two months of readings."""
    engine = database(tmp_path)
    with writing(engine) as connection:
        apply_campaign(connection, document(KPIS, title={"en-GB": "Lost <ground> & more", "ar": "خسر داعش"}))
        import_file(connection, csv_file(tmp_path, READINGS), CAMPAIGN, "analyst", NOW)
        yield evaluate(connection, CAMPAIGN)
    engine.dispose()


def goal(found, name):
    return next(each for each in found.goals if each.kpi.id == name)


def test_goals_are_judged_as_of_the_newest_figure(found):
    """Each KPI has its status; a deadline that passed is judged by the figures it had by then."""
    assert {each.kpi.id: each.status for each in found.goals} == {
        "reach-fr": Status.UNCLEAR, "recall": Status.ON_TRACK, "calls": Status.MET, "trust": Status.NO_DATA,
        "early": Status.MET, "hype": Status.NO_DATA,
    }  # fmt: skip
    assert goal(found, "early").figure.value == 29_000
    assert goal(found, "early").as_of == date(2026, 10, 20)


def test_reach_of_an_audience_is_bounded_by_its_waves(found):
    """Two French releases give at least the larger and at most both; the Arabic one credits no audience."""
    reach = goal(found, "reach-fr")
    assert (reach.figure.lower, reach.figure.upper) == (20_000, 35_000)
    assert reach.coverage == Coverage(2, 3)
    assert "estimate" in reach.notes


def test_tables_hold_what_each_side_can_claim(found):
    """By audience, channel, locale and message: sums where right, and no row invents a figure."""
    tables = {table.by: {row.id: row for row in table.rows} for table in found.tables}
    assert tables["channel"]["fr-social"].cells["impressions"].figure.value == 36_000
    assert tables["channel"]["uk-partners"].cells["sign_ups"].figure.value is None
    assert "reach" not in tables["channel"]["uk-partners"].cells
    assert tables["locale"]["ar"].cells["reach"].figure.value == 4000
    assert tables["message"]["side-by-side"].cells["impressions"].figure.value == 65_000
    assert tables["audience"]["young-fr"].cells["click_through_rate"].figure.value == pytest.approx(0.009)
    assert [each.kpi.id for each in tables["audience"]["young-uk"].goals] == ["trust"]
    assert tables["channel"]["fr-social"].released == 3


def test_counts_and_gaps_are_told(found):
    """Releases by state, those that nobody measured, and those that no audience can claim."""
    assert found.states == {"published": 4, "uncertain": 1, "failed": 1, "scheduled": 1}
    assert found.silent == ()
    assert found.shared == 1
    assert [each.kpi.id for each in found.stale] == ["reach-fr", "recall"]


class Reader(html.parser.HTMLParser):
    """Collects what a page is made of, and fails on what does not nest."""

    VOID = frozenset({"meta", "path", "use", "br", "img"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.words, self.attributes = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag, attrs):
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone(found, language):
    """One page: no script, no handler, nothing fetched, ids once each, each chart with title, text and table."""
    text = page.page(found, language)
    reader = read(text)
    assert "script" not in reader.tags
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    links = [value for name, value in reader.attributes if name in {"src", "href", "xlink:href", "action", "data"}]
    assert links
    assert all(value.startswith("#") for value in links)
    assert not re.search(r"url\((?!#)|@import", text)
    assert len(reader.ids) == len(set(reader.ids))
    charts = reader.tags.count("svg")
    assert charts >= 3
    assert reader.tags.count("desc") == reader.tags.count("figure") == charts
    assert reader.tags.count("title") == charts + 1
    assert ("role", "img") in reader.attributes
    referred = [value for name, value in reader.attributes if name in {"aria-labelledby", "aria-describedby"}]
    assert set(referred) <= set(reader.ids)
    assert {value[1:] for value in links} <= set(reader.ids)


def test_what_people_wrote_is_escaped(found):
    """A title cannot become markup."""
    text = page.page(found, "en")
    assert "Lost &lt;ground&gt; &amp; more" in text
    assert "<ground>" not in text


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        pytest.param(
            "en",
            [
                "Example data",
                "The campaign has 6 measured goals: 2 are met, 1 is on track, 1 is unclear and 2 have no data.",
                "4 releases were published, 1 failed, and the outcome of 1 is unknown. 1 is still to come.",
                "between 20,000 and 35,000",
                "2 of 3 releases have a figure",
                "79 of 500",
                "fewer than 10",
                "What this report cannot show",
                "For whom 1 release worked",
                "Cordiale knows no metric of this name.",
                "21 November 2026, 06:00 UTC",
                "on 14 Sept 2026",
            ],
            id="english",
        ),
        pytest.param(
            "fr",
            [
                "Données d\u2019exemple",
                "6 objectifs mesurés\u00a0: 2 atteints, 1 en bonne voie, 1 incertain et 2 sans données.",
                "entre 20\u202f000 et 35\u202f000",
                "79 sur 500",
                "moins de 10",
                "Ce que ce rapport ne peut pas montrer",
                "21 novembre 2026",
                "15,8\u00a0%",
                "au 14 sept. 2026",
            ],
            id="french",
        ),
    ],
)
def test_the_page_says_what_was_found(found, language, sentences):
    """Statuses, bounds, counts and gaps are on the page, in the reader's words and numbers."""
    said = "".join(read(page.page(found, language)).words)
    assert [sentence for sentence in sentences if sentence not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_figures_give_the_same_bytes(found, language):
    """Two reports are one, byte for byte; the instant of making is there only when it is asked for."""
    first = page.page(found, language)
    assert page.page(found, language) == first
    assert export.files(found, language) == export.files(found, language)
    dated = page.page(found, language, NOW)
    assert len(dated) > len(first)
    assert "22" in dated[len(first) - 200 :]


def test_provenance_names_each_file_by_its_digest(found):
    """The page names the files, how many figures they had, and their sha256."""
    (file,) = found.files
    text = page.page(found, "en")
    assert file.name == "readings.csv"
    assert re.fullmatch(r"[0-9a-f]{64}", file.digest)
    assert file.digest in text


def test_csv_files_hold_the_same_figures(found):
    """CSV has stable columns, plain numbers, bounds apart, and nothing where nothing is known."""
    files = {
        name: list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
        for name, text in export.files(found, "en").items()
    }
    goals = {row["kpi"]: row for row in files["goals"]}
    assert (goals["reach-fr"]["value"], goals["reach-fr"]["lower"], goals["reach-fr"]["upper"]) == (
        "",
        "20000",
        "35000",
    )
    assert goals["reach-fr"]["status"] == "unclear"
    assert (goals["recall"]["numerator"], goals["recall"]["denominator"]) == ("79", "500")
    assert goals["trust"]["value"] == ""
    cells = {(row["by"], row["id"], row["metric"]): row for row in files["figures"]}
    assert cells["channel", "uk-partners", "sign_ups"]["value"] == ""
    assert cells["message", "side-by-side", "impressions"]["value"] == "65000"
    assert len(files["releases"]) == 7


def test_a_campaign_without_figures_has_a_report(tmp_path):
    """Nothing measured is said as that: no chart of zeros, no status but "no data"."""
    engine = database(tmp_path)
    with writing(engine) as connection:
        apply_campaign(connection, document())
        found = evaluate(connection, CAMPAIGN)
        with pytest.raises(UnknownCampaign):
            evaluate(connection, "nothing")
    engine.dispose()
    text = page.page(found, "en")
    assert found.as_of is None
    assert [each.status for each in found.goals] == [Status.NO_DATA]
    assert "No figures yet" in text
    assert "<svg" not in text
    assert "Example data" not in text
    assert len(found.silent) == 4


def test_a_campaign_without_goals_says_so(tmp_path):
    """Figures without goals are shown, and measured against nothing."""
    engine = database(tmp_path)
    with writing(engine) as connection:
        apply_campaign(connection, document(objectives=[]))
        found = evaluate(connection, CAMPAIGN)
    engine.dispose()
    assert "names no goals" in page.page(found, "en")


def test_there_is_no_third_language(found):
    """A language that is not there is a usage error that names those that are."""
    with pytest.raises(UsageError, match="en, fr"):
        page.page(found, "de")
