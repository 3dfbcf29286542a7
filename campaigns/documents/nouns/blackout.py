"""Blackouts: spans in which a partner says nothing, and who may allow what in them."""

from typing import Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Id, Line, Text, WallTime, Zone
from campaigns.documents.nouns.model import Model


class BlackoutException(Model):
    """Release entries that may go out in a blackout all the same, and who took that upon themselves."""

    releases: list[Id] = Field(min_length=1)
    authorised_by: Line
    because: Text


class Blackout(Model):
    """A span in which a partner says nothing."""

    id: Id
    partner: Id
    start: WallTime = Field(alias="from")
    end: WallTime = Field(alias="to")
    zone: Zone
    reason: Text
    exceptions: list[BlackoutException] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            message = "a blackout ends after it starts"
            raise ValueError(message)
        return self
