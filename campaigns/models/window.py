"""Blackouts: spans in which a partner says nothing."""

from sqlmodel import Field, SQLModel


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
