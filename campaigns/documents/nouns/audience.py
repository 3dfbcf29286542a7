"""Audiences: aggregates only. Places, languages and adult ages; never people."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from campaigns.documents.fields import Count, Country, Day, Id, LocaleTag, Localised, Text, Zone, written
from campaigns.documents.nouns.model import UNIQUE, Model
from campaigns.documents.written import PATTERNS, WORDS

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

    value: Annotated[Count, AfterValidator(_many)] = Field(
        description="How many people it has, at least 100.",
        examples=["1_900_000"],
        json_schema_extra={"minimum": FEWEST},
    )
    source: str | None = Field(
        default=None, description="Who counted or estimated them.", examples=["INSEE, population by age, 2026"]
    )
    as_of: Day | None = Field(default=None, description="The day for which the figure holds.", examples=["2026-01-01"])


def _ages(value: str) -> str:
    match = _AGES.match(value)
    if not match:
        raise ValueError(WORDS["ages"])
    low, high = match.groups()
    if int(low) < ADULT:
        message = f"audiences are adults: the lowest age is {ADULT}"
        raise ValueError(message)
    if high and int(high) < int(low):
        message = "the higher age comes second, as in 18-24"
        raise ValueError(message)
    return value


class Barrier(Model):
    """What keeps an audience from doing it (COM-B)."""

    component: Literal["capability", "opportunity", "motivation"] = Field(
        description="Whether they cannot, have no occasion to, or do not want to."
    )
    barrier: Text = Field(
        description="What keeps them from doing it.", examples=["They do not know whom they could ask."]
    )


class Audience(Model):
    """An aggregate: places, languages, adult ages. Never people."""

    id: Id = Field(description="The audience's short name, by which messages and KPIs call it.", examples=["young-fr"])
    name: Localised = Field(default_factory=dict, description="What reports call the audience, in each language.")
    locales: list[LocaleTag] = Field(
        min_length=1,
        description="The languages it reads; a release goes out in each that the channel speaks too.",
        examples=[["fr-FR", "ar"]],
        json_schema_extra=UNIQUE,
    )
    countries: list[Country] = Field(
        default_factory=list,
        description="The countries it lives in, as two capital letters.",
        examples=[["FR"]],
        json_schema_extra=UNIQUE,
    )
    regions: list[Annotated[str, Field(pattern=PATTERNS["subdivision"]), written("subdivision")]] = Field(
        default_factory=list,
        description="The regions it lives in, as ISO 3166-2 codes, where it is not whole countries.",
        examples=[["GB-LND"]],
    )
    ages: Annotated[str, AfterValidator(_ages), written("ages")] | None = Field(
        default=None, description="How old its people are; adults only.", examples=["18-24", "25+"]
    )
    timezone: Zone = Field(
        description="The time zone in which it reads; releases go out by its clock.", examples=["Europe/Paris"]
    )
    size: Size | None = Field(default=None, description="How many people it has, by whose count.")
    insight: Text | None = Field(
        default=None,
        description="What research says of them as a whole.",
        examples=["Tired of the subject; trusts plain figures more than appeals."],
    )
    think: Text | None = Field(default=None, description="What they should think once they have seen the campaign.")
    feel: Text | None = Field(default=None, description="What they should feel once they have seen the campaign.")
    do: Text | None = Field(
        default=None, description="What they should do next; simple and possible.", examples=["Call the help line."]
    )
    barriers: list[Barrier] = Field(
        default_factory=list, description="What keeps them from doing it, in the terms of COM-B."
    )
    accessibility: list[Text] = Field(
        default_factory=list,
        description="What they need in order to read or hear it.",
        examples=[["Subtitles, since clips are watched without sound."]],
    )
    mindful_of: list[Literal["ramadan", "friday_prayer"]] = Field(
        default_factory=list,
        description="Times that releases should respect; this asks for advice and stops nothing.",
        examples=[["ramadan"]],
    )
