"""Blackouts: spans in which a partner says nothing."""

from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Json


class Blackout(SQLModel, table=True):
    """One row a blackout of a campaign."""

    __tablename__ = "blackout"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    partner: str
    start: str  #: wall time; `from` in YAML
    end: str  #: wall time, exclusive; `to` in YAML
    zone: str  #: IANA
    reason: str
    exceptions: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)  #: releases, authorised_by, because
