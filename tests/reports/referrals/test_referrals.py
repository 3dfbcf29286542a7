"""Referrals are kept as digests, never as links; how soon they were gone counts those that are not."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.errors import InvalidDocument, Refused, UsageError
from campaigns.store.engine import writing
from campaigns.store.tables import table
from reports.errors import Unreadable
from reports.referrals import file, indicators, ledger
from reports.referrals.digests import digest_of, looks_like_link
from reports.referrals.file import INSTANTS, Item
from reports.referrals.models import Referral, ReferralImport, ReferralTotal
from reports.referrals.plain import as_plain, platform_rows, series_rows, span
from tests.builders.evaluations import NOW, csv_file

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
STATED = "source,measure,period,total,as_of\nministry,"
BARE = "item,platform,as_of"
LINK = "https://video.example/watch?v=abc"
HEAD = "item,platform,way,as_of,uploaded_at,referred_at,received_at,removed_at,reinstated_at,refused,complaint\n"
A, B, C, D = (hashlib.sha256(letter.encode()).hexdigest() for letter in "abcd")
FILE = HEAD + (
    f"{A},tube,referral,2026-11-10T00:00:00Z,2026-11-01T07:30:00Z,2026-11-01T08:00:00Z,,2026-11-01T08:40:00Z,,,\n"
    f"{B},tube,order,2026-11-10T00:00:00Z,,2026-11-01T08:00:00Z,2026-11-01T08:10:00Z,2026-11-01T09:40:00Z,"
    "2026-11-05T00:00:00Z,,upheld\n"
    f"{C},Small Host,order,2026-11-10T00:00:00Z,,2026-11-01T08:00:00Z,,,,not_terrorist,\n"
    f"{D},Small Host,referral,2026-11-10T00:00:00Z,,2026-11-01T08:00:00Z,,,,,\n"
)


def understand(text):
    return file.understand(text.encode(), "referrals.csv", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/x", "HTTP://EXAMPLE.ORG", "hxxps://example[.]org/x", "see example.org/video", "t.me/x",
        "magnet:?xt=urn:btih:abc", "ftp://10.0.0.1/a", "example.org", "@channelname", "foo (http://a.b/c)", "a(.)com/x",
    ],
)  # fmt: skip
def test_links_are_known_as_links(text):
    """Addresses in any spelling are seen, defanged ones too."""
    assert looks_like_link(text)
    assert digest_of(text) == (f"sha256:{hashlib.sha256(text.encode()).hexdigest()}", True)


@pytest.mark.parametrize("text", ["", "tube", "2026-11-01T08:00:00Z", "already_gone", "Small Host 2.0", "12.5", A])
def test_plain_words_are_no_links(text):
    """Instants, names and digests are not taken for addresses."""
    assert not looks_like_link(text)


@pytest.mark.parametrize(
    ("cell", "digest"),
    [
        pytest.param(A, f"sha256:{A}", id="bare"),
        pytest.param(A.upper(), f"sha256:{A}", id="capitals"),
        pytest.param(f"SHA-256:{A}", f"sha256:{A}", id="named"),
        pytest.param(f"pdq:{A}", f"pdq:{A}", id="pdq"),
        pytest.param("d41d8cd98f00b204e9800998ecf8427e", "md5:d41d8cd98f00b204e9800998ecf8427e", id="md5"),
    ],
)
def test_digests_are_kept_as_given(cell, digest):
    """A digest keeps its algorithm and its digits."""
    assert digest_of(cell) == (digest, False)


@pytest.mark.parametrize("cell", ["", "a video of a beheading", "sha256:abc", "12345"])
def test_what_is_neither_is_refused_and_not_repeated(cell):
    """A description is refused, and the complaint does not hold it."""
    with pytest.raises(Unreadable) as raised:
        digest_of(cell)
    assert not cell or cell not in raised.value.message + raised.value.hint


def test_a_link_is_digested_and_nowhere_else(engine, tmp_path):
    """The link of an item is nowhere in the database, its log or the outcome; its digest is."""
    path = csv_file(tmp_path, f"item,platform,as_of\n{LINK},archive.org,2026-11-10\n", "referrals.csv")
    with writing(engine) as connection:
        outcome = ledger.import_file(connection, path, "analyst", NOW)
        (row,) = connection.execute(select(table(Referral)))
    assert (outcome.added, outcome.digested) == (1, 1)
    assert row.item == f"sha256:{hashlib.sha256(LINK.encode()).hexdigest()}"
    engine.dispose()
    for stored in tmp_path.glob("reports.db*"):
        assert b"video.example" not in stored.read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(BARE + f",campaign\n{A},tube,2026-11-10,{LINK}\n", "column 'campaign' holds a link", id="link"),
        pytest.param(BARE + f"\n{A},https://tube.example/v,2026-11-10\n", "column 'platform' holds", id="platform"),
        pytest.param(BARE + f",url\n{A},tube,2026-11-10,{LINK}\n", "unknown column 'url'", id="column"),
        pytest.param(BARE + f",{LINK}\n{A},tube,2026-11-10,x\n", "unknown column '(a link)'", id="heading"),
        pytest.param(BARE + "\na video,tube,2026-11-10\n", "no digest", id="words"),
        pytest.param(f"item,platform\n{A},tube\n", "no column 'as_of'", id="no-as-of"),
        pytest.param(BARE + f",removed_at\n{A},tube,2026-11-10,2026-11-12\n", "after the row's as_of", id="later"),
        pytest.param(BARE + f"\n{A},tube,2027-11-10\n", "still to come", id="future"),
        pytest.param(BARE + f",refused\n{A},tube,2026-11-10,because\n", "is no refused", id="reason"),
        pytest.param(BARE + f",referred_at\n{A},tube,2026-11-10,2026-11-01T08:00\n", "time zone", id="zone"),
        pytest.param(BARE + f"\n{A},,2026-11-10\n", "names no platform", id="no-platform"),
        pytest.param(STATED + "banned,2026,5,2026-11-10\n", "is no measure", id="measure"),
        pytest.param(STATED + "removed,soon,5,2026-11-10\n", "not a period", id="period"),
        pytest.param(STATED + "removed,2026,-5,2026-11-10\n", "negative", id="total"),
    ],
)  # fmt: skip
def test_faults_have_their_place_and_never_the_link(text, says):
    """Each fault is told with line, column and cure; a link's text is in none of it."""
    with pytest.raises(InvalidDocument) as raised:
        understand(text)
    told = " ".join(map(str, raised.value.complaints))
    assert says in told
    assert "example/" not in told
    assert all(each.where.line and each.hint for each in raised.value.complaints)


