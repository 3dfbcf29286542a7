"""
The SMTP client: each message goes once, within a time-out.

Until the message's content has left, whatever goes wrong may be tried again, and is tried once where the session was
an older one that the server has ended; after that, only the server's own answer says whether it has the message.
"""

import asyncio
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

import aiosmtplib

from scheduler import answers
from scheduler.publisher import Refused
from scheduler.transport.sessions import Door, Security, Session, Sessions

MAIL = 120.0  #: seconds for a message, whatever it takes
MAILS = 16  #: messages on their way at a time

_START_INPUT, _COMPLETED, _OK, _LEAVING = 354, 250, (250, 251), 421
_REPLIES = range(400, 600)  #: that say no


class Post:
    """
    The SMTP client of one event loop. Times in seconds.

    *loopback_only*: nothing leaves this machine. *trusted*: the caller chose the certificates, so that they are
    looked at on this machine too.
    """

    def __init__(self, *, loopback_only: bool, trusted: bool, connect: float, total: float) -> None:
        self._sessions = Sessions(loopback_only=loopback_only, trusted=trusted, connect=connect, total=total)

    def open(self, tls: ssl.SSLContext) -> None:
        """Get ready, inside the event loop that will use it."""
        self._sessions.open(tls)
        self._mails = asyncio.Semaphore(MAILS)

    async def close(self) -> None:
        """End the sessions that are open."""
        await self._sessions.close()

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
        door, left = Door(host, port, tls, user, password), SimpleNamespace(yes=False)
        with _faults(str(door), left):
            async with asyncio.timeout(MAIL), self._mails:
                if (warm := self._sessions.kept(door)) is not None:
                    try:
                        return await self._hand_over(warm, content, sender, recipients, envelope, left)
                    except (aiosmtplib.SMTPException, OSError) as error:
                        if left.yes or not _gone(error):
                            raise
                        # The session ended before this mail's content left: a new one begins.
                cold = await self._sessions.begin(door)
                return await self._hand_over(cold, content, sender, recipients, envelope, left)

    async def login(self, host: str, port: int, tls: Security, user: str | None, password: str | None) -> None:
        """
        Log in and go, which proves the address, the certificate and the password.

        Raises:
            PublishFault: As `mail`; never OutcomeUnknown.
        """
        door = Door(host, port, tls, user, password)
        with _faults(str(door), SimpleNamespace(yes=False)):
            async with asyncio.timeout(MAIL), self._mails:
                await self._sessions.end(await self._sessions.begin(door))

    async def _hand_over(
        self,
        session: Session,
        content: bytes,
        sender: str,
        recipients: Sequence[str],
        envelope: str | None,
        left: SimpleNamespace,
    ) -> str:
        """Send one mail in *session*, which waits for another if it goes well; *left* says that the content left."""
        client = session.client
        try:
            noticed = envelope is not None and client.supports_extension("dsn")
            back = f" RET=HDRS ENVID={envelope}" if noticed else ""
            notify = " NOTIFY=SUCCESS,FAILURE,DELAY" if noticed else ""
            for command in (f"MAIL FROM:<{sender}>{back}", *(f"RCPT TO:<{each}>{notify}" for each in recipients)):
                _expect(await client.execute_command(command.encode("ascii")), *_OK)
            _expect(await client.execute_command(b"DATA"), _START_INPUT)
            if (wire := client.protocol) is None or not client.is_connected:
                message = "the connection is closed"
                raise aiosmtplib.SMTPServerDisconnected(message)  # noqa: TRY301 (as aiosmtplib's own)
            left.yes = True
            wire.write(content)
            reply = await wire.read_response(timeout=client.timeout)
            _expect(reply, _COMPLETED)
        except (Exception, asyncio.CancelledError):
            # The receipt is lost by now; how the farewell goes changes nothing.
            await self._sessions.end(session)
            raise
        self._sessions.keep(session)
        return answers.said(reply.message)


def _expect(reply: aiosmtplib.SMTPResponse, *codes: int) -> None:
    if reply.code not in codes:
        raise aiosmtplib.SMTPResponseException(reply.code, reply.message)


def _gone(error: Exception) -> bool:
    """Return whether the session broke, or the server said that it ends it; the rest of such a word is no answer."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code == _LEAVING or error.code not in _REPLIES
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


@contextmanager
def _faults(where: str, left: SimpleNamespace) -> Iterator[None]:
    """Say in our words what went wrong."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as error:
        raise answers.smtp_fault(error.code, error.message, where, left=left.yes) from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise answers.lost(where, answers.why(error), effect=left.yes) from None
    except UnicodeEncodeError:
        message = f"{where}: an address has letters outside ASCII."
        raise Refused(message, "Use an address in ASCII.") from None
