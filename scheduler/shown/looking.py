"""
Asking channels what they show of releases: each channel in turn by itself, one question after another.

Reading shares the account's allowance with publishing. So a channel that is busy or silent is left alone at once: what
else was to be asked of it is put off.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from campaigns import clock
from campaigns.errors import CordialeError
from scheduler import roster
from scheduler.publisher import (
    Busy,
    Delivery,
    Endpoint,
    OutcomeUnknown,
    Posted,
    Publisher,
    PublishFault,
    Refused,
    Unreachable,
    Words,
)
from scheduler.shown import compare
from scheduler.shown.ledger import Look, Seen

LOG = structlog.get_logger()
PATIENCE = 60.0  #: seconds for one release
PublisherOf = Callable[[Endpoint], Publisher]


async def look(publisher_of: PublisherOf, looks: Sequence[Look], now: datetime) -> list[Seen]:
    """Look at every release of *looks*; whatever goes wrong is part of what was seen."""
    channels: dict[str, list[Look]] = defaultdict(list)
    for each in looks:
        channels[each.outgoing.channel].append(each)
    found = await asyncio.gather(*(_channel(publisher_of, group, now) for group in channels.values()))
    return [seen for group in found for seen in group]


async def _channel(publisher_of: PublisherOf, looks: list[Look], now: datetime) -> list[Seen]:
    found: list[Seen] = []
    for number, each in enumerate(looks):
        seen, alone = await _one(publisher_of, each, now)
        found.append(seen)
        if alone:
            rest = looks[number + 1 :]
            return found + [Seen(other, now, asked=seen.asked, postponed=True) for other in rest]
    return found


async def _one(publisher_of: PublisherOf, each: Look, now: datetime) -> tuple[Seen, bool]:
    """Return what was seen of one release, and whether its channel is to be left alone."""
    measures = bool(roster.capabilities(each.outgoing.kind, each.outgoing.options).measures)
    asked, alone = timedelta(0), False
    try:
        async with asyncio.timeout(PATIENCE):
            return await _see(publisher_of(Endpoint.of(each.outgoing)), each, now), False
    except Busy as fault:
        why, alone, asked = str(fault), True, timedelta(seconds=fault.retry_after or 0)
    except (Unreachable, OutcomeUnknown, Refused) as fault:
        why, alone = str(fault), not isinstance(fault, Refused) or fault.credential
    except TimeoutError:
        why, alone = "The channel did not answer in time.", True
    except CordialeError as error:
        why, alone = str(error), True
    except Exception as error:  # a publisher's fault harms its own release only
        LOG.exception("a publisher broke its contract", release=each.release, kind=each.outgoing.kind)
        why = f"The publisher {each.outgoing.kind} failed: {type(error).__name__}."
    return Seen(each, now, fault=why, gap=why if measures else "", asked=asked), alone


async def _see(publisher: Any, each: Look, now: datetime) -> Seen:
    """Read the release, and count what is counted of it."""
    declared = roster.capabilities(each.outgoing.kind, each.outgoing.options)
    verdict = difference = digest = ""
    if declared.can_read:
        signed, shown = await _words(publisher, each, look_up=declared.can_look_up)
        kind, lines = each.outgoing.kind, list[compare.Difference]()
        if shown is not None:
            lines, digest = compare.differences(kind, signed, shown), compare.digest(kind, shown)
        verdict = "gone" if shown is None else "changed" if lines else "same"
        difference = "\n".join(str(line) for line in lines)
    counts, gap, fault = dict[str, int](), "", ""
    if declared.measures and verdict != "gone":
        try:
            counts = await publisher.measure(_delivery(each, 0), each.remote_id)
            gap = "" if counts else "The channel gave no count."
        except PublishFault as error:  # what was read is worth keeping all the same
            gap = str(error)
            fault = "" if isinstance(error, Refused) else gap
    elif declared.measures:
        gap = "It is not there any more."
    return Seen(each, now, verdict, difference, digest, counts, gap, fault)


async def _words(publisher: Any, each: Look, *, look_up: bool) -> tuple[Words, Words | None]:
    """Return the words of all parts as signed and as shown; None where a part is not there."""
    signed: Words = {}
    shown: Words | None = {}
    many = len(each.outgoing.parts) > 1
    for part in range(len(each.outgoing.parts)):
        delivery, remote_id = _delivery(each, part), each.remote_id
        if part:
            remote_id = next(iter(each.parts[part : part + 1]), "")
        if part and not remote_id:
            receipt = await publisher.look_up(delivery) if look_up else None
            remote_id = receipt.remote_id if receipt else ""
        name = f"part {part + 1}, " if many else ""
        signed |= {f"{name}{place}": text for place, text in publisher.words(delivery).items()}
        read = await publisher.read(delivery, remote_id) if remote_id else None
        shown = None if read is None or shown is None else shown | {f"{name}{at}": said for at, said in read.items()}
    return signed, shown


def _delivery(each: Look, part: int) -> Delivery:
    return Delivery(each.outgoing, each.key, each.digest, part=part, now=clock.now())


async def strangers(publisher: Any, since: datetime, until: datetime, accounted: set[str]) -> list[Posted]:
    """
    Return what the account posted between the two instants and no release accounts for.

    Raises:
        CordialeError: If the channel cannot be asked.
    """
    async with asyncio.timeout(PATIENCE):
        posts = await publisher.posts(since)
    return [each for each in posts if since <= each.at <= until and not {each.remote_id, each.url} & accounted]
