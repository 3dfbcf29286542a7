"""
Public holidays by country and region, from the `holidays` package: no network, no table of our own to grow old.

Their names come in English and in the country's own language. Where a holiday follows the moon, the package says
"(estimated)".
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from campaigns.errors import Refused

ENGLISH = ("en_GB", "en_US")  #: of the languages that the package speaks, the first that it has


class Holiday(NamedTuple):
    """A day on which a country rests."""

    english: str
    local: str  #: in the country's own language; the same where that is English

    def __str__(self) -> str:
        return self.english if self.local == self.english else f"{self.english} ({self.local})"


class NoHolidays(Refused):
    """Nobody here knows the holidays of that country, or of that region of it."""

    def __init__(self, country: str, region: str | None = None) -> None:
        place = f"region {region} of {country}" if region else country
        super().__init__(f"the public holidays of {place} are not known here", "mind them yourself, and leave it out")


def holiday(day: date, country: str, region: str | None = None) -> Holiday | None:
    """
    Return the public holiday that *day* is in *country* (ISO 3166-1) and *region* (the last part of ISO 3166-2).

    Raises:
        NoHolidays: If the package does not have them.
    """
    return _year(country, region, day.year).get(day)


@lru_cache(maxsize=256)
def regions(country: str) -> tuple[str, ...]:
    """
    Return the regions of *country* that have holidays of their own.

    Raises:
        NoHolidays: If the package does not have the country.
    """
    from holidays import country_holidays

    try:
        return tuple(sorted(country_holidays(country).subdivisions))
    except NotImplementedError:
        raise NoHolidays(country) from None


@lru_cache(maxsize=256)
def _year(country: str, region: str | None, year: int) -> dict[date, Holiday]:
    from holidays import country_holidays

    try:
        known = country_holidays(country, subdiv=region)
    except NotImplementedError:
        raise NoHolidays(country, region) from None
    # Without a language the package would take that of the environment.
    own = known.default_language
    english = next((each for each in ENGLISH if each in known.supported_languages), own)
    local = country_holidays(country, subdiv=region, years=year, language=own)
    named = country_holidays(country, subdiv=region, years=year, language=english)
    return {day: Holiday(name, local.get(day, name)) for day, name in named.items()}
