"""
Times that a considerate release avoids: the fast of Ramadan, the days of Eid, Friday prayer. Advice, never a rule.

The Hijri dates are those of the Umm al-Qura calendar (`hijridate`, 1924 to 2077). Where the sighting of the moon
decides, a month may begin a day earlier or later, which only becomes known the evening before.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from campaigns.calendar.wall_time import wall_of
from campaigns.calendar.windows import in_hours

#: Local hours from dawn to about sunset, in the months in which Ramadan falls until 2040. A house rule, not a table of
#: prayer times.
FASTING_FROM, FASTING_TO = "05:00", "19:00"
PRAYER_FROM, PRAYER_TO = "11:30", "14:30"  #: local hours around the Friday prayer; as much a house rule
FRIDAY = 4
RAMADAN, SHAWWAL, DHU_AL_HIJJA = 9, 10, 12  #: months
EID_AL_FITR = range(1, 4)  #: days of Shawwal
EID_AL_ADHA = range(10, 14)  #: days of Dhu al-Hijja

_MOON = "the sighting of the moon may move this by a day (Umm al-Qura calendar)"


class Observance(NamedTuple):
    """What an instant meets, and what to do about it."""

    what: str  #: as in "falls in …"
    hint: str


class Look(Protocol):
    """Looks whether an instant meets an observance in a zone."""

    def __call__(self, instant: datetime, zone: str) -> Observance | None:
        """Return what *instant* meets in *zone*, or none."""
        ...


def ramadan(instant: datetime, zone: str) -> Observance | None:
    """Return the fasting hours of Ramadan, or the Eid, that *instant* falls in by the clocks of *zone*."""
    wall = wall_of(instant, zone)
    year, month, day = _hijri(date.fromisoformat(wall[: len("2027-01-12")]))
    if month == RAMADAN and in_hours(wall, FASTING_FROM, FASTING_TO):
        hint = f"move it to the evening, when the fast is broken (after {FASTING_TO} there); {_MOON}"
        return Observance(f"the fasting hours of Ramadan {year}", hint)
    for name, of, days in (("Eid al-Fitr", SHAWWAL, EID_AL_FITR), ("Eid al-Adha", DHU_AL_HIJJA, EID_AL_ADHA)):
        if month == of and day in days:
            return Observance(f"{name} {year}", f"move it to a day after the feast, unless it is a greeting; {_MOON}")
    return None


def friday_prayer(instant: datetime, zone: str) -> Observance | None:
    """Return the Friday prayer that *instant* falls in by the clocks of *zone*."""
    wall = wall_of(instant, zone)
    if date.fromisoformat(wall[: len("2027-01-12")]).weekday() != FRIDAY or not in_hours(wall, PRAYER_FROM, PRAYER_TO):
        return None
    return Observance("the Friday prayer", f"move it to after {PRAYER_TO} there")


#: What an audience may ask to be minded, by its word in `mindful_of`.
OBSERVANCES: Mapping[str, Look] = MappingProxyType({"ramadan": ramadan, "friday_prayer": friday_prayer})


@lru_cache(maxsize=4096)
def _hijri(day: date) -> tuple[int, int, int]:
    """Return the Hijri year, month and day of *day*; zeros where the calendar was not computed."""
    from hijridate import Gregorian

    try:
        return Gregorian.fromdate(day).to_hijri().datetuple()
    except OverflowError:
        return 0, 0, 0
