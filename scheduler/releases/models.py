"""The tables of releases: what leaves when, every attempt at it, holds, rates and breakers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json


def _partial(name: str, *columns: str, where: str) -> Index:
    """Return an index over the few rows that the engine asks for all day."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Release(SQLModel, table=True):
    """
    One row a release: one message in one locale on one channel at one instant.

    `outgoing` is the truth of what leaves (canonical JSON, see `releases.outgoing`); `digest` is its
    sha256. The other columns index it. Only `releases.ledger` writes here.
    """

    __tablename__ = "release"
    __table_args__ = (
        _partial("release_due", "next_at", "id", where="state = 'scheduled'"),
        _partial("release_lease", "lease_until", where="state IN ('claimed', 'sending', 'retracting')"),
        _partial("release_open", "not_after", where="state IN ('draft', 'scheduled')"),
    )

    id: str = Field(primary_key=True)  #: uuid5, see `releases.identity`
    campaign: str = Field(index=True)
    entry: str
    occurrence: str = ""  #: RFC 5545 RECURRENCE-ID as wall time; "" for a single release
    message: str
    variant: str
    locale: str
    channel: str
    issuer: str  #: the partner whose account it is
    audiences: list[str] = Field(sa_type=Json)
    author: str  #: who last changed what goes out; may not approve it
    wall: str  #: wall time of the due instant
    zone: str  #: IANA
    fold: int | None = None  #: which passing of a wall time that occurs twice, where the document says so
    due_at: datetime = Field(sa_type=Instant)
    next_at: datetime = Field(sa_type=Instant)  #: when the engine looks next: due, a retry, or a pause
    not_after: datetime | None = Field(default=None, sa_type=Instant)
    outgoing: str  #: canonical JSON of everything that goes out
    digest: str  #: sha256 of `outgoing`, hex
    inputs: str  #: sha256 of what it was rendered from
    bytes_digest: str = Field(index=True)  #: sha256 of the texts and media alone: the same words on the same account
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    state: str  #: releases.states.State
    reason: str = ""  #: why it is where it is, for people
    late_answer: str | None = None  #: send | skip, given by `cordiale late`
    key_since: datetime | None = Field(default=None, sa_type=Instant)  #: first use of the idempotency key
    fence: int = 0  #: counts claims; a stale holder's writes match no row
    owner: str | None = None  #: the daemon that holds the lease
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0  #: attempts begun
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    remote_id: str | None = None
    remote_url: str | None = None
    retract_reason: str | None = None


class Attempt(SQLModel, table=True):
    """One row a try to send one part of a release. Written before the wire is touched."""

    __tablename__ = "attempt"

    id: int | None = Field(default=None, primary_key=True)
    release: str = Field(foreign_key="release.id", index=True)
    part: int = 0
    fence: int
    act: str = "publish"  #: publish | retract
    key: str  #: the idempotency key
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = None  #: published | refused | busy | unreachable | absent | unknown | handed_over
    remote_id: str | None = None
    detail: str = ""


class Hold(SQLModel, table=True):
    """One row a hold; it stands until `lifted_at`."""

    __tablename__ = "hold"
    __table_args__ = (_partial("hold_standing", "scope", "target", where="lifted_at IS NULL"),)

    id: str = Field(primary_key=True)
    scope: str  #: all | campaign | channel | partner
    target: str = ""  #: the campaign, channel or partner held
    partner: str  #: who holds
    placed_at: datetime = Field(sa_type=Instant)
    reason: str
    resumed_by: list[str] = Field(default_factory=list, sa_type=Json)  #: partners that agreed to resume
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)


class ChannelState(SQLModel, table=True):
    """One row a channel: its rate clock (GCRA) and its breaker."""

    __tablename__ = "channel_state"

    channel: str = Field(primary_key=True)
    next_free_at: datetime | None = Field(default=None, sa_type=Instant)  #: GCRA theoretical arrival time
    open_until: datetime | None = Field(default=None, sa_type=Instant)  #: breaker: nothing before
    why: str = ""
