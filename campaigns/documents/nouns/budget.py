"""What a campaign costs, line by line, and who allowed it. Which sums need leave is a setting: `spending`."""

from typing import Literal

from pydantic import Field

from campaigns.documents.fields import Amount, Currency, Day, Id, Line, Text
from campaigns.documents.nouns.model import Model

Spend = Literal["paid_media", "production", "research", "evaluation", "partnership", "staff", "other"]


class BudgetLine(Model):
    """One sum, of one partner, for one purpose. Amounts are without value-added tax."""

    id: Id = Field(description="The budget line's short name.", examples=["uk-production"])
    partner: Id = Field(description="The partner that pays.", examples=["uk"])
    kind: Spend = Field(description="What kind of cost it is; spend gates may count some kinds alone.")
    amount: Amount = Field(description="The sum, without value-added tax.", examples=["40_000"])
    currency: Currency = Field(description="The sum's currency, as three capital letters.", examples=["GBP", "EUR"])
    channel: Id | None = Field(
        default=None,
        description="The channel that it pays for, so that cost can be set against reach.",
        examples=["fr-mastodon"],
    )
    on: Day | None = Field(
        default=None,
        description="The day it is spent; the day the campaign starts if not said.",
        examples=["2027-01-12"],
    )
    purpose: Text | None = Field(
        default=None, description="What the money buys.", examples=["Three short films with subtitles."]
    )


class SpendApproval(Model):
    """Leave to spend more than a gate lets pass, as the authority gave it."""

    id: Id = Field(description="The approval's short name.", examples=["amc-2027"])
    gate: Id = Field(description="The spend gate that it opens, as cordiale.toml names it.", examples=["uk-amc"])
    reference: Line = Field(description="The authority's own reference.", examples=["AMC-2026-0412"])
    by: Line = Field(description="Who gave it, by office.", examples=["Cabinet Office spend controls"])
    on: Day = Field(description="The day on which it was given.", examples=["2026-12-01"])
    up_to: Amount = Field(description="The sum up to which it was given.", examples=["250_000"])
    currency: Currency = Field(description="The sum's currency, as three capital letters.", examples=["GBP", "EUR"])
