"""
Where everything stands, from the tables alone and fast: counts by state, what needs a person, what is late, holds.

Plain SQL over few rows, and nothing heavy is loaded for it; the gate is asked only by `why`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaigns.audit.seen import Seen, ask_misfit
from campaigns.clock import instant_text
from campaigns.errors import CordialeError
from campaigns.store.glance import Ask
from scheduler import standing
from scheduler.releases import owed

LATE = timedelta(seconds=60)  #: a release that has waited longer than this past its instant is late
_COUNTS = "SELECT campaign, state, COUNT(*) AS n FROM release GROUP BY campaign, state ORDER BY campaign, state"
_LISTED = """
SELECT id, campaign, entry, occurrence, locale, channel, issuer, state, due_at, next_at, reason, published_at,
    remote_url
FROM release WHERE {where} ORDER BY due_at, id LIMIT :limit
"""
_DEBTS = "SELECT release, digest, campaign, rule, partner, owed, answers, opened_at FROM urgent_debt WHERE waits"
_FEW = 200  #: ids in one question
_CATCHING_UP = """
SELECT channel, COUNT(*) AS releases, MAX(next_at) AS until FROM release
WHERE state = 'scheduled' AND next_at > :now AND due_at < :late AND reason LIKE 'Paced after%'
GROUP BY channel ORDER BY channel
"""
_HOLDS = """
SELECT id, scope, target, partner, placed_at, reason, resumed_by, agreed, on_the_wire, lifted_at FROM hold
WHERE {which} ORDER BY placed_at
"""
#: Signers whom no mail reached, or perhaps none, about bytes that still wait for them or owe a word.
_UNTOLD = """
SELECT n.person, n.campaign, n.outcome, n.detail, CASE n.kind WHEN 'urgent' THEN 1 ELSE 0 END AS urgent,
    COUNT(DISTINCT n.release) AS releases, MAX(n.begun_at) AS begun_at
FROM notice n WHERE n.outcome IN ('failed', 'unknown') AND (
    (n.kind <> 'urgent' AND EXISTS (
        SELECT 1 FROM release r WHERE r.id = n.release AND r.digest = n.digest AND r.state = 'draft'))
    OR (n.kind = 'urgent' AND EXISTS (
        SELECT 1 FROM urgent_debt d WHERE d.release = n.release AND d.digest = n.digest AND d.waits)))
GROUP BY n.person, n.campaign, n.outcome, n.detail, CASE n.kind WHEN 'urgent' THEN 1 ELSE 0 END
ORDER BY n.person, n.campaign, n.outcome, n.detail, urgent LIMIT :limit
"""
#: What people read is not what was signed, and nobody has let it stand.
_ALTERED = """
SELECT r.id, r.campaign, r.entry, r.occurrence, r.locale, r.channel, r.issuer, r.remote_url, s.verdict, s.since,
    s.looked_at, s.difference
FROM showing s JOIN release r ON r.id = s.release
WHERE s.verdict IN ('changed', 'gone') AND r.state = 'published' AND (s.accepted IS NULL OR s.accepted <> s.digest)
ORDER BY s.since, r.id LIMIT :limit
"""
_STRANGERS = """
SELECT s.channel, c.issuer, s.remote_id, s.url, s.posted_at, s.seen_at FROM stranger s
LEFT JOIN channel c ON c.id = s.channel
WHERE s.settled_at IS NULL ORDER BY s.posted_at, s.channel, s.remote_id LIMIT :limit
"""
ATTENTION = "state IN ('uncertain', 'failed', 'refused', 'handed_over', 'retracting')"
#: What no state machine wrote: a word that is no state, or an instant that is not the one in the signed bytes.
DAMAGED = """
state NOT IN ('draft', 'scheduled', 'claimed', 'sending', 'published', 'retracting', 'retracted', 'refused', 'expired',
    'cancelled', 'failed', 'handed_over', 'uncertain')
OR (state IN ('draft', 'scheduled', 'claimed', 'sending')
    AND outgoing NOT LIKE '%"due":"' || SUBSTR(due_at, 1, 19) || 'Z"%')
