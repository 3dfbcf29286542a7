"""
The tables of readings: whose figures there are, each snapshot as it came, and the rollups that reports read.

Snapshots are `reading`, appended and never rewritten. Everything else can be computed from them: the newest of each
day, the newest of all, and what each day added to each group of releases.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from campaigns.models.columns import Instant, Json

_PLAIN = {"sqlite_with_rowid": False}  # the key is the row: half the size, and neighbours lie together


class ReadingImport(SQLModel, table=True):
    """One row an import: which file, its digest, who, when."""

    __tablename__ = "reading_import"

    id: str = Field(primary_key=True)  #: sha256 of the file
    number: int = Field(unique=True)  #: counts up
    file: str
    rows: int  #: figures in the file
    imported_at: datetime = Field(sa_type=Instant)
    imported_by: str
    #: campaigns (ids the file has figures of), sources, added (rows that were new), days (ISO dates that got new
    #: rows), example (what makes it one)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class ReadingGroup(SQLModel, table=True):
    """One row a group that reports add up: one metric of one source, by what its subjects have in common."""

    __tablename__ = "reading_group"
    __table_args__ = (
        UniqueConstraint(
            "campaign", "subject_kind", "metric", "dimensions", "source", "channel", "locale", "message", "audience"
        ),
    )

    id: int = Field(primary_key=True)
    campaign: str
    subject_kind: str
    metric: str
    dimensions: str
    source: str
    channel: str  #: of its releases; "" for other subjects
    locale: str
    message: str
    audience: str  #: "" where a release served several: it credits none of them


class ReadingSeries(SQLModel, table=True):
    """One row a series: what a source says of one subject, by metric and dimensions."""

    __tablename__ = "reading_series"
    __table_args__ = (UniqueConstraint("campaign", "subject_kind", "subject", "metric", "dimensions", "source"),)

    id: int = Field(primary_key=True)
    campaign: str
    subject_kind: str  #: release | message | channel | audience | campaign
    subject: str  #: its id
    metric: str  #: a metric of reports.metrics
    dimensions: str  #: canonical JSON of further keys, "" for none
    source: str  #: who says so: "x-export", "survey", a file's declared source
    group: int = Field(foreign_key="reading_group.id")


class Reading(SQLModel, table=True):
    """
    One row a figure as a source gave it: a cumulative snapshot at an instant.

    Key: the series, the instant, and the revision. Appended; a second import changes nothing.
    """

    __tablename__ = "reading"
    __table_args__ = _PLAIN

    series: int = Field(primary_key=True, foreign_key="reading_series.id")
    at: datetime = Field(primary_key=True, sa_type=Instant)  #: the instant the figure is of
    revision: int = Field(primary_key=True, default=0)  #: counts the corrections that the source made later
    value: float | None = None  #: None: the source gave no figure (missing is not zero)
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"  #: reports.figures.Qualifier: exact | over | almost | about | under | between
    numerator: float | None = None
    denominator: float | None = None
    imported: int = Field(foreign_key="reading_import.number")


class DailyReading(SQLModel, table=True):
    """
    The newest snapshot of each series on each day, and what it added since the day before that has one.

    A snapshot without any figure is kept in `reading` and stands for nothing here.
    """

    __tablename__ = "daily_reading"
    __table_args__ = _PLAIN

    series: int = Field(primary_key=True, foreign_key="reading_series.id")
    day: str = Field(primary_key=True)  #: ISO date, UTC
    last_at: datetime = Field(sa_type=Instant)
    revision: int = 0
    last_value: float | None = None
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"
    numerator: float | None = None
    denominator: float | None = None
    delta: float | None = None  #: last_value minus the one before; the first counts from 0


class NewestReading(SQLModel, table=True):
    """The newest day of each series: what a report of today reads."""

    __tablename__ = "newest_reading"
    __table_args__ = _PLAIN

    series: int = Field(primary_key=True, foreign_key="reading_series.id")
    day: str
    last_at: datetime = Field(sa_type=Instant)
    last_value: float | None = None
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"
    numerator: float | None = None
    denominator: float | None = None


class GroupDay(SQLModel, table=True):
    """What each day added to each group of releases. Only of counts: what has no sum has no row here."""

    __tablename__ = "group_day"
    __table_args__ = _PLAIN

    group: int = Field(primary_key=True, foreign_key="reading_group.id")
    day: str = Field(primary_key=True)
    delta: float
    releases: int  #: of how many series
