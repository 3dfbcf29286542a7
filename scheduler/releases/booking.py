"""
Plan and apply: from campaign documents to booked releases, in one transaction.

`plan` decides (what is created, changed, cancelled, kept; which approvals are voided) and writes nothing; `apply`
makes the same plan inside its own transaction and carries it out. Only draft, refused and scheduled releases are
touched; what has begun to leave is history.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, select

from campaigns.clock import iso
from campaigns.documents import schema
from campaigns.errors import CordialeError, Refused
from campaigns.plan import apply as campaign_apply
from campaigns.plan import stored
from campaigns.plan.changes import CampaignChanges
from campaigns.plan.diff import diff
from campaigns.settings import Settings
from campaigns.signoff import approvals
from campaigns.store.engine import writing
from scheduler.releases import ledger, neighbours
from scheduler.releases.clashes.clash import Clash
from scheduler.releases.drafting import columns_of, inputs_of, request_of
from scheduler.releases.expansion import Planned, releases
from scheduler.releases.frozen import faults
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.outgoing import digest
from scheduler.releases.states import EDITABLE, Move, State

UNTRIED = {"fence": 0, "tries": 0}  #: of a new row; no edit ever counts back, or a stale claim would hold again
Vet = Callable[[schema.Channel, Settings], CordialeError | None]  #: what is wrong with a channel's definition


class Kind(StrEnum):
    """What apply does with a release."""

    NEW = "new"  #: booked as a draft
    RECORDED = "recorded"  #: booked as published: history from before Cordiale
    CHANGED = "changed"  #: what goes out changed: a draft again, approvals voided
    CANCELLED = "cancelled"  #: its entry, locale or channel went away
    KEPT = "kept"  #: nothing changes
    HISTORY = "history"  #: the document changed, but it has already begun to leave


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


@dataclass(frozen=True)
class Plan:
    """What `apply` would do, and why it may not."""

    campaigns: tuple[CampaignChanges, ...]
    releases: tuple[ReleaseChange, ...]
    refusals: tuple[CordialeError, ...]
    clashes: tuple[Clash, ...] = ()  #: in which something new, changed or moved takes part; errors refuse the plan

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(each.changes for each in self.campaigns) and all(
            each.kind in {Kind.KEPT, Kind.HISTORY} for each in self.releases
        )

    def of(self, kind: Kind) -> list[ReleaseChange]:
        """Return the releases of one kind, in order of their instants."""
        return sorted((each for each in self.releases if each.kind is kind), key=lambda each: (each.due, each.name))


@dataclass(frozen=True)
class Record:
    """A publication from before Cordiale: when, and where it can be seen."""

    published_at: datetime
    url: str | None = None


def plan(
    connection: Connection,
    documents: Sequence[schema.Campaign],
    settings: Settings,
    *,
    author: str,
    now: datetime,
    history: Mapping[str, Record] | None = None,
    vet: Vet | None = None,
) -> Plan:
    """Decide what applying *documents* would do. Renders only what changed; never touches the network."""
    changes: list[CampaignChanges] = []
    found: list[ReleaseChange] = []
    refusals: list[CordialeError] = []
    for document in documents:
        before = stored.read(connection, document.campaign)
        changes.append(diff(before, document))
        refusals += shared_channel_faults(connection, document, documents)
        refusals += [fault for channel in document.channels if vet and (fault := vet(channel, settings))]
        rows = _booked(connection, document.campaign)
        wanted = list(releases(document))
        refusals += faults(before, document, rows.values(), wanted)
        pending = ledger.in_doubt(connection, rows.values())
        for planned in wanted:
            change, refusal = _change(
                planned, document, rows.get(planned.id), settings, author, now, history or {}, pending
            )
            found.append(change)
            refusals += refusal
        kept = {planned.id for planned in wanted}
        found += [_gone(row, pending) for row in rows.values() if row["id"] not in kept]
    voids = approvals.standing(connection, [each.id for each in found if each.kind in {Kind.CHANGED, Kind.CANCELLED}])
    clashes = _clashes(connection, documents, settings, found)
    refusals += neighbours.refusals(clashes)
    return Plan(tuple(changes), tuple(_with_voids(each, voids) for each in found), tuple(refusals), clashes)


def _clashes(
    connection: Connection, documents: Sequence[schema.Campaign], settings: Settings, found: Sequence[ReleaseChange]
) -> tuple[Clash, ...]:
    moving = [each.row for each in found if each.row and each.kind in {Kind.NEW, Kind.CHANGED}]
    gone = [each.id for each in found if each.kind is Kind.CANCELLED]
    return neighbours.clashes(connection, documents, settings, moving, gone)


def apply(
    database: Engine,
    documents: Sequence[schema.Campaign],
    settings: Settings,
    *,
    author: str,
    now: datetime,
    history: Mapping[str, Record] | None = None,
    vet: Vet | None = None,
) -> Plan:
    """
    Carry out the plan of *documents* in one transaction, and return it.

    Raises:
        Refused: If the plan holds a refusal; nothing is changed.
    """
    with writing(database) as connection:
        made = plan(connection, documents, settings, author=author, now=now, history=history, vet=vet)
        if made.refusals:
            raise made.refusals[0]
        by_id = {document.campaign: document for document in documents}
        for changes in made.campaigns:
            if changes.changes:
                campaign_apply.write(connection, changes, by_id[changes.campaign], author, now)
        _write(connection, made, author, now)
    return made


def _write(connection: Connection, made: Plan, author: str, now: datetime) -> None:
    ledger.book(
        connection, [each.row for kind in (Kind.NEW, Kind.RECORDED) for each in made.of(kind) if each.row], author, now
    )
    changed = made.of(Kind.CHANGED)
    gone = made.of(Kind.CANCELLED)
    steps = [
        Step(each.id, Move.VOID, author, each.why, sets=dict(each.row or {}), detail={"voids": list(each.voids)})
        for each in changed
    ]
    steps += [Step(each.id, Move.CANCEL, author, each.why) for each in gone]
    ledger.move(connection, steps, now)
    approvals.void(connection, [each.id for each in (*changed, *gone)], "what goes out changed", now)


def _booked(connection: Connection, campaign: str) -> dict[str, dict[str, Any]]:
    statement = select(RELEASE).where(RELEASE.c.campaign == campaign)
    return {row["id"]: dict(row) for row in connection.execute(statement).mappings()}


def _change(
    planned: Planned,
    document: schema.Campaign,
    row: Mapping[str, Any] | None,
    settings: Settings,
    author: str,
    now: datetime,
    history: Mapping[str, Record],
    pending: set[str],
) -> tuple[ReleaseChange, list[Refused]]:
    """Return what applying does to one release, and why it may not."""
    request = request_of(planned, document, settings)
    inputs = inputs_of(planned, document, request)
    base: dict[str, Any] = {"id": planned.id, "name": planned.name, "campaign": planned.campaign, "due": planned.due}
    if row is not None:
        state = State(row["state"])
        whole = digest(row["outgoing"].encode()) == row["digest"]
        if row["inputs"] == inputs and state is not State.CANCELLED and (whole or state not in EDITABLE):
            return ReleaseChange(Kind.KEPT, **base, state=state, findings=tuple(row["findings"])), []
        if state not in EDITABLE | {State.CANCELLED} or row["id"] in pending:
            return ReleaseChange(Kind.HISTORY, **base, state=state, why=_untouched(state)), []
    record = history.get(planned.name)
    columns = columns_of(planned, document, request, inputs, author)
    findings = tuple(columns["findings"])
    if row is None and record is not None:
        told = {
            "state": State.PUBLISHED.value,
            "published_at": record.published_at,
            "remote_url": record.url,
            "reason": "Recorded: published before Cordiale.",
        }
        return ReleaseChange(Kind.RECORDED, **base, row={**UNTRIED, **columns, **told}, findings=findings), []
    refusals = [_past(planned, row)] if planned.due <= now else []
    if row is None:
        return ReleaseChange(Kind.NEW, **base, row={**UNTRIED, **columns}, findings=findings), refusals
    return ReleaseChange(
        Kind.CHANGED, **base, state=row["state"], why=_what_changed(row, columns), row=columns, findings=findings
    ), refusals


def _untouched(state: State) -> str:
    if state is State.EXPIRED:
        return "It expired, and stays so. Add another entry to send it after all."
    return f"It is {state}: what has begun to leave is not changed."


def _past(planned: Planned, row: Mapping[str, Any] | None) -> Refused:
    message = f"Release {planned.name} is due at {iso(planned.due)}, which is past."
    if row is not None and row["state"] == State.SCHEDULED:
        hint = f"Answer for it first: `cordiale late {planned.name} --send` or `--skip`."
        return Refused(message, f"{hint} Or give its entry a time to come.")
    return Refused(message, "Give it a time to come; nothing is published late by accident.")


def _what_changed(row: Mapping[str, Any], columns: Mapping[str, Any]) -> str:
    changed = [word for word, name in (("when", "due_at"), ("what", "bytes_digest")) if row[name] != columns[name]]
    return f"{' and '.join(changed).capitalize() or 'How'} it goes out changed."


def _gone(row: Mapping[str, Any], pending: set[str]) -> ReleaseChange:
    from scheduler.releases.identity import release_name

    name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
    base: dict[str, Any] = {"id": row["id"], "name": name, "campaign": row["campaign"]}
    base |= {"due": row["due_at"], "state": row["state"]}
    if State(row["state"]) in EDITABLE and row["id"] not in pending:
        return ReleaseChange(Kind.CANCELLED, **base, why="The document no longer asks for it.")
    return ReleaseChange(
        Kind.HISTORY if row["state"] != State.CANCELLED else Kind.KEPT,
        **base,
        why="The document no longer asks for it.",
    )


def _with_voids(change: ReleaseChange, voids: Mapping[str, tuple[str, ...]]) -> ReleaseChange:
    found = voids.get(change.id, ())
    return ReleaseChange(**{**vars(change), "voids": found}) if found else change


def shared_channel_faults(
    connection: Connection, document: schema.Campaign, together: Sequence[schema.Campaign]
) -> list[Refused]:
    """Return a refusal for each channel that another campaign, not applied now, defines otherwise."""
    applied = {each.campaign for each in together}
    others = stored.other_channels(connection, document.campaign)
    found = []
    for channel in document.channels:
        users, definition = others.get(channel.id, ((), channel))
        elsewhere = [user for user in users if user not in applied]
        if elsewhere and definition != channel:
            message = f"Channel {channel.id} of {document.campaign} differs from the one of {', '.join(elsewhere)}."
            found.append(
                Refused(message, "A channel means the same everywhere: apply all files that name it together.")
            )
    return found
