"""
Troubles: what a person has to know of, whose it is, and what to do. Gathered from the tables and from the daemon.

Releases in the same trouble on the same channel are one trouble, however many they are: a thousand refusals of one
channel are one message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaigns.clock import instant_text, iso
from campaigns.store.glance import Ask
from scheduler.cures import cure, meaning
from scheduler.expiry import End
from scheduler.releases.identity import release_name
from scheduler.releases.models import SETTLED
from scheduler.status import LATE
from scheduler.watch.figures import Figures

GROUPS = 50  #: troubles of releases that are told one by one; more of them are one trouble
NAMED = 3  #: releases that a trouble names
OBSTACLES = frozenset({"clock", "disk", "tables", "log"})  #: what keeps a machine from publishing
SOON = timedelta(days=30)  #: the trust file's expiry is told so long before

_WAITS = f"{SETTLED} AND state IN ('uncertain', 'failed', 'refused', 'handed_over')"
_RETRACTING = "state IN ('claimed', 'sending', 'retracting') AND state = 'retracting'"
_LATE = "state IN ('draft', 'scheduled') AND due_at < :late"
_LEFT = "state IN ('claimed', 'sending', 'retracting') AND state <> 'retracting' AND lease_until < :late"
_GROUPED = """
SELECT campaign, channel, issuer, state, COUNT(*) AS n, MIN(due_at) AS due, MIN(id) AS id
FROM release WHERE {where} GROUP BY campaign, channel, issuer, state ORDER BY MIN(due_at), campaign, channel, state
LIMIT :limit
"""
_NAMES = """
SELECT entry, occurrence, locale, channel, reason FROM release
WHERE {where} AND campaign = :campaign AND channel = :channel AND state = :state ORDER BY due_at, id LIMIT :limit
"""


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong."""

    key: str  #: the same as long as it is the same trouble
    whose: str  #: a partner, a campaign, or "this machine"
    what: str
    hint: str
    number: int = 1  #: how many releases it concerns


def of_this_machine(key: str) -> bool:
    """Return whether the trouble of *key* is this machine's own; all others are seen by every planner alike."""
    return key in OBSTACLES or key.startswith("fault/")


def of_releases(ask: Ask, now: datetime) -> list[Trouble]:
    """Return the troubles of releases at *now*: uncertain, failed, refused, handed over, half retracted, or late."""
    values = {"late": instant_text(now - LATE)}
    found: list[Trouble] = []
    for kind, where in (("", _WAITS), ("", _RETRACTING), ("late ", _LATE), ("late ", _LEFT)):
        used = values if ":late" in where else {}
        for group in ask(_GROUPED.format(where=where), {**used, "limit": GROUPS + 1}):
            if len(found) == GROUPS:
                return [*found, _more()]
            wanted = {name: group[name] for name in ("campaign", "channel", "state")}
            rows = ask(_NAMES.format(where=where), {**used, **wanted, "limit": NAMED})
            found.append(_of_group(kind, group, rows))
    return found


