"""
Plan and apply: from campaign documents to booked releases, in one transaction.

`plan` decides (what is created, changed, cancelled, kept; which approvals are voided) and writes nothing; `apply`
makes the same plan inside its own transaction and carries it out. Only draft, refused and scheduled releases are
touched; what has begun to leave is history.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine

from campaigns.documents import schema
from campaigns.errors import CordialeError, Refused
from campaigns.plan import adjusted, carried, stored
from campaigns.plan.apply import remember
from campaigns.plan.changes import CampaignChanges
from campaigns.plan.diff import diff
from campaigns.settings import Settings
from campaigns.signoff import approvals, voids
from campaigns.store.engine import reading, writing
from scheduler.releases import archive, files, ledger, neighbours, rounds, stale, threads
from scheduler.releases.carry_out import alone, carry_out
from scheduler.releases.edit import edit, removal
from scheduler.releases.expansion import releases
from scheduler.releases.frozen import faults
from scheduler.releases.plan import TOUCHING, Kind, Notice, Plan, Record, ReleaseChange
from scheduler.releases.plan_file import PlanFile
from scheduler.releases.stored import RELEASE, some
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
    notices: list[Notice] = []
    unseen = 0
    context = cache(lambda: archive.context(connection))
    for document in documents:
        refusals += shared_channel_faults(connection, document, documents)
        refusals += [wrong for channel in document.channels if vet and (wrong := vet(channel, settings))]
        for fault in carried.check(document, _learnt(connection, document, documents)):
            said = f"Campaign {document.campaign} {fault.message.rstrip('.')}.", fault.hint[:1].upper() + fault.hint[1:]
            if fault.severity == "error":
                refusals.append(Refused(*said))
            else:
                notices.append(Notice(document.campaign, *said))
        revision = stored.revision(connection, document.campaign)
        if not afresh and (standing := unchanged(connection, document, settings)) is not None:
            changes.append(CampaignChanges(document.campaign, revision, ()))
            known = told(connection, document.campaign)
            found += known
            unseen += standing - len(known)
            continue
        before = stored.read(connection, document.campaign)
        changes.append(diff(before, document, revision))
        rows = _booked(connection, document.campaign)
        wanted = list(releases(document))
        refusals += faults(before, document, rows.values(), wanted)
        pending = ledger.in_doubt(connection, rows.values()) | threads.begun(connection, rows.values())
        mine: list[ReleaseChange] = []
        for planned in wanted:
            change, refusal = edit(
                planned, document, rows.get(planned.id), settings, author, now, history or {}, pending, context
            )
            mine.append(change)
            refusals += refusal
        kept = {planned.id for planned in wanted}
        mine += [removal(row, pending) for row in rows.values() if row["id"] not in kept]
        claimed = any(row["fence"] > 0 for row in rows.values())
        touched = [each.name for each in mine if each.kind in TOUCHING]
        unexplained = adjusted.refusal(before, document, changes[-1], touched, claimed=claimed, author=author, now=now)
        refusals += [unexplained] if unexplained else []
        found += mine
    voids = approvals.standing(connection, [each.id for each in found if each.kind in {Kind.CHANGED, Kind.CANCELLED}])
    voided = tuple(_with_voids(each, voids) for each in found)
    notices += rounds.notices(connection, voided, settings.approval_rounds)
    moving = [each.row for each in found if each.row and each.kind in {Kind.NEW, Kind.CHANGED}]
    gone = [each.id for each in found if each.kind is Kind.CANCELLED]
    clashes = neighbours.clashes(connection, documents, settings, moving, gone)
    refusals += neighbours.refusals(clashes)
    return Plan(tuple(changes), voided, tuple(refusals), tuple(notices), unseen, clashes)


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
        alone(connection)
        made = plan(connection, documents, settings, author=author, now=now, history=history, vet=vet, afresh=afresh)
        carry_out(connection, made, documents, author, now)
        _remember(connection, documents, settings)
    _remember_voids(database, made, settings)
    return made


def replan(
    connection: Connection, planned: PlanFile, settings: Settings, *, now: datetime, vet: Vet | None = None
) -> Plan:
    """
    Make the plan of a file anew, and return it if it is still the same.

    Raises:
        StalePlan: If anything moved that the plan counted on; it says what.
    """
    made = plan(
        connection, planned.documents, settings, author=planned.author, now=now, history=planned.history, vet=vet
    )
    heads = {each.campaign: stored.head(connection, each.campaign) for each in planned.documents}
    if refusal := stale.refusal(planned, made, files.digests(planned.documents, settings), heads):
        raise refusal
    return made


def apply_planned(
    database: Engine, planned: PlanFile, settings: Settings, *, now: datetime, vet: Vet | None = None
) -> Plan:
    """
    Carry out the plan of a file, exactly as it was looked at, in one transaction.

    Raises:
        StalePlan: If anything moved that the plan counted on; nothing is changed.
        Refused: If the plan may no longer be carried out, because a release is past by now.
    """
    with writing(database) as connection:
        alone(connection)
        made = replan(connection, planned, settings, now=now, vet=vet)
        carry_out(connection, made, planned.documents, planned.author, now)
        _remember(connection, planned.documents, settings)
    _remember_voids(database, made, settings)
    return made


def _remember_voids(database: Engine, made: Plan, settings: Settings) -> None:
    """Write outside the database which approvals this ended; a crash before it is made good by the next daemon."""
    ids = [each.id for each in made.releases if each.voids]
    if ids and settings.trust.is_dir():
        with reading(database) as connection:
            voids.remember(connection, settings.trust, ids)


def _remember(connection: Connection, documents: Sequence[schema.Campaign], settings: Settings) -> None:
    """Leave the mark of each document, so that applying the same again is seen at once."""
    for document in documents:
        if (source := mark(connection, document, settings)) != stored.source(connection, document.campaign):
            remember(connection, document.campaign, source)


def _booked(connection: Connection, campaign: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in some(connection, RELEASE.c.campaign == campaign)}


def _learnt(
    connection: Connection, document: schema.Campaign, together: Sequence[schema.Campaign]
) -> dict[str, list[schema.Learning]]:
    """Return what the campaigns that *document* carries from have taught, as they will be once this is applied."""
    names = {each.learnt_by for each in document.carries}
    if not names:
        return {}
    return stored.learnt(connection, names) | {
        each.campaign: each.learning for each in together if each.campaign in names
    }


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
