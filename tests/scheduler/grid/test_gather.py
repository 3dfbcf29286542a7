"""The grid tells of each release when, what, who, where, who agreed, and what stands in its way."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from scheduler.grid.lines import Grid, Line, as_data
from scheduler.releases.states import State
from tests.builders.workspaces import Workspace
from tests.scheduler.grid.conftest import NOW, crossing, voices

Read = Callable[..., Grid]


def line(grid: Grid, name: str) -> Line:
    [found] = [each for each in grid.lines if each.name == name]
    return found


def test_every_release_stands_in_order_of_time(grid: Grid):
    """Each release of each campaign once, the cancelled ones too, by instant."""
    assert len(grid.lines) == 13
    assert [each.due for each in grid.lines] == sorted(each.due for each in grid.lines)
    assert {each.campaign for each in grid.lines} == {"raqqa-voices", "safe-crossing"}


def test_a_line_says_when_in_its_zone_and_in_utc(grid: Grid):
    """Wall time, zone and instant stand together; the day is that of the zone."""
    night = line(grid, "late-night/fr-FR/fr-social")

    assert (night.wall, night.zone) == ("2027-01-15T00:30:00", "Europe/Paris")
    assert night.due == datetime(2027, 1, 14, 23, 30, tzinfo=UTC)
    assert night.day == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("name", "headline"),
    [
        pytest.param("launch/fr-FR/fr-social", "Daech a perdu beaucoup de terrain", id="its headline"),
        pytest.param("launch/ar/fr-social", "تنظيم داعش خسر كثيرًا من الأراضي", id="in its own language"),
    ],
)
def test_a_line_is_headed_in_the_words_of_its_locale(grid: Grid, name: str, headline: str):
    """Whoever reads the grid sees what readers will see."""
    assert line(grid, name).headline == headline


def test_without_a_headline_a_line_begins_as_its_text_does(grid: Grid):
    """The first words stand for a headline, cut between words."""
    headline = line(grid, "opening/fr-FR/fr-social").headline

    assert headline.startswith("Dans les ports, la sécurité de tous")
    assert len(headline) <= 92


@pytest.mark.parametrize(
    ("name", "embargo"),
    [
        pytest.param("briefing/en-GB/uk-news", "Under embargo until 2027-01-13 18:30 Europe/Paris", id="kept by press"),
        pytest.param("launch/fr-FR/fr-social", "Over by then", id="at its end"),
        pytest.param("opening/fr-FR/fr-social", "", id="a campaign without one"),
    ],
)
def test_what_the_embargo_means(grid: Grid, name: str, embargo: str):
    """Each line says whether it goes out under embargo."""
    assert line(grid, name).embargo == embargo


def test_who_agreed(booked: Workspace, grid_of: Read):
    """Signed by all, awaited, refused, withdrawn: in words, and never by the author's own signature."""
    grid = grid_of(booked)
    assert line(grid, "launch/fr-FR/fr-social").clearance == "Signed by fr and uk"
    assert line(grid, "opening/fr-FR/fr-social").clearance == "Signed by uk; awaits fr"
    assert line(grid, "second/fr-FR/fr-social").clearance == "Cancelled"

    booked.decide("fr", "refuse", campaign="safe-crossing", reason="Wrong week.")
    refused = line(grid_of(booked), "opening/fr-FR/fr-social")
    assert refused.clearance == "Refused by fr"
    assert "Wrong week." in refused.risks


def test_a_draft_that_nobody_signed_awaits_all(shared: Workspace, grid_of: Read):
    """The first line of a new campaign."""
    shared.apply(crossing(), now=NOW)
    assert {each.clearance for each in grid_of(shared).lines} == {"Awaits uk and fr"}


def test_signatures_that_cannot_be_verified_count_for_nothing(booked: Workspace, grid_of: Read):
    """Without a trust file nobody is shown as having signed, and the grid says why."""
    for path in booked.settings.trust.glob("*.json"):
        path.unlink()
    grid = grid_of(booked)

    assert grid.trust_fault
    assert line(grid, "opening/fr-FR/fr-social").clearance == "Not known: the trust file cannot be read"
    assert {each.signed == {} for each in grid.lines} == {True}


@pytest.mark.parametrize(
    ("name", "risk"),
    [
        pytest.param("launch/fr-FR/fr-social", "Near safe-crossing:opening: the same audience.", id="a clash"),
        pytest.param(
            "families/fr-FR/fr-social",
            "In blackout fr-reserve of fr, allowed by Directeur du SIG.",
            id="allowed in a blackout",
        ),
        pytest.param(
            "reminder/fr-FR/fr-social",
            "In a blackout that another campaign has: raqqa-voices declares: réserve électorale",
            id="a partner that is silent elsewhere",
        ),
    ],
)
def test_what_stands_in_the_way(grid: Grid, name: str, risk: str):
    """Clashes and blackouts stand at each release that they touch."""
    assert line(grid, name).risks == (risk,)


