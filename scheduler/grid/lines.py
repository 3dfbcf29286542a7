"""The grid as data: releases, blackouts, days to remember and clashes, with the words that every form shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from campaigns.clock import iso
from campaigns.locales import Direction, direction
from scheduler.releases.clashes.clash import Clash, listed
from scheduler.releases.states import State

#: What each state means for who has agreed, where the signatures alone do not say it.
_SETTLED = {
    State.CLAIMED: "Signed; about to leave",
    State.SENDING: "Signed; on the wire",
    State.PUBLISHED: "Published",
    State.RETRACTING: "Published; being taken down",
    State.RETRACTED: "Taken down",
    State.EXPIRED: "Expired: it did not go out",
    State.CANCELLED: "Cancelled",
    State.FAILED: "Failed: a person decides",
    State.HANDED_OVER: "Handed over: a person posts it",
    State.UNCERTAIN: "Uncertain: a person looks",
}


@dataclass(frozen=True)
class Line:
    """One release of the grid."""

    id: str
    campaign: str
    name: str
    entry: str
    message: str
    headline: str
    locale: str
    audiences: tuple[str, ...]
    channel: str
    kind: str
    account: str
    issuer: str
    lead: str  #: the issuer's name
    wall: str  #: in `zone`, `2027-01-12T18:30:00`
    zone: str  #: IANA
    due: datetime
    not_after: datetime | None
    state: State
    reason: str
    signed: Mapping[str, str]  #: partner -> person
    awaited: tuple[str, ...]  #: partners that have not signed; empty once it needs no more signatures
    refused: Mapping[str, str]  #: partner -> why
    unread: bool  #: signatures could not be verified
    embargo: str
    risks: tuple[str, ...]  #: what stands in its way, clashes too, each in a sentence
    marking: str
    url: str | None
    revision: int  #: grows with all that happens to it
    changed: datetime

    @property
    def day(self) -> date:
        """The day on which it goes out, by the clocks of its own zone."""
        return date.fromisoformat(self.wall[:10])

    @property
    def direction(self) -> Direction:
        """Which way its words run."""
        return direction(self.locale)

    @property
    def clearance(self) -> str:
        """Who has agreed and who is awaited, in words."""
        if self.state in _SETTLED:
            return _SETTLED[self.state]
        if self.state is State.REFUSED:
            return f"Refused by {listed(self.refused) or 'a partner'}"
        if self.state is State.SCHEDULED and self.unread:
            return "Signed by every partner"
        if self.unread:
            return "Not known: the trust file cannot be read"
        by = f"Signed by {listed(self.signed)}" if self.signed else ""
        awaited = f"awaits {listed(self.awaited)}" if self.awaited else ""
        return "; ".join(filter(None, [by, awaited if by else awaited.capitalize()])) or "Signed by every partner"


@dataclass(frozen=True)
class Band:
    """A blackout: a span in which a partner says nothing."""

    campaign: str
    id: str
    partner: str
    who: str  #: the partner's name
    start: str  #: wall time in `zone`
    end: str  #: exclusive
    zone: str
    starts: datetime
    ends: datetime
    reason: str
    exceptions: tuple[str, ...]  #: who allows what, each in a sentence
    revision: int
    changed: datetime


@dataclass(frozen=True)
class Mark:
    """A day to remember: a campaign begins or ends, an embargo lifts, a KPI is due."""

    campaign: str
    day: date
    text: str


@dataclass(frozen=True)
class Frame:
    """A campaign around its releases."""

    campaign: str
    title: str
    starts: date
    ends: date | None
    owner: str
    marking: str
    partners: tuple[str, ...]
    embargo: str


@dataclass(frozen=True)
class Grid:
    """All of it, in order of time."""

    campaigns: tuple[Frame, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    clashes: tuple[Clash, ...]
    trust_fault: str = ""  #: why signatures cannot be verified


def as_data(grid: Grid) -> dict[str, Any]:
    """Return *grid* as plain data with stable keys; instants in UTC as `2027-01-12T17:30:00Z`."""
    found = {
        "campaigns": [asdict(each) for each in grid.campaigns],
        "releases": [{**asdict(each), "clearance": each.clearance} for each in grid.lines],
        "blackouts": [asdict(each) for each in grid.bands],
        "days": [asdict(each) for each in grid.marks],
        "clashes": [asdict(each) for each in grid.clashes],
        "trust_fault": grid.trust_fault,
    }
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
