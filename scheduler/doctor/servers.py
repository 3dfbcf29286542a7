"""
What the servers of channels say about their own limits: asked over the one door, kept in the workspace's file.

A server tells anybody, so that no credential goes with the question. One that cannot be reached changes nothing: what
it said last holds.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from campaigns.documents import schema
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from content import servers
from content.servers import NAMES, Declared
from scheduler.doctor.finding import Finding
from scheduler.releases.locality import stays_here

PATH = "/api/v2/instance"
KINDS = frozenset({"mastodon"})  #: of channels whose servers can be asked
CONNECT, TOTAL = 5.0, 10.0  #: seconds
#: Where a Mastodon server's answer says what: below `configuration`.
_PLACES: dict[str, tuple[str, str]] = {
    "text": ("statuses", "max_characters"),
    "link": ("statuses", "characters_reserved_per_url"),
    "alt": ("media_attachments", "description_limit"),
    "media": ("statuses", "max_media_attachments"),
    "image": ("media_attachments", "image_size_limit"),
    "video": ("media_attachments", "video_size_limit"),
    "image_pixels": ("media_attachments", "image_matrix_limit"),
    "video_pixels": ("media_attachments", "video_matrix_limit"),
}


def askable(channels: Iterable[schema.Channel]) -> tuple[str, ...]:
    """Return the servers of *channels* that can be asked, each once, sorted."""
    found = {servers.key(each.server) for each in channels if each.kind in KINDS and each.server}
    return tuple(sorted(each for each in found if each.startswith(("https://", "http://")) and _dialled(each)))


def declared(answer: Mapping[str, Any]) -> dict[str, int]:
    """Return the limits in a server's *answer*, by our names; what is missing or no limit at all is left out."""
    whole = answer.get("configuration")
    found: dict[str, int] = {}
    for name, (group, key) in _PLACES.items():
        part = whole.get(group) if isinstance(whole, dict) else None
        value = part.get(key) if isinstance(part, dict) else None
        if isinstance(value, int) and servers.possible(value):
            found[name] = value
    return found


def ask(names: Iterable[str], *, loopback_only: bool) -> dict[str, dict[str, int] | CordialeError]:
    """Ask all servers at a time, and return what each declared, or why it could not be asked."""
    return asyncio.run(_ask(tuple(names), loopback_only=loopback_only))


def visit(
    channels: Iterable[schema.Channel], settings: Settings, today: date, *, loopback_only: bool, offline: bool
) -> Iterator[Finding]:
    """
    Ask the servers of *channels*, keep what they say, and tell it.

    Raises:
        InvalidDocument: If what was kept cannot be read.
        OSError: If it cannot be written.
    """
    names = askable(channels)
    known = dict(servers.load(settings))
    asked = [] if offline else [name for name in names if not loopback_only or stays_here("", name)]
    answers = ask(asked, loopback_only=loopback_only) if asked else {}
    told = {name: Declared(name, each, today) for name, each in answers.items() if isinstance(each, dict) and each}
    if any(known.get(name) != each for name, each in told.items()):
        _keep(settings.root / servers.FILE, servers.written({**known, **told}))
    why = "" if offline else ", because a rehearsal stays on this machine"
    for name in names:
        if name in told:
            yield _told(name, known.get(name), told[name])
        else:
            yield _untold(name, answers.get(name), known.get(name), today, why)


async def _ask(names: tuple[str, ...], *, loopback_only: bool) -> dict[str, dict[str, int] | CordialeError]:
    from scheduler.transport.door import Transport

    async with Transport(loopback_only=loopback_only, connect=CONNECT, total=TOTAL) as transport:

        async def one(name: str) -> dict[str, int] | CordialeError:
            try:
                answer = await transport.http("GET", f"{name}{PATH}", effect=False)
                return declared(answer.object())
            except CordialeError as error:
                return error

        return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))


def _dialled(name: str) -> bool:
    try:
        return bool(urlsplit(name).hostname)
    except ValueError:
        return False


def _keep(path: Path, text: str) -> None:
    """Write all or nothing."""
    part = path.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def _told(name: str, before: Declared | None, now: Declared) -> Finding:
    what = _what(name)
    if before and before.limits != now.limits:
        cure = "See what it means for the releases: `cordiale plan PATH...`"
        return Finding(what, "warning", f"Its limits changed: {_changes(before, now)}.", cure, 1)
    said = ", ".join(f"{key} {value:,}" for key, value in now.limits.items() if not key.endswith("_pixels"))
    return Finding(what, "ok", f"declares {said}")


def _untold(
    name: str, answer: dict[str, int] | CordialeError | None, before: Declared | None, today: date, why: str
) -> Finding:
    """Return what holds for a server that did not say anything: what it said last, or what `limits` says."""
    what, holds = _what(name), "the limits of `cordiale limits` hold"
    old = before is not None and before.stale(today)
    if before:
        since = f", more than {servers.STALE_AFTER.days} days ago," if old else ""
        holds = f"what it said on {before.asked_on.isoformat()}{since} holds"
    if isinstance(answer, CordialeError):
        said = f"It could not be asked for its limits; {holds}. {answer.message}"
        return Finding(what, "warning", said, answer.hint or "Ask again later.", 1)
    said = f"not asked{why}; {holds}" if answer is None else f"does not say its limits at {PATH}; {holds}"
    if old:
        return Finding(what, "warning", said, "Ask it with `cordiale doctor` where the network is.", 1)
    return Finding(what, "ok", said)


def _what(name: str) -> str:
    return f"server {name.partition('://')[2]}"


def _changes(before: Declared, now: Declared) -> str:
    names = [name for name in NAMES if before.limits.get(name) != now.limits.get(name)]
    return ", ".join(f"{NAMES[name]} {_figure(before, name)} to {_figure(now, name)}" for name in names)


def _figure(one: Declared, name: str) -> str:
    value = one.limits.get(name)
    return "none" if value is None else f"{value:,}"
