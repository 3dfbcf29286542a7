"""The publishers of one process, one a channel, over one transport; made on first use inside the loop."""

from typing import Self

from campaigns.settings import Settings
from scheduler.publisher import Endpoint, Publisher
from scheduler.roster import publisher_for
from scheduler.transport.door import Transport


class Desk:
    """An async context: opens the transport, keeps the publishers, closes both."""

    def __init__(self, settings: Settings, *, loopback_only: bool) -> None:
        self._settings = settings
        self._loopback_only = loopback_only
        self._transport: Transport | None = None
        self._publishers: dict[str, tuple[Endpoint, Publisher]] = {}

    async def __aenter__(self) -> Self:
        self._transport = await Transport(loopback_only=self._loopback_only).__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._transport is not None:
            await self._transport.__aexit__(None, None, None)

    def publisher(self, endpoint: Endpoint) -> Publisher:
        """
        Return the publisher of *endpoint*.

        Raises:
            CordialeError: If its kind is unknown, or its credential is missing.
        """
        known = self._publishers.get(endpoint.channel)
        if known is not None and known[0] == endpoint:
            return known[1]
        if self._transport is None:
            message = "the desk is closed"
            raise RuntimeError(message)
        publisher = publisher_for(endpoint, self._transport, self._settings)
        self._publishers[endpoint.channel] = (endpoint, publisher)
        return publisher
