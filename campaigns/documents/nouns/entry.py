"""Release entries: when a message goes out, and where."""

from typing import Annotated, Literal

from pydantic import Field

from campaigns.documents.fields import Id, Seconds, WallTime, Zone, written
from campaigns.documents.nouns.model import UNIQUE, Model
from campaigns.documents.written import PATTERNS


class IfLate(Model):
    """What to do with a release that is late by more than `after`."""

    after: Seconds = Field(
        default=900,
        description="How late a release may be before this applies; 15 minutes if not said.",
        json_schema_extra={"default": "15m"},
    )
    then: Literal["send", "skip", "ask"] = Field(
        default="ask", description="Send it all the same, leave it out, or ask a person."
    )


class ReleaseEntry(Model):
    """When a message goes out, and where."""

    id: Id = Field(description="The release entry's short name.", examples=["launch"])
    message: Id = Field(description="The message that goes out.", examples=["lost-ground"])
    channels: list[Id] = Field(
        min_length=1,
        description="The channels on which it goes out.",
        examples=[["fr-mastodon"]],
        json_schema_extra=UNIQUE,
    )
    at: WallTime = Field(
        description="When it goes out, by the clock of its zone or else of its audience.",
        examples=["2027-01-12T18:30"],
    )
    zone: Zone | None = Field(
        default=None,
        description="The time zone of its times, where that is not the campaign's or the audience's.",
        examples=["Europe/Paris"],
    )
    fold: Literal[0, 1] | None = Field(
        default=None,
        description="Which of the two is meant where clocks show an hour twice: 0 the first, 1 the second.",
    )
    repeat: str | None = Field(
        default=None,
        description="How it repeats, as an RFC 5545 rule.",
        examples=["FREQ=WEEKLY;COUNT=4", "FREQ=MONTHLY;BYDAY=1MO"],
    )
    exdate: list[WallTime] = Field(
        default_factory=list,
        description="The occurrences of the repeat that are left out.",
        examples=[["2027-01-26T18:30"]],
    )
    until: WallTime | None = Field(
        default=None, description="The last time at which a repeat may go out.", examples=["2027-04-30T18:30"]
    )
    variant: Annotated[str, Field(pattern=PATTERNS["variant"]), written("variant")] | None = Field(
        default=None,
        description="Which variant of the message goes out; alternate lets a repeat take turns.",
        examples=["b", "alternate"],
    )
    if_late: IfLate = Field(
        default_factory=IfLate, description="What happens if it could not go out in time; by default a person is asked."
    )
    not_before: WallTime | None = Field(
        default=None, description="The time before which none may be planned.", examples=["2027-01-12T06:00"]
    )
    under_embargo: Annotated[bool, Field(strict=True)] = Field(
        default=False,
        description="Whether it goes to people who keep the embargo, and so may leave before it ends.",
    )
    not_after: WallTime | None = Field(
        default=None,
        description="The time after which it no longer goes out; the campaign's end if not said.",
        examples=["2027-01-13T00:00"],
    )
    supersedes: Annotated[str, Field(pattern=PATTERNS["earlier_release"]), written("earlier_release")] | None = Field(
        default=None,
        description="The release entry that this one corrects, on the same channels; of a repeat, which occurrence.",
        examples=["launch", "reminder@20270119T183000"],
    )
