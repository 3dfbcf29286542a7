"""Channels: one endpoint each, owned by exactly one issuer."""

from typing import Self

from pydantic import Field, model_validator

from campaigns.documents.fields import Clock, Id, Line, LocaleTag, Option, Rate, Zone
from campaigns.documents.nouns.model import UNIQUE, Model


class Quiet(Model):
    """Hours of the day in which a channel says nothing. May run over midnight."""

    start: Clock = Field(alias="from", description="The hour from which it says nothing.", examples=["22:00"])
    end: Clock = Field(alias="to", description="The hour at which it speaks again.", examples=["07:30"])
    zone: Zone = Field(description="The time zone of both hours.", examples=["Europe/Paris"])

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.start == self.end:
            message = "quiet hours begin and end at different times"
            raise ValueError(message)
        return self


class Channel(Model):
    """One endpoint, owned by exactly one issuer."""

    id: Id = Field(description="The channel's short name, by which releases call it.", examples=["fr-mastodon"])
    kind: Id = Field(description="What kind of channel it is, and so how it is published to.", examples=["mastodon"])
    issuer: Id = Field(
        description="The partner whose account it is and who speaks on it; exactly one.", examples=["fr"]
    )
    account: Line = Field(
        description="The account as readers see it; it must be a declared one.",
        examples=["@stopdaech@social.example"],
    )
    locales: list[LocaleTag] = Field(
        min_length=1,
        description="The languages it speaks; a release goes out once in each that its audiences read.",
        examples=[["fr-FR", "ar"]],
        json_schema_extra=UNIQUE,
    )
    server: Line | None = Field(
        default=None,
        description="The server it is on: an address, or for a feed its folder.",
        examples=["https://social.example"],
    )
    credential: Id | None = Field(
        default=None, description="The name of its secret; never the secret itself.", examples=["fr-mastodon"]
    )
    rate: Rate | None = Field(
        default=None, description="How fast releases may follow one another when many are due.", examples=["30/h"]
    )
    pace: Rate | None = Field(
        default=None,
        description="How many releases the account may carry; a plan beyond it is refused.",
        examples=["4/d"],
    )
    quiet: Quiet | None = Field(default=None, description="Hours in which the account says nothing.")
    options: dict[Id, Option] = Field(
        default_factory=dict,
        description="What this kind of channel asks for besides, such as visibility or the list to write to.",
        examples=[{"visibility": "unlisted"}],
    )
