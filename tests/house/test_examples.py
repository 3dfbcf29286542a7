"""The examples are fit to be shown: they start on any day, pass our own checks, and show every key of the document."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import clock, example, workspace
from campaigns.documents import dump, load, schema
from campaigns.errors import UsageError
from content import attribution, checklist
from content.check import Context
from content.measure import measure, network
from scheduler.releases.expansion import releases
from tests.builders.commands import process
from tests.house import examples, pictures

#: What `check` says of each on an ordinary day: a guess is called one, and the smallest is asked for the rest.
WARNED = {
    "channel-ports": ["link 'seen-then-told' rests on a guess"],
    "daesh-lost-ground": [],
    "minimal": [
        "the campaign has no ends",
        "the campaign has no objectives",
        "the campaign has no policy_aim",
        "the campaign has no title",
        "partner 'uk' has no help line",
        "partner 'uk' has no name in en-GB",
    ],
    "terror-content-online": ["link 'understood-then-reported' rests on a guess"],
}
STARTS = {
    "january": "2027-01-12T14:00:00Z",
    "june": "2027-06-15T09:00:00Z",
    "last evening of a year": "2026-12-31T22:30:00Z",
    "first minute of a year": "2027-01-01T00:00:30Z",
    "leap day": "2028-02-29T12:00:00Z",
    "night before a leap day": "2028-02-28T23:59:59Z",
    "clocks forward in Europe": "2027-03-28T00:59:59Z",
    "after clocks went forward in Europe": "2027-03-28T01:00:00Z",
    "clocks forward in New York": "2027-03-14T06:59:59Z",
    "after clocks went back in Europe": "2027-10-31T02:00:00Z",
    "after clocks went back in New York": "2027-11-07T07:00:00Z",
    "a clocks' day later on": "2027-10-30T12:00:00Z",
}
#: Keys that no example needs, each with its reason.
NOT_SHOWN = {
    "Campaign.zone": "every entry of an example says its own",
    "Embargo.fold": "an example that starts in the hour that clocks show twice is refused",
    "ReleaseEntry.fold": "the same",
    "Message.kind": "an example's trust file has no urgent rule that could name it",
    "ReleaseEntry.supersedes": "an example sends nothing that has to be put right",
    "Media.captions": "no example shows a film",
    "Message.translated": "an example's languages are written side by side",
    "Study.experiment": "no channel of an example is a list whose halves could be drawn",
    **{f"Experiment.{key}": "the same" for key in ("message", "channels", "drawn_by", "how", "drawn_on")},
    "Message.waive": "an example needs no exception to our own checks",
    **dict.fromkeys(("Waiver.check", "Waiver.locale", "Waiver.channel", "Waiver.because"), "the same"),
}
#: Sections without comment: one line each, or plain words.
PLAIN = {"campaign", "title", "policy_aim", "owner", "marking", "starts", "ends"}


@pytest.fixture(name="made", scope="module", params=examples.FULL)
def _made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "workspace"
    return workspace.create(folder, request.param, examples.START, examples.START - timedelta(hours=1))


@pytest.fixture(name="campaign", scope="module")
def _campaign(made):
    return load.load([made.folder / made.document])[0].document


@pytest.mark.parametrize("name", example.names())
def test_it_loads_with_the_warnings_that_it_is_meant_to_have(name):
    """What we show as an example is what we would ask for; where it warns, that is the lesson."""
    warnings = load.loads(examples.text(name)).warnings

    assert [warning.message for warning in warnings] == WARNED[name]


@pytest.mark.parametrize("name", example.names())
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_it_starts_on_any_day(name, start):
    """The year's turn, a leap day and a change of clocks move its times and break nothing."""
    at = clock.parse_iso(start)
    planned = list(releases(examples.document(name, at)))
    wave = [each for each in planned if not each.entry.id.startswith("wave1-")]

    assert min(each.due for each in wave) == at
    assert [each.name.split("@")[0] for each in planned] == [
        each.name.split("@")[0] for each in releases(examples.document(name))
    ]


