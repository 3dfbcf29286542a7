"""What a campaign costs, and who allowed it."""

from sqlmodel import Field, SQLModel


class BudgetLine(SQLModel, table=True):
    """One row a sum, of one partner, for one purpose; without value-added tax."""

    __tablename__ = "budget_line"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    partner: str
    kind: str  #: paid_media | production | research | evaluation | partnership | staff | other
    amount: float
    currency: str  #: ISO 4217
    channel: str | None = None
    on: str | None = None  #: ISO date
    purpose: str | None = None


class SpendApproval(SQLModel, table=True):
    """One row leave to spend more than a gate lets pass."""

    __tablename__ = "spend_approval"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    gate: str
    reference: str
    by: str
    on: str  #: ISO date
    up_to: float
    currency: str
