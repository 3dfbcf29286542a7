"""
The rate clock and the breaker of each channel: the only writer of `channel_state`.

A rate is a generic cell rate algorithm with a burst of one: `next_free_at` is when the channel may speak again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from campaigns.models.channel import Channel
from campaigns.store.tables import table
from scheduler.releases.evidence import CHANNEL_STATE

_CHANNEL = table(Channel)


def of(connection: Connection, channels: Iterable[str]) -> dict[str, str]:
    """Return the declared rate of those *channels* that have one."""
    statement = select(_CHANNEL.c.id, _CHANNEL.c.rate).where(
        _CHANNEL.c.id.in_(list(channels)), _CHANNEL.c.rate.is_not(None)
    )
    return {row.id: row.rate for row in connection.execute(statement)}


def reserve(connection: Connection, channel: str, free_at: datetime) -> None:
    """Write when *channel* may speak again."""
    _put(connection, channel, {"next_free_at": free_at})


def open_breaker(connection: Connection, channel: str, until: datetime, why: str) -> None:
    """Pause *channel*: its credential does not work, and one release has already found out."""
    _put(connection, channel, {"open_until": until, "why": why[:500]})


def close_breaker(connection: Connection, channel: str) -> None:
    """Let *channel* speak again."""
    _put(connection, channel, {"open_until": None, "why": ""})


def _put(connection: Connection, channel: str, values: dict[str, Any]) -> None:
    done = connection.execute(update(CHANNEL_STATE).where(CHANNEL_STATE.c.channel == channel).values(values))
    if done.rowcount == 0:
        connection.execute(insert(CHANNEL_STATE), {"channel": channel, "why": "", **values})
