"""Wall time against an independent reading of the zone files. `tests/chaos/test_time_oracle.py` asks every minute."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources

import numpy as np
import pytest

from campaigns.calendar.wall_time import resolve, wall_of
from tests.builders import zone_data
from tests.campaigns.calendar import oracle
from tests.campaigns.calendar.oracle import EPOCH, Zone, compare, instant, transitions

#: Zones that examples and tests plan in, and those with the rarest clocks.
ZONES = (
    *("Europe/London", "Europe/Paris", "America/New_York", "Asia/Baghdad", "Africa/Cairo", "Asia/Beirut"),
    *("Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Tahiti", "Asia/Kathmandu"),
    *("Asia/Gaza", "America/Nuuk", "America/Havana"),
)
#: The rest of those that examples and tests plan in: minute by minute in the slow form alone.
OTHERS = (
    *("Europe/Rome", "Europe/Istanbul", "America/Martinique", "Asia/Damascus", "Asia/Amman", "Asia/Tehran"),
    *("Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Africa/Mogadishu", "Africa/Algiers", "Indian/Reunion"),
)
SAMPLE = 4  #: days of a zone chosen at random, beside those on which its clocks change


@pytest.fixture(autouse=True)
def _the_same_files() -> Iterator[None]:
    """Both read the files of the tzdata package, whatever this machine has of its own."""
    with zone_data.reading():
        yield


@pytest.mark.parametrize(
    ("zone", "wall", "offset"),
    [
        pytest.param("Europe/Paris", "2027-03-28T01:59", 60, id="paris-before-summer"),
        pytest.param("Europe/Paris", "2027-03-28T03:00", 120, id="paris-in-summer"),
        pytest.param("Europe/London", "2040-10-28T02:00", 0, id="london-back-in-winter"),
        pytest.param("America/New_York", "2033-07-04T12:00", -240, id="new-york-in-summer"),
        pytest.param("Asia/Kathmandu", "2030-01-01T00:00", 345, id="three-quarters-of-an-hour"),
        pytest.param("Australia/Lord_Howe", "2031-01-01T00:00", 660, id="half-an-hour-of-summer"),
        pytest.param("Australia/Lord_Howe", "2031-07-01T00:00", 630, id="half-an-hour-less-in-winter"),
        pytest.param("Pacific/Tahiti", "2026-06-01T00:00", -600, id="no-summer"),
    ],
)
def test_the_oracle_knows_what_everybody_knows(zone, wall, offset):
    """The oracle itself is held to offsets that can be looked up."""
    minute = int(np.datetime64(wall, "m").astype(np.int64))
    known = Zone(zone)
    place = minute - known.first * oracle.DAY

    assert known.times[place] == 1
    assert known.early[place] == minute - offset


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_clocks_each_minute_is_right(zone):
    """Every minute of the days around each change from 2026 to 2040, and of some at random: gaps, folds, the rest."""
    known = Zone(zone)
    some = random.Random(zone).sample(range(known.first, known.last + 1), SAMPLE)  # noqa: S311 (a sample, no secret)
    days = sorted({*known.restless, *some})
    told = compare(known, days)

    assert told.wrong == []
    assert told.minutes == len(days) * oracle.DAY
    assert (told.never, told.twice) == ((known.times == 0).sum(), (known.times == 2).sum())


def test_every_zone_there_is_at_minutes_chosen_at_random():
    """Not only the zones we plan in: for each of the package's zones some minutes come back as the oracle says."""
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    chance = random.Random(20270112)  # noqa: S311 (a sample, no secret)
    wrong = []
    for name in names:
        when, offsets = transitions(zone_data.file_of(name))
        for _ in range(40):
            minute = chance.randrange(
                (date(2026, 1, 1).toordinal() - EPOCH) * 1440, (date(2041, 1, 1).toordinal() - EPOCH) * 1440
            )
            offset = offsets[int(np.searchsorted(when, minute * 60, side="right"))]
            at = instant(minute)
            wall = (at + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%S")
            if wall_of(at, name) != wall or at not in {resolve(wall, name, 0), resolve(wall, name, 1)}:
                wrong.append((name, wall))

    assert len(names) > 500
    assert wrong == []
