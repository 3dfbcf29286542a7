"""
Where everything stands, from the tables alone and fast: counts by state, what needs a person, what is late, holds.

Plain SQL over few rows, and nothing heavy is loaded for it; the gate is asked only by `why`.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaigns.clock import instant_text
from campaigns.store.glance import Ask

LATE = timedelta(seconds=60)  #: a release that has waited longer than this past its instant is late
_COUNTS = "SELECT campaign, state, COUNT(*) AS n FROM release GROUP BY campaign, state ORDER BY campaign, state"
_LISTED = """
SELECT id, campaign, entry, occurrence, locale, channel, state, due_at, next_at, reason, published_at, remote_url
FROM release WHERE {where} ORDER BY due_at, id LIMIT :limit
"""
_HOLDS = """
SELECT id, scope, target, partner, placed_at, reason, resumed_by FROM hold WHERE lifted_at IS NULL ORDER BY placed_at
"""
ATTENTION = "state IN ('uncertain', 'failed', 'refused', 'handed_over', 'retracting')"
#: A lease that ran out long ago says that no daemon is there to take it over.
OVERDUE = """
(state IN ('scheduled', 'draft') AND due_at < :late) OR (state IN ('claimed', 'sending') AND lease_until < :late)
"""


@dataclass(frozen=True)
class Status:
    """What `status` says."""

    counts: dict[str, dict[str, int]]  #: campaign -> state -> releases
    attention: list[dict[str, Any]]  #: failed, uncertain, refused, handed over, half retracted
    late: list[dict[str, Any]]  #: due, and not gone
    holds: list[dict[str, Any]]
    next_due: str | None

    @property
    def healthy(self) -> bool:
        """Whether nothing is late, uncertain, failed or refused."""
        return not self.attention and not self.late


def gather(ask: Ask, now: datetime, trust_folder: Path, limit: int = 20) -> Status:
    """Return the status at *now*; each list holds at most *limit* rows."""
    counts: dict[str, dict[str, int]] = {}
    for row in ask(_COUNTS, {}):
        counts.setdefault(row["campaign"], {})[row["state"]] = row["n"]
    late = {"late": instant_text(now - LATE)}
    coming = "SELECT MIN(due_at) AS due FROM release WHERE state IN ('scheduled', 'draft') AND due_at >= :now"
    return Status(
        counts,
        listed(ask, ATTENTION, limit),
        listed(ask, OVERDUE, limit, late),
        holds(ask, trust_folder),
        ask(coming, {"now": instant_text(now)})[0]["due"],
    )


def listed(ask: Ask, where: str, limit: int, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return releases by a condition of this module's own words; *values* are its parameters."""
    return [_named(row) for row in ask(_LISTED.format(where=where), {**(values or {}), "limit": limit})]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    first = f"{row['entry']}@{row['occurrence']}" if row["occurrence"] else row["entry"]
    return {**row, "name": f"{first}/{row['locale']}/{row['channel']}"}


def holds(ask: Ask, trust_folder: Path) -> list[dict[str, Any]]:
    """Return the holds that stand, in the table and in the held-file, all with the same keys."""
    found = [{**row, "resumed_by": json.loads(row["resumed_by"])} for row in ask(_HOLDS, {})]
    path, known = trust_folder / "local" / "held.json", {each["id"] for each in found}
    try:
        for each in json.loads(path.read_text("utf-8")):
            if each["id"] not in known:
                said = {name: str(each[name]) for name in ("id", "scope", "target", "partner", "reason")}
                found.append({**said, "placed_at": None, "resumed_by": []})
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, KeyError):
        damaged = {"id": path.name, "scope": "all", "target": "", "partner": "this machine", "placed_at": None}
        found.append({**damaged, "reason": "the held-file is damaged; nothing is published", "resumed_by": []})
    return found
