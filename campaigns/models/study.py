"""Studies: the designs by which the evaluation will answer its questions, and when each was declared."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Study(SQLModel, table=True):
    """One row a question, with exactly one of the four designs."""

    __tablename__ = "study"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    asks: str
    experiment: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: who drew which halves, how and when
    differences: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: where the campaign was, and where not
    interrupted: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: the series, and the day of the break
    roi: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: the five steps, each with its source
    declared_at: datetime = Field(sa_type=Instant)  #: when an apply first said just this
