"""The tables of referrals: what was known of each item at an instant, totals that others state, and the files."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant


class Referral(SQLModel, table=True):
    """
    One row an item at one platform, as known at `as_of`. Appended; a later `as_of` supersedes, and nothing is changed.

    Instants that are not known are empty: missing is not zero, and not "still online" either.
    """

    __tablename__ = "referral"

    campaign: str = Field(primary_key=True, default="")  #: "" for the workspace's own watch
    item: str = Field(primary_key=True)  #: algorithm:hex, such as sha256:9f86…; never a link
    platform: str = Field(primary_key=True)
    way: str = Field(primary_key=True)  #: referral | order | measure (a specific measure of the platform's own)
    as_of: datetime = Field(primary_key=True, sa_type=Instant)
    uploaded_at: datetime | None = Field(default=None, sa_type=Instant)
    noticed_at: datetime | None = Field(default=None, sa_type=Instant)
    referred_at: datetime | None = Field(default=None, sa_type=Instant)
    received_at: datetime | None = Field(default=None, sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
    reinstated_at: datetime | None = Field(default=None, sa_type=Instant)
    refused: str = ""  #: why it was not acted on, one of `file.REASONS`; "" if it was, or is still open
    complaint: str = ""  #: upheld | rejected | open; "" for none
    proceedings: str = ""  #: in court or before an authority: upheld | rejected | open; "" for none
    imported: str = Field(foreign_key="referral_import.id")


class ReferralTotal(SQLModel, table=True):
    """One row a figure that somebody states of a period: how many were referred, removed, reinstated."""

    __tablename__ = "referral_total"

    source: str = Field(primary_key=True)  #: who states it
    platform: str = Field(primary_key=True, default="")  #: "" for all together
    measure: str = Field(primary_key=True)  #: one of `file.MEASURES`
    first: str = Field(primary_key=True)  #: ISO date; the period's first day
    last: str = Field(primary_key=True)  #: ISO date; its last day
    as_of: str = Field(primary_key=True)  #: ISO date of the statement
    running: bool = False  #: the total since the beginning, not what the period added
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    qualifier: str = "exact"
    imported: str = Field(foreign_key="referral_import.id")


class ReferralImport(SQLModel, table=True):
    """One row a file."""

    __tablename__ = "referral_import"

    id: str = Field(primary_key=True)  #: sha256 of the file
    file: str
    rows: int
    imported_at: datetime = Field(sa_type=Instant)
    imported_by: str
