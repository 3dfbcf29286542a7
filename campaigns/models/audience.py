"""Audiences: aggregates only. Places, languages and adult age bands; never people."""

from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Json


class Audience(SQLModel, table=True):
    """One row an audience of a campaign."""

    __tablename__ = "audience"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    name: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: locale -> name
    locales: list[str] = Field(sa_type=Json)
    countries: list[str] = Field(default_factory=list, sa_type=Json)  #: ISO 3166 alpha-2
    regions: list[str] = Field(default_factory=list, sa_type=Json)  #: ISO 3166-2
    ages: str | None = None  #: "18-24", "25+"
    timezone: str  #: IANA
    size: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: value, source, as_of
    insight: str | None = None
    think: str | None = None
    feel: str | None = None
    do: str | None = None
    barriers: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)  #: COM-B component, barrier
    accessibility: list[str] = Field(default_factory=list, sa_type=Json)
    mindful_of: list[str] = Field(default_factory=list, sa_type=Json)  #: ramadan, friday_prayer
