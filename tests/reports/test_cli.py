"""The commands as people run them: a process, a workspace, files on the disk."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.store.engine import writing
from campaigns.store.upgrade import upgrade
from tests.builders import evaluations
from tests.builders.commands import process as cordiale
from tests.builders.evaluations import CAMPAIGN, csv_file

HOUSE = Path(__file__).parents[2]
READINGS = "# example data: invented\nat,subject_kind,subject,metric,value\n2026-10-20,audience,young-fr,reach,9000\n"


@pytest.fixture
def workspace(tmp_path):
    """Return a folder with a database of this code's version and an applied campaign."""
    from campaigns.store.engine import connect

    url = f"sqlite:///{tmp_path / 'cordiale.db'}"
    upgrade(url)
    engine = connect(url)
    with writing(engine) as connection:
        evaluations.apply_campaign(connection, evaluations.document())
    engine.dispose()
    return tmp_path


def test_what_a_file_says_steers_no_terminal(workspace):
    """A control character in what is complained of is named, not sent to the terminal."""
    csv_file(workspace, "at,valeur\n2026-10-12,1\n", "a\x1b[31mb.csv")
    done = cordiale(workspace, "readings", "import", "a\x1b[31mb.csv", "--campaign", CAMPAIGN)
    assert done.returncode == 1
    assert done.stderr.startswith("a<U+001B>[31mb.csv:1:1 the headings are of no kind")


def test_import_and_report(workspace):
    """Import says what was new and what comes next; the report writes a page and three tables, the same twice."""
    csv_file(workspace, READINGS)
    first = cordiale(workspace, "readings", "import", "readings.csv", "--campaign", CAMPAIGN, "--as", "analyst")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "readings.csv: 1 new figure.\nNext: cordiale report lost-ground --to reports\n"
    again = cordiale(workspace, "readings", "import", "readings.csv", "--campaign", CAMPAIGN, "--json")
    with sqlite3.connect(workspace / "cordiale.db") as database:
        logged = database.execute("SELECT actor, after FROM event WHERE act = 'readings.import'").fetchall()
    database.close()
    assert logged == [("analyst", "1")]  # a file that adds nothing is no event
    (outcome,) = json.loads(again.stdout)
    assert (outcome["figures"], outcome["added"], outcome["example"]) == (1, 0, "invented")
    made = cordiale(workspace, "report", CAMPAIGN, "--to", "out/here", "--language", "fr", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    names = [
        f"lost-ground-{name}"
        for name in ("report.fr.html", "goals.fr.csv", "figures.fr.csv", "releases.fr.csv", "waves.fr.csv")
    ]
    data = json.loads(made.stdout)
    assert [Path(name).name for name in data["files"]] == names
    assert data["goals"]["behind"] == 1
    texts = [(workspace / "out" / "here" / name).read_bytes() for name in names]
    assert "Données d’exemple".encode() in texts[0]  # noqa: RUF001 (French is written so)
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out/here", "--language", "fr").returncode == 0
    assert [(workspace / "out" / "here" / name).read_bytes() for name in names] == texts


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(("readings", "import", "no.csv", "--campaign", CAMPAIGN), 2, "There is no file", id="no-file"),
        pytest.param(("readings", "import", "readings.csv"), 1, "--campaign ID", id="no-campaign"),
        pytest.param(("readings", "import", "readings.csv", "--campaign", "x"), 1, "Known here", id="unknown-campaign"),
        pytest.param(("readings", "import", "readings.csv", "--column", "x"), 2, "Total plays=views", id="column"),
        pytest.param(("report", "x", "--to", "out"), 1, "There is no campaign 'x'", id="report-of-nothing"),
        pytest.param(("report", CAMPAIGN, "--to", "out", "--format", "docx"), 2, "html, csv", id="format"),
        pytest.param(("report", CAMPAIGN, "--to", "out", "--language", "de"), 2, "en, fr, ar", id="language"),
        pytest.param(("report", CAMPAIGN, "--to", "out", "--by", "colour"), 2, "audience", id="by"),
        pytest.param(("report", CAMPAIGN, "--to", "out", "--since", "soon"), 2, "2027-01-31", id="since"),
        pytest.param(
            ("report", CAMPAIGN, "--to", "out", "--since", "2027-01-01", "--until", "2026-01-01"),
            2,
            "--since 2026-01-01 --until 2027-01-01",
            id="ends-before-it-begins",
        ),
        pytest.param(("compare", CAMPAIGN, f"{CAMPAIGN}/x", "--to", "out"), 1, "wave1", id="no-such-wave"),
        pytest.param(("report", CAMPAIGN, "--to", "readings.csv"), 3, "folder", id="a-file-in-the-way"),
    ],
)
def test_faults_are_told_with_a_cure(workspace, words, code, says):
    """Each fault has its exit code and its cure on standard error, and no traceback."""
    csv_file(workspace, READINGS)
    ended = cordiale(workspace, *words)
    assert ended.returncode == code
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_window_without_figures_is_not_a_campaign_without(workspace):
    """Where figures are there and none is of the days asked for, that is said; the next step is not to import."""
    none = cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--since", "2026-10-01")
    assert "There are no figures yet. Next: cordiale readings import" in none.stdout
    csv_file(workspace, READINGS)
    assert cordiale(workspace, "readings", "import", "readings.csv", "--campaign", CAMPAIGN).returncode == 0
    for words, said in (
        (("--until", "2026-10-19"), "There are no figures up to 2026-10-19. Without"),
        (("--since", "2026-10-21"), "There are no figures from 2026-10-21 on. Without"),
        (("--since", "2026-10-01", "--until", "2026-10-19"), "There are no figures from 2026-10-01 to 2026-10-19."),
    ):
        made = cordiale(workspace, "report", CAMPAIGN, "--to", "out", *words)
        assert made.stdout.splitlines()[-1].startswith(said)
        page = (workspace / "out" / "lost-ground-report.en.html").read_text(encoding="utf-8")
        assert "No figures yet" not in page
        assert ("No figures in these days" in page) == ("--until" in words)
    whole = cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--since", "2026-10-20", "--until", "2026-10-20")
    assert "There are no figures" not in whole.stdout