@settings(max_examples=25, deadline=None)
@given(start=st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)), name=st.sampled_from(example.names()))  # noqa: DTZ001 (hypothesis wants naive bounds)
def test_it_starts_at_any_instant(start, name):
    """An example loads whenever it starts, or says that clocks show its hour twice; nothing else stands in the way."""
    at = start.replace(tzinfo=UTC, microsecond=0)
    try:
        campaign = examples.document(name, at)
    except UsageError as refused:
        if "show twice" not in refused.message:
            raise
        return
    assert min(each.due for each in releases(campaign) if not each.entry.id.startswith("wave1-")) == at


@pytest.mark.parametrize("name", example.names())
def test_it_comes_back_as_it_was(name):
    """`export` gives YAML that says the same."""
    campaign = examples.document(name)

    assert load.loads(dump.to_yaml(campaign)).document == campaign


def test_they_can_live_in_one_workspace(tmp_path):
    """No two of them define one channel, or one campaign, in two ways."""
    for name in example.names():
        (tmp_path / f"{name}.yaml").write_text(examples.text(name), "utf-8")

    assert len(load.load([tmp_path])) == len(example.names())


def test_lessons_that_are_carried_were_learnt():
    """A lesson that one example takes from another stands there, under the id that is named."""
    campaigns = {name: examples.document(name) for name in examples.FULL}
    carried = [each for campaign in campaigns.values() for each in campaign.carries]

    assert carried
    assert all(each.learning in {lesson.id for lesson in campaigns[each.learnt_by].learning} for each in carried)


def test_together_they_show_every_key():
    """A reader finds each key of the document in use somewhere; what is left out has its reason."""
    classes = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, schema.Model)]
    keys = {f"{each.__name__}.{key}" for each in classes for key in each.model_fields}
    used = {
        f"{type(noun).__name__}.{key}"
        for name in example.names()
        for noun in examples.nouns(examples.document(name))
        for key in noun.model_fields_set
    }

    assert sorted(keys - used) == sorted(NOT_SHOWN)


@pytest.mark.parametrize("name", examples.FULL)
def test_each_is_a_whole_plan(name):
    """Aim, audiences, narratives with one left alone, handling, money, tests, watch, learning: nothing is missing."""
    campaign = examples.document(name)
    decisions = {narrative.decision for narrative in campaign.narratives}

    assert {*PLAIN, "partners", "handling", "backfire"} <= campaign.model_fields_set
    assert all((campaign.objectives, campaign.theory_of_change, campaign.messengers, campaign.blackouts))
    assert all((campaign.budget, campaign.pretests, campaign.adjustments, campaign.learning))
    assert {"respond", "do_not_respond"} <= decisions
    assert all(audience.think and audience.do and audience.barriers for audience in campaign.audiences[:3])
    assert all(kpi.baseline_as_of and kpi.why for goal in campaign.objectives for kpi in goal.kpis)


@pytest.mark.parametrize("name", examples.FULL)
def test_each_teaches_as_it_is_read(name):
    """It opens with what to look at, says that its figures are invented, and each section says what it is for."""
    lines = (example.FOLDER / name / example.DOCUMENT).read_text("utf-8").splitlines()
    header = lines[: next(number for number, line in enumerate(lines) if line.startswith("campaign:"))]
    sections = [line for line in lines if re.match(r"[a-z_]+:", line) and line.partition(":")[0] not in PLAIN]

    assert header[0].startswith("# yaml-language-server:")
    assert any("What to look at" in line for line in header)
    assert "planning figures of this example" in " ".join(line.removeprefix("# ") for line in header)
    assert [line for line in sections if " # " not in line] == []


