"""Find a release by the name people use, and what happened to it."""

from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, or_, select

from campaigns.audit.log import of, shown
from campaigns.clock import iso
from campaigns.errors import Refused
from scheduler.releases.identity import release_name
from scheduler.releases.stored import RELEASE, some


def find(connection: Connection, wanted: str) -> dict[str, Any]:
    """
    Return the row of a release by id, or by its name (`launch/fr-FR/fr-feed`, `CAMPAIGN:launch/fr-FR/fr-feed`).

    Raises:
        Refused: If there is none, or if campaigns share the name.
    """
    campaign, _, name = wanted.rpartition(":")
    first, *rest = name.split("/")
    entry, _, occurrence = first.partition("@")
    named = RELEASE.c.entry == entry
    if len(rest) == 2:  # noqa: PLR2004 (locale and channel)
        named &= (RELEASE.c.locale == rest[0]) & (RELEASE.c.channel == rest[1])
    named &= RELEASE.c.occurrence == occurrence
    meant = or_(RELEASE.c.id == wanted, named)
    rows = some(connection, meant & (RELEASE.c.campaign == campaign) if campaign else meant)
    if len(rows) == 1:
        return rows[0]
    if rows:
        names = ", ".join(f"{row['campaign']}:{_name(row)}" for row in rows[:6])
        message = f"'{wanted}' names {len(rows)} releases."
        raise Refused(message, f"Say which: {names}.")
    columns = (RELEASE.c.entry, RELEASE.c.occurrence, RELEASE.c.locale, RELEASE.c.channel)
    known = [_name(dict(row)) for row in connection.execute(select(*columns).limit(5000)).mappings()]
    near = get_close_matches(wanted, known, n=1)
    message = f"There is no release '{wanted}'."
    raise Refused(message, f"Did you mean '{near[0]}'?" if near else "List them with `cordiale releases`.")


def _name(row: dict[str, Any]) -> str:
    return release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])


def history(connection: Connection, release: str) -> list[dict[str, Any]]:
    """Return what happened to a release, oldest first."""
    return [
        {
            "at": iso(e.at),
            "act": e.act,
            "actor": shown(e, "actor"),
            "before": e.before,
            "after": e.after,
            "why": shown(e, "why"),
        }
        for e in of(connection, release)
    ]
