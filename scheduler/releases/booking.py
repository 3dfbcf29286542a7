"""
Plan and apply: from campaign documents to booked releases, in one transaction.

`plan` decides (what is created, changed, cancelled, kept; which approvals are voided) and writes nothing; `apply`
makes the same plan inside its own transaction and carries it out. Only draft, refused and scheduled releases are
touched; what has begun to leave is history.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from campaigns.documents import schema
from campaigns.errors import CordialeError, Refused
from campaigns.plan import apply as campaign_apply
from campaigns.plan import stored
from campaigns.plan.changes import CampaignChanges
from campaigns.plan.diff import diff
from campaigns.settings import Settings
from campaigns.signoff import approvals
from campaigns.store.engine import writing
from scheduler.releases import ledger
from scheduler.releases.edit import edit, removal
from scheduler.releases.expansion import releases
from scheduler.releases.frozen import faults
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.plan import Kind, Plan, Record, ReleaseChange
from scheduler.releases.states import Move
from scheduler.releases.unchanged import mark, told, unchanged

__all__ = ["Kind", "Plan", "Record", "ReleaseChange", "Vet", "apply", "plan", "shared_channel_faults"]

Vet = Callable[[schema.Channel, Settings], CordialeError | None]  #: what is wrong with a channel's definition


def plan(
    connection: Connection,
    documents: Sequence[schema.Campaign],
    settings: Settings,
    *,
    author: str,
    now: datetime,
    history: Mapping[str, Record] | None = None,
    vet: Vet | None = None,
    afresh: bool = False,
) -> Plan:
    """
    Decide what applying *documents* would do. Renders only what changed; never touches the network.

    A document from which nothing can have changed is not even expanded, unless *afresh*.
    """
    changes: list[CampaignChanges] = []
    found: list[ReleaseChange] = []
    refusals: list[CordialeError] = []
    for document in documents:
        refusals += shared_channel_faults(connection, document, documents)
        refusals += [fault for channel in document.channels if vet and (fault := vet(channel, settings))]
        if not afresh and unchanged(connection, document, settings):
            changes.append(CampaignChanges(document.campaign, None, ()))
            found += told(connection, document.campaign)
            continue
        before = stored.read(connection, document.campaign)
        changes.append(diff(before, document))
        rows = _booked(connection, document.campaign)
        wanted = list(releases(document))
        refusals += faults(before, document, rows.values(), wanted)
        pending = ledger.in_doubt(connection, rows.values())
        for planned in wanted:
            change, refusal = edit(
                planned, document, rows.get(planned.id), settings, author, now, history or {}, pending
            )
            found.append(change)
            refusals += refusal
        kept = {planned.id for planned in wanted}
        found += [removal(row, pending) for row in rows.values() if row["id"] not in kept]
    voids = approvals.standing(connection, [each.id for each in found if each.kind in {Kind.CHANGED, Kind.CANCELLED}])
    return Plan(tuple(changes), tuple(_with_voids(each, voids) for each in found), tuple(refusals))


def apply(
    database: Engine,
    documents: Sequence[schema.Campaign],
    settings: Settings,
    *,
    author: str,
    now: datetime,
    history: Mapping[str, Record] | None = None,
    vet: Vet | None = None,
    afresh: bool = False,
) -> Plan:
    """
    Carry out the plan of *documents* in one transaction, and return it.

    Raises:
        Refused: If the plan holds a refusal; nothing is changed.
    """
    with writing(database) as connection:
        made = plan(connection, documents, settings, author=author, now=now, history=history, vet=vet, afresh=afresh)
        if made.refusals:
            raise made.refusals[0]
        by_id = {document.campaign: document for document in documents}
        for changes in made.campaigns:
            if changes.changes:
                campaign_apply.write(connection, changes, by_id[changes.campaign], author, now)
        _write(connection, made, author, now)
        for document in documents:
            if (source := mark(connection, document, settings)) != stored.source(connection, document.campaign):
                campaign_apply.remember(connection, document.campaign, source)
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
