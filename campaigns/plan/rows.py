"""A document's nouns as table rows, and back. Each pair of functions is its own inverse; no database here."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel

from campaigns.documents import schema
from campaigns.models.audience import Audience
from campaigns.models.budget import BudgetLine, SpendApproval
from campaigns.models.channel import Channel
from campaigns.models.message import Message, ReleaseEntry
from campaigns.models.objective import Kpi, Objective
from campaigns.models.strategy import Adjustment, Carried, CausalLink, Learning, Messenger, Narrative, Pretest
from campaigns.models.study import Study
from campaigns.models.window import Blackout
from campaigns.plan.changes import LISTS

Row = dict[str, Any]

#: Noun -> the class of its rows. The campaign itself has one row of its own, and channels are shared.
MODELS: dict[str, type[SQLModel]] = {
    "objective": Objective,
    "kpi": Kpi,
    "causal link": CausalLink,
    "audience": Audience,
    "channel": Channel,
    "narrative": Narrative,
    "messenger": Messenger,
    "message": Message,
    "study": Study,
    "pretest": Pretest,
    "release": ReleaseEntry,
    "blackout": Blackout,
    "budget line": BudgetLine,
    "spend approval": SpendApproval,
    "adjustment": Adjustment,
    "learning": Learning,
    "carried learning": Carried,
}
SCOPE = ("audience", "audiences", "channel", "message", "locale")  #: what a KPI's figure may be of
_WRITERS = frozenset({"campaign", "position", "author", "declared_at"})  #: what only the writer knows
_OWN = {noun: key for noun, key in LISTS.items() if noun != "channel"}  #: channels are the workspace's


def rows(document: schema.Campaign) -> dict[str, dict[str, Row]]:
    """Return the rows of *document* by noun and id, without what only the writer knows (author, revision)."""
    name = {"campaign": document.campaign}
    found: dict[str, dict[str, Row]] = {"objective": {}, "kpi": {}}
    for noun, key in _OWN.items():
        found[noun] = {
            item.id: {**name, "position": number, **item.model_dump(mode="json")}
            for number, item in enumerate(getattr(document, key))
        }
    found["channel"] = {channel.id: channel.model_dump(mode="json") for channel in document.channels}
    for number, objective in enumerate(document.objectives):
        fields = objective.model_dump(mode="json", exclude={"kpis"})
        found["objective"][objective.id] = {**name, "position": number, **fields}
        for place, kpi in enumerate(objective.kpis):
            found["kpi"][kpi.id] = {**name, "objective": objective.id, "position": place, **_kpi_row(kpi)}
    return found


def campaign_row(document: schema.Campaign) -> Row:
    """Return the fields of *document* that stand in the campaign's own row."""
    return document.model_dump(mode="json", exclude={"objectives", *LISTS.values()})


def _kpi_row(kpi: schema.Kpi) -> Row:
    fields = kpi.model_dump(mode="json")
    scope = {key: fields.pop(key) for key in SCOPE}
    return {**fields, "scope": {key: value for key, value in scope.items() if value}}


def kpi_terms(row: Row) -> Row:
    """Return a stored KPI as its document had it, and its objective beside."""
    scope = row.pop("scope")
    return {**_bare(row), **scope}


def document(campaign: Mapping[str, Any], found: Mapping[str, list[Row]]) -> schema.Campaign:
    """
    Return the document that *campaign* (its row) and *found* (rows by noun, in order) were made from.

    Raises:
        pydantic.ValidationError: If a row holds what the schema does not take.
    """
    kpis: dict[str, list[Row]] = {}
    for row in found["kpi"]:
        scope = row.pop("scope")
        kpis.setdefault(row.pop("objective"), []).append({**_bare(row), **scope})
    objectives = [{**_bare(row), "kpis": kpis.get(row["id"], [])} for row in found["objective"]]
    lists = {key: [_bare(row) for row in found[noun]] for noun, key in _OWN.items()}
    own = {key: value for key, value in campaign.items() if key in schema.Campaign.model_fields}
    return schema.Campaign.model_validate(
        {**own, "objectives": objectives, "channels": [_bare(row) for row in found["channel"]], **lists}
    )


def _bare(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in _WRITERS}
