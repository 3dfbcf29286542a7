"""Read the grid out of the tables: releases with who signed them, blackouts, days to remember, clashes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.audit.log import EVENT
from campaigns.calendar.windows import bounds
from campaigns.documents import schema
from campaigns.errors import CordialeError
from campaigns.models.campaign import Campaign
from campaigns.plan import stored
from campaigns.settings import Settings
from campaigns.signoff.approvals import APPROVAL, SUBJECT, Signatures
from campaigns.signoff.trust import TrustStore
from campaigns.store.tables import table
from content import attribution
from scheduler.grid.lines import Band, Frame, Grid, Line, Mark
from scheduler.grid.risks import OPEN, WAITING, embargoed, lifts, risks, shown
from scheduler.releases import neighbours
from scheduler.releases.authorship import authors
from scheduler.releases.clashes.clash import Clash, listed
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import RELEASE
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.states import State

LANGUAGE = "en-GB"  #: of the grid's own words and of names in it
LONGEST = 90  #: characters of a text that stands for a missing headline
CAMPAIGN = table(Campaign)
Revision = tuple[int, datetime]  #: how much happened, and when the last of it did


@dataclass(frozen=True)
class _Told:
    """A campaign as its lines look things up in it."""

    document: schema.Campaign
    messages: Mapping[str, schema.Message]
    entries: Mapping[str, schema.ReleaseEntry]
    lifting: tuple[schema.Embargo, datetime] | None
    revision: Revision  #: of the campaign itself

    @classmethod
    def of(cls, document: schema.Campaign, revision: Revision) -> "_Told":
        messages = {each.id: each for each in document.messages}
        return cls(document, messages, {each.id: each for each in document.releases}, lifts(document), revision)


@dataclass(frozen=True)
class _Known:
    """What one reading of the tables knows while lines are made from it."""

    told: Mapping[str, _Told]
    signatures: Signatures | None
    revisions: Mapping[str, Revision]
    clashes: Mapping[str, Sequence[Clash]]  #: release -> those it takes part in
    now: datetime


def gather(
    connection: Connection,
    settings: Settings,
    now: datetime,
    names: Sequence[str],
    first: date | None = None,
    last: date | None = None,
) -> Grid:
    """
    Return the grid of campaigns *names*, as it stands at *now*.

    Only from *first* to *last* where they are given, both days included, by the clocks of each release's own zone.
    """
    told = _told(connection, names)
    rows = _rows(connection, names, first, last)
    signatures, fault = _signatures(connection, settings.trust, now)
    clashes = neighbours.standing(connection, settings, {row["id"] for row in rows if row["state"] in OPEN})
    of: dict[str, list[Clash]] = defaultdict(list)
    for clash in clashes:
        for release in clash.releases:
            of[release].append(clash)
    known = _Known(told, signatures, _revisions(connection, names), of, now)
    asked = _between(first, last)
    bands = [each for one in told.values() for each in _bands(one) if asked(_day(each.start), _day(each.end))]
    marks = [each for one in told.values() for each in _marks(one) if asked(each.day, each.day)]
    return Grid(
        campaigns=tuple(_frame(one) for one in told.values()),
        lines=tuple(_line(row, known) for row in rows),
        bands=tuple(sorted(bands, key=lambda each: (each.starts, each.campaign, each.id))),
        marks=tuple(sorted(marks, key=lambda each: (each.day, each.campaign, each.text))),
        clashes=clashes,
        trust_fault=fault,
    )


def _between(first: date | None, last: date | None) -> Callable[[date, date], bool]:
    """Return whether a span of days, both ends included, meets the one that was asked for."""
    return lambda start, end: (first is None or end >= first) and (last is None or start <= last)


def _day(wall: str) -> date:
    return date.fromisoformat(wall[:10])


def _told(connection: Connection, names: Sequence[str]) -> dict[str, _Told]:
    statement = select(CAMPAIGN.c.campaign, CAMPAIGN.c.revision, CAMPAIGN.c.applied_at)
    revisions = {name: (number, at) for name, number, at in connection.execute(statement)}
    return {name: _Told.of(found, revisions[name]) for name in names if (found := stored.read(connection, name))}


def _rows(
    connection: Connection, names: Collection[str], first: date | None, last: date | None
) -> list[dict[str, Any]]:
    statement = select(RELEASE).where(RELEASE.c.campaign.in_(names)).order_by(RELEASE.c.due_at, RELEASE.c.id)
    if first is not None:
        statement = statement.where(RELEASE.c.wall >= first.isoformat())
    if last is not None:
        statement = statement.where(RELEASE.c.wall < (last + timedelta(days=1)).isoformat())
    return [dict(row) for row in connection.execute(statement).mappings()]


def _signatures(connection: Connection, trust: Path, now: datetime) -> tuple[Signatures | None, str]:
    """Return the signatures that hold, or why none can be told from a forged one."""
    try:
        return Signatures.load(connection, TrustStore(trust).current(now)), ""
    except CordialeError as error:
        return None, error.message


def _revisions(connection: Connection, names: Collection[str]) -> dict[str, Revision]:
    """Return for each release what happened to it: events and decisions, neither of which is ever taken back."""
    ours = select(RELEASE.c.id).where(RELEASE.c.campaign.in_(names))
    facts = select(EVENT.c.subject, func.count(), func.max(EVENT.c.at)).where(EVENT.c.subject.in_(ours))
    decisions = (
        select(SUBJECT.c.subject, func.count(), func.max(APPROVAL.c.received_at))
        .join(APPROVAL, APPROVAL.c.id == SUBJECT.c.approval)
        .where(SUBJECT.c.subject.in_(ours))
    )
    found: dict[str, Revision] = {}
    for statement in (facts.group_by(EVENT.c.subject), decisions.group_by(SUBJECT.c.subject)):
        for release, number, at in connection.execute(statement):
            before, last = found.get(release, (0, at))
            found[release] = before + number, max(last, at)
    return found


def _line(row: Mapping[str, Any], known: _Known) -> Line:
    told, state = known.told[row["campaign"]], State(row["state"])
    document, entry = told.document, told.entries.get(row["entry"])
    outgoing = _outgoing(row)
    signed, refused = _decided(row, known.signatures)
    asked = dict.fromkeys([*document.partners, row["issuer"]])
    revision, changed = known.revisions.get(row["id"], told.revision)
    return Line(
        id=row["id"],
        campaign=row["campaign"],
        name=release_name(row["entry"], row["occurrence"], row["locale"], row["channel"]),
        entry=row["entry"],
        message=row["message"],
        headline=_headline(row, outgoing, told),
        locale=row["locale"],
        audiences=tuple(row["audiences"]),
        channel=row["channel"],
        kind=outgoing.kind if outgoing else "",
        account=outgoing.account if outgoing else "",
        issuer=row["issuer"],
        lead=attribution.name(document.partners, row["issuer"], LANGUAGE),
        wall=row["wall"],
        zone=row["zone"],
        due=row["due_at"],
        not_after=row["not_after"],
        state=state,
        reason=row["reason"],
        signed=signed,
        awaited=tuple(each for each in asked if each not in signed) if state in WAITING else (),
        refused=refused,
        unread=known.signatures is None,
        embargo=embargoed(told.lifting, row["due_at"], trusted=entry is not None and entry.under_embargo),
        risks=tuple(risks(row, outgoing, document, known.clashes.get(row["id"], ()), known.now)),
        marking=document.marking or "",
        url=row["remote_url"],
        revision=revision,
        changed=changed,
    )


def _outgoing(row: Mapping[str, Any]) -> Outgoing | None:
    """Return what goes out; none where its bytes are damaged, which is told as a risk."""
    try:
        return parse(row["outgoing"])
    except CordialeError:
        return None


def _decided(row: Mapping[str, Any], signatures: Signatures | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return who signed, by partner, and who refused, with why. What the author signed does not count."""
    if signatures is None:
        return {}, {}
    found = signatures.partners_for(row["id"], row["digest"], campaign=row["campaign"], author=authors(row))
    refused = signatures.refusals(row["id"], row["digest"], campaign=row["campaign"])
    return dict(sorted(found.items())), {partner: each.reason for partner, each in sorted(refused.items())}


