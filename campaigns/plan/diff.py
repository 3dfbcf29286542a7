"""From what the tables hold to what a document says: the list of changes. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.documents import schema
from campaigns.plan.changes import LISTS, NOUNS, CampaignChanges, Change, FieldChange, Kind

Nouns = dict[str, dict[str, dict[str, Any]]]  #: noun -> id -> fields as plain data


def diff(before: schema.Campaign | None, after: schema.Campaign, revision: int | None = None) -> CampaignChanges:
    """
    Return what makes *before* into *after*; empty if they say the same.

    *revision* is that of *before*, so that whoever applies the changes later can see whether the tables moved since.
    """
    old, new = nouns(before) if before else {}, nouns(after)
    changes: list[Change] = []
    for noun in NOUNS:
        changes += _of(noun, old.get(noun, {}), new.get(noun, {}))
    return CampaignChanges(after.campaign, revision, tuple(changes))


def nouns(document: schema.Campaign) -> Nouns:
    """Return *document* as plain data by noun and id, each with its position where it stands in a list."""
    data = document.model_dump(mode="json", by_alias=True)
    found: Nouns = {noun: {} for noun in NOUNS}
    objectives = data.pop("objectives")
    for noun, key in LISTS.items():
        found[noun] = _numbered(data.pop(key))
    for objective in objectives:
        for number, kpi in enumerate(objective.pop("kpis")):
            found["kpi"][kpi["id"]] = {"objective": objective["id"], "position": number, **kpi}
    found["objective"] = _numbered(objectives)
    found["campaign"] = {document.campaign: data}
    return found


def _numbered(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["id"]: {"position": number, **item} for number, item in enumerate(items)}


def _of(noun: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> Iterator[Change]:
    """Yield the changes of one noun: in the new order, then what is gone in the old one."""
    for name, fields in new.items():
        if name not in old:
            yield Change(Kind.CREATED, noun, name)
        elif differing := tuple(_fields(old[name], fields)):
            yield Change(Kind.CHANGED, noun, name, differing)
    for name in old:
        if name not in new:
            yield Change(Kind.RETIRED, noun, name)


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*new, *old]):
        if _written(name, old.get(name)) != _written(name, new.get(name)):
            yield FieldChange(name, old.get(name), new.get(name))


def _written(name: str, value: Any) -> Any:
    """Return *value* so that equal means written the same: to Python 1, 1.0 and true are one."""
    # The order of partners is the order in which they stand in the partner line.
    return json.dumps(value, sort_keys=name != "partners") if isinstance(value, dict | list | float | int) else value
