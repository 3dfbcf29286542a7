"""What waits for a decision: the open releases of a campaign, for whom, since when, until when and how often asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from campaigns.clock import parse_iso
from campaigns.errors import Refused
from campaigns.settings import Settings
from campaigns.signoff.approvals import Refusal, Signatures, decided
from campaigns.signoff.trust import Trust
from campaigns.signoff.verified import Word
from scheduler.releases import rounds
from scheduler.releases.authorship import authors
from scheduler.releases.ledger import RELEASE
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.states import State
from scheduler.review.selection import EVERYTHING, Selection

OPEN = [State.DRAFT.value, State.SCHEDULED.value, State.REFUSED.value]  #: what a decision may still be about


@dataclass(frozen=True)
class Terms:
    """What a workspace holds its reviews to."""

    lead: timedelta = timedelta(hours=1)  #: before its instant, an approval is of no more use
    most_rounds: int = 3  #: after these, the partners are asked to talk

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """Return the terms of *settings*."""
        return cls(timedelta(hours=settings.approval_lead), settings.approval_rounds)


@dataclass(frozen=True)
class Item:
    """One release under review."""

    id: str
    digest: str
    state: str
    author: str
    outgoing: Outgoing
    signed: dict[str, str]  #: partner -> person, without what its authors signed: nobody approves their own words
    blocking: tuple[str, ...]  #: messages of blocking findings that no waiver covers
    begun: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  #: missing partner -> its persons who have signed
    entry: str = ""
    authors: tuple[str, ...] = ()  #: who may not approve it: of its words first
    refused: Mapping[str, Refusal] = field(default_factory=dict)  #: partner -> its refusal that stands
    since: datetime | None = None  #: when these bytes began to wait; none for what an older version booked
    deadline: datetime | None = None  #: the latest instant at which an approval is still of use
    rounds: int = 1  #: how many forms of it were put before the partners, this one included
    most_rounds: int = 3
    findings: tuple[Mapping[str, Any], ...] = ()  #: what checks said of it
    words: Mapping[str, Word] = field(default_factory=dict)  #: partner -> what it last said, standing or not

    @property
    def missing(self) -> tuple[str, ...]:
        """The partners that have not signed it."""
        return tuple(partner for partner in self.outgoing.partners if partner not in self.signed)

    @property
    def waits(self) -> bool:
        """Whether a signature is asked for."""
        return self.state == State.DRAFT and bool(self.missing) and not self.blocking

    @property
    def must_talk(self) -> bool:
        """Whether its last round ended without agreement: writing back and forth has not done, people must talk."""
        unsettled = self.state in {State.DRAFT, State.REFUSED} and bool(self.missing or self.refused)
        return unsettled and (
            self.rounds > self.most_rounds or (self.rounds == self.most_rounds and bool(self.refused))
        )

    def late(self, now: datetime) -> bool:
        """Whether it waits past its deadline."""
        return self.waits and self.deadline is not None and now > self.deadline

    def open_to(self, partner: str, decision: str) -> bool:
        """Whether *partner* may take *decision* on it now."""
        if decision == "refuse":
            return self.state != State.REFUSED and partner in self.outgoing.partners
        return self.waits and partner in self.missing


def items(
    connection: Connection, trust: Trust, campaign: str, pick: Selection = EVERYTHING, terms: Terms | None = None
) -> list[Item]:
    """
    Return the releases of *campaign* that are open to a decision and that *pick* picks, by instant.

    Raises:
        Refused: If there is no such campaign, or *pick* names what it does not have.
    """
    every = select(RELEASE).where(RELEASE.c.campaign == campaign)
    names = (RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.message, RELEASE.c.locale, RELEASE.c.channel)
    found = connection.execute(select(*names).where(RELEASE.c.campaign == campaign)).mappings()
    known = [dict(row) for row in found]
    if not known:
        raise unknown(connection, campaign)
    pick.check(known, campaign)
    rows = connection.execute(every.where(RELEASE.c.state.in_(OPEN)).order_by(RELEASE.c.due_at, RELEASE.c.id))
    picked = [row for each in rows.mappings() if pick.picks(row := dict(each))]
    signatures = Signatures.load(connection, trust, campaign)
    seen = decided(connection, [row["id"] for row in picked])
    return [_item(row, signatures, seen.get(row["id"], set()), terms or Terms()) for row in picked]


def unknown(connection: Connection, campaign: str) -> Refused:
    """Return the refusal of a campaign that has no releases, with those that have."""
    message = f"There is no campaign {campaign} with releases in this database."
    known = list(connection.scalars(select(RELEASE.c.campaign).distinct().order_by(RELEASE.c.campaign)))
    listed = f"Known here: {', '.join(known)}. " if known else ""
    return Refused(message, f"{listed}Apply its file first: `cordiale apply campaigns`.")


def _item(row: dict[str, Any], signatures: Signatures, seen: set[str], terms: Terms) -> Item:
    outgoing, signed = parse(row["outgoing"]), counted(row, signatures)
    so_far = signatures.so_far(row["id"], row["digest"], campaign=row["campaign"], author=authors(row))
    said = {each: signatures.last_word(each, row["id"], campaign=row["campaign"]) for each in outgoing.partners}
    return Item(
        id=row["id"],
        digest=row["digest"],
        state=row["state"],
        author=row["author"],
        outgoing=outgoing,
        signed=signed,
        blocking=tuple(
            each["message"] for each in row["findings"] if each["severity"] == "block" and not each.get("waived")
        ),
        begun={partner: who for partner, who in so_far.items() if partner not in signed},
        entry=row["entry"],
        authors=authors(row),
        refused=signatures.refusals(row["id"], row["digest"], campaign=row["campaign"]),
        since=row["drafted_at"],
        deadline=parse_iso(outgoing.due) - terms.lead,
        rounds=rounds.number(seen, row["digest"]),
        most_rounds=terms.most_rounds,
        findings=tuple(row["findings"]),
        words={partner: word for partner, word in said.items() if word},
    )


def counted(row: Mapping[str, Any], signatures: Signatures) -> dict[str, str]:
    """Return partner -> person of the approvals that count: not the authors' own."""
    return signatures.partners_for(row["id"], row["digest"], campaign=row["campaign"], author=authors(row))


@dataclass(frozen=True)
class Waiting:
    """What waits for one partner."""

    partner: str
    releases: int
    since: datetime | None  #: of the one that waits longest
    deadline: datetime | None  #: of the one that is needed first


def waiting(found: Sequence[Item]) -> list[Waiting]:
    """Return what waits for each partner, by its name."""
    of: dict[str, list[Item]] = defaultdict(list)
    for item in found:
        if item.waits:
            for partner in item.missing:
                of[partner].append(item)
    return [
        Waiting(
            partner,
            len(mine),
            min((each.since for each in mine if each.since), default=None),
            min((each.deadline for each in mine if each.deadline), default=None),
        )
        for partner, mine in sorted(of.items())
    ]
