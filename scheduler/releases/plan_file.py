"""
A plan as a file: what was looked at, in a form that can be applied later, and to nothing else.

    {"cordiale_plan": 1, "made_at", "author", "documents", "history", "files", "empty", "campaigns", "releases",
     "notices", "digest"}

One line of JSON in the order above. `documents` are the campaign documents as data, `files` the sha256 of each media
file and template they were rendered with, `campaigns` and `releases` what would change and what that was compared
with, `digest` the sha256 of all before it. There is one way to write a plan: a file that differs from it in a single
character was changed since, and is refused. No database and no disk here.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from campaigns.clock import instant_text, iso, parse_iso
from campaigns.documents import references, schema
from campaigns.errors import Refused, Where
from campaigns.plan.changes import CampaignChanges, Change, FieldChange
from campaigns.plan.changes import Kind as NounKind
from campaigns.settings import Settings
from scheduler.releases.moving import moved
from scheduler.releases.plan import Kind, Notice, Plan, Record, ReleaseChange, Standing

MARK = "cordiale_plan"  #: the key that a plan file begins with; its value is the version of the form
VERSION = 1
HEAD = 100  #: characters that tell a plan file
_BEGINS = re.compile(rf'\s*\{{\s*"{MARK}"\s*:')
_NEW = "Make a new plan: `cordiale plan PATH... --out FILE`."


@dataclass(frozen=True)
class PlanFile:
    """A plan that was put aside, and all that it was made from."""

    made_at: datetime  #: whole seconds
    author: str
    documents: tuple[schema.Campaign, ...]
    history: Mapping[str, Record]  #: publications from before Cordiale, by the release's name
    files: Mapping[str, str]  #: media/NAME or templates/NAME -> sha256, "" where it is missing
    plan: Plan  #: without what stays as it is, and without rows: they are rendered again
    name: str = field(default="FILE", compare=False)  #: what errors call it


def recognises(text: str) -> bool:
    """Return whether *text* is, or once was, a plan file: told by how it begins, not by its name."""
    return _BEGINS.match(text.removeprefix("\ufeff")) is not None


def to_text(file: PlanFile) -> str:
    """Return *file* as it is written; `from_text` gives an equal one back."""
    documents = [each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for each in file.documents]
    past = {
        name: {"published_at": instant_text(each.published_at), "url": each.url} for name, each in file.history.items()
    }
    return _whole(
        {
            MARK: VERSION,
            "made_at": iso(file.made_at),
            "author": file.author,
            "documents": documents,
            "history": past,
            "files": dict(file.files),
            **to_data(file.plan),
        }
    )


def from_text(text: str, name: str, settings: Settings | None = None) -> PlanFile:
    """
    Return the plan that *text* holds; *name* is what errors call the file, *settings* are the workspace's.

    Raises:
        Refused: If it is cut off or damaged, was changed since it was written, was written by a newer Cordiale, or
            holds a document that would not be taken today.
    """
    where = Where(name)
    try:
        data = json.loads(text)
        version, stated = data[MARK], data.pop("digest", None)
        whole = stated == _digest(data) and _whole(data) == text
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "The plan file is damaged or cut off."
        raise Refused(message, f"Copy it again from where it was made. {_NEW}", where) from None
    if version != VERSION or version is True:
        message = f"The plan file is of version {version}, and this Cordiale reads version {VERSION}."
        raise Refused(message, f"Update Cordiale on this machine, or plan with it. {_NEW}", where)
    if not whole:
        message = "The plan file was changed since it was written."
        hint = f"A plan is not edited: change the campaign's document. {_NEW}"
        raise Refused(message, hint, where)
    try:
        file = _file(data, name)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        message = "The plan file does not say what a plan says."
        raise Refused(message, f"It was not written by `cordiale plan`. {_NEW}", where) from None
    for document in file.documents:
        for fault in references.check(document, settings):
            if fault.severity == "error":
                message = f"Campaign {document.campaign} of the plan would not be taken today: {fault.message}."
                raise Refused(message, f"Mend its document. {_NEW}", where)
    return file


def to_data(plan: Plan) -> dict[str, Any]:
    """Return *plan* as plain data with stable keys, without what stays as it is and without refusals."""
    return {
        "empty": plan.empty,
        "campaigns": [_campaign(each) for each in plan.campaigns],
        "releases": [release(each) for kind in Kind if kind is not Kind.KEPT for each in plan.of(kind)],
        "notices": [vars(each) for each in plan.notices],
    }


def release(change: ReleaseChange) -> dict[str, Any]:
    """Return one release of a plan as plain data."""
    old = change.before
    return {
        "kind": change.kind.value,
        "id": change.id,
        "name": change.name,
        "campaign": change.campaign,
        "due": iso(change.due),
        "wall": change.wall,
        "zone": change.zone,
        "state": change.state,
        "digest": change.digest,
        "why": change.why,
        "moves": moved(change) or None,
        "voids": list(change.voids),
        "findings": [dict(each) for each in change.findings],
        "before": {"digest": old.digest, "wall": old.wall, "zone": old.zone, "due": iso(old.due)} if old else None,
    }


def _campaign(changes: CampaignChanges) -> dict[str, Any]:
    return {
        "campaign": changes.campaign,
        "revision": changes.before,
        "changes": [
            {
                "kind": each.kind.value,
                "noun": each.noun,
                "id": each.id,
                "fields": [{"name": f.name, "before": f.before, "after": f.after} for f in each.fields],
            }
            for each in changes.changes
        ],
    }


def _whole(data: Mapping[str, Any]) -> str:
    """Return *data* with its digest, the one way it is written. The order of keys has meaning: partners sign in it."""
    return _json({**data, "digest": _digest(data)}) + "\n"


def _digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(data).encode("utf-8", "surrogatepass")).hexdigest()


def _json(data: Mapping[str, Any]) -> str:
    # Not RFC 8785: to it 74 and 74.0 are one, and to a wording they are two.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _file(data: Mapping[str, Any], name: str) -> PlanFile:
    """Read back what `to_text` says."""
    past = {of: Record(parse_iso(each["published_at"]), each["url"]) for of, each in data["history"].items()}
    documents = tuple(schema.Campaign.model_validate(each) for each in data["documents"])
    plan = Plan(
        campaigns=tuple(_changes(each) for each in data["campaigns"]),
        releases=tuple(_release(each) for each in data["releases"]),
        refusals=(),
        notices=tuple(Notice(**each) for each in data["notices"]),
    )
    texts = [data["author"], *data["files"].values(), *(each.url or "" for each in past.values())]
    if [each.campaign for each in documents] != [each.campaign for each in plan.campaigns] or not all(
        isinstance(each, str) for each in texts
    ):
        raise ValueError
    return PlanFile(parse_iso(data["made_at"]), data["author"], documents, past, dict(data["files"]), plan, name)


def _changes(data: Mapping[str, Any]) -> CampaignChanges:
    changes = tuple(
        Change(NounKind(each["kind"]), each["noun"], each["id"], tuple(FieldChange(**one) for one in each["fields"]))
        for each in data["changes"]
    )
    return CampaignChanges(data["campaign"], data["revision"], changes)


def _release(data: Mapping[str, Any]) -> ReleaseChange:
    told = {name: data[name] for name in ("id", "name", "campaign", "wall", "zone", "state", "digest", "why")}
    old = data["before"]
    return ReleaseChange(
        kind=Kind(data["kind"]),
        due=parse_iso(data["due"]),
        voids=tuple(data["voids"]),
        findings=tuple(data["findings"]),
        before=Standing(old["digest"], old["wall"], old["zone"], parse_iso(old["due"])) if old else None,
        **told,
    )
