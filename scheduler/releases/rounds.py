"""How often a release was put before its partners, and what is said when that is often enough."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from campaigns.signoff import approvals
from campaigns.terminal import count
from scheduler.releases.plan import Kind, Notice, ReleaseChange


def number(decided: set[str], digest: str) -> int:
    """Return in which round a release is: one for each form that a partner decided on, and the present one."""
    return len(decided | {digest})


def notices(connection: Connection, changes: Sequence[ReleaseChange], most: int) -> list[Notice]:
    """Return what a plan says of the campaigns whose edit begins a round beyond the *most* that there should be."""
    edited = [each for each in changes if each.kind is Kind.CHANGED and each.row]
    decided = approvals.decided(connection, [each.id for each in edited])
    beyond: dict[str, list[tuple[ReleaseChange, int]]] = {}
    for each in edited:
        row: Mapping[str, Any] = each.row or {}
        if (then := number(decided.get(each.id, set()), row["digest"])) > most:
            beyond.setdefault(each.campaign, []).append((each, then))
    return [
        Notice(campaign, _said(campaign, found, most), "The partners must talk: writing back and forth has not done.")
        for campaign, found in beyond.items()
    ]


def _said(campaign: str, found: Sequence[tuple[ReleaseChange, int]], most: int) -> str:
    names = f"{found[0][0].name}, …" if found[1:] else found[0][0].name
    last = max(then for _, then in found)
    return f"{count(len(found), 'release')} of {campaign} ({names}) would be in round {last} of at most {most}."
