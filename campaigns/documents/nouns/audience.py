"""Audiences: aggregates only. Places, languages and adult ages; never people."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from campaigns.documents.fields import Count, Country, Day, Id, LocaleTag, Localised, Text, Zone
from campaigns.documents.nouns.model import Model

ADULT = 18
FEWEST = 100  #: people in an audience; fewer are individuals, whom nothing here may target
_AGES = re.compile(r"(\d{1,3})(?:\+|-(\d{1,3}))\Z", re.ASCII)


def _many(value: int) -> int:
    if value < FEWEST:
        message = f"an audience is an aggregate of at least {FEWEST} people; nothing here is aimed at individuals"
        raise ValueError(message)
    return value


class Size(Model):
    """How many people an audience has, who says so, and when."""

    value: Annotated[Count, AfterValidator(_many)]
    source: str | None = None
    as_of: Day | None = None


def _ages(value: str) -> str:
    match = _AGES.match(value)
    if not match:
        message = "write ages as 18-24 or 25+"
        raise ValueError(message)
    low, high = match.groups()
    if int(low) < ADULT:
        message = "audiences are adults: the lowest age is 18"
        raise ValueError(message)
    if high and int(high) < int(low):
        message = "the higher age comes second, as in 18-24"
        raise ValueError(message)
    return value


class Barrier(Model):
    """What keeps an audience from doing it (COM-B)."""

    component: Literal["capability", "opportunity", "motivation"]
    barrier: Text


class Audience(Model):
    """An aggregate: places, languages, adult ages. Never people."""

    id: Id
    name: Localised = Field(default_factory=dict)
    locales: list[LocaleTag] = Field(min_length=1)
    countries: list[Country] = Field(default_factory=list)
    regions: list[Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]] = Field(
        default_factory=list, description="ISO 3166-2, such as GB-LND"
    )
    ages: Annotated[str, AfterValidator(_ages)] | None = None
    timezone: Zone
    size: Size | None = None
    insight: Text | None = Field(default=None, description="what research says of them as a whole")
    think: Text | None = Field(default=None, description="what they should think")
    feel: Text | None = Field(default=None, description="what they should feel")
    do: Text | None = Field(default=None, description="what they should do; simple and possible")
    barriers: list[Barrier] = Field(default_factory=list)
    accessibility: list[Text] = Field(default_factory=list, description="what they need in order to read or hear it")
    mindful_of: list[Literal["ramadan", "friday_prayer"]] = Field(
        default_factory=list, description="times that releases should respect; asks for advice, stops nothing"
    )