@pytest.mark.parametrize(
    ("values", "risk"),
    [
        pytest.param({"outgoing": "{}"}, "Its stored bytes are damaged: apply the campaign again.", id="damaged"),
        pytest.param({"state": "uncertain", "reason": "The answer was lost."}, "The answer was lost.", id="uncertain"),
        pytest.param(
            {"due_at": datetime(2027, 1, 1, tzinfo=UTC)}, "Late: it was due at 2027-01-01T00:00:00Z.", id="late"
        ),
        pytest.param(
            {"findings": [{"check": "too-long", "severity": "block", "message": "Too long.", "remedy": "Cut it."}]},
            "Check too-long blocks it: Too long.",
            id="a check",
        ),
    ],
)
def test_what_needs_a_person(booked: Workspace, grid_of: Read, values: dict, risk: str):
    """Damage, a lost answer, lateness and a blocking check are told, and break no grid."""
    booked.set("briefing", **values)

    assert risk in line(grid_of(booked), "briefing/en-GB/uk-news").risks


def test_a_silent_release_waits(booked: Workspace, grid_of: Read):
    """In its own campaign's blackout, without leave, the grid says that it waits."""
    entries = [each.model_dump(mode="json") for each in voices().releases]
    entries[3]["id"] = "others"
    booked.apply(
        voices(releases=entries, blackouts=[{**voices().blackouts[0].model_dump(), "exceptions": []}]), now=NOW
    )

    assert line(grid_of(booked), "others/fr-FR/fr-social").risks == (
        "In blackout fr-reserve of fr: it waits until that is over.",
    )


@pytest.mark.parametrize(
    ("first", "last", "entries", "marks"),
    [
        pytest.param("2027-01-15", "2027-01-15", {"late-night"}, 0, id="a day, by the clocks of the zone"),
        pytest.param("2027-01-14", "2027-01-14", set(), 0, id="the day in UTC does not count"),
        pytest.param("2027-01-23", "", {"reminder", "families", "second"}, 2, id="from a day on"),
        pytest.param("", "2027-01-13", {"briefing", "launch", "opening"}, 3, id="up to a day"),
    ],
)
def test_only_the_days_that_were_asked_for(
    booked: Workspace, grid_of: Read, first: str, last: str, entries: set[str], marks: int
):
    """Both days count, and so do blackouts that only begin before or end after."""
    grid = grid_of(booked, first=first, last=last)

    assert {each.entry for each in grid.lines} == entries
    assert len(grid.marks) == marks
    assert [band.id for band in grid.bands] == (["fr-reserve"] if first == "2027-01-23" else [])


def test_one_campaign_clashes_with_the_others_all_the_same(booked: Workspace, grid_of: Read):
    """A grid of one campaign leaves out the lines of others, not what they do to it."""
    grid = grid_of(booked, "safe-crossing")

    assert {each.campaign for each in grid.lines} == {"safe-crossing"}
    assert [each.kind.value for each in grid.clashes] == ["blackout", "audience"]


def test_what_happened_to_a_release_makes_a_new_revision(booked: Workspace, grid_of: Read):
    """Each event and each signature counts, so that a diary knows the newer entry."""
    before = line(grid_of(booked), "opening/ar/fr-social")
    booked.approve("fr", campaign="safe-crossing")
    after = line(grid_of(booked), "opening/ar/fr-social")

    assert after.state is State.SCHEDULED
    assert after.revision > before.revision
    assert after.changed >= before.changed


def test_days_to_remember(booked: Workspace, grid_of: Read):
    """A campaign's first and last day, the end of its embargo, and the days on which KPIs are due."""
    assert [(each.day.isoformat(), each.text) for each in grid_of(booked, "raqqa-voices").marks] == [
        ("2027-01-11", "raqqa-voices begins"),
        ("2027-01-13", "The embargo of raqqa-voices ends at 18:30 Europe/Paris"),
        ("2027-01-29", "KPI of raqqa-voices due: reach"),
        ("2027-02-28", "raqqa-voices ends"),
    ]


def test_the_grid_is_plain_data_too(grid: Grid):
    """For a program: stable keys, instants in UTC."""
    data = as_data(grid)

    assert list(data) == ["campaigns", "releases", "blackouts", "days", "clashes", "trust_fault"]
    assert data["releases"][0]["due"] == "2027-01-13T09:00:00Z"
    assert data["releases"][0]["clearance"] == "Signed by fr and uk"
    assert data["blackouts"][0]["starts"] == "2027-01-21T23:00:00Z"
