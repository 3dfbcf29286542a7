"""Events: who did what to what, when and why. Appended, never changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Event(SQLModel, table=True):
    """One row a fact. Triggers refuse UPDATE and DELETE."""

    __tablename__ = "event"

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str  #: a person, a partner, or "engine"
    act: str  #: "release.claim", "campaign.apply", "hold.place", …
    campaign: str | None = Field(default=None, index=True)
    subject: str = Field(index=True)  #: a release id, a campaign id, a hold id
    before: str | None = None
    after: str | None = None
    why: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
