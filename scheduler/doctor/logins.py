"""
Whether channels' credentials hold, now and for long enough. Posts nothing.

A login that the channel refuses, and a channel that does not answer, are two things: the first is mended here, the
second says nothing of the credential. When it ends says only the credential itself: `expires = 2027-03-01`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from campaigns.documents import schema
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from scheduler import expiry, roster
from scheduler.doctor.finding import Finding
from scheduler.engine.desk import Desk
from scheduler.publisher import Endpoint, Refused
from scheduler.releases.locality import stays_here

PATIENCE = 30.0  #: seconds for one login


@dataclass(frozen=True)
class Tried:
    """How one login ended: what was proved, or why not."""

    channel: str
    said: str = ""
    fault: Exception | None = None


def ends(channels: Iterable[schema.Channel], settings: Settings, today: date) -> Iterator[Finding]:
    """Yield a finding for each credential that is over, or soon will be; none for one that does not say."""
    known, users = {each.id: each for each in channels}, defaultdict(list)
    for each in known.values():
        if each.credential:
            users[each.credential].append(each.id)
    for end in expiry.ends(users, settings, today):
        what, whose, kind = f"credential {end.name}", ", ".join(end.channels), known[end.channels[0]].kind
        cure = roster.help_for(kind) if kind in roster.KINDS else "Ask for a new one."
        if end.last is None:
            said = f"Its `expires` is no day, so nobody is warned in time ({whose})."
            yield Finding(what, "warning", said, "Write expires = 2027-03-01.", 1)
        elif end.days < 0:
            yield Finding(what, "missing", f"It ended on {end.last} ({whose}).", cure, 1)
        else:
            yield Finding(what, "warning", f"It ends on {end.last} ({whose}), {_until(end.days)}.", cure, 1)


def _until(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def tried(channels: Iterable[schema.Channel], settings: Settings, *, loopback_only: bool) -> Iterator[Finding]:
    """Log in to every channel, all at a time, and yield how it ended."""
    known = [each for each in channels if each.kind in roster.KINDS]
    here = [each for each in known if not loopback_only or stays_here(each.kind, each.server)]
    results = {each.channel: each for each in asyncio.run(_log_in(here, settings, loopback_only=loopback_only))}
    for channel in known:
        what = f"login {channel.id}"
        if channel.id not in results:
            yield Finding(what, "ok", "not tried, because a rehearsal stays on this machine")
        else:
            yield _finding(what, channel, results[channel.id])


def _finding(what: str, channel: schema.Channel, one: Tried) -> Finding:
    fault = one.fault
    if fault is None:
        return Finding(what, "ok", one.said)
    said = fault.message if isinstance(fault, CordialeError) else "It did not answer in time."
    hint = fault.hint if isinstance(fault, CordialeError) else ""
    if isinstance(fault, Refused):
        why = "Its credential does not hold, was revoked or has ended" if fault.credential else "It says no"
        return Finding(what, "missing", f"{why}: {said}", f"{hint} {roster.help_for(channel.kind)}".strip(), 1)
    cure = hint or "Try again later; nothing needs to be changed here for that."
    return Finding(what, "warning", f"It could not be asked, which says nothing of its credential: {said}", cure, 1)


async def _log_in(channels: list[schema.Channel], settings: Settings, *, loopback_only: bool) -> list[Tried]:
    async with Desk(settings, loopback_only=loopback_only) as desk:

        async def one(each: schema.Channel) -> Tried:
            options = dict(each.options)
            endpoint = Endpoint(each.id, each.kind, each.account, each.server, each.credential, options)
            try:
                async with asyncio.timeout(PATIENCE):
                    return Tried(each.id, await desk.publisher(endpoint).test())
            except (CordialeError, TimeoutError) as fault:
                return Tried(each.id, fault=fault)

        return list(await asyncio.gather(*map(one, channels)))
