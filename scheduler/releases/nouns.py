"""What the event log says of each noun that an apply changed: digests before and after, and the fields."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from campaigns.audit.log import Fact
from campaigns.documents import schema
from campaigns.plan.changes import NOUNS, CampaignChanges, Change
from campaigns.plan.rows import campaign_row, rows

#: What the log calls a noun whose name is another's, or two words. A release in it is one that leaves.
_NAMES = {"release": "entry"} | {noun: noun.replace(" ", "-") for noun in NOUNS if " " in noun}
LONGEST = 2000  #: characters of a value that the log quotes; the digests speak for all of it


def facts(changes: CampaignChanges, before: schema.Campaign | None, after: schema.Campaign, author: str) -> list[Fact]:
    """Return a fact for each noun of a campaign that is created, changed or retired."""
    if not changes.changes:
        return []
    old, new = _digests(before), _digests(after)
    return [
        Fact(
            author,
            f"{_NAMES.get(change.noun, change.noun)}.{change.kind.value}",
            change.id,
            campaign=changes.campaign,
            before=old.get((change.noun, change.id)),
            after=new.get((change.noun, change.id)),
            detail=_fields(change),
        )
        for change in changes.changes
    ]


def _fields(change: Change) -> dict[str, Any]:
    if not change.fields:
        return {}
    return {
        "fields": [
            {"name": each.name, "before": _said(each.before), "after": _said(each.after)} for each in change.fields
        ]
    }


def _said(value: Any) -> Any:
    """Return *value* as plain JSON, unless it is too long to be quoted."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return json.loads(text) if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _digests(document: schema.Campaign | None) -> Mapping[tuple[str, str], str]:
    if document is None:
        return {}
    found = {(noun, name): _digest(row) for noun, each in rows(document).items() for name, row in each.items()}
    return {**found, ("campaign", document.campaign): _digest(campaign_row(document))}


def _digest(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
