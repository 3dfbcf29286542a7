"""Blackouts: spans in which a partner says nothing, and who may allow what in them."""

from typing import Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Id, Line, Text, WallTime, Zone
from campaigns.documents.nouns.model import Model


class BlackoutException(Model):
    """Release entries that may go out in a blackout all the same, and who took that upon themselves."""

    releases: list[Id] = Field(
        min_length=1, description="The release entries that may go out all the same.", examples=[["launch"]]
    )
    authorised_by: Line = Field(
        description="Who took it upon themselves, by office.", examples=["Director of Communications"]
    )
    because: Text = Field(
        description="Why it cannot wait.", examples=["Safety advice that people need during the election."]
    )


class Blackout(Model):
    """A span in which a partner says nothing."""

    id: Id = Field(description="The blackout's short name.", examples=["fr-election-silence"])
    partner: Id = Field(description="The partner that says nothing in it.", examples=["fr"])
    start: WallTime = Field(
        alias="from", description="When it begins, by the clock of its zone.", examples=["2027-04-09T00:00"]
    )
    end: WallTime = Field(
        alias="to", description="When it is over, by the clock of its zone.", examples=["2027-04-11T20:00"]
    )
    zone: Zone = Field(description="The time zone of both times.", examples=["Europe/Paris"])
    reason: Text = Field(
        description="Why nothing is said, in words that a colleague understands.", examples=["Election silence"]
    )
    exceptions: list[BlackoutException] = Field(
        default_factory=list, description="What may go out all the same, and who allowed it."
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            message = "a blackout ends after it starts"
            raise ValueError(message)
        return self
