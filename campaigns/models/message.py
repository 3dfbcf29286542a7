"""Messages: what is said, in each locale, and the release entries that say when."""

from typing import Any

from sqlmodel import Field, SQLModel

from campaigns.models.columns import Json


class Message(SQLModel, table=True):
    """One row a message of a campaign; wordings by locale inside."""

    __tablename__ = "message"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    audiences: list[str] = Field(sa_type=Json)
    kind: str | None = None  #: the sort of message that an urgent rule of the trust file may name
    counters: str | None = None  #: the narrative it answers
    messenger: str | None = None  #: who says it, where that is not the issuer
    headline: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: e-mail subject, feed and press title
    values: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    link: dict[str, str] | None = Field(default=None, sa_type=Json)  #: locale or "*" -> URL
    media: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)  #: file, alt by locale
    thread: bool = False  #: may go out in several parts where it is longer than a channel takes
    wording: dict[str, str] = Field(sa_type=Json)  #: locale -> text
    variants: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    translated: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=Json)  #: locale -> field -> its mark
    waive: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    author: str  #: who last changed it; may not approve it


class ReleaseEntry(SQLModel, table=True):
    """One row a `releases:` item: a message, its channels, and wall time."""

    __tablename__ = "release_entry"

    campaign: str = Field(primary_key=True, foreign_key="campaign.campaign")
    id: str = Field(primary_key=True)
    position: int
    message: str
    channels: list[str] = Field(sa_type=Json)
    at: str  #: wall time, `2027-01-12T18:30:00`
    zone: str | None = None  #: IANA; none: the campaign's, or the one its audiences share
    fold: int | None = None  #: 0 first, 1 second passing of an hour that occurs twice
    repeat: str | None = None  #: RFC 5545 RRULE
    exdate: list[str] = Field(default_factory=list, sa_type=Json)  #: wall times of occurrences left out
    until: str | None = None  #: wall time after which no occurrence follows
    variant: str | None = None  #: a | b | … | alternate
    if_late: dict[str, Any] | None = Field(default=None, sa_type=Json)  #: after (seconds), then
    not_before: str | None = None  #: wall time in the same zone
    under_embargo: bool = False  #: goes to people who keep the embargo
    not_after: str | None = None  #: wall time in the same zone
    supersedes: str | None = None  #: the entry that it corrects, `launch` or `reminder@20270119T183000`
