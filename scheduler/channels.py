"""The channels of a database, and the proof that one of them can be logged in to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.documents import schema
from campaigns.errors import Refused
from campaigns.models.channel import Channel
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from campaigns.store.tables import table
from scheduler import standing
from scheduler.engine import rates
from scheduler.engine.desk import Desk
from scheduler.publisher import Endpoint

CHANNEL = table(Channel)


@dataclass(frozen=True)
class Known:
    """A channel, and why it is paused, if it is."""

    channel: schema.Channel
    paused: str = ""


def known(connection: Connection) -> list[Known]:
    """Return every channel, by id."""
    paused = {each["channel"]: each for each in standing.paused(through(connection), clock.now())}
    rows = connection.execute(select(CHANNEL).order_by(CHANNEL.c.id)).mappings()
    return [Known(schema.Channel(**row), _told(paused[row["id"]]) if row["id"] in paused else "") for row in rows]


def _told(pause: Mapping[str, Any]) -> str:
    """Say how a channel is left alone; one whose pause is over has not answered since."""
    until = clock.iso(clock.parse_iso(pause["until"]))
    return f"{'tried with one release at a time' if pause['trying'] else f'until {until}'}: {pause['why']}"


def prove(database: Engine, settings: Settings, name: str) -> str:
    """
    Log in to a channel without posting, let it speak again, and say what was proved.

    Raises:
        Refused: If there is no such channel.
        PublishFault: If its login does not work.
    """
    with reading(database) as connection:
        found = {each.channel.id: each.channel for each in known(connection)}
    if name not in found:
        near = get_close_matches(name, found, n=1)
        message = f"There is no channel {name} in this database."
        raise Refused(message, f"Did you mean {near[0]}?" if near else "List them with `cordiale channels list`.")
    rehearsal = TrustStore(settings.trust).current(clock.now()).rehearsal_only
    said = asyncio.run(_test(settings, found[name], loopback_only=rehearsal))
    with writing(database) as connection:
        rates.close_breaker(connection, name)
    return said


async def _test(settings: Settings, channel: schema.Channel, *, loopback_only: bool) -> str:
    endpoint = Endpoint(
        channel.id, channel.kind, channel.account, channel.server, channel.credential, dict(channel.options)
    )
    async with Desk(settings, loopback_only=loopback_only) as desk:
        return await desk.publisher(endpoint).test()
