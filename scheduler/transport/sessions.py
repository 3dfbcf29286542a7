"""
SMTP sessions: dialled at vetted addresses, under TLS, logged in, and used for one mail after the other.

A session whose mail ended well waits a second for the next one: the handshake and the login are most of what a mail
costs, for both sides. One on which anything went wrong, or the server said more than it was asked, is not used again.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from scheduler import addresses
from scheduler.publisher import Refused

KEPT = 1.0  #: seconds that a session waits for its next mail
MOST = 100  #: mails of one session; servers count them too
WAITING = 16  #: sessions that wait at a time
FAREWELL = 1.0  #: seconds for QUIT

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class Door:
    """A server, and who logs in there."""

    host: str
    port: int
    tls: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(eq=False)
class Session:
    """A client that is logged in at *door*."""

    door: Door
    client: aiosmtplib.SMTP
    wire: asyncio.BaseTransport | None = None  #: which the client forgets as soon as it begins to close it
    mails: int = 0  #: how many it has taken

    @property
    def clean(self) -> bool:
        """Whether it is open, and nothing that the server said is left: the next mail would take it for an answer."""
        protocol = self.client.protocol
        return self.client.is_connected and protocol is not None and not protocol._buffer  # noqa: SLF001 (nothing else tells)


class Sessions:
    """
    The sessions of one event loop. Times in seconds.

    *loopback_only*: nothing leaves this machine. *trusted*: the caller chose the certificates, so that they are
    looked at on this machine too.
    """

    def __init__(self, *, loopback_only: bool, trusted: bool, connect: float, total: float) -> None:
        self._loopback_only, self._trusted = loopback_only, trusted
        self._connect, self._total = connect, total
        self._kept: dict[Session, asyncio.TimerHandle] = {}
        self._farewells: set[asyncio.Task[None]] = set()
        self._closed = False

    def open(self, tls: ssl.SSLContext) -> None:
        """Get ready, inside the event loop that will use them."""
        self._tls = tls

    async def close(self) -> None:
        """End what waits for a mail that does not come; from now on nothing is kept."""
        self._closed = True
        for session in list(self._kept):
            self._part(session)
        while self._farewells:
            await asyncio.wait(self._farewells)

    def kept(self, door: Door) -> Session | None:
        """Return the session that waited least, and that nobody else gets; None where none waits."""
        for session in reversed(list(self._kept)):
            if session.door != door:
                continue
            if session.clean:
                self._kept.pop(session).cancel()
                return session
            self._part(session)
        return None

    def keep(self, session: Session) -> None:
        """Let *session*, whose mail ended well, wait for the next one."""
        session.mails += 1
        self._kept[session] = asyncio.get_running_loop().call_later(KEPT, self._part, session)
        if session.mails >= MOST or not session.clean or self._closed:
            self._part(session)
        elif len(self._kept) > WAITING:
            self._part(next(iter(self._kept)))

    def _part(self, session: Session) -> None:
        self._kept.pop(session).cancel()
        task = asyncio.get_running_loop().create_task(self.end(session))
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)

    async def end(self, session: Session) -> None:
        """Say goodbye, and hang up whatever is answered."""
        try:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await session.client.quit(timeout=FAREWELL)
        finally:
            await _hang_up(session.client, session.wire)

    async def begin(self, door: Door) -> Session:
        """
        Connect, go over to TLS and log in.

        Raises:
            PublishFault: If an address may not be dialled, there is no TLS, or no login.
            SMTPException, OSError, UnicodeEncodeError: As aiosmtplib found it; nothing of a mail has left.
        """
        client = await self._greet(door)
        session = Session(door, client, client.transport)
        if door.user is not None and door.password is not None:
            try:
                await _authenticate(session.client, door, door.user, door.password)
            except (Exception, asyncio.CancelledError):
                await self.end(session)
                raise
        return session

    async def _greet(self, door: Door) -> aiosmtplib.SMTP:
        found = await addresses.resolve(door.host, door.port, only_loopback=self._loopback_only or door.tls == "none")
        dialled, here = await self._dial(found)
        client = aiosmtplib.SMTP(
            hostname=door.host,
            sock=dialled,
            use_tls=door.tls == "tls",
            start_tls=False,
            tls_context=_unchecked() if here and not self._trusted else self._tls,
            timeout=self._total,
            local_hostname="[127.0.0.1]",  # this machine's name is nobody's business
        )
        try:
            await client.connect()
            await client.ehlo()
            if door.tls == "starttls":
                await _upgrade(client, door, here=here)
        except (Exception, asyncio.CancelledError):
            await _hang_up(client, client.transport)
            dialled.close()
            raise
        return client

    async def _dial(self, found: Sequence[addresses.Address]) -> tuple[socket.socket, bool]:
        """Connect to the first address that answers; say also whether it is this machine."""
        failure: OSError = OSError("no address")
        for each in found:
            dialled = socket.socket(each.family, socket.SOCK_STREAM)
            dialled.setblocking(False)
            try:
                async with asyncio.timeout(self._connect):
                    await asyncio.get_running_loop().sock_connect(dialled, (each.host, each.port))
            except (OSError, asyncio.CancelledError) as error:  # TimeoutError is an OSError
                dialled.close()
                if isinstance(error, asyncio.CancelledError):
                    raise
                failure = error
            else:
                return dialled, each.loopback
        raise failure


async def _hang_up(client: aiosmtplib.SMTP, wire: asyncio.BaseTransport | None) -> None:
    """Close the connection in this turn: TLS would wait for the server's farewell, and the loop may end before that."""
    client.close()
    if isinstance(wire, asyncio.WriteTransport):
        wire.abort()
    await asyncio.sleep(0)


async def _upgrade(client: aiosmtplib.SMTP, door: Door, *, here: bool) -> None:
    """Switch to TLS; only on this machine may a server have none."""
    if client.supports_extension("starttls"):
        await client.starttls()
        await client.ehlo()
    elif not here:
        message = f"{door} does not offer STARTTLS, and mail does not leave this machine without it."
        raise Refused(message, "Give a server that does, or write smtps://HOST for TLS from the start.")


async def _authenticate(client: aiosmtplib.SMTP, door: Door, user: str, password: str) -> None:
    if not client.supports_extension("auth"):
        message = f"{door} takes no login on this connection."
        raise Refused(message, "Check the channel's `server` and `tls`, or take its credential away.", credential=True)
    await client.login(user, password)


def _unchecked() -> ssl.SSLContext:
    """Encrypt without asking who it is: for this machine alone, where mail may go without TLS at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
