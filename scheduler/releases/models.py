"""The tables of releases: what leaves when, every attempt at it, holds, rates and breakers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from campaigns.models.columns import Instant, Json

#: The states that no daemon works on, as an index and whoever counts by it say them, word for word.
SETTLED = "state IN ('published', 'retracted', 'expired', 'cancelled', 'refused', 'failed', 'handed_over', 'uncertain')"
#: The states that wait for their instant. The second half is always true: it keeps PostgreSQL from taking the index for
#: a claim, where it would read every scheduled release.
OPEN = "state IN ('draft', 'scheduled') AND due_at IS NOT NULL"


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
        _partial("release_lane", "channel", "next_at", "id", where="state = 'scheduled'"),
        _partial("release_lease", "lease_until", where="state IN ('claimed', 'sending', 'retracting')"),
        _partial("release_open", "not_after", "state", "due_at", where=OPEN),
        _partial("release_settled", "state", where=SETTLED),
        _partial("release_said", "channel", "published_at", where="published_at IS NOT NULL"),
        Index("release_counts", "campaign", "state"),
    )

    id: str = Field(primary_key=True)  #: uuid5, see `releases.identity`
    campaign: str
    entry: str
    occurrence: str = ""  #: RFC 5545 RECURRENCE-ID as wall time; "" for a single release
    message: str
    variant: str
    locale: str
    channel: str
    issuer: str  #: the partner whose account it is
    audiences: list[str] = Field(sa_type=Json)
    author: str  #: who last changed what goes out; may not approve it. Staff data
    words_by: str = ""  #: who last changed its words; may not approve it either; "": the author. Staff data
    drafted_at: datetime | None = Field(default=None, sa_type=Instant)  #: since when these bytes wait for signatures
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
    retract_code: str | None = None  #: releases.retract_codes.Code: why it is taken down
    retract_reason: str | None = None  #: the same in the words of whoever asked
    retracted_at: datetime | None = Field(default=None, sa_type=Instant)  #: when it was confirmed to be down


class EarlierForm(SQLModel, table=True):
    """One row a form of a release that somebody decided on and an edit replaced: what differences are shown against."""

    __tablename__ = "earlier_form"

    digest: str = Field(primary_key=True)  #: sha256 of `outgoing`, hex
    release: str = Field(index=True)  #: no foreign key on purpose: it outlives what it was
    outgoing: str  #: canonical JSON; believed only where it has its digest
    kept_at: datetime = Field(sa_type=Instant)


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
    #: published | refused | busy | unreachable | absent | unknown | handed_over; or retracted | still_there
    outcome: str | None = None
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
    on_the_wire: list[str] = Field(default_factory=list, sa_type=Json)  #: releases that had begun when it was placed
    agreed: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: person -> partner: who signed to lift it
    resumed_by: list[str] = Field(default_factory=list, sa_type=Json)  #: partners of which enough persons agreed
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)


class Crew(SQLModel, table=True):
    """One row a process that plans or publishes on a shared database; no two live under one id."""

    __tablename__ = "crew"

    id: str = Field(primary_key=True)  #: its machine's name, and its own
    role: str  #: planner | worker | daemon: one that does both
    host: str  #: the machine as people call it, and the process's name
    capacity: int  #: releases that it takes in hand at a time
    doing: str = ""  #: for people
    started_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)


class ChannelState(SQLModel, table=True):
    """One row a channel: its rate clock (GCRA), its breaker, and how long it asked to be left alone."""

    __tablename__ = "channel_state"

    channel: str = Field(primary_key=True)
    next_free_at: datetime | None = Field(default=None, sa_type=Instant)  #: GCRA theoretical arrival time
    open_until: datetime | None = Field(default=None, sa_type=Instant)  #: breaker: nothing before, then one try
    why: str = ""
    busy_until: datetime | None = Field(default=None, sa_type=Instant)  #: it asked for so much time
    probe_until: datetime | None = Field(default=None, sa_type=Instant)  #: the one try of a half-open breaker
    failures: int = 0  #: silences since it last answered
    trips: int = 0  #: how often its breaker opened since then


class UrgentDebt(SQLModel, table=True):
    """
    One row a release that went out under an urgent rule: who still owes its word.

    The copy of what the publishing machine keeps beside its trust files (`releases.owed`).
    """

    __tablename__ = "urgent_debt"

    release: str = Field(primary_key=True)  #: no foreign key on purpose: a debt outlives its row
    digest: str = Field(primary_key=True)  #: of what went out
    campaign: str = Field(index=True)
    rule: str  #: of the trust file
    partner: str  #: who let it out alone
    owed: list[str] = Field(sa_type=Json)  #: the partners that owe their word
    answers: dict[str, str] = Field(default_factory=dict, sa_type=Json)  #: partner -> signed | objected
    waits: bool = True  #: somebody has not answered
    opened_at: datetime = Field(sa_type=Instant)
