"""The table of notices: which signer was told by mail of which bytes, so that nobody is told twice."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant


class Notice(SQLModel, table=True):
    """
    One row a thing told: one signer, one release in one form, and what of it. Staff data: `person`.

    Written before the mail leaves. A row without an outcome whose mail is no longer under way may or may not have
    arrived, and is not sent again. Addresses are not stored: they stand in the settings.
    """

    __tablename__ = "notice"

    kind: str = Field(primary_key=True)  #: waits | deadline | urgent (it went out on one partner's word)
    person: str = Field(primary_key=True)  #: the signer, as the trust file names them. Staff data
    release: str = Field(primary_key=True)  #: no foreign key on purpose
    digest: str = Field(primary_key=True)  #: of what would go out: other bytes are another notice
    campaign: str
    mail: str = Field(index=True)  #: which mail told it; also its Message-ID
    begun_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = None  #: sent | failed | unknown
    detail: str = ""  #: what the mail server said
    tries: int = 0
