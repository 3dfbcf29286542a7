"""A file goes in whole or not at all, and says everything that is wrong with it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from campaigns.errors import InvalidDocument, UsageError
from campaigns.store.tables import table
from reports.collect import import_file
from reports.errors import UnknownCampaign
from reports.intake.seen import ARRIVED, UNSEEN
from reports.models import DailyReading, Reading, ReadingImport, ReadingSeries
from scheduler.releases.evidence import SAID
from scheduler.releases.models import Attempt, Release
from scheduler.releases.states import State
from tests.builders.evaluations import CAMPAIGN, NOW, csv_file, release

HEADING = "at,subject_kind,subject,metric,value\n"


def bring(connection, folder, text, campaign=CAMPAIGN, **options):
    return import_file(connection, csv_file(folder, text), campaign, "analyst", NOW, **options)


def complaints(connection, folder, text, campaign=CAMPAIGN, **options):
    with pytest.raises(InvalidDocument) as refusal:
        bring(connection, folder, text, campaign, **options)
    assert connection.execute(select(func.count()).select_from(table(Reading))).scalar_one() == 0
    return [str(each) for each in refusal.value.complaints]


def test_names_and_ids_are_the_same_release(connection, tmp_path):
    """A release may be written by its name, its id, the id its channel gave, or its address."""
    wanted = release("wave1", "fr-FR", "fr-social")
    names = ["wave1/fr-FR/fr-social", wanted, "1140000000000000000", "https://example.org/wave1/fr-FR/fr-social"]
    rows = "".join(f"2026-10-1{n},release,{name},impressions,{n + 1}\n" for n, name in enumerate(names))
    outcome = bring(connection, tmp_path, HEADING + rows)
    assert outcome.added == 4
    assert set(connection.execute(select(table(ReadingSeries).c.subject)).scalars()) == {wanted}


def test_every_fault_is_listed_with_its_place(connection, tmp_path):
    """One pass lists each bad cell as file:line:column with the value and the cure; nothing is kept."""
    found = complaints(
        connection,
        tmp_path,
        HEADING + "2026-10-12,release,wave1/fr-FR/fr-social,impressions,100\n"
        "2026-13-12,release,wave1/fr-FR/fr-social,impresions,-5\n"
        '2026-10-12,relese,"nothing, here",reach,12%\n'
        "2026-10-12,release,wave9/fr-FR/fr-social,reach,5\n"
        "2027-10-12,audience,young-fr,reach,5\n",
    )
    assert found == [
        "readings.csv:3:1 '2026-13-12' is not a date; write 2027-01-31, or 2027-01-31T18:00:00Z",
        "readings.csv:3:42 unknown metric 'impresions'; did you mean 'impressions'?",
        "readings.csv:4:12 unknown kind of subject 'relese'; did you mean 'release'?",
        (
            "readings.csv:4:41 '12%' is a percentage of something that is counted; "
            "write the count itself, or use the metric that is a rate"
        ),
        (
            "readings.csv:5:20 campaign lost-ground has no release 'wave9/fr-FR/fr-social'; "
            "did you mean 'wave2/fr-FR/fr-social'?"
        ),
        "readings.csv:6:21 the figure is of 2027-10-12, which is still to come; correct the date",
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param("audience,young-fx,reach,5", "no audience 'young-fx'; did you mean 'young-fr'?", id="audience"),
        pytest.param("channel,nowhere,reach,5", "no channel 'nowhere'; known: fr-social, uk-partners", id="channel"),
        pytest.param("message,side,reach,5", "no message 'side'", id="message"),
        pytest.param("campaign,other,reach,5", "no campaign 'other'", id="campaign"),
        pytest.param("release,,reach,5", "the row names no release", id="nothing"),
        pytest.param("audience,young-fr,reach,1e6", "'1e6' is not a figure", id="value"),
        pytest.param("audience,young-fr,,5", "the row names no metric", id="no-metric"),
    ],
)
def test_what_is_unknown_is_named(connection, tmp_path, row, says):
    """An unknown subject is a complaint that suggests the nearest known one."""
    (found,) = complaints(connection, tmp_path, HEADING + f"2026-10-12,{row}\n")
    assert says in found


OUT = "wave1/fr-FR/fr-social"  #: went out on 2026-10-08T00:00:00Z


@pytest.mark.parametrize("state", sorted(UNSEEN))
def test_what_never_left_has_no_figures(connection, tmp_path, state):
    """Nobody can have seen what is still to come or never left: its figures are refused, with its state and a cure."""
    told = table(Release)
    connection.execute(update(told).where(told.c.id == release("wave3", "en-GB", "uk-partners")).values(state=state))
    (found,) = complaints(connection, tmp_path, HEADING + "2026-10-12,release,wave3/en-GB/uk-partners,impressions,10\n")
    assert found.startswith(
        f"readings.csv:2:20 nobody can have seen 'wave3/en-GB/uk-partners': it is {state}, due 2026-"
    )
    assert "cordiale resolve wave3/en-GB/uk-partners --published --url URL" in found


def test_what_was_ever_out_may_have_figures(connection, tmp_path):
    """Whatever may have arrived has figures: by its state, or by an attempt whose end says so or is not known."""
    failed = release("wave2", "en-GB", "uk-partners")
    row = "2026-10-{day},release,wave2/en-GB/uk-partners,views,{day}\n"
    begun = {"release": failed, "fence": 1, "key": "k", "started_at": NOW, "act": "publish", "detail": "", "part": 0}
    connection.execute(insert(table(Attempt)), begun | {"outcome": "refused"})
    complaints(connection, tmp_path, HEADING + row.format(day=20))
    for day, outcome in enumerate((*ARRIVED, None), 20):
        connection.execute(update(table(Attempt)).values(outcome=outcome))
        assert bring(connection, tmp_path, HEADING + row.format(day=day)).added == 1
    for day, state in enumerate(SAID, 12):
        connection.execute(update(table(Release)).where(table(Release).c.id == failed).values(state=state))
        assert bring(connection, tmp_path, HEADING + row.format(day=day)).added == 1
    assert set(State) == {*UNSEEN, *SAID}


@pytest.mark.parametrize(
    ("row", "fine"),
    [
        pytest.param(f"2026-10-07T23:59:00Z,release,{OUT},impressions,10", False, id="a-minute-before"),
        pytest.param(f"2026-10-07,release,{OUT},impressions,10", False, id="the-day-before"),
        pytest.param(f"2026-10-08,release,{OUT},impressions,10", True, id="its-day"),
        pytest.param(f"2026-10-08T00:00:00Z,release,{OUT},impressions,10", True, id="its-minute"),
        pytest.param(f"2026-10-07T23:59:00Z,release,{OUT},impressions,0", True, id="nothing-yet"),
        pytest.param(f"2026-10-07T23:59:00Z,release,{OUT},impressions,n/a", True, id="a-gap"),
        pytest.param(f"2026-10-01,release,{OUT},items_produced,3", True, id="what-was-put-in"),
        pytest.param("2026-10-01,release,wave3/en-GB/uk-partners,staff_days,3", True, id="put-in-and-still-to-come"),
        pytest.param("2026-09-14,audience,young-fr,reach,10", True, id="a-baseline"),
    ],
)
def test_no_figure_is_older_than_its_release(connection, tmp_path, row, fine):
    """What counts those who saw a release begins with it, to the minute or the day; costs and baselines are older."""
    if fine:
        assert bring(connection, tmp_path, HEADING + row + "\n").added == 1
        return
    (found,) = complaints(connection, tmp_path, HEADING + row + "\n")
    assert f"and '{OUT}' went out on 2026-10-08T00:00:00Z; correct when it is of (column 'at'" in found


def test_a_day_is_that_of_the_place_of_publication(connection, tmp_path):
    """A day without a time may be the day of publication where the release lives, though in UTC it was over by then."""
    late, told = datetime(2026, 10, 9, 2, 30, tzinfo=UTC), table(Release)
    moved = {"zone": "America/New_York", "due_at": late, "published_at": late}
    connection.execute(update(told).where(told.c.id == release("wave1", "fr-FR", "fr-social")).values(moved))
    complaints(connection, tmp_path, HEADING + f"2026-10-07,release,{OUT},impressions,10\n")
    assert bring(connection, tmp_path, HEADING + f"2026-10-08,release,{OUT},impressions,10\n").added == 1


def test_the_same_file_twice_changes_nothing(connection, tmp_path):
    """A second import of a file adds no row to any table."""
    text = HEADING + "2026-10-12,campaign,,helpline_calls,3\n2026-10-13,campaign,,helpline_calls,5\n"
    tables = [table(each) for each in (Reading, DailyReading, ReadingImport)]
    assert bring(connection, tmp_path, text).added == 2
    before = [connection.execute(select(each)).all() for each in tables]
    assert bring(connection, tmp_path, text).added == 0
    assert [connection.execute(select(each)).all() for each in tables] == before


def test_country_na_is_namibia_and_ids_are_text(connection, tmp_path):
    """Nothing is guessed: NA stays a country, and nineteen digits of an id stay nineteen digits."""
    text = "at,subject_kind,subject,metric,value,country\n2026-10-12,release,1140000000000000002,reach,50,NA\n"
    bring(connection, tmp_path, text)
    row = connection.execute(select(table(ReadingSeries))).one()
    assert row.dimensions == '{"country":"NA"}'
    assert row.subject == release("wave1", "en-GB", "uk-partners")


def test_a_file_may_name_its_campaigns(connection, tmp_path):
    """A column `campaign` makes the option needless; rows of a campaign that is not here are listed."""
    text = "campaign," + HEADING + f"{CAMPAIGN},2026-10-12,campaign,,helpline_calls,3\n"
    assert bring(connection, tmp_path, text, None).campaigns == (CAMPAIGN,)
    text += "elsewhere,2026-10-12,campaign,,helpline_calls,4\n"
    with pytest.raises(InvalidDocument, match="no campaign 'elsewhere'"):
        bring(connection, tmp_path, text, None)
    with pytest.raises(InvalidDocument, match="and 'lost-ground' was asked for"):
        bring(connection, tmp_path, text)


def test_a_file_without_a_campaign_asks_for_one(connection, tmp_path):
    """Without option and column, the complaint says how to name the campaign."""
    (found,) = complaints(connection, tmp_path, HEADING + "2026-10-12,campaign,,helpline_calls,3\n", None)
    assert "--campaign" in found


def test_an_unknown_campaign_or_file_is_a_plain_error(connection, tmp_path):
    """The error names what is known."""
    path = csv_file(tmp_path, HEADING)
    with pytest.raises(UnknownCampaign, match=CAMPAIGN):
        import_file(connection, path, "nothing", "analyst", NOW)
    with pytest.raises(UsageError, match="no file"):
        import_file(connection, tmp_path / "absent.csv", CAMPAIGN, "analyst", NOW)


def test_example_data_is_marked_and_may_lie_ahead(connection, tmp_path):
    """The note `# example data:` is kept with the import, and lets a tutorial live in the future."""
    later = (NOW + timedelta(days=30)).date()
    outcome = bring(connection, tmp_path, f"# example data: invented\n{HEADING}{later},campaign,,helpline_calls,3\n")
    assert outcome.example == "invented"
    detail = connection.execute(select(table(ReadingImport).c.detail)).scalar_one()
    assert detail == {
        "campaigns": [CAMPAIGN], "sources": ["readings"], "added": 1, "days": [later.isoformat()],
        "example": "invented",
    }  # fmt: skip


def test_a_dimension_that_contradicts_its_subject_is_refused(connection, tmp_path):
    """A release has one channel: the same one said again is dropped, another one is a complaint."""
    heading = "at,subject_kind,subject,metric,value,channel\n"
    row = "2026-10-12,release,wave1/fr-FR/fr-social,reach,50,"
    (found,) = complaints(connection, tmp_path, f"{heading}{row}uk-partners\n")
    assert "is of channel 'fr-social'" in found
    bring(connection, tmp_path, f"{heading}{row}fr-social\n")
    assert connection.execute(select(table(ReadingSeries).c.dimensions)).scalar_one() == ""


def test_an_unknown_kind_of_file_says_what_is_read(connection, tmp_path):
    """Headings that mean nothing are refused, with where the kinds of file that are known are listed."""
    (found,) = complaints(connection, tmp_path, "Name,Colour\na,b\n")
    assert "of no kind of file that Cordiale reads" in found
    assert "`cordiale readings sources` lists those that it does" in found