"""
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
    damaged: list[dict[str, Any]]  #: rows that the database does not have from Cordiale
    urgent: list[dict[str, Any]]  #: gone out on one partner's word, and waiting for another's
    urgent_fault: str  #: why that cannot be known
    holds: list[dict[str, Any]]
    untold: list[
        dict[str, Any]
    ]  #: signers whom a mail did not reach, or may not have; `urgent`: about what went out alone
    next_due: str | None
    log_fault: str  #: why the event log is not the one that this machine has seen
    catching_up: list[dict[str, Any]]  #: channel, releases, until: what was overdue and goes out bit by bit
    crew: list[dict[str, Any]] = field(default_factory=list)  #: processes that plan and publish on a shared database
    paused: list[dict[str, Any]] = field(default_factory=list)  #: channels that are left alone
    altered: list[dict[str, Any]] = field(default_factory=list)  #: what people read otherwise than it was signed
    strangers: list[dict[str, Any]] = field(default_factory=list)  #: posts on declared accounts that are no release

    @property
    def healthy(self) -> bool:
        """Whether nothing is late, uncertain, failed, refused, damaged, altered or owed, and signers could be told."""
        failed = any(each["outcome"] == "failed" for each in self.untold)
        faults = (self.attention, self.late, self.damaged, self.urgent, self.urgent_fault, self.log_fault, failed)
        return not any((*faults, self.altered, self.strangers))


def gather(ask: Ask, now: datetime, trust_folder: Path, limit: int = 20, seen: Seen | None = None) -> Status:
    """
    Return the status at *now*; each list holds at most *limit* rows.

    *seen* is how far this machine had seen the event log before the view behind *ask* was opened.
    """
    counts: dict[str, dict[str, int]] = {}
    for row in ask(_COUNTS, {}):
        counts.setdefault(row["campaign"], {})[row["state"]] = row["n"]
    late = {"late": instant_text(now - LATE)}
    coming = "SELECT MIN(due_at) AS due FROM release WHERE state IN ('scheduled', 'draft') AND due_at >= :now"
    debts, fault = urgent(ask, trust_folder)
    return Status(
        counts,
        listed(ask, ATTENTION, limit),
        listed(ask, OVERDUE, limit, late),
        listed(ask, DAMAGED, limit),
        debts,
        fault,
        holds(ask, trust_folder),
        ask(_UNTOLD, {"limit": limit}),
        ask(coming, {"now": instant_text(now)})[0]["due"],
        ask_misfit(seen, ask) if seen else "",
        ask(_CATCHING_UP, {"now": instant_text(now), **late}),
        standing.crew(ask, now),
        standing.paused(ask, now),
        altered(ask, limit),
        strangers(ask, limit),
    )


def altered(ask: Ask, limit: int) -> list[dict[str, Any]]:
    """Return the releases of which people read something else than what was signed, the longest first."""
    return [_named(row) for row in ask(_ALTERED, {"limit": limit})]


def strangers(ask: Ask, limit: int) -> list[dict[str, Any]]:
    """Return the posts on declared accounts that no release accounts for, and nobody has looked at."""
    return ask(_STRANGERS, {"limit": limit})


def listed(ask: Ask, where: str, limit: int, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return releases by a condition of this module's own words; *values* are its parameters."""
    return [_named(row) for row in ask(_LISTED.format(where=where), {**(values or {}), "limit": limit})]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    first = f"{row['entry']}@{row['occurrence']}" if row["occurrence"] else row["entry"]
    return {**row, "name": f"{first}/{row['locale']}/{row['channel']}"}


def urgent(ask: Ask, trust_folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Return the urgent debts that are open, oldest first: this machine's, and those that only the table has."""
    fault, mine = "", {}
    try:
        mine = owed.of(trust_folder).read()
    except CordialeError as error:
        fault = error.message
    found = [
        _debt(key, each.campaign, each.rule, each.partner, each.opened_at, each.waits_for)
        for key, each in mine.items()
        if each.waits_for
    ]
    for row in ask(_DEBTS, {}):
        if (key := (row["release"], row["digest"])) not in mine:
            waits = tuple(str(each) for each in _list(row["owed"]) if each not in _mapping(row["answers"]))
            found.append(_debt(key, row["campaign"], row["rule"], row["partner"], row["opened_at"], waits))
    for each in found:
        known = ask(_LISTED.format(where="id = :id"), {"id": each["release"], "limit": 1})
        each["name"] = _named(known[0])["name"] if known else each["release"]
    return sorted(found, key=lambda each: str(each["opened_at"])), fault


def _debt(
    key: tuple[str, str], campaign: str, rule: str, partner: str, opened_at: str, waits: tuple[str, ...]
) -> dict[str, Any]:
    about = {"release": key[0], "digest": key[1], "campaign": campaign, "rule": rule, "partner": partner}
    return {**about, "opened_at": opened_at, "waits_for": list(waits)}


def _mapping(text: Any) -> dict[str, Any]:
    """Return the mapping that *text* spells; none where it is damaged."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _list(text: Any) -> list[Any]:
    """Return the list that *text* spells; none where it is damaged, so that a hold is shown all the same."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def on_the_wire(ask: Ask, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return how the releases of *ids* stand that a hold came too late for; those the table has not are left out."""
    found = []
    for start in range(0, len(ids), _FEW):
        values = {f"id{number}": each for number, each in enumerate(ids[start : start + _FEW])}
        where = f"id IN ({', '.join(f':{name}' for name in values)})"
        found += listed(ask, where, _FEW, values)
    return found


def holds(ask: Ask, trust_folder: Path, *, lifted: bool = False) -> list[dict[str, Any]]:
    """Return the holds that stand (and those *lifted*), in the table and in the held-file, all with the same keys."""
    which = "1 = 1" if lifted else "lifted_at IS NULL"
    found = [
        {
            **row,
            "resumed_by": _list(row["resumed_by"]),
            "agreed": _mapping(row["agreed"]),
            "on_the_wire": _list(row["on_the_wire"]),
        }
        for row in ask(_HOLDS.format(which=which), {})
    ]
    path, known = trust_folder / "local" / "held.json", {each["id"] for each in found}
    nobody: dict[str, Any] = {"placed_at": None, "resumed_by": [], "agreed": {}, "lifted_at": None}
    try:
        for each in json.loads(path.read_text("utf-8")):
            if each["id"] not in known:
                said = {name: str(each[name]) for name in ("id", "scope", "target", "partner", "reason")}
                found.append({**said, **nobody, "on_the_wire": [str(one) for one in each.get("on_the_wire", ())]})
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        damaged = {"id": path.name, "scope": "all", "target": "", "partner": "this machine", **nobody}
        found.append({**damaged, "reason": "the held-file is damaged; nothing is published", "on_the_wire": []})
    return [{**each, "on_the_wire": on_the_wire(ask, each["on_the_wire"])} for each in found]