def _headline(row: Mapping[str, Any], outgoing: Outgoing | None, told: _Told) -> str:
    """Return what is announced: the headline in the release's own language, or else how its text begins."""
    part = outgoing.parts[0] if outgoing and outgoing.parts else None
    message = told.messages.get(row["message"])
    said = (part.headline if part else None) or (message.headline.get(row["locale"]) if message else None)
    text = said or " ".join(part.text.split() if part else ()) or row["message"]
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"


def _frame(told: _Told) -> Frame:
    document = told.document
    return Frame(
        campaign=document.campaign,
        title=document.title.get(LANGUAGE) or next(iter(document.title.values()), document.campaign),
        starts=document.starts,
        ends=document.ends,
        owner=document.owner or "",
        marking=document.marking or "",
        partners=tuple(attribution.name(document.partners, each, LANGUAGE) for each in document.partners),
        embargo=f"{shown(told.lifting[0].until)} {told.lifting[0].zone}" if told.lifting else "",
    )


def _bands(told: _Told) -> Iterator[Band]:
    document = told.document
    for each in document.blackouts:
        starts, ends = bounds(each)
        allowed = [f"{one.authorised_by} allows {listed(one.releases)}: {one.because}" for one in each.exceptions]
        yield Band(
            campaign=document.campaign,
            id=each.id,
            partner=each.partner,
            who=attribution.name(document.partners, each.partner, LANGUAGE),
            start=each.start,
            end=each.end,
            zone=each.zone,
            starts=starts,
            ends=ends,
            reason=each.reason,
            exceptions=tuple(allowed),
            revision=told.revision[0],
            changed=told.revision[1],
        )


def _marks(told: _Told) -> Iterator[Mark]:
    document, name = told.document, told.document.campaign
    yield Mark(name, document.starts, f"{name} begins")
    if document.ends:
        yield Mark(name, document.ends, f"{name} ends")
    if told.lifting:
        until, zone = told.lifting[0].until, told.lifting[0].zone
        yield Mark(name, _day(until), f"The embargo of {name} ends at {until[11:16]} {zone}")
    due: dict[date, list[str]] = defaultdict(list)
    for objective in document.objectives:
        for kpi in objective.kpis:
            due[kpi.by].append(kpi.id)
    for day, kpis in due.items():
        yield Mark(name, day, f"{'KPI' if len(kpis) == 1 else 'KPIs'} of {name} due: {listed(kpis)}")
