"""Channels: one endpoint each, owned by exactly one issuer."""

from typing import Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Clock, Id, Line, LocaleTag, Option, Rate, Zone
from campaigns.documents.nouns.model import Model


class Quiet(Model):
    """Hours of the day in which a channel says nothing. May run over midnight."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    zone: Zone

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.start == self.end:
            message = "quiet hours begin and end at different times"
            raise ValueError(message)
        return self


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
    pace: Rate | None = Field(
        default=None, description="how many releases the account may carry, such as 4/d; planning beyond it is refused"
    )
    quiet: Quiet | None = Field(default=None, description="hours in which the account says nothing")
    options: dict[Id, Option] = Field(default_factory=dict)