def _of_group(kind: str, group: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Trouble:
    rows = list(rows)
    names = [release_name(row["entry"], row["occurrence"], row["locale"], row["channel"]) for row in rows]
    state, number = group["state"], group["n"]
    word = f"late ({state})" if kind else state.replace("_", " ")
    many = f"{number:,} releases" if number > 1 else "A release"
    more = f" and {number - len(names):,} more" if number > len(names) else ""
    reason = next((row["reason"] for row in rows if row["reason"]), "")
    said = f" It says: {reason}" if reason and number == 1 else f" The first says: {reason}" if reason else ""
    verb = "are" if number > 1 else "is"
    what = (
        f"{many} of {group['campaign']} on {group['channel']} {verb} {word}: {meaning(state)}. "
        f"{', '.join(names)}{more}.{said}"
    )
    key = f"{kind.strip() or 'state'}/{state}/{group['campaign']}/{group['channel']}"
    return Trouble(key, group["issuer"], what, cure(state, names[0] if names else group["id"]), number)


def of_shown(altered: Sequence[Mapping[str, Any]], strangers: Sequence[Mapping[str, Any]]) -> list[Trouble]:
    """Return the troubles of what people read: a release each that is shown otherwise, an account each with posts."""
    found = []
    for each in altered:
        gone = each["verdict"] == "gone"
        said = "is not there any more" if gone else f"is shown otherwise than it was signed: {each['difference']}"
        where = f" See {each['remote_url']}." if each["remote_url"] else ""
        hint = f"Look at the account; then `cordiale retract {each['name']}`, or let it stand: `cordiale shown accept`."
        what = f"{each['name']} of {each['campaign']} {said}{'' if said.endswith('.') else '.'}{where}"
        found.append(Trouble(f"shown/{each['verdict']}/{each['id']}", each["issuer"], what, hint))
    channels: dict[str, list[Mapping[str, Any]]] = {}
    for each in strangers:
        channels.setdefault(each["channel"], []).append(each)
    for channel, posts in channels.items():
        first = posts[0]
        many = f"{len(posts)} posts" if len(posts) > 1 else "A post"
        what = f"{many} on {channel} {'are' if len(posts) > 1 else 'is'} no release of Cordiale's."
        what += f" The first is of {first['posted_at'][:19]}Z: {first['url'] or first['remote_id']}"
        hint = "If nobody of yours wrote it, the account is in other hands: `cordiale hold`, then change its password."
        found.append(Trouble(f"stranger/{channel}", first["issuer"] or "everybody", what, hint, len(posts)))
    return found


def _more() -> Trouble:
    what = f"More than {GROUPS} campaigns and channels have releases that wait for a person."
    return Trouble("state/more", "everybody", what, "See all of them: cordiale status")


def of_figures(figures: Figures | None, now: datetime) -> list[Trouble]:
    """Return the troubles that the figures show: channels whose breaker is open."""
    if figures is None:
        return []
    return [
        Trouble(
            f"breaker/{channel}",
            channel,
            f"Channel {channel} is paused until {until[:19]}Z: {why}",
            f"Mend its credential, then: cordiale channels test {channel}",
        )
        for channel, (until, why) in figures.breakers.items()
        if until > instant_text(now)
    ]


def of_trust(expires: datetime | None, fault: str, now: datetime) -> list[Trouble]:
    """Return the trouble of a trust file that cannot be used, or that expires soon."""
    if fault:
        hint = "Nothing is published without it. See `cordiale trust show`."
        return [Trouble("trust", "every partner", f"The trust file cannot be used: {fault}", hint)]
    if expires is None or expires - now > SOON:
        return []
    days = (expires - now).days
    what = f"The trust file expires in {days} day{'' if days == 1 else 's'}, at {iso(expires)}."
    hint = "All partners sign a version with a later date; without one, nothing is published from then on."
    return [Trouble("trust-expiry", "every partner", what, hint)]


def of_credentials(ends: Iterable[End]) -> list[Trouble]:
    """Return a trouble for each credential in use that is over, soon will be, or does not say readably when."""
    found = []
    for end in ends:
        first, whose = end.channels[0], ", ".join(end.channels)
        hint = f"See how to get another: `cordiale channels kinds`. Then: cordiale channels test {first}"
        if end.last is None:
            said, hint = "has an `expires` that is no day: nobody is warned in time", "Write expires = 2027-03-01."
        elif end.days < 0:
            said = f"ended on {end.last}"
        else:
            said = f"ends on {end.last}, in {end.days} day{'' if end.days == 1 else 's'}"
        found.append(Trouble(f"credential/{end.name}", whose, f"Credential {end.name} of {whose} {said}.", hint))
    return found


def of_obstacles(*, clock: str, disk: str, tables: str, log: str) -> list[Trouble]:
    """Return why nothing goes out: the clock, the disk, the tables' version, the event log; "" says nothing."""
    hints = {
        "clock": "Check the clock, then start `cordiale run` again.",
        "disk": "Make room there; publishing goes on by itself.",
        "tables": "Stop this `cordiale run`, bring code and database to the same version, and start it again.",
        "log": "See `cordiale verify`; after a restore a person settles it with `cordiale db reconcile`.",
    }
    said = {"clock": clock, "disk": disk, "tables": tables, "log": log}
    return [Trouble(key, "this machine", what, hints[key]) for key, what in said.items() if what]


def of_faults(standing: Mapping[str, str]) -> list[Trouble]:
    """
    Return a trouble for each part of the daemon that fails now: where -> what it said.

    Parts that say the same fail for the same reason, which is told once: the database's before a duty's.
    """
    hints = {
        "database": "Nothing is claimed until it answers; what is on the wire is written down as soon as it does.",
        "journal": "Nothing is sent without the send journal: look at the disk of trust/local.",
    }
    first = ("database", "journal")
    found: dict[str, Trouble] = {}
    for where in sorted(standing, key=lambda each: (first.index(each) if each in first else len(first), each)):
        said = standing[where]
        what = said if where in first else f"{where.capitalize()}: {said}"
        found.setdefault(said, Trouble(f"fault/{where}", "this machine", what, hints.get(where, "See the log.")))
    return list(found.values())
