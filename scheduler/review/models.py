"""The table of comments: what people say about a wording before they sign it."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant


class Comment(SQLModel, table=True):
    """One row a remark on one wording, or an answer to one. Staff data: `person`, `closed_by`, and the text itself."""

    __tablename__ = "comment"

    id: str = Field(primary_key=True)  #: short, for people to type: first 8 hex digits of a hash
    campaign: str = Field(index=True)
    message: str
    locale: str
    answers: str | None = Field(default=None, foreign_key="comment.id")  #: the remark that it answers
    person: str  #: who says it. Staff data
    text: str  #: Staff data: free words of staff
    at: datetime = Field(sa_type=Instant)
    closed_by: str | None = None  #: who said that it is dealt with. Staff data
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
