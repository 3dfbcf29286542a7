"""What a campaign costs, line by line, and who allowed it. Which sums need leave is a setting: `spending`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from campaigns.documents.fields import Day, Id, Line, Text, figure
from campaigns.documents.nouns.model import Model

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217", examples=["GBP", "EUR"])]
Amount = Annotated[
    float,
    BeforeValidator(figure),
    Field(ge=0, le=1e12),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "examples": [40_000]}),
]
Spend = Literal["paid_media", "production", "research", "evaluation", "partnership", "staff", "other"]


class BudgetLine(Model):
    """One sum, of one partner, for one purpose. Amounts are without value-added tax."""

    id: Id
    partner: Id = Field(description="who pays")
    kind: Spend
    amount: Amount
    currency: Currency
    channel: Id | None = None
    on: Day | None = Field(default=None, description="when it is spent; the day the campaign starts if not said")
    purpose: Text | None = Field(default=None, description="what it buys")


class SpendApproval(Model):
    """Leave to spend more than a gate lets pass, as the authority gave it."""

    id: Id
    gate: Id = Field(description="the spend gate of cordiale.toml")
    reference: Line = Field(description="the authority's own reference")
    by: Line = Field(description="who gave it")
    on: Day
    up_to: Amount
    currency: Currency
