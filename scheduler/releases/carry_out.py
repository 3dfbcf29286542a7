"""A plan into the tables: campaign rows, bookings, voided approvals and events, in the caller's transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from campaigns.audit.log import Fact, append
from campaigns.documents import schema
from campaigns.plan import adjusted, stored
from campaigns.plan import apply as campaign_apply
from campaigns.plan.changes import CampaignChanges
from campaigns.signoff import approvals
from scheduler.releases import earlier, ledger, nouns
from scheduler.releases.ledger import Step
from scheduler.releases.plan import WRITTEN, Kind, Plan
from scheduler.releases.states import Move

LOCK = 0x0C04D1A20  #: PostgreSQL advisory lock: one apply at a time


def alone(connection: Connection) -> None:
    """Let no other apply in before this transaction ends, or both would write on the strength of what they read."""
    if connection.dialect.name == "postgresql":  # SQLite's writing transaction already excludes
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def carry_out(
    connection: Connection, made: Plan, documents: Sequence[schema.Campaign], author: str, now: datetime
) -> None:
    """
    Write what *made* says, and log it.

    Raises:
        Refused: If *made* holds a refusal; nothing is written.
    """
    if made.refusals:
        raise made.refusals[0]
    if made.empty:
        return
    by_id = {document.campaign: document for document in documents}
    facts = []
    for changes in made.campaigns:
        document = by_id[changes.campaign]
        fact = _fact(made, changes, adjusted.added(stored.read(connection, changes.campaign), document), author)
        facts += [fact] if fact else []
        facts += nouns.facts(changes, stored.read(connection, changes.campaign), document, author)
        if changes.changes:
            campaign_apply.write(connection, changes, document, author, now)
    append(connection, facts, now)
    _write(connection, made, author, now)


def _fact(made: Plan, changes: CampaignChanges, adjustments: Sequence[schema.Adjustment], author: str) -> Fact | None:
    """Return what the event log says of one campaign's apply: how much it changed, and why; none if nothing."""
    touched = Counter(each.kind.value for each in made.releases if each.campaign == changes.campaign)
    releases = {kind.value: touched[kind.value] for kind in Kind if kind in WRITTEN and touched[kind.value]}
    if not changes.changes and not releases:
        return None
    revision = changes.before or 0
    return Fact(
        author,
        "campaign.apply",
        changes.campaign,
        campaign=changes.campaign,
        before=str(revision),
        after=str(revision + bool(changes.changes)),
        why=" ".join(each.because for each in adjustments),
        detail={
            "changes": dict(Counter(each.kind.value for each in changes.changes)),
            "releases": releases,
            "adjustments": [each.model_dump(mode="json") for each in adjustments],
        },
    )


def _write(connection: Connection, made: Plan, author: str, now: datetime) -> None:
    ledger.book(
        connection, [each.row for kind in (Kind.NEW, Kind.RECORDED) for each in made.of(kind) if each.row], author, now
    )
    changed = made.of(Kind.CHANGED)
    gone = made.of(Kind.CANCELLED)
    earlier.keep(connection, [each.id for each in (*changed, *gone)], now)
    for each in made.of(Kind.RECHECKED):
        ledger.recheck(connection, each.id, each.campaign, each.row or {}, author, each.why, now)
    steps = [
        Step(each.id, Move.VOID, author, each.why, sets=dict(each.row or {}), detail={"voids": list(each.voids)})
        for each in changed
    ]
    steps += [Step(each.id, Move.CANCEL, author, each.why) for each in gone]
    ledger.move(connection, steps, now)
    why = "what goes out changed"
    campaigns = {each.id: each.campaign for each in (*changed, *gone)}
    lost = approvals.void(connection, list(campaigns), why, now)
    voided = [
        Fact(author, "approval.void", release, campaigns[release], why=why, detail={"partner": partner})
        for partner, release in lost
    ]
    append(connection, voided, now)
