"""What the tables hold, as documents: the other side of every diff."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Select, select

from campaigns.documents import schema
from campaigns.errors import DatabaseFault
from campaigns.models.campaign import Campaign
from campaigns.models.channel import CampaignChannel, Channel
from campaigns.models.objective import EarlierKpi
from campaigns.models.strategy import Learning
from campaigns.plan import rows
from campaigns.store.tables import table


def names(connection: Connection) -> list[str]:
    """Return the ids of all campaigns, sorted."""
    column = table(Campaign).c.campaign
    return list(connection.scalars(select(column).order_by(column)))


def revision(connection: Connection, campaign: str) -> int:
    """Return how often *campaign* was changed by an apply; 0 if it never was applied."""
    campaigns = table(Campaign)
    return connection.scalar(select(campaigns.c.revision).where(campaigns.c.campaign == campaign)) or 0


def source(connection: Connection, campaign: str) -> str:
    """Return the mark that the last apply of *campaign* left; "" if it never was applied."""
    campaigns = table(Campaign)
    return connection.scalar(select(campaigns.c.source).where(campaigns.c.campaign == campaign)) or ""


def read(connection: Connection, campaign: str) -> schema.Campaign | None:
    """
    Return the document of *campaign* as last applied; none if there is none.

    Raises:
        DatabaseFault: If the rows are not what an apply wrote.
    """
    campaigns = table(Campaign)
    row = connection.execute(select(campaigns).where(campaigns.c.campaign == campaign)).mappings().first()
    if row is None:
        return None
    found = {noun: [dict(each) for each in connection.execute(_all(noun, campaign)).mappings()] for noun in rows.MODELS}
    try:
        return rows.document(dict(row), found)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in fault["loc"])
        message = f"The stored campaign {campaign} does not fit its schema at {place}: {fault['msg']}."
        hint = "Its rows were changed by something else than an apply: restore a backup with `cordiale db restore`."
        raise DatabaseFault(message, hint) from None


def head(connection: Connection, campaign: str) -> tuple[int, str, datetime] | None:
    """Return the revision of *campaign*, who made it and when; none if it never was applied."""
    campaigns = table(Campaign)
    columns = (campaigns.c.revision, campaigns.c.author, campaigns.c.applied_at)
    row = connection.execute(select(*columns).where(campaigns.c.campaign == campaign)).first()
    return (row[0], row[1], row[2]) if row else None


def learnt(connection: Connection, names: Iterable[str]) -> dict[str, list[schema.Learning]]:
    """Return what each campaign of *names* taught; those that were never applied are left out."""
    campaigns, learning = table(Campaign), table(Learning)
    wanted = list(names)
    known = connection.scalars(select(campaigns.c.campaign).where(campaigns.c.campaign.in_(wanted)))
    found: dict[str, list[schema.Learning]] = {name: [] for name in known}
    query = select(learning).where(learning.c.campaign.in_(list(found))).order_by(learning.c.position)
    for row in connection.execute(query).mappings():
        fields = {name: row[name] for name in schema.Learning.model_fields}
        found[row["campaign"]].append(schema.Learning.model_validate(fields))
    return found


def earlier_kpis(connection: Connection, campaign: str) -> list[tuple[datetime, bool, schema.Kpi, str]]:
    """Return what KPIs of *campaign* said before: until when, whether it was dropped then, the terms, the objective."""
    kept = table(EarlierKpi)
    query = select(kept).where(kept.c.campaign == campaign).order_by(kept.c.kpi, kept.c.until)
    found = []
    for row in connection.execute(query):
        terms = {key: value for key, value in row.terms.items() if key in schema.Kpi.model_fields}
        found.append((row.until, row.retired, schema.Kpi.model_validate(terms), row.terms.get("objective", "")))
    return found


def other_channels(connection: Connection, campaign: str) -> dict[str, tuple[tuple[str, ...], schema.Channel]]:
    """Return the channels that campaigns other than *campaign* use: id -> those campaigns, and the definition."""
    channels, uses = table(Channel), table(CampaignChannel)
    query = (
        select(uses.c.campaign.label("used_by"), channels)
        .join_from(uses, channels, uses.c.channel == channels.c.id)
        .where(uses.c.campaign != campaign)
        .order_by(uses.c.campaign)
    )
    found: dict[str, tuple[tuple[str, ...], schema.Channel]] = {}
    for row in connection.execute(query).mappings():
        fields = dict(row)
        user = fields.pop("used_by")
        users, known = found.get(fields["id"], ((), None))
        found[fields["id"]] = ((*users, user), known or schema.Channel.model_validate(fields))
    return found


def _all(noun: str, campaign: str) -> Select[tuple[object, ...]]:
    """Return the query for all rows of *noun* in *campaign*, in document order."""
    rows_of = table(rows.MODELS[noun])
    if noun == "channel":
        uses = table(CampaignChannel)
        joined = select(rows_of).join_from(rows_of, uses, uses.c.channel == rows_of.c.id)
        return joined.where(uses.c.campaign == campaign).order_by(uses.c.position)
    return select(rows_of).where(rows_of.c.campaign == campaign).order_by(rows_of.c.position, rows_of.c.id)
