"""
The campaign document as staff write it: one class a noun, every key with its meaning.

Unknown keys are refused. Required: campaign, partners, starts, audiences, channels, messages, releases;
the rest is asked for by warnings. References between nouns are checked in `references`.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from campaigns.documents.fields import (
    Count,
    Day,
    Id,
    Line,
    Link,
    LocaleTag,
    Localised,
    LocalisedLine,
    MediaPath,
    Option,
    Rate,
    Scalar,
    Seconds,
    Text,
    WallTime,
    Zone,
    figure,
)

Figure = Annotated[
    float,
    BeforeValidator(figure),
    WithJsonSchema({"type": ["number", "string"], "examples": [250_000, "18%"]}),
]
ADULT = 18
_AGES = re.compile(r"(\d{1,3})(?:\+|-(\d{1,3}))\Z", re.ASCII)


class Model(BaseModel):
    """A noun of the document: unknown keys refused, frozen once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Partner(Model):
    """A government that signs. Names and help lines by locale."""

    name: Localised = Field(default_factory=dict, description="the official name, by locale")
    help: Localised = Field(default_factory=dict, description="the help line printed on everything, by locale")


class Size(Model):
    """How many people an audience has, who says so, and when."""

    value: Count
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


class Audience(Model):
    """An aggregate: places, languages, adult ages. Never people."""

    id: Id
    name: Localised = Field(default_factory=dict)
    locales: list[LocaleTag] = Field(min_length=1)
    countries: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = Field(default_factory=list)
    ages: Annotated[str, AfterValidator(_ages)] | None = None
    timezone: Zone
    size: Size | None = None
    insight: str | None = None


class Kpi(Model):
    """A measure with baseline, target, deadline and the reason for that level."""

    id: Id
    stage: Literal["input", "output", "outtake", "outcome", "impact"]
    metric: Id
    audience: Id | None = None
    channel: Id | None = None
    message: Id | None = None
    locale: LocaleTag | None = None
    baseline: Figure | None = None
    target: Figure
    unit: Literal["count", "share"] = "count"
    by: Day
    why: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _unit_from_the_percent_sign(cls, data: Any) -> Any:
        if isinstance(data, dict) and "unit" not in data:
            written = [str(data.get(key, "")).strip() for key in ("baseline", "target")]
            if any(text.endswith("%") for text in written):
                return {**data, "unit": "share"}
        return data


class Objective(Model):
    """What should change in whom."""

    id: Id
    kind: Literal["awareness", "attitude", "behaviour", "recruitment"]
    statement: Localised = Field(default_factory=dict)
    kpis: list[Kpi] = Field(default_factory=list)


class Channel(Model):
    """One endpoint, owned by exactly one issuer."""

    id: Id
    kind: Id
    issuer: Id
    account: Line
    locales: list[LocaleTag] = Field(min_length=1)
    server: Line | None = None
    credential: Id | None = None
    rate: Rate | None = None
    options: dict[Id, Option] = Field(default_factory=dict)


class Media(Model):
    """A file of the workspace's `media/` folder, and what it shows, in words, by locale."""

    file: MediaPath
    alt: Localised = Field(default_factory=dict)


class Variant(Model):
    """Another way to say the message; the message itself is variant a."""

    wording: Localised


class Waiver(Model):
    """A check that does not apply here, and why. It is part of what is signed."""

    check: Id
    locale: LocaleTag | None = None
    channel: Id | None = None
    because: Text


Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$", description="as `{{ name }}` in a wording")]


def _link(value: object) -> object:
    return {"*": value} if isinstance(value, str) else value


class Message(Model):
    """What is said, to whom, in each locale."""

    id: Id
    audiences: list[Id] = Field(min_length=1)
    counters: Id | None = None
    headline: LocalisedLine = Field(default_factory=dict, description="e-mail subject, feed and press title")
    values: dict[Name, Scalar] = Field(default_factory=dict)
    link: Annotated[dict[LocaleTag | Literal["*"], Link], BeforeValidator(_link)] | None = None
    media: list[Media] = Field(default_factory=list)
    wording: Localised
    variants: dict[Annotated[str, Field(pattern=r"^[b-z]$")], Variant] = Field(default_factory=dict)
    waive: list[Waiver] = Field(default_factory=list)


class IfLate(Model):
    """What to do with a release that is late by more than `after`."""

    after: Seconds = 900
    then: Literal["send", "skip", "ask"] = "ask"


class ReleaseEntry(Model):
    """When a message goes out, and where."""

    id: Id
    message: Id
    channels: list[Id] = Field(min_length=1)
    at: WallTime
    zone: Zone | None = None
    fold: Literal[0, 1] | None = None
    repeat: str | None = None
    until: WallTime | None = None
    variant: Annotated[str, Field(pattern=r"^([a-z]|alternate)$")] | None = None
    if_late: IfLate = Field(default_factory=IfLate)
    not_after: WallTime | None = None


class Blackout(Model):
    """A span in which a partner says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    id: Id
    partner: Id
    start: WallTime = Field(alias="from")
    end: WallTime = Field(alias="to")
    zone: Zone
    reason: Text

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            message = "a blackout ends after it starts"
            raise ValueError(message)
        return self


def _partners(value: object) -> object:
    """Read `[uk, fr]` as partners without details, and a partner without a value as one."""
    if isinstance(value, dict):
        return {each: {} if details is None else details for each, details in value.items()}
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        message = "write a list such as [uk, fr], or a mapping from each partner to its name and help line"
        raise ValueError(message)
    twice = sorted({each for each in value if value.count(each) > 1}) if len(set(value)) < len(value) else []
    if twice:
        message = f"partner '{twice[0]}' is listed twice"
        raise ValueError(message)
    return {each: {} for each in value}


class Campaign(Model):
    """A whole campaign document."""

    campaign: Id
    title: Localised = Field(default_factory=dict)
    partners: Annotated[dict[Id, Partner], BeforeValidator(_partners), Field(min_length=1)]
    policy_aim: str | None = None
    starts: Day
    ends: Day | None = None
    owner: str | None = None
    zone: Zone | None = None
    objectives: list[Objective] = Field(default_factory=list)
    audiences: list[Audience] = Field(min_length=1)
    channels: list[Channel] = Field(min_length=1)
    messages: list[Message] = Field(min_length=1)
    releases: list[ReleaseEntry] = Field(min_length=1)
    blackouts: list[Blackout] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends and self.ends < self.starts:
            message = "a campaign ends on or after the day it starts"
            raise ValueError(message)
        return self


__all__ = [
    "Audience",
    "Blackout",
    "Campaign",
    "Channel",
    "IfLate",
    "Kpi",
    "Media",
    "Message",
    "Objective",
    "Partner",
    "ReleaseEntry",
    "Variant",
    "Waiver",
]
