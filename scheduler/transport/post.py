"""
The SMTP client: one conversation a message, with a time-out, never repeated.

Until the message's content has left, whatever goes wrong may be tried again; after that, only the
server's own answer says whether it has the message.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Literal

import aiosmtplib

from scheduler import addresses, answers
from scheduler.publisher import Refused

MAIL = 120.0  #: seconds for a whole conversation
MAILS = 16  #: conversations at a time
FAREWELL = 1.0  #: seconds for QUIT

Security = Literal["starttls", "tls", "none"]
_START_INPUT, _COMPLETED, _OK = 354, 250, (250, 251)


class Post:
    """
    The SMTP client of one event loop. Times in seconds.

    *loopback_only*: nothing leaves this machine. *trusted*: the caller chose the certificates, so that they are
    looked at on this machine too.
    """

    def __init__(self, *, loopback_only: bool, trusted: bool, connect: float, total: float) -> None:
        self.loopback_only = loopback_only
        self._trusted = trusted
        self._connect, self._total = connect, total

    def open(self, tls: ssl.SSLContext) -> None:
        """Get ready, inside the event loop that will use it."""
        self._tls = tls
        self._mails = asyncio.Semaphore(MAILS)

    async def mail(
        self,
        host: str,
        port: int,
        message: bytes,
        *,
        sender: str,
        recipients: Sequence[str],
        tls: Security = "starttls",
        user: str | None = None,
        password: str | None = None,
        envelope: str | None = None,
    ) -> str:
        """
        Hand one message over, to all *recipients* or to none, and return what the server answered.

        TLS is required, with a certificate that holds, unless the server is on this machine. *envelope*, of letters,
        digits, `-` and `.`, comes back in the notices of delivery to the sender (RFC 3461), where the server gives any.

        Raises:
            PublishFault: OutcomeUnknown only once the message's content was sent; before that it may be sent again.
        """
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
        content = re.sub(rb"(?m)^\.", b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n"
        async with self._smtp(host, port, tls, user, password) as (client, left):
            noticed = envelope is not None and client.supports_extension("dsn")
            back = f" RET=HDRS ENVID={envelope}" if noticed else ""
            notify = " NOTIFY=SUCCESS,FAILURE,DELAY" if noticed else ""
            for command in (f"MAIL FROM:<{sender}>{back}", *(f"RCPT TO:<{each}>{notify}" for each in recipients)):
                reply = await client.execute_command(command.encode("ascii"))
                if reply.code not in _OK:
                    raise aiosmtplib.SMTPResponseException(reply.code, reply.message)
            reply = await client.execute_command(b"DATA")
            if reply.code != _START_INPUT or client.protocol is None:
                raise aiosmtplib.SMTPResponseException(reply.code, reply.message)
            left.yes = True
            client.protocol.write(content)
            reply = await client.protocol.read_response(timeout=client.timeout)
            if reply.code != _COMPLETED:
                raise aiosmtplib.SMTPResponseException(reply.code, reply.message)
            return answers.said(reply.message)

    async def login(self, host: str, port: int, tls: Security, user: str | None, password: str | None) -> None:
        """
        Log in and go, which proves the address, the certificate and the password.

        Raises:
            PublishFault: As `mail`; never OutcomeUnknown.
        """
        async with self._smtp(host, port, tls, user, password):
            pass

    @asynccontextmanager
    async def _smtp(
        self, host: str, port: int, tls: Security, user: str | None, password: str | None
    ) -> AsyncIterator[tuple[aiosmtplib.SMTP, SimpleNamespace]]:
        """Give a client that is logged in, and the mark to set when the message's content leaves."""
        where, left, client = f"{host}:{port}", SimpleNamespace(yes=False), None
        try:
            async with asyncio.timeout(MAIL), self._mails:
                client = await self._greet(host, port, tls)
                if user is not None and password is not None:
                    await _authenticate(client, where, user, password)
                yield client, left
        except aiosmtplib.SMTPResponseException as error:
            raise answers.smtp_fault(error.code, error.message, where, left=left.yes) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise answers.lost(where, answers.why(error), effect=left.yes) from None
        except UnicodeEncodeError:
            message = f"{where}: an address has letters outside ASCII."
            raise Refused(message, "Use an address in ASCII.") from None
        finally:
            if client is not None:
                wire = client.transport
                # The receipt is in hand or lost by now; how the farewell goes changes neither.
                with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                    await client.quit(timeout=FAREWELL)
                await _hang_up(client, wire)

    async def _greet(self, host: str, port: int, tls: Security) -> aiosmtplib.SMTP:
        found = await addresses.resolve(host, port, only_loopback=self.loopback_only or tls == "none")
        dialled, here = await self._dial(found)
        client = aiosmtplib.SMTP(
            hostname=host,
            sock=dialled,
            use_tls=tls == "tls",
            start_tls=False,
            tls_context=_unchecked() if here and not self._trusted else self._tls,
            timeout=self._total,
            local_hostname="[127.0.0.1]",  # this machine's name is nobody's business
        )
        try:
            await client.connect()
            await client.ehlo()
            if tls == "starttls":
                await _upgrade(client, f"{host}:{port}", here=here)
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


async def _upgrade(client: aiosmtplib.SMTP, where: str, *, here: bool) -> None:
    """Switch to TLS; only on this machine may a server have none."""
    if client.supports_extension("starttls"):
        await client.starttls()
        await client.ehlo()
    elif not here:
        message = f"{where} does not offer STARTTLS, and mail does not leave this machine without it."
        raise Refused(message, "Give a server that does, or write smtps://HOST for TLS from the start.")


async def _authenticate(client: aiosmtplib.SMTP, where: str, user: str, password: str) -> None:
    if not client.supports_extension("auth"):
        message = f"{where} takes no login on this connection."
        raise Refused(message, "Check the channel's `server` and `tls`, or take its credential away.", credential=True)
    await client.login(user, password)


def _unchecked() -> ssl.SSLContext:
    """Encrypt without asking who it is: for this machine alone, where mail may go without TLS at all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