def test_import_twice_and_again_later(connection, tmp_path):
    """A file goes in once; a later state supersedes; another word for the same instant is refused."""
    path = csv_file(tmp_path, FILE, "referrals.csv")
    assert ledger.import_file(connection, path, "analyst", NOW).added == 4
    assert ledger.import_file(connection, path, "analyst", NOW).added == 0
    assert len(connection.execute(select(table(ReferralImport))).all()) == 1
    later = HEAD + f"{D},small host,referral,2026-11-12T00:00:00Z,,2026-11-01T08:00:00Z,,2026-11-11T08:00:00Z,,,\n"
    ledger.import_file(connection, csv_file(tmp_path, later, "later.csv"), "analyst", NOW)
    states = ledger.items(connection)
    assert len(states) == 5
    assert indicators.watch(states).whole.removed == 3
    before = indicators.watch(states, as_of=datetime(2026, 11, 11, tzinfo=UTC))
    assert (before.whole.removed, before.as_of) == (2, datetime(2026, 11, 10, tzinfo=UTC))
    changed = csv_file(tmp_path, FILE.replace("08:40", "08:41"), "changed.csv")
    with pytest.raises(Refused, match="removed_at"):
        ledger.import_file(connection, changed, "analyst", NOW)
    with pytest.raises(UsageError):
        ledger.import_file(connection, tmp_path / "no.csv", "analyst", NOW)


