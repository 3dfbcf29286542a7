"""Wall time to instants, at every change of clocks that matters to a campaign."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.calendar.wall_time import NoZone, WallTimeFold, WallTimeGap, end_of, resolve, start_of, wall_of, zone_for

ZONES = (
    "Europe/London",
    "Europe/Paris",
    "Europe/Istanbul",
    "Asia/Baghdad",
    "Asia/Damascus",
    "Asia/Beirut",
    "Asia/Amman",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Mogadishu",
    "America/New_York",
    "America/Martinique",
    "America/Nuuk",
    "Indian/Reunion",
    "Pacific/Tahiti",
    "Australia/Lord_Howe",
)


@lru_cache
def transitions(zone: str) -> list[datetime]:
    """Return the instants of 2026 to 2030 at which *zone* changes its offset, to the minute."""
    local, found = ZoneInfo(zone), []
    step = datetime(2026, 1, 1, tzinfo=UTC)
    while step.year < 2031:
        after = step + timedelta(days=1)
        if step.astimezone(local).utcoffset() != after.astimezone(local).utcoffset():
            low = step
            while low.astimezone(local).utcoffset() == step.astimezone(local).utcoffset():
                low += timedelta(minutes=1)
            found.append(low)
        step = after
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_transition_a_time_comes_back_or_is_refused(zone):
    """Minute by minute: an instant whose wall time is unique round-trips; a double one needs a fold; gaps are none."""
    shown: dict[str, list[datetime]] = {}
    for moment in transitions(zone):
        for minute in range(-150, 150):
            instant = moment + timedelta(minutes=minute)
            shown.setdefault(wall_of(instant, zone), []).append(instant)
    for wall, instants in shown.items():
        if len(instants) == 1 and _far_from_edges(instants[0], zone):
            assert resolve(wall, zone) == instants[0]
        elif len(instants) > 1:
            with pytest.raises(WallTimeFold):
                resolve(wall, zone)
            assert [resolve(wall, zone, 0), resolve(wall, zone, 1)] == sorted(instants)


def _far_from_edges(instant: datetime, zone: str) -> bool:
    """Return whether its double, if it has one, would have been in view: not within 120 to 150 minutes of the edge."""
    return any(abs(instant - moment) < timedelta(minutes=90) for moment in transitions(zone))


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_that_no_clock_shows_is_refused(zone):
    """Each wall minute of a gap is refused, with or without a fold, and the error names times that do resolve."""
    for moment in transitions(zone):
        local = ZoneInfo(zone)
        before, after = (moment - timedelta(minutes=1)).astimezone(local), moment.astimezone(local)
        wall = before.replace(tzinfo=None) + timedelta(minutes=1)
        while wall < after.replace(tzinfo=None):
            for fold in (None, 0, 1):
                with pytest.raises(WallTimeGap) as refused:
                    resolve(wall.isoformat(), zone, fold)
            early, late = refused.value.hint.removeprefix("Write ").split(" or earlier, or ")
            assert resolve(f"{early}:00", zone) == moment - timedelta(minutes=1)
            assert resolve(f"{late.removesuffix(' or later.')}:00", zone) == moment
            wall += timedelta(minutes=1)


@given(instant=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)), zone=st.sampled_from(ZONES))  # noqa: DTZ001 (the strategy wants bounds without a zone)
@settings(deadline=None)
def test_any_instant_comes_back_from_its_wall_time(instant, zone):
    """Whatever a clock shows, one of the two folds resolves to the instant at which it shows it."""
    instant = instant.replace(tzinfo=UTC, microsecond=0)
    wall = wall_of(instant, zone)

    assert instant in {resolve(wall, zone, 0), resolve(wall, zone, 1)}


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        pytest.param("2027-01-12T18:30:00", "Europe/Paris", "2027-01-12T17:30:00+00:00", id="paris-winter"),
        pytest.param("2027-07-12T18:30:00", "Europe/Paris", "2027-07-12T16:30:00+00:00", id="paris-summer"),
        pytest.param("2027-07-12T18:30:00", "Asia/Kabul", "2027-07-12T14:00:00+00:00", id="half-an-hour"),
        pytest.param("2027-01-12T18:30:00", "Pacific/Tahiti", "2027-01-13T04:30:00+00:00", id="the-next-day"),
    ],
)
def test_ordinary_times(wall, zone, expected):
    """A wall time is an instant of its zone, summer and winter."""
    assert resolve(wall, zone).isoformat() == expected


def test_a_fold_error_names_both_instants():
    """Whoever must choose sees what they choose between."""
    with pytest.raises(WallTimeFold) as refused:
        resolve("2027-10-31T02:30:00", "Europe/Paris")

    assert refused.value.message == "2027-10-31T02:30 occurs twice in Europe/Paris: the clocks go back over it."
    assert "fold: 0 for the first (00:30 UTC) or fold: 1 for the second (01:30 UTC)" in refused.value.hint


def test_days_begin_and_end_even_where_midnight_does_not_exist():
    """In Cairo and Beirut the clocks may go forward at midnight: the day then begins at one."""
    assert start_of(date(2027, 1, 11), "Europe/Paris").isoformat() == "2027-01-10T23:00:00+00:00"
    assert end_of(date(2027, 4, 30), "Europe/Paris") == start_of(date(2027, 5, 1), "Europe/Paris")
    assert end_of(date(2027, 4, 29), "Africa/Cairo").isoformat() == "2027-04-29T22:00:00+00:00"
    assert wall_of(start_of(date(2027, 4, 30), "Africa/Cairo"), "Africa/Cairo") == "2027-04-30T01:00:00"


@dataclass
class Somewhere:
    """An entry, a campaign or an audience, as far as its zone goes."""

    zone: str | None = None
    timezone: str = "Asia/Baghdad"


@pytest.mark.parametrize(
    ("entry", "campaign", "audiences", "expected"),
    [
        pytest.param("Asia/Karachi", "Europe/Paris", ["Asia/Baghdad"], "Asia/Karachi", id="its-own-first"),
        pytest.param(None, "Europe/Paris", ["Asia/Baghdad"], "Europe/Paris", id="then-the-campaign's"),
        pytest.param(None, None, ["Asia/Baghdad", "Asia/Baghdad"], "Asia/Baghdad", id="then-the-shared-one"),
    ],
)
def test_whose_zone_counts(entry, campaign, audiences, expected):
    """The nearest zone that is written wins; audiences only speak with one voice."""
    assert zone_for(Somewhere(entry), Somewhere(campaign), [Somewhere(timezone=each) for each in audiences]) == expected


def test_audiences_in_two_zones_are_no_answer():
    """Nothing is guessed: the error names the zones and what to write."""
    with pytest.raises(NoZone, match=r"2 zones \(Asia/Baghdad, Europe/Paris\)"):
        zone_for(Somewhere(), Somewhere(), [Somewhere(), Somewhere(timezone="Europe/Paris")])