def test_a_bad_file_lists_every_fault_and_keeps_nothing(workspace):
    """Every complaint is a line of its own, and the figures are none."""
    csv_file(workspace, READINGS + "2026-10-20,audience,nobody,reach,9\n2026-10-20,audience,young-fr,rech,9\n")
    ended = cordiale(workspace, "readings", "import", "readings.csv", "--campaign", CAMPAIGN)
    assert ended.returncode == 1
    assert [line.split()[0] for line in ended.stderr.splitlines()] == ["readings.csv:4:21", "readings.csv:5:30"]
    rebuilt = cordiale(workspace, "readings", "rebuild", "--json")
    assert json.loads(rebuilt.stdout)["daily_readings"] == 0


def test_a_disk_that_is_full_leaves_no_half_file(workspace):
    """When a file cannot be written whole, the old one stands and nothing else is left beside it."""
    out = workspace / "out"
    out.mkdir()
    page = out / "lost-ground-report.en.html"
    page.write_text("the report of last week", encoding="utf-8")

    rows = [
        f"2026-10-{day},channel,{name},engagements,{day}9" for day in (20, 21) for name in ("fr-social", "uk-partners")
    ]
    rows += [f"2026-10-20,audience,{name},reach,90000" for name in ("young-fr", "young-uk")]
    csv_file(workspace, "\n".join(["at,subject_kind,subject,metric,value", *rows]))
    assert cordiale(workspace, "readings", "import", "readings.csv", "--campaign", CAMPAIGN).returncode == 0

    room = 40_000  # bytes: enough for the database, not for the page
    ended = cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "html", bytes_a_file=room)
    assert ended.returncode == 3
    assert "was not written" in ended.stderr
    assert [each.name for each in out.iterdir()] == [page.name]
    assert page.read_text(encoding="utf-8") == "the report of last week"


def test_metrics_are_listed(workspace):
    """The taxonomy is there for people and for machines."""
    rows = json.loads(cordiale(workspace, "readings", "metrics", "--json").stdout)
    reach = next(row for row in rows if row["id"] == "reach")
    assert reach["adds_up_over"] == []
    assert "impressions" in cordiale(workspace, "readings", "metrics").stdout


def test_start_up_loads_nothing_heavy():
    """The command file loads without pandas, matplotlib, SQLAlchemy or Jinja."""
    program = (
        "import sys, reports.cli; print(sorted({'pandas', 'matplotlib', 'sqlalchemy', 'jinja2'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
