"""What `apply` would do to releases, as data. Pure: `booking` makes it and carries it out, commands show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from campaigns.errors import CordialeError
from campaigns.plan.changes import CampaignChanges
from scheduler.releases.clashes.clash import Clash
from scheduler.releases.identity import release_name


class Kind(StrEnum):
    """What apply does with a release."""

    NEW = "new"  #: booked as a draft
    RECORDED = "recorded"  #: booked as published: history from before Cordiale
    CHANGED = "changed"  #: what goes out changed: a draft again, approvals voided
    CANCELLED = "cancelled"  #: its entry, locale or channel went away
    RECHECKED = "rechecked"  #: the same bytes, checked or booked on other grounds: approvals stand
    KEPT = "kept"  #: nothing changes
    HISTORY = "history"  #: the document changed, but it has already begun to leave


#: What changes what goes out, or whether it does. The rest stays as it is.
TOUCHING = frozenset({Kind.NEW, Kind.RECORDED, Kind.CHANGED, Kind.CANCELLED})
TO_SIGN = frozenset({Kind.NEW, Kind.CHANGED, Kind.RECHECKED})  #: what partners are asked about afterwards
WRITTEN = TOUCHING | {Kind.RECHECKED}  #: what a plan writes at all


@dataclass(frozen=True)
class Standing:
    """How a release stands in the table before the plan is carried out: what it is held to when a plan is applied."""

    digest: str  #: sha256 of what would go out, hex
    wall: str
    zone: str
    due: datetime


@dataclass(frozen=True)
class ReleaseChange:
    """One release of a plan."""

    kind: Kind
    id: str
    name: str
    campaign: str
    due: datetime
    why: str = ""
    row: Mapping[str, Any] | None = None  #: the columns to write, for new, recorded and changed
    state: str = ""  #: as it is now; "" for a new one
    voids: tuple[str, ...] = ()  #: partners whose approval of it ends
    findings: tuple[Mapping[str, Any], ...] = ()
    wall: str = ""  #: wall time of `due`
    zone: str = ""  #: IANA
    digest: str = ""  #: of what would go out then; "" where nothing is rendered
    before: Standing | None = None  #: none for a new one

    @property
    def blocked(self) -> bool:
        """Whether a check that nobody waived keeps it from being signed."""
        return any(each["severity"] == "block" and not each.get("waived") for each in self.findings)

    @classmethod
    def of(cls, kind: Kind, row: Mapping[str, Any], **more: Any) -> Self:
        """Return what happens to the release of *row*, a row of the table `release`."""
        name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
        when = {"due": row["due_at"], "wall": row["wall"], "zone": row["zone"]}
        known = {"id": row["id"], "name": name, "campaign": row["campaign"], "state": row["state"], **when}
        return cls(kind, **known, **{"findings": tuple(row.get("findings", ())), **more})


@dataclass(frozen=True)
class Notice:
    """Something that stops nothing and that people should see before they apply."""

    campaign: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Plan:
    """What `apply` would do, and why it may not."""

    campaigns: tuple[CampaignChanges, ...]
    releases: tuple[ReleaseChange, ...]
    refusals: tuple[CordialeError, ...]
    notices: tuple[Notice, ...] = ()
    unseen: int = 0  #: releases that stay as they are and were not even looked at
    clashes: tuple[Clash, ...] = ()  #: in which something new, changed or moved takes part; errors refuse the plan

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(each.changes for each in self.campaigns) and not any(
            each.kind in WRITTEN for each in self.releases
        )

    @property
    def kept(self) -> int:
        """How many releases stay as they are."""
        seen = sum(each.kind is Kind.KEPT for each in self.releases)
        return seen + self.unseen

    def barred(self, campaign: str = "") -> bool:
        """Return whether checks block all that it would have signed (of *campaign*): nobody can sign any of it."""
        asked = [each for each in self.releases if each.kind in TO_SIGN and campaign in {"", each.campaign}]
        return bool(asked) and all(each.blocked for each in asked)

    def of(self, kind: Kind) -> list[ReleaseChange]:
        """Return the releases of one kind, in order of their instants."""
        return sorted((each for each in self.releases if each.kind is kind), key=lambda each: (each.due, each.name))


@dataclass(frozen=True)
class Record:
    """A publication from before Cordiale: when, and where it can be seen."""

    published_at: datetime
    url: str | None = None