def test_every_rendering_passes_every_check(made, campaign):
    """No finding, not even a warning, on any channel in any language; and each is within its channel's limit."""
    findings, over = {}, {}
    for name, (request, rendering) in examples.rendered(made.folder, campaign).items():
        findings[name] = [finding.message for finding in checklist.review(request, rendering, Context())]
        over[name] = measure(network(request.channel), rendering.parts[0].text).over

    assert {name: messages for name, messages in findings.items() if messages} == {}
    assert {name: size for name, size in over.items() if size} == {}


def test_every_rendering_says_who_speaks_and_where_help_is(made, campaign):
    """Issuer, partners and the issuer's help line stand on everything, in the reader's language."""
    for name, (request, rendering) in examples.rendered(made.folder, campaign).items():
        words = " ".join(rendering.parts[0].text.split())
        help_line = attribution.help_line(request.partners, request.channel.issuer, request.locale)

        assert all(partner.name[request.locale] in words for partner in request.partners.values()), name
        assert help_line, name
        assert " ".join(help_line.split()) in words, name


@pytest.mark.parametrize("name", examples.FULL)
def test_pictures_are_small_and_described(name):
    """Each picture is used, weighs less than 60 kB, and has words for those who do not see it."""
    folder = example.FOLDER / name / "media"
    shown = [item for message in examples.document(name).messages for item in message.media]

    assert sorted(path.name for path in folder.iterdir()) == sorted(item.file for item in shown)
    assert all((folder / item.file).stat().st_size < 60_000 for item in shown)
    assert all(20 < len(words) <= 250 for item in shown for words in item.alt.values())


@pytest.mark.parametrize("place", pictures.PICTURES)
def test_pictures_are_what_we_drew(place):
    """The file is the drawing, pixel by pixel: nobody else's picture, and nothing hidden in it."""
    written = (example.FOLDER / place).read_bytes()
    rows = pictures.pixels(pictures.PICTURES[place]())

    assert pictures.rows_of(written) == rows
    assert re.findall(rb"IHDR|IDAT|IEND|tEXt|iTXt|zTXt|eXIf", written) == [b"IHDR", b"IDAT", b"IEND"]


@pytest.mark.parametrize("name", examples.FULL)
def test_the_whole_road_as_it_is_typed(tmp_path, name):
    """From `init` to a campaign that every partner has signed, with the commands that each step names."""

    def cordiale(*words: str, cwd: Path) -> str:
        done = process(cwd, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def states() -> set[tuple[str, bool]]:
        listed = json.loads(cordiale("releases", "--json", cwd=place))
        return {(each["state"], each["entry"].startswith("wave1-")) for each in listed}

    place = tmp_path / "joint"
    said = cordiale("init", "joint", "--example", name, "--starting", "now+3h", cwd=tmp_path)
    planning = said.splitlines()[-1].partition("cordiale ")[2].split()
    history = planning[2:]
    campaign = load.load([place / "campaigns"])[0].document
    planned = list(releases(campaign))
    new = sum(not each.entry.id.startswith("wave1-") for each in planned)

    assert planning[:2] == ["plan", f"campaigns/{name}.yaml"]
    assert (history == ["--history", "published.csv"]) == (new < len(planned))
    assert "1 campaign" in cordiale("check", "campaigns", cwd=place)
    assert f"Releases: {new} new" in cordiale(*planning, cwd=place)
    cordiale("apply", "campaigns", "--as", "amina", "--yes", *history, cwd=place)
    for partner in campaign.partners:
        cordiale("approve", name, "--as", partner, "--key", f"keys/{partner}-officer.key", cwd=place)
    previews = {(each.message.id, each.variant, each.locale, each.channel.id) for each in planned}

    assert states() == {("scheduled", False)} | ({("published", True)} if history else set())
    assert "Nothing would change." in cordiale("plan", "campaigns", *history, cwd=place)
    assert f"Wrote {len(previews)} previews" in cordiale("preview", "campaigns", "--html", "preview.html", cwd=place)
