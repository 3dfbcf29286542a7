"""Exports of platforms on their way into a report: known by headings, matched by id or address, whole or not at all."""

import sqlite3
from pathlib import Path

import openpyxl
import pytest

from campaigns.store.engine import connect, writing
from campaigns.store.upgrade import upgrade
from reports import kinds
from reports.intake.posted import key
from tests.builders import evaluations
from tests.builders.commands import process as cordiale
from tests.builders.evaluations import CAMPAIGN, csv_file, release
from tests.house import tree
from tests.reports.sources.test_deliveries import NOTIFY, box, notice
from tests.reports.sources.test_exports import LINKEDIN, X_ROW, X

NAME = "account_analytics_content_2026-10-01_2026-10-31.csv"
OURS = "1140000000000000000"  #: what the channel gave wave1/fr-FR/fr-social


@pytest.fixture
def workspace(tmp_path):
    """Return a folder with a database of this code's version and an applied campaign."""
    url = f"sqlite:///{tmp_path / 'cordiale.db'}"
    upgrade(url)
    engine = connect(url)
    with writing(engine) as connection:
        evaluations.apply_campaign(connection, evaluations.document())
    engine.dispose()
    return tmp_path


def test_an_export_becomes_figures_of_a_report(workspace):
    """A file with a stranger's post stores nothing and lists it; asked to leave it out, it counts it."""
    csv_file(workspace, X + X_ROW.format(id=OURS) + X_ROW.format(id="1999999999999999999"), NAME)
    words = ("readings", "import", NAME, "--campaign", CAMPAIGN)
    refused = cordiale(workspace, *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has no release '1999999999999999999'" in refused.stderr
    assert refused.stderr.count("--skip-unknown leaves out what is no release") == 1
    assert OURS not in refused.stderr

    done = cordiale(workspace, *words, "--skip-unknown", "--as", "analyst")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{NAME}: 7 new figures.\n")
    assert "Left out, being no release of the campaign: 1 row.\n" in done.stdout
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "csv").returncode == 0
    rows = (workspace / "out" / f"{CAMPAIGN}-figures.en.csv").read_text("utf-8").splitlines()
    assert [row for row in rows if "link_clicks" in row and ",66" in row]


def test_a_part_is_not_taken_for_the_whole(workspace):
    """Figures that count from a day after the release went out are refused."""
    name = "account_analytics_content_2026-10-15_2026-10-31.csv"
    csv_file(workspace, X + X_ROW.format(id=OURS), name)
    ended = cordiale(workspace, "readings", "import", name, "--campaign", CAMPAIGN)
    assert ended.returncode == 1
    assert "count from 2026-10-15 on, and the release went out on 2026-10-08; export a period" in ended.stderr


def test_the_sheet_below_a_row_that_explains_is_found_in_a_workbook(workspace):
    """Of LinkedIn's workbook the second sheet is read, from its second row on; the post is known by its address."""
    book = openpyxl.Workbook()
    book.active.title = "Metrics"
    book.active.append(["Date", "Impressions (organic)"])
    posts = book.create_sheet("All posts")
    posts.append(["Aggregated performance of every post"])
    heading, row = LINKEDIN.splitlines()
    posts.append(heading.split(","))
    address = "https://www.example.org/wave1/fr-FR/fr-social/?utm_source=linkedin"
    posts.append([address if cell.startswith("https") else cell or None for cell in row.split(",")])
    book.save(workspace / "content.xlsx")
    book.close()
    words = ("--always", "since=2026-10-01", "--always", "at=2026-10-31", "--zone", "Europe/London")
    done = cordiale(workspace, "readings", "import", "content.xlsx", "--campaign", CAMPAIGN, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("content.xlsx: 4 new figures.\n")
    assert "Left out, naming persons: Posted by.\n" in done.stdout


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("https://twitter.com/i/web/status/1834567890123456789?s=20", "x:1834567890123456789"),
        ("https://m.youtube.com/watch?t=3&v=abc123XYZ_-", "youtube:abc123XYZ_-"),
        (
            "https://www.linkedin.com/posts/x_y-activity-7123456789012345678-AbCd",
            "linkedin:activity:7123456789012345678",
        ),
        ("https://www.instagram.com/example/reel/DAbc123/?igsh=1", "instagram:DAbc123"),
        ("https://www.facebook.com/permalink.php?story_fbid=pfbid02x&id=5", "facebook:pfbid02x"),
        ("http://www.example.org/a/?b=1&utm_source=x", "example.org/a?b=1"),
    ],
)
def test_one_post_has_one_name(link, name):
    """However an address was copied, it leads to the same release."""
    assert key(link) == name


