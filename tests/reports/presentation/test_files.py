"""One evaluation, many files: each says the same, none runs, and the same figures give the same bytes."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile

import duckdb
import openpyxl
import pytest
import rfc8785

from campaigns.errors import MissingExtra, Refused
from campaigns.store.engine import writing
from reports.assessment.compare import compare
from reports.assessment.evaluation import evaluate
from reports.collect import import_file
from reports.presentation import comparison, files, page, paper, result, spreadsheet
from reports.presentation.words import LANGUAGES
from reports.referrals import ledger
from tests.builders.evaluations import CAMPAIGN, NOW, apply_campaign, csv_file, database, document, kpi
from tests.builders.programs import need, need_pango

KPIS = (
    kpi(),
    kpi(id="recall", stage="outtake", metric="recall_rate", baseline="11%", target="18%"),
    kpi(id="clicks", stage="outcome", metric="link_clicks", audience=None, target=1000),
)
READINGS = """\
# example data: invented
at,subject_kind,subject,metric,value,numerator,denominator,panel
2026-10-20,release,wave1/fr-FR/fr-social,reach,20000,,,
2026-10-20,release,wave2/fr-FR/fr-social,reach,15000,,,
2026-10-20,release,wave1/fr-FR/fr-social,link_clicks,100,,,
2026-10-27,release,wave1/fr-FR/fr-social,link_clicks,190,,,
2026-11-03,release,wave1/fr-FR/fr-social,link_clicks,310,,,
2026-11-10,release,wave1/fr-FR/fr-social,link_clicks,420,,,
2026-11-10,release,wave1/fr-FR/fr-social,impressions,42000,,,
2026-11-10,release,wave2/fr-FR/fr-social,link_clicks,400,,,
2026-11-10,release,wave2/fr-FR/fr-social,impressions,20000,,,
2026-11-19,audience,young-fr,recall_rate,,90,500,
2026-11-19,audience,young-uk,recall_rate,,60,500,control
2026-11-19,audience,young-uk,recall_rate,,95,500,exposed
"""
ITEM = hashlib.sha256(b"a").hexdigest()
REFERRED = f"item,platform,as_of,received_at,removed_at\n{ITEM},tube,2026-11-10,2026-11-01T08:00Z,2026-11-01T08:40Z\n"
ALL = ("html", "brief", "csv", "xlsx", "json", "parquet")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Return a connection to a campaign with readings, a title that looks like a formula, and a referral."""
    folder = tmp_path_factory.mktemp("files")
    engine = database(folder)
    with writing(engine) as connection:
        title = {"en-GB": "=1+1 Daesh has lost ground", "fr-FR": "Daech a perdu du terrain", "ar": "خسر داعش الأرض"}
        apply_campaign(connection, document(KPIS, title=title))
        import_file(connection, csv_file(folder, READINGS), CAMPAIGN, "analyst", NOW)
        ledger.import_file(connection, csv_file(folder, REFERRED, "referrals.csv"), "analyst", NOW)
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def found(measured):
    """Return its evaluation."""
    return evaluate(measured, CAMPAIGN)


@pytest.fixture(scope="module")
def arabic(found):
    """Return every file in Arabic."""
    return files.files(found, ALL, "ar")


def test_the_same_result_gives_the_same_bytes(found, arabic):
    """Every file is the same twice, and names one digest of the result."""
    again = files.files(found, ALL, "ar")
    assert [name for name, data in arabic.items() if again[name] != data] == []
    digest = result.digest(found)
    assert digest in arabic[f"{CAMPAIGN}-report.ar.html"]
    assert digest in arabic[f"{CAMPAIGN}-brief.ar.html"]
    assert hashlib.sha256(arabic[f"{CAMPAIGN}-report.json"]).hexdigest() == digest


@pytest.mark.parametrize("by", [("audience",), ("channel",), ("locale",), ("message",), ()], ids=str)
def test_a_report_has_only_the_tables_that_were_asked_for(measured, by):
    """`--by channel` leaves the other tables and the charts of them out; every format is made all the same."""
    made = files.files(evaluate(measured, CAMPAIGN, by=by), ALL, "en")
    rows = list(csv.DictReader(io.StringIO(made[f"{CAMPAIGN}-figures.en.csv"].lstrip("\ufeff"))))
    assert {row["by"] for row in rows} == set(by)


def test_json_is_canonical_and_whole(found):
    """The JSON is RFC 8785, and holds goals with forecast, figures, waves, claims, referrals and files."""
    data = json.loads(result.as_json(found))
    assert rfc8785.dumps(data) == result.as_json(found)
    goals = {row["kpi"]: row for row in data["goals"]}
    assert goals["reach-fr"]["value"] is None
    assert (goals["reach-fr"]["lower"], goals["reach-fr"]["upper"]) == (20_000, 35_000)
    assert goals["reach-fr"]["reach_estimate"] == pytest.approx(29_000)
    assert goals["clicks"]["forecast_lower"] <= goals["clicks"]["forecast"] <= goals["clicks"]["forecast_upper"]
    assert {row["stage"] for row in data["waves"]} >= {"output", "outcome"}
    assert [row["claim"] for row in data["claims"]] == ["exposed"]
    assert data["referrals"]["all"]["removed"] == 1
    assert len(data["files"]) == 1


