"""Who publishes, and which channels are left alone: two looks at small tables, for `status`. Loads nothing heavy."""

from datetime import datetime, timedelta
from typing import Any

from campaigns.clock import instant_text
from campaigns.store.glance import Ask

UNSEEN = timedelta(seconds=10)  #: after which a process counts as gone
_CREW = "SELECT id, role, host, capacity, doing, started_at, seen_at FROM crew ORDER BY role, host, id"
_PAUSED = """
SELECT channel, open_until, busy_until, why FROM channel_state
WHERE open_until IS NOT NULL OR busy_until > :now ORDER BY channel
"""


def crew(ask: Ask, now: datetime) -> list[dict[str, Any]]:
    """Return every process that plans or publishes on a shared database, with whether it was seen lately."""
    lately = instant_text(now - UNSEEN)
    return [{**row, "seen": str(row["seen_at"]) > lately} for row in ask(_CREW, {})]


def paused(ask: Ask, now: datetime) -> list[dict[str, Any]]:
    """
    Return the channels that are left alone: `until` when (an instant as text), and `why`.

    One whose pause is over but that has not answered since is `trying`: one release at a time.
    """
    at = instant_text(now)
    found = []
    for row in ask(_PAUSED, {"now": at}):
        until = max(str(each) for each in (row["open_until"], row["busy_until"]) if each)
        found.append({"channel": row["channel"], "until": until, "trying": until <= at, "why": row["why"]})
    return found
