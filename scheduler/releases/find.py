"""Find a release by the name people use, and what happened to it."""

from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from campaigns.audit.log import EVENT, of, shown
from campaigns.clock import iso
from campaigns.errors import Refused
from campaigns.signoff.approvals import APPROVAL, SUBJECT
from scheduler.releases import acts
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
    """
    Return what happened to a release, and what partners decided about it, oldest first.

    `partner` is whose approval an event is about; "" where it is about none, or where that was erased.
    """
    columns = (APPROVAL.c.id, APPROVAL.c.partner, APPROVAL.c.campaign)
    decided = select(*columns).join(SUBJECT, SUBJECT.c.approval == APPROVAL.c.id).where(SUBJECT.c.subject == release)
    rows = connection.execute(decided).all()
    partners: dict[str, str] = {row.id: row.partner for row in rows}
    words = select(EVENT).where(
        EVENT.c.subject.in_({row.campaign for row in rows}),  # by its index: a log has millions of events
        EVENT.c.act.in_(acts.of_decisions()),
        EVENT.c.after.in_(partners),
    )
    events = [*of(connection, release), *(connection.execute(words).mappings() if rows else ())]
    return [
        {
            "at": iso(e.at),
            "act": e.act,
            "words": acts.in_words(e.act, whose),
            "partner": whose,
            "actor": shown(e, "actor"),
            "before": e.before,
            "after": e.after,
            "why": shown(e, "why"),
        }
        for e in sorted(events, key=lambda each: each.seq)
        for whose in (partners.get(e.after or "", "") or _partner(e),)
    ]


def _partner(event: RowMapping) -> str:
    return str(event.detail.get("partner", "")) if event.act.startswith("approval.") else ""
