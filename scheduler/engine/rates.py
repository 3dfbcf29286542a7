"""
The rate clock and the breaker of each channel: the only writer of `channel_state`.

A rate is a generic cell rate algorithm with a burst of one: `next_free_at` is when the channel may speak again.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, func, select, text, update

from campaigns.documents.fields import rate_interval
from campaigns.models.channel import Channel
from campaigns.store.tables import table
from scheduler.releases.evidence import CHANNEL_STATE

LOG = structlog.get_logger()
_CHANNEL = table(Channel)


LOCK = 0x0C04D1A1F  #: PostgreSQL advisory lock: one daemon at a time takes from channels with a rate


def free(connection: Connection, now: datetime) -> dict[str, timedelta]:
    """
    Return the channels with a rate that may speak now, and the time between two releases there.

    Until the transaction ends no other daemon is told the same. A rate that cannot be read lets nothing out.
    """
    rated = dict(connection.execute(select(_CHANNEL.c.id, _CHANNEL.c.rate).where(_CHANNEL.c.rate.is_not(None))).all())
    if not rated:
        return {}
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    busy = set(connection.scalars(select(CHANNEL_STATE.c.channel).where(CHANNEL_STATE.c.next_free_at > now)))
    found = {}
    for channel in sorted(rated.keys() - busy):
        try:
            found[channel] = rate_interval(rated[channel])
        except ValueError:
            LOG.error("a channel has no readable rate and publishes nothing", channel=channel, rate=rated[channel])
    return found


def next_free(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next channel with a rate may speak again; None when none has to wait."""
    return connection.execute(
        select(func.min(CHANNEL_STATE.c.next_free_at)).where(CHANNEL_STATE.c.next_free_at > now)
    ).scalar()


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
    row = "INSERT INTO channel_state (channel, why) VALUES (:channel, '') ON CONFLICT (channel) DO NOTHING"
    connection.execute(text(row), {"channel": channel})
    connection.execute(update(CHANNEL_STATE).where(CHANNEL_STATE.c.channel == channel).values(values))