def test_indicators():
    """Counts by outcome and platform, times by two clocks, and what article 7 asks for, orders apart from referrals."""
    found = indicators.watch(understand(FILE).items)
    whole = found.whole
    assert (whole.items, whole.referred, whole.received, whole.removed, whole.still_online) == (4, 4, 1, 2, 1)
    assert (whole.refused, whole.reinstated) == ({"not_terrorist": 1}, 1)
    receipt = whole.speed["receipt"]
    assert receipt.timed == 4
    assert receipt.within[1].estimate == pytest.approx(0.25)
    assert receipt.within[2].estimate == pytest.approx(0.5)
    assert receipt.median == pytest.approx(90 * 60)
    assert receipt.p90 is None
    assert whole.speed["upload"].timed == 1
    assert whole.speed["upload"].median == pytest.approx(70 * 60)
    assert [each.platform for each in found.platforms] == ["small host", "tube"]
    assert found.platforms[0].speed["receipt"].median is None
    article = found.article7
    assert (article.removed_after_orders, article.removed_after_referrals) == (1, 1)
    assert article.not_acted_on == {"not_terrorist": 1}
    assert (article.complaints, article.reinstated_after_complaints) == ({"upheld": 1}, 1)
    assert json.loads(json.dumps(as_plain(found, [])))["all"]["speed"]["receipt"]["p90"] is None
    assert platform_rows(found)[-1][0] == "all"
    assert "not reached" in platform_rows(found)[0]
    assert span(5400) == "1 h 30 min"


def test_gone_before_it_was_received():
    """What was gone already when the platform heard of it makes nobody fast."""
    gone = Item(
        "sha256:a", "tube", "order", AT + timedelta(days=1), {"received_at": AT, "removed_at": AT - timedelta(hours=1)}
    )
    found = indicators.watch([gone]).whole
    assert (found.removed, found.gone_before, found.speed["receipt"].timed) == (0, 1, 0)
    assert found.speed["receipt"].within[1] is None


def test_periods_choose_by_referral():
    """Since and until choose by when an item was referred."""
    states = understand(FILE).items
    assert indicators.watch(states, since=AT + timedelta(minutes=1)).whole.items == 0
    assert indicators.watch(states, until=AT).whole.items == 0
    assert indicators.watch(states, since=AT, until=AT + timedelta(days=1)).whole.items == 4


durations = st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=40)


@given(durations, st.integers(60, 400))
def test_leaving_out_what_is_still_online_would_flatter(cases, watched):
    """The share within an hour never exceeds that among the removed alone."""
    items = []
    for number, (minutes, removed) in enumerate(cases):
        at = {"received_at": AT} | ({"removed_at": AT + timedelta(minutes=minutes)} if removed else {})
        items.append(Item(f"sha256:{number}", "tube", "order", AT + timedelta(minutes=max(watched, 200)), at))
    within = indicators.watch(items).whole.speed["receipt"].within[1]
    alone = [minutes for minutes, removed in cases if removed]
    if alone:
        assert within.estimate <= sum(minutes <= 60 for minutes in alone) / len(alone) + 1e-9
    assert within.estimate == pytest.approx(sum(minutes <= 60 for minutes in alone) / len(cases))


TOTALS = """\
source,platform,measure,period,running,total,as_of
ministry,,removed,2013Q3,yes,6500,2014-01-10
ministry,,removed,2013Q4,yes,18000,2014-02-10
ministry,,removed,2014-01/02,yes,25000,2014-03-10
ministry,,removed,2014-01/02,yes,26000,2014-04-10
ministry,,referred,2014,no,30000,2015-01-10
"""


