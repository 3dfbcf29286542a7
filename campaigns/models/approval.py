"""Approvals: signed decisions as they arrived, and an index of what each one covers."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant


class Approval(SQLModel, table=True):
    """One row a signed decision. The envelope is the truth; the columns are its index."""

    __tablename__ = "approval"

    id: str = Field(primary_key=True)  #: sha256 of the envelope
    campaign: str = Field(index=True)
    partner: str
    person: str  #: whom the trust file names for the key
    decision: str  #: approve | refuse
    reason: str = ""
    envelope: str  #: the DSSE envelope, JSON
    received_at: datetime = Field(sa_type=Instant)


class ApprovalSubject(SQLModel, table=True):
    """One row a subject of a decision: an id and the digest that was signed."""

    __tablename__ = "approval_subject"
    __table_args__ = (
        Index(
            "approval_voided",
            "voided_at",
            sqlite_where=text("voided_at IS NOT NULL"),
            postgresql_where=text("voided_at IS NOT NULL"),
        ),
    )

    approval: str = Field(primary_key=True, foreign_key="approval.id")
    subject: str = Field(primary_key=True, index=True)  #: a release id; no foreign key on purpose
    digest: str  #: sha256, hex
    voided_at: datetime | None = Field(default=None, sa_type=Instant)
    voided_why: str = ""
