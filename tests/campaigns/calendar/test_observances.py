"""
Ramadan, Eid and Friday prayer, against published dates.

Dates: R. H. van Gent, The Umm al-Qura Calendar of Saudi Arabia (Utrecht University); those to 2026 are also the days
that Saudi Arabia's Supreme Court announced.
"""

from datetime import date, timedelta

import pytest

from campaigns.calendar.observances import friday_prayer, ramadan
from campaigns.calendar.wall_time import resolve

BAGHDAD, PARIS = "Asia/Baghdad", "Europe/Paris"
DAY = timedelta(days=1)
#: The first day of Ramadan, of Shawwal (Eid al-Fitr), and the tenth of Dhu al-Hijja (Eid al-Adha).
PUBLISHED = [
    pytest.param(1444, "2023-03-23", "2023-04-21", "2023-06-28", id="1444"),
    pytest.param(1445, "2024-03-11", "2024-04-10", "2024-06-16", id="1445"),
    pytest.param(1446, "2025-03-01", "2025-03-30", "2025-06-06", id="1446"),
    pytest.param(1447, "2026-02-18", "2026-03-20", "2026-05-27", id="1447"),
    pytest.param(1448, "2027-02-08", "2027-03-09", "2027-05-16", id="1448"),
    pytest.param(1451, "2030-01-05", "2030-02-04", "2030-04-13", id="1451-the-first-of-two-in-2030"),
    pytest.param(1452, "2030-12-26", "2031-01-24", "2031-04-02", id="1452-the-second-of-two-in-2030"),
]


def met(wall: str, zone: str = BAGHDAD, look=ramadan) -> str | None:
    found = look(resolve(wall, zone), zone)
    return found.what if found else None


@pytest.mark.parametrize(("year", "first", "fitr", "adha"), PUBLISHED)
def test_ramadan_and_the_feasts_are_on_the_published_days(year, first, fitr, adha):
    """The month, its thirty or twenty-nine days, three days of Eid al-Fitr and four of Eid al-Adha, and no day more."""
    begins, breaks, sacrifice = (date.fromisoformat(each) for each in (first, fitr, adha))
    fast, feast = f"the fasting hours of Ramadan {year}", f"Eid al-Fitr {year}"

    assert [met(f"{begins + step * DAY}T12:00:00") for step in (-1, 0)] == [None, fast]
    assert {met(f"{begins + step * DAY}T12:00:00") for step in range((breaks - begins).days)} == {fast}
    assert [met(f"{breaks + step * DAY}T20:00:00") for step in range(-1, 4)] == [None, feast, feast, feast, None]
    assert [met(f"{sacrifice + step * DAY}T09:00:00") for step in (-1, 0, 3, 4)] == [
        None,
        f"Eid al-Adha {year}",
        f"Eid al-Adha {year}",
        None,
    ]


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        pytest.param("2027-02-12T04:59:59", BAGHDAD, None, id="before-dawn"),
        pytest.param("2027-02-12T05:00:00", BAGHDAD, "the fasting hours of Ramadan 1448", id="at-dawn"),
        pytest.param("2027-02-12T18:59:59", BAGHDAD, "the fasting hours of Ramadan 1448", id="before-sunset"),
        pytest.param("2027-02-12T19:00:00", BAGHDAD, None, id="in-the-evening"),
        pytest.param("2027-02-08T00:30:00", PARIS, None, id="the-first-night"),
        pytest.param("1999-01-01T12:00:00", BAGHDAD, "the fasting hours of Ramadan 1419", id="long-ago"),
        pytest.param("2077-11-17T12:00:00", BAGHDAD, None, id="beyond-the-tables"),
        pytest.param("2199-12-31T12:00:00", BAGHDAD, None, id="far-beyond-the-tables"),
    ],
)
def test_fasting_hours_are_those_of_the_reader_s_day(wall, zone, expected):
    """In Ramadan the hours of daylight are minded, and the evening is free. Where no table reaches, no advice."""
    assert met(wall, zone) == expected


def test_the_day_is_the_reader_s_not_the_writer_s():
    """An instant may be the last evening before Ramadan in Paris, and its first morning in Karachi."""
    instant = resolve("2027-02-08T01:30:00", PARIS)

    assert ramadan(instant, PARIS) is None
    assert ramadan(instant, "Asia/Karachi") is not None


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        pytest.param("2027-01-15T11:29:59", BAGHDAD, None, id="a-minute-before"),
        pytest.param("2027-01-15T11:30:00", BAGHDAD, "the Friday prayer", id="its-first-minute"),
        pytest.param("2027-01-15T14:29:59", BAGHDAD, "the Friday prayer", id="its-last-minute"),
        pytest.param("2027-01-15T14:30:00", BAGHDAD, None, id="a-minute-after"),
        pytest.param("2027-01-14T12:00:00", BAGHDAD, None, id="a-thursday"),
        pytest.param("2027-01-16T12:00:00", BAGHDAD, None, id="a-saturday"),
    ],
)
def test_friday_prayer_is_at_noon_on_the_reader_s_friday(wall, zone, expected):
    """From 11:30 to 14:30 on a Friday, by the reader's own clocks."""
    assert met(wall, zone, friday_prayer) == expected


def test_advice_says_what_to_do_and_how_sure_it_is():
    """Ramadan may begin a day earlier or later, and whoever moves a release because of it is told so."""
    fast = ramadan(resolve("2027-02-12T12:00:00", BAGHDAD), BAGHDAD)
    prayer = friday_prayer(resolve("2027-01-15T12:00:00", BAGHDAD), BAGHDAD)

    assert fast is not None
    assert prayer is not None
    assert fast.hint == (
        "move it to the evening, when the fast is broken (after 19:00 there); "
        "the sighting of the moon may move this by a day (Umm al-Qura calendar)"
    )
    assert prayer.hint == "move it to after 14:30 there"