def test_running_totals_are_differenced(connection, tmp_path):
    """A running total gives what each period added, by the newest statement; what it said earlier is told."""
    ledger.import_file(connection, csv_file(tmp_path, TOTALS, "totals.csv"), "analyst", NOW)
    assert len(connection.execute(select(table(ReferralTotal))).all()) == 5
    stated = ledger.totals(connection)
    referred, removed = indicators.by_period(stated)
    assert [each.added for each, _ in removed.added] == [11_500, 8000]
    assert removed.restated == 1
    assert [each.added for each, _ in referred.added] == [30_000]
    early = indicators.by_period(stated, as_of="2014-03-31")
    assert [each.added for each, _ in early[0].added] == [11_500, 7000]
    assert series_rows([removed])[0][3:5] == ("2013-10-01 to 2013-12-31", "11,500")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Totals that others stated, by period", "1 Oct 2013 to 31 Dec 2013", "11,500", "10 Apr 2014",
                "1 statement was replaced", "not of this campaign"]),
        ("fr", ["Totaux déclarés par d\u2019autres", "11\u202f500"]),
        ("ar", ["مجاميع أعلنها آخرون"]),
    ],
)  # fmt: skip
def test_stated_totals_stand_in_the_report(connection, tmp_path, language, sentences):
    """What others stated is on the page by period, each with its day, and said to be of more than the campaign."""
    from reports.assessment.evaluation import evaluate
    from reports.presentation.page import page
    from reports.records.window import Window
    from tests.builders.evaluations import CAMPAIGN

    ledger.import_file(connection, csv_file(tmp_path, TOTALS, "totals.csv"), "analyst", NOW)
    found = evaluate(connection, CAMPAIGN)
    said = page(found, language)
    assert [each for each in sentences if each not in said] == []
    early = evaluate(connection, CAMPAIGN, window=Window(None, date(2014, 3, 31)))
    removed = next(each for each in early.stated if each.measure == "removed")
    assert [each.added for each, _ in removed.added] == [11_500, 7000]


def test_unknown_campaign_is_refused(connection, tmp_path):
    """A row of a campaign that is not here keeps the whole file out."""
    text = f"item,platform,as_of,campaign\n{A},tube,2026-11-10,nowhere\n"
    with pytest.raises(Refused, match="no campaign"):
        ledger.import_file(connection, csv_file(tmp_path, text), "analyst", NOW)
    assert connection.execute(select(table(Referral))).all() == []


def test_both_databases_keep_the_same(shared, tmp_path):
    """SQLite and PostgreSQL hold and give the same items."""
    from sqlmodel import SQLModel

    with writing(shared) as connection:
        SQLModel.metadata.create_all(connection)
        ledger.import_file(connection, csv_file(tmp_path, FILE), "analyst", NOW)
        assert {each.item for each in ledger.items(connection)} == {f"sha256:{each}" for each in (A, B, C, D)}
        assert set(INSTANTS) >= set(ledger.items(connection)[0].at)


def test_the_command(monkeypatch, tmp_path, capsys):
    """Import says what was digested, show what came of it; both have JSON."""
    from typer.testing import CliRunner

    import main
    from campaigns.store.upgrade import upgrade

    monkeypatch.chdir(tmp_path)
    upgrade(f"sqlite:///{tmp_path / 'cordiale.db'}")
    csv_file(tmp_path, FILE, "a.csv")
    csv_file(tmp_path, TOTALS + f"ministry,,removed,2026-10,yes,90000,{date(2026, 11, 1)}\n", "b.csv")
    app, runner = main.build("referrals"), CliRunner()
    made = runner.invoke(app, ["referrals", "import", "a.csv", "b.csv", "--as", "analyst"])
    assert made.exit_code == 0, made.output
    assert "a.csv: 4 new rows." in made.output
    shown = runner.invoke(app, ["referrals", "show"])
    assert "50% (" in shown.output
    assert "11,500" in shown.output
    data = json.loads(runner.invoke(app, ["referrals", "show", "--json", "--until", "2026-10-31"]).output)
    assert data["all"]["items"] == 0
    assert len(data["stated"]) == 2
    nothing = runner.invoke(app, ["referrals", "show", "--as-of", "2001-01-01"])
    assert "Next: cordiale referrals import" in nothing.output
    assert runner.invoke(app, ["referrals", "show", "--since", "soon"]).exit_code
