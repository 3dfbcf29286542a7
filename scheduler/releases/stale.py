"""
What moved between a plan and now, a line each. Pure.

A plan counts on the campaigns it was compared with, on each release that it touches (where it stands, what it says,
who has approved it) and on the files it renders. What it leaves alone may go on meanwhile: a campaign that is going
out does not make a plan stale by going out.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from campaigns.clock import iso
from campaigns.errors import StalePlan
from campaigns.plan.changes import CampaignChanges, Change
from scheduler.releases import plan_file
from scheduler.releases.plan import TOUCHING, Kind, Plan, ReleaseChange
from scheduler.releases.plan_file import PlanFile

Heads = Mapping[str, tuple[int, str, datetime] | None]  #: campaign -> revision, who made it and when
SHOWN = 20  #: lines of a refusal; more are counted
_BOOKS = {Kind.NEW: "booked", Kind.RECORDED: "recorded", Kind.CHANGED: "changed", Kind.CANCELLED: "cancelled"}


def refusal(planned: PlanFile, now: Plan, files: Mapping[str, str], heads: Heads) -> StalePlan | None:
    """Return why *planned* may not be applied any more: all that moved, and what to do; none where it still fits."""
    lines = list(moved(planned, now, files, heads))
    if not lines:
        return None
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    listed = "".join(f"\n  {line}" for line in [*lines[:SHOWN], *more])
    message = f"The plan of {iso(planned.made_at)} no longer fits, so nothing was changed:{listed}"
    return StalePlan(
        message, f"Make a new plan, look at it, and apply that: `cordiale plan PATH... --out {planned.name}`."
    )


def moved(planned: PlanFile, now: Plan, files: Mapping[str, str], heads: Heads) -> Iterator[str]:
    """Yield a line for each thing that *planned* counted on and that is not so *now*; nothing where it still fits."""
    for old, new in zip(planned.plan.campaigns, now.campaigns, strict=True):
        yield from _campaign(old, new, heads.get(old.campaign))
    other_files = {name for name in {*planned.files, *files} if planned.files.get(name) != files.get(name)}
    for name in sorted(other_files):
        yield _file(name, planned.files.get(name), files.get(name))
    before = {each.id: each for each in planned.plan.releases}
    after = {each.id: each for each in now.releases}
    for id_, then in before.items():
        if then.kind in TOUCHING:
            yield from _touched(then, after.get(id_), files_moved=bool(other_files))
    for id_, today in after.items():
        if today.kind in TOUCHING and (id_ not in before or before[id_].kind not in TOUCHING):
            was = f" (it was {before[id_].state}, is {today.state})" if id_ in before else ""
            yield f"release {today.name} would be {_BOOKS[today.kind]}, which the plan does not say{was}"


def _campaign(then: CampaignChanges, today: CampaignChanges, head: tuple[int, str, datetime] | None) -> Iterator[str]:
    name = then.campaign
    if then.before != today.before:
        if head is None:
            yield f"campaign {name} is no longer in the database, planned on revision {then.before}"
            return
        revision, author, at = head
        planned = f"planned on {then.before}" if then.before else "and was new when this was planned"
        yield f"campaign {name} is at revision {revision}, {planned}: {author} applied it at {iso(at)}"
        return
    old, new = ({(each.noun, each.id): each for each in side.changes} for side in (then, today))
    for noun, id_ in dict.fromkeys([*old, *new]):
        if _said(old.get((noun, id_))) != _said(new.get((noun, id_))):
            yield f"{noun} {id_} of campaign {name} is another one in the database than when this was planned"


def _said(change: Change | None) -> str:
    """Return *change* as it is written, so that 74 and 74.0 differ as they do in a document."""
    if change is None:
        return ""
    return json.dumps([change.kind, [vars(each) for each in change.fields]])


def _file(name: str, then: str | None, today: str | None) -> str:
    noun = "media file" if name.startswith("media/") else "template"
    place = name.removeprefix("media/")
    if not today:
        return f"{noun} {place} is no longer there"
    return f"{noun} {place} {'changed' if then else 'was added'}"


def _touched(then: ReleaseChange, today: ReleaseChange | None, *, files_moved: bool) -> Iterator[str]:
    """Yield what moved of one release that the plan touches: the first reason that explains the others."""
    name = f"release {then.name}"
    if today is None:
        yield f"{name} was {then.state}, and is no longer in the database"
    elif then.state != today.state:
        yield f"{name} was {then.state or 'not booked'}, is {today.state or 'not booked'}"
    elif then.before != today.before and today.kind is then.kind:
        yield f"{name} was changed in the database: it holds other bytes, or another instant"
    elif today.kind is not then.kind:
        yield f"{name} would {_fate(today.kind)}; the plan says it would {_fate(then.kind)}"
    else:
        yield from _voided(name, set(then.voids), set(today.voids))
        yield from _outcome(name, then, today, files_moved=files_moved)


def _fate(kind: Kind) -> str:
    return f"be {_BOOKS[kind]}" if kind in TOUCHING else "stay as it is"


def _voided(name: str, then: set[str], today: set[str]) -> Iterator[str]:
    for partner in sorted(today - then):
        yield f"{name} has been approved by {partner}; the plan does not say that this is voided"
    for partner in sorted(then - today):
        yield f"approval of {name} by {partner} is no longer voided: it no longer stands"


def _outcome(name: str, then: ReleaseChange, today: ReleaseChange, *, files_moved: bool) -> Iterator[str]:
    if then.due != today.due:
        yield f"{name} would be due at {iso(today.due)}, planned for {iso(then.due)}: the time zone data changed"
    elif then.digest != today.digest:
        if not files_moved:  # the line of the file says it already
            yield f"{name} would read otherwise: it is rendered by another Cordiale than the plan's, or set otherwise"
    elif _rest(then) != _rest(today):
        yield f"{name} is found otherwise by the checks than when this was planned"


def _rest(change: ReleaseChange) -> str:
    told = {"why", "moves", "voids"}  # follow from what is compared elsewhere, or have a line of their own
    return json.dumps({key: value for key, value in plan_file.release(change).items() if key not in told})
