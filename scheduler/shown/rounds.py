"""
The daemon's duties of looking back: what is shown of each release by its timetable, and who else posts on its accounts.

They run on threads of their own beside publishing. What goes wrong with one release is written with it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import reading, writing
from scheduler import roster
from scheduler.engine import shared
from scheduler.engine.desk import Desk
from scheduler.engine.duties import Duty
from scheduler.publisher import Capabilities, Endpoint, Posted
from scheduler.shown import ledger, looking
from scheduler.shown.ledger import CHANNEL, Seen

LOG = structlog.get_logger()
EVERY, WATCHED = timedelta(seconds=30), timedelta(minutes=10)  #: between two rounds; between two looks at an account
LIMIT = 200  #: releases in one round
BACK = timedelta(days=7)  #: how far back an account's posts are looked at
GRACE = timedelta(minutes=10)  #: what was posted since may be a release whose receipt is not written yet


@dataclass(frozen=True)
class Watched:
    """What a look at the accounts found."""

    found: int = 0  #: posts that nobody had flagged before
    faults: dict[str, str] = field(default_factory=dict)  #: channel -> why it could not be asked


class LookingBack:
    """Reads back what one workspace published."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self._settings = settings
        self._database = database
        self._trust = TrustStore(settings.trust)

    def duties(self) -> list[Duty]:
        """Return what a daemon does every so often."""
        return [Duty("looking back", EVERY, self.round), Duty("strangers", WATCHED, self.watch)]

    def round(self, only: Sequence[str] = ()) -> list[Seen]:
        """
        Look at what is due now, or at the releases *only*, and return what was seen.

        Raises:
            CordialeError: If trust or database cannot be read; nobody is asked then.
        """
        rehearsal = self._trust.current(clock.now()).rehearsal_only
        with reading(self._database) as connection:
            now = shared.now(connection)
            able = [each.channel for each, can in _declared(connection) if can.can_read or can.measures]
            new = ledger.unlisted(connection, able, now)
            if not (new or only or ledger.due(connection, now)):
                return []
        with writing(self._database) as connection:
            ledger.enrol(connection, new)
            looks = ledger.take(connection, now, LIMIT, only)
        if not looks:
            return []

        async def ask() -> list[Seen]:
            async with Desk(self._settings, loopback_only=rehearsal) as desk:
                return await looking.look(desk.publisher, looks, now)

        found = asyncio.run(ask())
        with writing(self._database) as connection:
            ledger.finish(connection, found)
        for seen in found:
            if seen.verdict in ledger.WRONG and seen.verdict != seen.look.verdict:
                name = seen.look.outgoing.name
                LOG.error("what is shown is not what was signed", release=name, verdict=seen.verdict)
        return found

    def watch(self) -> Watched:
        """
        Ask, without any credential, what the declared accounts posted, and flag what no release accounts for.

        Raises:
            CordialeError: If trust or database cannot be read, or no account could be asked.
        """
        rehearsal = self._trust.current(clock.now()).rehearsal_only
        with reading(self._database) as connection:
            now = shared.now(connection)
            accounts: list[tuple[Endpoint, datetime, set[str]]] = []
            for endpoint, can in _declared(connection):
                first = ledger.first_published(connection, endpoint.channel) if can.can_list else None
                if first is not None:
                    since = max(first, now - BACK)
                    margin = since - ledger.OVERLAP  # a receipt may be written before the platform's own instant
                    accounts.append((endpoint, since, ledger.accounted(connection, endpoint.channel, margin)))
        found, faults = asyncio.run(self._strangers(accounts, now, rehearsal=rehearsal)) if accounts else ({}, {})
        with writing(self._database) as connection:
            number = sum(ledger.flag(connection, channel, posts, now) for channel, posts in found.items())
        for channel, why in faults.items():
            LOG.warning("an account could not be watched", channel=channel, why=why)
        return Watched(number, faults)

    async def _strangers(
        self, accounts: Iterable[tuple[Endpoint, datetime, set[str]]], now: datetime, *, rehearsal: bool
    ) -> tuple[dict[str, list[Posted]], dict[str, str]]:
        found: dict[str, list[Posted]] = {}
        faults: dict[str, str] = {}
        async with Desk(self._settings, loopback_only=rehearsal) as desk:
            for endpoint, since, accounted in accounts:
                try:
                    publisher = desk.publisher(endpoint)
                    found[endpoint.channel] = await looking.strangers(publisher, since, now - GRACE, accounted)
                except CordialeError as error:
                    faults[endpoint.channel] = error.message
                except TimeoutError:
                    faults[endpoint.channel] = "It did not answer in time."
        return found, faults


def _declared(connection: Connection) -> list[tuple[Endpoint, Capabilities]]:
    """Return every channel of the database with what it can do; a kind that is no more can do nothing."""
    found = []
    for row in connection.execute(select(CHANNEL).order_by(CHANNEL.c.id)).mappings():
        options = dict(row["options"] or {})
        endpoint = Endpoint(row["id"], row["kind"], row["account"], row["server"], row["credential"], options)
        try:
            found.append((endpoint, roster.capabilities(row["kind"], options)))
        except CordialeError:
            found.append((endpoint, Capabilities()))
    return found
