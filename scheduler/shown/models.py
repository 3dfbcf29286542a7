"""The tables of what platforms show: one row a release that is looked at again, one a count, one a strange post."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json

_WAITS = text("next_at IS NOT NULL")
_WRONG = text("verdict IN ('changed', 'gone')")


class Showing(SQLModel, table=True):
    """
    One row a published release: what was last seen of it, and when to look again.

    Of what is shown a digest is kept, and where it differs, the words that differ in their context.
    """

    __tablename__ = "showing"
    __table_args__ = (
        Index("showing_due", "next_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("showing_wrong", "verdict", sqlite_where=_WRONG, postgresql_where=_WRONG),
        Index("showing_channel", "channel", "published_at"),
    )

    release: str = Field(primary_key=True, foreign_key="release.id")
    channel: str
    published_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)  #: None: nobody looks any more
    looked_at: datetime | None = Field(default=None, sa_type=Instant)  #: when it was last seen
    verdict: str = ""  #: "" not seen yet | same | changed | gone
    since: datetime | None = Field(default=None, sa_type=Instant)  #: when that was first seen
    difference: str = ""  #: as signed and as shown, where they differ
    digest: str = ""  #: sha256 of what is shown; "" of what is gone
    accepted: str | None = None  #: the digest of a difference that a person let stand
    failures: int = 0  #: looks in a row that came to nothing
    fault: str = ""  #: why the last of them did


class Measured(SQLModel, table=True):
    """One row a time that a channel was asked for the counts of a release. A gap is a row, never a zero."""

    __tablename__ = "measured"

    release: str = Field(primary_key=True, foreign_key="release.id")
    at: datetime = Field(primary_key=True, sa_type=Instant)  #: the instant the counts are of
    counts: dict[str, int] = Field(
        default_factory=dict, sa_type=Json
    )  #: metric -> count; what was not said is not here
    gap: str = ""  #: why nothing was counted; "" where something was


class Stranger(SQLModel, table=True):
    """One row a post on a declared account that no release accounts for. Its words and its writer are not kept."""

    __tablename__ = "stranger"

    channel: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    url: str | None = None
    posted_at: datetime = Field(sa_type=Instant)  #: as the platform says
    seen_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)  #: a person looked at it
