"""
The door: what publishers are given to reach the network with.

Import it only where something is sent; it loads aiohttp and aiosmtplib. What an answer means stands
in `scheduler.answers`, where a connection may go in `scheduler.addresses`.
"""

import asyncio
import ssl
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scheduler.transport.post import Post
from scheduler.transport.web import CONNECT, TOTAL, Web

if TYPE_CHECKING:
    from scheduler.transport import long_tail


class Transport:
    """
    The clients of one event loop. Enter it there, and keep it as long as the loop runs.

    *loopback_only* is the rehearsal: nothing leaves this machine. *tls* replaces the system's list of trusted
    certificates; an operator sets `SSL_CERT_FILE` for that. *connect* and *total* are seconds.
    """

    def __init__(
        self,
        *,
        loopback_only: bool = False,
        tls: ssl.SSLContext | None = None,
        connect: float = CONNECT,
        total: float = TOTAL,
    ) -> None:
        self.loopback_only = loopback_only
        self._tls = tls
        self._connect, self._total = connect, total
        self._web = Web(loopback_only=loopback_only, connect=connect, total=total)
        self._post = Post(loopback_only=loopback_only, trusted=tls is not None, connect=connect, total=total)
        self.http = self._web.http  #: `await transport.http(method, url, headers=, json=|data=|form=) -> Answer`
        self.mail = self._post.mail  #: `await transport.mail(host, port, message, sender=, recipients=, tls=) -> str`
        self.login = self._post.login  #: `await transport.login(host, port, tls=, user=, password=)`

    def service(self, url: str) -> "long_tail.Service | None":
        """Return the service that an address of Apprise's means, None where it means none."""
        from scheduler.transport import long_tail

        return long_tail.service(url)

    async def reach(self, service: "long_tail.Service") -> None:
        """See that *service* may be reached and can be."""
        from scheduler.transport import long_tail

        await long_tail.reach(service, loopback_only=self.loopback_only, connect=self._connect)

    async def notify(self, service: "long_tail.Service", text: str, title: str) -> None:
        """Hand a text over to *service*, once it is seen to be there."""
        from scheduler.transport import long_tail

        await long_tail.notify(
            service, text, title, loopback_only=self.loopback_only, connect=self._connect, total=self._total
        )

    async def __aenter__(self) -> Self:
        tls = self._tls
        if tls is None:
            tls = await asyncio.to_thread(ssl.create_default_context)  # reads some 150 certificates
        self._web.open(tls)
        self._post.open(tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._post.close()
        finally:
            await self._web.close()
