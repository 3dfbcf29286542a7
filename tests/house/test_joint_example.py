"""The first example, which `cordiale demo` plays: a joint campaign, whose figures add up."""

import csv
import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from campaigns import clock, workspace
from campaigns.documents import load
from content.counting import graphemes
from reports.metrics import METRICS
from scheduler.releases.expansion import releases
from tests.house import examples

START = datetime(2027, 1, 12, 14, 0, 0, tzinfo=UTC)
LOCALES = {"en-GB", "fr-FR", "ar"}
ROOM = 500  #: graphemes of the smallest of the channels that this campaign might use


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joint") / "workspace"
    return workspace.create(folder, "daesh-lost-ground", START, START - timedelta(seconds=20))


@pytest.fixture(name="campaign", scope="module")
def _campaign(made):
    return load.load([made.folder / made.document])[0]


def rows(made, name):
    """Return the rows of one of the workspace's CSV files, comments left out."""
    text = (made.folder / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO("".join(line for line in text.splitlines(True) if line[0] != "#"))))


def readings(made):
    """Return both weeks, in order."""
    return [*rows(made, "readings-week1.csv"), *rows(made, "readings-week2.csv")]


def test_it_goes_out_as_a_joint_campaign_would(campaign):
    """Two issuers, three languages, four audiences, five channels of four kinds, in well under a minute."""
    document = campaign.document
    wave = [each for each in releases(document) if not each.entry.id.startswith("wave1-")]
    span = max(each.due for each in wave) - min(each.due for each in wave)

    assert {channel.issuer for channel in document.channels} == set(document.partners) == {"uk", "fr"}
    assert {each.locale for each in wave} == LOCALES
    assert len(document.audiences) == 4
    assert sorted(channel.kind for channel in document.channels) == ["feed", "outbox", "smtp", "smtp", "webhook"]
    assert len(wave) >= 24
    assert timedelta(seconds=30) < span < timedelta(seconds=45)
    assert min(each.due for each in wave) == START
    assert {each.channel.id for each in wave} == {channel.id for channel in document.channels}


def test_every_message_speaks_all_three_languages(campaign):
    """Wording, headline, link and alternative text are there in each, and none is a copy of another."""
    for message in campaign.document.messages:
        for said in (message.wording, message.headline, message.link or {}, *(item.alt for item in message.media)):
            assert set(said) == LOCALES, message.id
            assert len(set(said.values())) == len(LOCALES), message.id


def test_every_text_fits_a_short_post(made, campaign):
    """Whatever the channel is, each rendering would fit the smallest of those that this campaign might use."""
    sizes = {
        name: graphemes.count(rendering.parts[0].text)
        for name, (_, rendering) in examples.rendered(made.folder, campaign.document).items()
    }

    assert {name: size for name, size in sizes.items() if size > ROOM} == {}


def test_the_picture_is_small_and_described(made, campaign):
    """A neutral graphic of less than 60 kB, with words for those who do not see it."""
    [message] = [each for each in campaign.document.messages if each.media]
    [picture] = message.media

    assert (made.folder / "media" / picture.file).stat().st_size < 60_000
    assert all(20 < len(words) <= 250 for words in picture.alt.values())


def test_the_history_is_the_earlier_wave(made, campaign):
    """`published.csv` names every release of the earlier wave, after its due instant, and no other."""
    due = {each.name: each.due for each in releases(campaign.document) if each.entry.id.startswith("wave1-")}
    published = {
        f"{row['entry']}/{row['locale']}/{row['channel']}": clock.parse_iso(row["published_at"])
        for row in rows(made, "published.csv")
    }

    assert published.keys() == due.keys()
    assert all(timedelta(0) < published[name] - due[name] < timedelta(seconds=30) for name in due)


def test_readings_are_of_things_that_exist(made, campaign):
    """Subjects and metrics are known ones, and no figure is older than its release or later than the start."""
    document = campaign.document
    known = {
        "release": {each.name: each.due for each in releases(document)},
        "audience": {each.id: None for each in document.audiences},
        "channel": {each.id: None for each in document.channels},
        "campaign": {document.campaign: None},
    }
    for row in readings(made):
        assert row["subject"] in known[row["subject_kind"]], row
        assert row["metric"] in METRICS, row
        at, since = clock.parse_iso(row["at"]), known[row["subject_kind"]][row["subject"]]
        assert (since or at - timedelta(seconds=1)) < at < START, row


def test_readings_show_what_real_ones_are_like(made):
    """Cumulative figures with a day missing, one correction downwards, a bound and a cell too small to print."""
    found = readings(made)
    days = sorted({row["at"][:10] for row in found})
    series = {}
    for row in found:
        if row["value"].isdigit():
            series.setdefault((row["subject"], row["metric"]), []).append(int(row["value"]))
    corrected = [key for key, values in series.items() if any(b < a for a, b in itertools.pairwise(values))]

    assert len(days) == 13
    assert (datetime.fromisoformat(days[-1]) - datetime.fromisoformat(days[0])).days == 13
    assert corrected == [("wave1-launch/fr-FR/fr-social", "impressions")]
    assert [(row["metric"], row["value"]) for row in found if row["qualifier"] == "over"] == [("reach", "20000")]
    assert 0 < series["uk-partners", "sign_ups"][-1] < 10
    assert METRICS["sign_ups"].people
    assert [f"{int(row['numerator']) / int(row['denominator']):.1%}" for row in found if row["numerator"]] == [
        row["value"] for row in found if row["numerator"]
    ]


@pytest.mark.parametrize("name", ["published.csv", "readings-week1.csv", "readings-week2.csv"])
def test_invented_figures_say_so(made, name):
    """Nobody mistakes the tutorial for a result."""
    first = (made.folder / name).read_text("utf-8").splitlines()[0]

    assert first.startswith("# example data")
    assert "invented" in first
