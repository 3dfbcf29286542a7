"""Every change in the middle of a campaign says why: the adjustment log, and what is refused without it. Pure."""

import json
import re
from collections.abc import Sequence
from datetime import datetime

from campaigns.calendar.wall_time import start_of, wall_of
from campaigns.documents import schema
from campaigns.errors import Refused
from campaigns.plan.changes import CampaignChanges, Change

#: Nouns that tell of a campaign as it runs. To write one down changes nothing about the campaign.
TELLING = frozenset({"adjustment", "learning"})
SHOWN = 3  #: changes that a refusal names
_BARE = re.compile(r"[A-Za-z][\w.@ -]*\Z")


def begun(before: schema.Campaign | None, *, claimed: bool, now: datetime) -> bool:
    """
    Return whether the campaign that was applied as *before* is under way at *now*.

    It is from the first instant of its first day on, in its own zone or else in UTC, and before that once any of its
    releases was *claimed*.
    """
    return before is not None and (claimed or start_of(before.starts, before.zone or "UTC") <= now)


def added(before: schema.Campaign | None, after: schema.Campaign) -> list[schema.Adjustment]:
    """Return the adjustments of *after* that *before* lacks. An id that is there already gives no new reason."""
    known = {each.id for each in before.adjustments} if before else set()
    return [each for each in after.adjustments if each.id not in known]


def refusal(
    before: schema.Campaign | None,
    after: schema.Campaign,
    changes: CampaignChanges,
    releases: Sequence[str],
    *,
    claimed: bool,
    author: str,
    now: datetime,
) -> Refused | None:
    """
    Return why *changes* may not be applied: the campaign has begun, and no new adjustment says why it changes.

    *releases* are the names of the releases that would be booked, changed or cancelled. The cure is the very line to
    paste; its reason is left empty, so that it is refused until somebody writes one.
    """
    if before is None or not begun(before, claimed=claimed, now=now) or added(before, after):
        return None
    changed = [what for each in changes.changes if each.noun not in TELLING for what in _named(each)]
    changed += [f"the release {name}" for name in releases]
    if not changed:
        return None
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    message = (
        f"Campaign {after.campaign} has begun, and nothing says why it changes ({', '.join(changed[:SHOWN])}{more})."
    )
    place = "below `adjustments:`" if after.adjustments else "at its end"
    return Refused(
        message, f"Add this to the document, {place}, with the reason in the quotes:\n{_line(after, author, now)}"
    )


def _named(change: Change) -> list[str]:
    """Return what changes, in words; of the campaign itself, its keys."""
    return [field.name for field in change.fields] if change.noun == "campaign" else [f"{change.noun} {change.id}"]


def _line(after: schema.Campaign, author: str, now: datetime) -> str:
    today = wall_of(now, after.zone or "UTC")[:10]
    ids = {each.id for each in after.adjustments}
    free = next(
        name for n in range(1, len(ids) + 2) if (name := f"on-{today}" if n == 1 else f"on-{today}-{n}") not in ids
    )
    by = author if _BARE.match(author) else json.dumps(author, ensure_ascii=False)
    item = f'  - {{id: {free}, on: {today}, by: {by}, because: ""}}'
    return item if after.adjustments else f"adjustments:\n{item}"