def test_the_readme_lists_every_kind_of_file():
    """A source that changes changes the README: `cordiale readings sources --markdown` prints what goes in."""
    assert kinds.markdown() in (Path(tree.ROOT) / "README.md").read_text("utf-8")


def test_visits_by_matomos_export_reach_the_report(workspace):
    """Its UTF-16 is read as it comes, and a label that is a link's content counts for its message."""
    text = "Label,Unique visitors,Visits,Actions\nside-by-side-a-fr-fr,80,96,200\nOthers,1,2,3\n"
    (workspace / "Export.csv").write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    words = ("readings", "import", "Export.csv", "--campaign", CAMPAIGN, "--always", "at=2026-10-31", "--always")
    part = cordiale(workspace, *words, "since=2026-10-09", "--skip-unknown")
    assert "count from 2026-10-09 on, and the message went out on 2026-10-08" in part.stderr
    done = cordiale(workspace, *words, "since=2026-10-01", "--skip-unknown")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Export.csv: 1 new figure.\n")
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "csv").returncode == 0
    rows = (workspace / "out" / f"{CAMPAIGN}-figures.en.csv").read_text("utf-8").splitlines()
    assert [row for row in rows if "site_visits" in row and "96" in row]


def test_deliveries_reach_the_report_by_release_and_by_key(workspace):
    """A mailbox of notices and Notify's report are matched to what was sent; persons are named as left out."""
    key = "0123456789abcdef0123456789abcdef01234567"
    with sqlite3.connect(workspace / "cordiale.db") as database:
        database.execute(
            "INSERT INTO attempt (release, part, fence, act, key, started_at, detail)"
            " VALUES (?, 0, 1, 'publish', ?, ?, '')",
            (release("wave1", "en-GB", "uk-partners"), key, "2026-10-10T12:00:00.000000Z"),
        )
    database.close()
    mails = [notice(f"{release('wave1', 'fr-FR', 'fr-social')}.0", "delivered", "2.0.0", 13)]
    box(workspace, *mails)
    text = NOTIFY + f"+447700900000,{key},T,sms,,,,Delivered,2026-10-12 12:00:00,k\n"
    csv_file(workspace, text, "notify.csv")
    words = ("--campaign", CAMPAIGN, "--always", "at=2026-10-13")
    done = cordiale(workspace, "readings", "import", "notices.mbox", "notify.csv", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Left out, naming persons: Recipient, Sent by, Sent by email.\n" in done.stdout
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "csv").returncode == 0
    rows = (workspace / "out" / f"{CAMPAIGN}-figures.en.csv").read_text("utf-8").splitlines()
    assert {name for name in ("fr-social", "uk-partners") for row in rows if name in row and "deliveries" in row} == {
        "fr-social", "uk-partners",
    }  # fmt: skip


def test_the_days_of_a_total_hold_what_it_is_of(workspace):
    """What a person posted counts from when it was due, not from when that was recorded; no figure is older than it."""
    with sqlite3.connect(workspace / "cordiale.db") as database:
        database.execute(
            "UPDATE release SET published_at = '2026-10-20T12:00:00.000000Z' WHERE id = ?",
            (release("wave1", "fr-FR", "fr-social"),),
        )
    database.close()
    csv_file(workspace, X + X_ROW.format(id=OURS), "x.csv")
    words = ("readings", "import", "x.csv", "--campaign", CAMPAIGN, "--always")
    part = cordiale(workspace, *words, "since=2026-10-15", "--always", "at=2026-10-31")
    assert "count from 2026-10-15 on, and the release went out on 2026-10-08" in part.stderr
    early = cordiale(workspace, *words, "since=2026-10-01", "--always", "at=2026-10-06")
    assert "the figure is of 2026-10-06, and the release went out on 2026-10-08; correct the day" in early.stderr
    assert cordiale(workspace, *words, "since=2026-10-01", "--always", "at=2026-10-15").returncode == 0