def test_the_workbook_calculates_nothing(found, arabic):
    """A title that looks like a formula is text; numbers are numbers with formats; Arabic sheets run from the right."""
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook(found, "en")))
    assert book.sheetnames[1:] == ["goals", "figures", "releases", "waves", "claims"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert book.worksheets[0]["A1"].value == "=1+1 Daesh has lost ground"
    with zipfile.ZipFile(io.BytesIO(spreadsheet.workbook(found, "en"))) as packed:
        assert not [name for name in packed.namelist() if b"<f>" in packed.read(name)]
    goals = list(book["goals"].iter_rows(values_only=True))
    recall = dict(zip(goals[0], goals[2], strict=True))
    assert recall["value"] == pytest.approx(0.18)
    column = goals[0].index("value") + 1
    assert book["goals"].cell(3, column).number_format == "0.0%"
    right = openpyxl.load_workbook(io.BytesIO(arabic[f"{CAMPAIGN}-report.ar.xlsx"]))
    assert all(sheet.sheet_view.rightToLeft for sheet in right)


def test_parquet_has_types(arabic, tmp_path):
    """Numbers are numbers, what is not known is null, and every table is there."""
    path = tmp_path / "goals.parquet"
    path.write_bytes(arabic[f"{CAMPAIGN}-goals.parquet"])
    with duckdb.connect() as database_:
        rows = database_.execute("SELECT kpi, value, lower FROM read_parquet(?) ORDER BY kpi", [str(path)]).fetchall()
    assert rows == [("clicks", 820.0, None), ("reach-fr", None, 20_000.0), ("recall", 0.18, None)]
    assert {name for name in arabic if name.endswith(".parquet")} == {
        f"{CAMPAIGN}-{name}.parquet" for name in ("goals", "figures", "releases", "waves", "claims")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_page_is_one_page(found, language):
    """The summary for a minister fits on one sheet of paper, in every language."""
    need_pango()
    made = paper.pdf(page.brief(found, language, digest=result.digest(found)))
    assert said(made, "pdfinfo").count("\nPages:           1\n") == 1
    if language == "ar":
        assert paper.pdf(page.brief(found, language, digest=result.digest(found))) == made


def test_the_pdf_is_tagged_and_its_arabic_reads(found):
    """The PDF is tagged, names its language, and its Arabic comes out as letters in their order."""
    need_pango()
    made = files.files(found, ("pdf",), "ar")[f"{CAMPAIGN}-report.ar.pdf"]
    about = said(made, "pdfinfo")
    assert "Tagged:          yes" in about
    assert "خسر داعش" in said(made, "pdftotext", "-")


def said(made, program, *after):
    """Return what a tool of Poppler says of a PDF."""
    program = need(program, "poppler-utils")
    return subprocess.run([program, "-", *after], input=made, capture_output=True, check=True).stdout.decode()


def test_a_page_on_paper_fetches_nothing():
    """A picture from elsewhere is left out of the PDF, never fetched."""
    need_pango()
    with pytest.raises(ValueError, match="fetches nothing"):
        paper._fetch("http://127.0.0.1:9/x.png")


def test_without_the_extra_the_cure_is_named(found, monkeypatch):
    """A format whose library is not there says which extra brings it."""
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(MissingExtra, match="pdf"):
        files.files(found, ("html", "pdf"), "en")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(MissingExtra, match="archive"):
        files.files(found, ("parquet",), "en")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Exposed against control", "7 points", "If it goes on like this", "About 29,000 different people",
                "Removed after removal orders", "1 of 2 releases, fr-social", "Waves"]),
        ("fr", ["Exposés contre témoins", "7 points", "À ce rythme", "Vagues"]),
        ("ar", ["ما يمكن قوله", "الموجات", "إذا استمر الأمر هكذا"]),
    ],
)  # fmt: skip
def test_the_page_has_waves_claims_and_referrals(found, language, sentences):
    """What the audience met, what can be claimed and what platforms removed stand on the page."""
    text = page.page(found, language)
    assert [each for each in sentences if each not in text] == []
    assert ('dir="rtl"' in text.split("<head>")[0]) is (language == "ar")


def test_two_waves_side_by_side(measured):
    """Rates differ by points with an interval, counts are per day, reach is never added, and causes are not claimed."""
    made = compare(measured, f"{CAMPAIGN}/wave1", f"{CAMPAIGN}/wave2")
    lines = {each.metric.id: each for each in made.lines}
    rate = lines["click_through_rate"]
    assert rate.difference.estimate == pytest.approx(0.01)
    assert rate.difference.lower < 0.01 < rate.difference.upper
    assert lines["link_clicks"].per_day[0] == pytest.approx(420 / made.first.days)
    assert lines["reach"].difference is None
    assert made.unequal
    text = comparison.page(made, "en")
    assert "1 points" in text
    assert "no halves were drawn" in text
    rows = list(csv.DictReader(io.StringIO(comparison.csv_text(made).lstrip("\ufeff"))))
    assert {row["metric"] for row in rows} == set(lines)
    assert set(files.compared_files(made, ("csv", "json"), "en")) == {
        f"{CAMPAIGN}-wave1-against-{CAMPAIGN}-wave2.{end}" for end in ("csv", "json")
    }
    with pytest.raises(Refused, match="wave9"):
        compare(measured, f"{CAMPAIGN}/wave9", CAMPAIGN)
