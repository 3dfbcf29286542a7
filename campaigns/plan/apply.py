"""The only writer of a campaign's tables. Takes the list of changes that `show` prints, and does no more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from campaigns.documents import schema
from campaigns.errors import StalePlan
from campaigns.models.campaign import Campaign
from campaigns.models.channel import CampaignChannel, Channel
from campaigns.models.objective import EarlierKpi, Kpi
from campaigns.plan import rows
from campaigns.plan.changes import CampaignChanges, Change, Kind
from campaigns.plan.rows import Row
from campaigns.plan.stored import revision
from campaigns.store.tables import table

#: What does not make somebody the author of a message: its place in the list.
_NOT_WORDS = frozenset({"position"})


def write(
    connection: Connection, changes: CampaignChanges, document: schema.Campaign, author: str, at: datetime
) -> None:
    """
    Make the tables say what *document* says, by *changes*; nothing at all if there are none.

    *author* becomes the author of each message that is new or changed; a study that is new or changed was declared
    *at* this instant. Call inside a transaction.

    Raises:
        StalePlan: If the campaign was applied since *changes* were found.
    """
    if not changes:
        return
    now = revision(connection, changes.campaign)
    if changes.before not in {None, now}:
        message = f"Campaign {changes.campaign} moved on since the plan: revision {now}, planned on {changes.before}."
        raise StalePlan(message, "Make a new plan with `cordiale plan`, look at it, and apply that.")
    _campaign(connection, document, author, at, now)
    made = rows.rows(document)
    for name, change in changes.of("message").items():
        if _rewritten(change):
            made["message"][name]["author"] = author
    for name, change in changes.of("study").items():
        if _rewritten(change):
            made["study"][name]["declared_at"] = at
    _keep_kpis(connection, changes, at)
    _channels(connection, changes, made["channel"])
    for noun in rows.MODELS:
        if noun != "channel":
            _noun(connection, changes, noun, made[noun])


def remember(connection: Connection, campaign: str, source: str) -> None:
    """Leave the mark of what *campaign* was applied from, so that applying the same again is seen at once."""
    campaigns = table(Campaign)
    connection.execute(update(campaigns).where(campaigns.c.campaign == campaign), {"source": source})


def _campaign(connection: Connection, document: schema.Campaign, author: str, at: datetime, now: int) -> None:
    campaigns = table(Campaign)
    row = {**rows.campaign_row(document), "author": author, "applied_at": at, "revision": now + 1}
    if now == 0:
        connection.execute(insert(campaigns), row)
    else:
        connection.execute(update(campaigns).where(campaigns.c.campaign == document.campaign), row)


def _keep_kpis(connection: Connection, changes: CampaignChanges, at: datetime) -> None:
    """Keep what each KPI that changes or goes has said until now; one that only moved in its list says the same."""
    found = {
        name: change.kind is Kind.RETIRED
        for name, change in changes.of("kpi").items()
        if change.kind is Kind.RETIRED or (change.kind is Kind.CHANGED and _rewritten(change))
    }
    if not found:
        return
    kpis = table(Kpi)
    asked = select(kpis).where(kpis.c.campaign == changes.campaign, kpis.c.id.in_(list(found)))
    kept = [
        {"campaign": changes.campaign, "kpi": row["id"], "until": at, "terms": rows.kpi_terms(dict(row)),
         "retired": found[row["id"]]}
        for row in connection.execute(asked).mappings()
    ]  # fmt: skip
    if kept:
        connection.execute(insert(table(EarlierKpi)), kept)


def _rewritten(change: Change) -> bool:
    """Return whether *change* makes its author answerable for the message."""
    return change.kind is Kind.CREATED or any(field.name not in _NOT_WORDS for field in change.fields)


def _noun(connection: Connection, changes: CampaignChanges, noun: str, made: dict[str, Row]) -> None:
    """Write the rows of one noun, a statement for each kind of change."""
    rows_of, found = table(rows.MODELS[noun]), changes.of(noun)
    retired = [name for name, change in found.items() if change.kind is Kind.RETIRED]
    created = [made[name] for name, change in found.items() if change.kind is Kind.CREATED]
    changed = [made[name] for name, change in found.items() if change.kind is Kind.CHANGED]
    _delete(connection, rows_of, changes.campaign, retired)
    if created:
        connection.execute(insert(rows_of), created)
    for alike in _by_columns(changed):
        where = (rows_of.c.campaign == bindparam("_campaign"), rows_of.c.id == bindparam("_id"))
        values: dict[str, Any] = {key: bindparam(key) for key in alike[0] if key not in {"campaign", "id"}}
        statement = update(rows_of).where(*where).values(values)
        connection.execute(statement, [{**row, "_campaign": row["campaign"], "_id": row["id"]} for row in alike])


def _by_columns(changed: Iterable[Row]) -> list[list[Row]]:
    """Group rows that write the same columns: a message that only moved keeps its author."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in changed:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def _delete(connection: Connection, rows_of: Table, campaign: str, ids: Iterable[str]) -> None:
    where = (rows_of.c.campaign == campaign, rows_of.c.id == bindparam("_id"))
    gone = [{"_id": each} for each in ids]
    if gone:
        connection.execute(delete(rows_of).where(*where), gone)


def _channels(connection: Connection, changes: CampaignChanges, made: dict[str, Row]) -> None:
    """Write definitions, which the workspace shares, and which of them this campaign uses."""
    channels, uses = table(Channel), table(CampaignChannel)
    found = changes.of("channel")
    if not found:
        return
    known = set(connection.scalars(select(channels.c.id).where(channels.c.id.in_(list(made)))))
    for name, row in made.items():
        if name not in known:
            connection.execute(insert(channels), row)
        elif name in found:
            connection.execute(update(channels).where(channels.c.id == name), row)
    connection.execute(delete(uses).where(uses.c.campaign == changes.campaign))
    using = [{"campaign": changes.campaign, "channel": name, "position": number} for number, name in enumerate(made)]
    connection.execute(insert(uses), using)
    for name, change in found.items():
        if change.kind is Kind.RETIRED:
            elsewhere = select(uses.c.channel).where(uses.c.channel == name)
            connection.execute(delete(channels).where(channels.c.id == name, ~elsewhere.exists()))