@pytest.mark.parametrize("kind", ["visits", "notices"])
def test_what_is_added_up_begins_where_it_began(workspace, kind):
    """A file of later days alone is refused, for its sum is no total; the whole file goes in, and so does a recall."""
    if kind == "notices":
        of = f"{release('wave1', 'fr-FR', 'fr-social')}.0"
        events = [notice(of, "delivered", "2.0.0", day, f"{day}@list.example") for day in (9, 20, 21)]
    else:
        tags = "fr-social,lost-ground,side-by-side-a-fr-FR"
        events = [f"2026-10-{day:02d},{tags},{visits}\n".encode() for day, visits in ((9, 100), (20, 50), (21, 7))]

    def brought(*these, **more):
        if kind == "notices":
            path = box(workspace, *these)
        else:
            path = csv_file(
                workspace, "date,utm_source,utm_campaign,utm_content,visits\n" + b"".join(these).decode(), "v.csv"
            )
        words = ("readings", "import", path.name, "--campaign", CAMPAIGN, *more.get("words", ()))
        return cordiale(workspace, *words)

    assert brought(*events[:2]).returncode == 0
    part = brought(events[2])
    assert (part.returncode, part.stdout) == (1, "")
    assert "earlier days are known from 2026-10-09 on: a part would be taken for the whole" in part.stderr
    assert brought(*events).returncode == 0
    assert brought(events[2], words=["--corrects"]).returncode == 0


def test_a_part_of_a_channels_visits_is_not_all_of_them(workspace):
    """Where a table has a column of contents, a row without one is nobody's: the channel has its releases' sum."""
    rows = "fr-social,side-by-side-a-fr-FR,98\nfr-social,side-by-side-a-ar,10\nfr-social,,500\n"
    csv_file(workspace, f"utm_source,utm_content,visits\n{rows}", "v.csv")
    words = ("readings", "import", "v.csv", "--campaign", CAMPAIGN, "--always", "since=2026-10-01", "--always")
    refused = cordiale(workspace, *words, "at=2026-10-31")
    assert "v.csv:4:1 no link of the campaign is tagged utm_content '', utm_source 'fr-social'" in refused.stderr
    assert cordiale(workspace, *words, "at=2026-10-31", "--skip-unknown").returncode == 0
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "csv").returncode == 0
    figures = (workspace / "out" / f"{CAMPAIGN}-figures.en.csv").read_text("utf-8").splitlines()
    assert [row for row in figures if ",channel,fr-social,fr-social,3,site_visits,Site visits,108," in row]


def test_visits_of_shared_and_of_single_links_add_up(workspace):
    """A message has the visits of all its links, whether one release or several carry each."""
    with sqlite3.connect(workspace / "cordiale.db") as database:
        database.execute("UPDATE release SET published_at = due_at, state = 'published' WHERE state = 'uncertain'")
    database.close()
    csv_file(workspace, "Label,Visits\nside-by-side-a-ar,25\nside-by-side-a-fr-fr,98\n", "m.csv")
    words = ("--campaign", CAMPAIGN, "--always", "since=2026-10-01", "--always", "at=2026-10-31")
    assert cordiale(workspace, "readings", "import", "m.csv", *words).returncode == 0
    assert cordiale(workspace, "report", CAMPAIGN, "--to", "out", "--format", "csv").returncode == 0
    figures = (workspace / "out" / f"{CAMPAIGN}-figures.en.csv").read_text("utf-8")
    assert ",message,side-by-side,Side by side,4,site_visits,Site visits,123," in figures
