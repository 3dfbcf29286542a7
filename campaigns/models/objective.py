"""Objectives (OASIS) and the KPIs that say whether they were met."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Objective(SQLModel, table=True):
    """What should change in whom. One row an objective of a campaign."""

    __tablename__ = "objective"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    kind: str  #: awareness | attitude | behaviour | recruitment
    statement: dict[str, str] = Field(sa_type=Json)  #: locale -> sentence


class Kpi(SQLModel, table=True):
    """A measure of an objective: baseline, target, deadline, and why this level."""

    __tablename__ = "kpi"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    objective: str
    position: int
    stage: str  #: input | output | outtake | outcome | impact
    metric: str  #: a metric of reports.metrics
    scope: dict[str, Any] = Field(sa_type=Json)  #: audience(s), channel, locale, message: what the figure is of
    baseline: float | None = None
    baseline_as_of: str | None = None  #: ISO date
    target: float
    unit: str = "count"  #: count | share (18% is stored as 0.18)
    by: str  #: ISO date
    why: str | None = None


class EarlierKpi(SQLModel, table=True):
    """One row what a KPI said until it was changed or retired: goals that move leave a trace."""

    __tablename__ = "kpi_earlier"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    kpi: str = Field(primary_key=True)
    until: datetime = Field(primary_key=True, sa_type=Instant)
    terms: dict[str, Any] = Field(sa_type=Json)  #: the KPI as its document had it, and its objective
    retired: bool = False  #: whether it was dropped then, not changed
