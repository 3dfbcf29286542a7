"""The tables of readings: each snapshot as it came, and the rollup that reports read."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


class Reading(SQLModel, table=True):
    """
    One row a figure as a source gave it: a cumulative snapshot at an instant.

    Key: campaign, source, subject_kind, subject, metric, dimensions, at (an audience's id is a campaign's own).
    Appended; a second import changes nothing.
    """

    __tablename__ = "reading"

    campaign: str = Field(primary_key=True)
    source: str = Field(primary_key=True)  #: who says so: "x-export", "survey", a file's declared source
    subject_kind: str = Field(primary_key=True)  #: release | message | channel | audience | campaign
    subject: str = Field(primary_key=True)  #: its id
    metric: str = Field(primary_key=True)  #: a metric of reports.metrics
    dimensions: str = Field(primary_key=True, default="")  #: canonical JSON of further keys, "" for none
    at: datetime = Field(primary_key=True, sa_type=Instant)  #: the instant the figure is of
    value: float | None = None  #: None: the source gave no figure (missing is not zero)
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"  #: reports.figures.Qualifier: exact | over | almost | about | under | between
    numerator: float | None = None
    denominator: float | None = None
    imported: str = Field(foreign_key="reading_import.id")


class ReadingImport(SQLModel, table=True):
    """One row an import: which file, its digest, who, when."""

    __tablename__ = "reading_import"

    id: str = Field(primary_key=True)  #: sha256 of the file
    file: str
    rows: int  #: figures in the file
    imported_at: datetime = Field(sa_type=Instant)
    imported_by: str
    #: campaigns (ids the file has figures of), sources, added (rows that were new), example (what makes it one)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class DailyReading(SQLModel, table=True):
    """
    The newest snapshot of each series on each day, and what it added since the day before that has one.

    A snapshot without any figure is kept in `reading` and stands for nothing here.
    """

    __tablename__ = "daily_reading"

    campaign: str = Field(primary_key=True)
    subject_kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    metric: str = Field(primary_key=True)
    dimensions: str = Field(primary_key=True, default="")
    source: str = Field(primary_key=True)
    day: str = Field(primary_key=True)  #: ISO date, UTC
    last_at: datetime = Field(sa_type=Instant)
    last_value: float | None = None
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"
    numerator: float | None = None
    denominator: float | None = None
    delta: float | None = None  #: last_value minus the one before; the first counts from 0
