"""What is known of what is shown, for people: plain SQL over few rows."""

from typing import Any

from campaigns.store.glance import Ask
from scheduler.releases.identity import release_name

MOST = 1000  #: rows of a list
_COUNTS = "SELECT verdict, COUNT(*) AS n FROM showing GROUP BY verdict"
_ROWS = """
SELECT r.id, r.entry, r.occurrence, r.locale, r.channel, s.verdict, s.looked_at, s.next_at, s.failures, s.fault
FROM showing s JOIN release r ON r.id = s.release WHERE {where} ORDER BY s.published_at, r.id LIMIT :limit
"""


def counts(ask: Ask) -> dict[str, int]:
    """Return verdict -> releases."""
    return {row["verdict"]: row["n"] for row in ask(_COUNTS, {})}


def rows(ask: Ask, *, every: bool) -> list[dict[str, Any]]:
    """Return what was seen of releases: of *every* one, or of those that could not be read last time."""
    found = ask(_ROWS.format(where="1 = 1" if every else "s.failures > 0"), {"limit": MOST})
    return [
        {**row, "name": release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])} for row in found
    ]
