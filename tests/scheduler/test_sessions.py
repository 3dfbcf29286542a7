"""SMTP sessions: one mail after the other goes over the same login, and none goes out twice or is lost by it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import aiosmtplib
import pytest

from scheduler.publisher import Busy, OutcomeUnknown, Refused, Unreachable
from scheduler.transport import sessions
from scheduler.transport.door import Transport
from tests.servers.smtp_server import SmtpServer

LOGIN = {"user": "cell", "password": "open-sesame"}
BOUND = 120.0  #: seconds that a wait may take

Send = Callable[[str], Coroutine[Any, Any, str]]


def sending(server: SmtpServer, work: Callable[[Send], Coroutine[Any, Any, None]]) -> None:
    """Do *work* with what sends a mail of a subject, over one transport."""

    async def within() -> None:
        async with Transport(loopback_only=True) as transport:

            async def send(subject: str, **login: str) -> str:
                mail, to = f"Subject: {subject}\n\nHello.\n".encode(), ["c@d.example"]
                given = {**LOGIN, **login}
                return await transport.mail(
                    "127.0.0.1", server.port, mail, sender="a@b.example", recipients=to, **given
                )

            await work(send)

    asyncio.run(within())


def subjects(server: SmtpServer) -> list[str]:
    return [str(each["Subject"]) for each in server.messages]


def test_mails_that_follow_each_other_share_a_session(smtp_server: SmtpServer):
    """One greeting, one handshake and one login for all of them; the farewell comes when the transport closes."""

    async def work(send: Send) -> None:
        for each in ("1", "2", "3"):
            await send(each)
        assert not smtp_server.farewells.acquire(blocking=False)

    sending(smtp_server, work)

    assert (subjects(smtp_server), smtp_server.logins) == (["1", "2", "3"], 1)
    assert smtp_server.farewells.acquire(blocking=False)


def test_mails_at_a_time_have_a_session_each(smtp_server: SmtpServer):
    """A session carries one mail at a time, and those that come later use what is open."""

    async def work(send: Send) -> None:
        await asyncio.gather(*(send(str(number)) for number in range(3)))
        await asyncio.gather(*(send(str(number)) for number in range(3, 6)))

    sending(smtp_server, work)

    assert sorted(subjects(smtp_server)) == ["0", "1", "2", "3", "4", "5"]
    assert smtp_server.logins == 3


@pytest.mark.parametrize("fault", ["421-once", "cut-once"])
def test_a_session_that_the_server_ended_is_replaced(smtp_server: SmtpServer, fault: str):
    """The server may end what waits, by saying so or not: the mail goes over a new session, once."""

    async def work(send: Send) -> None:
        await send("1")
        smtp_server.fault = fault
        await send("2")

    sending(smtp_server, work)

    assert (subjects(smtp_server), smtp_server.logins) == (["1", "2"], 2)
    assert len(smtp_server.senders) == 3


@pytest.mark.parametrize(("fault", "expected"), [("421-greylist", Busy), ("cut-at-sender", Unreachable)])
def test_one_new_session_is_tried_and_no_second(smtp_server: SmtpServer, fault: str, expected: type[Exception]):
    """A server that ends every session is told so much, and no more."""

    async def work(send: Send) -> None:
        await send("1")
        smtp_server.fault = fault
        with pytest.raises(expected):
            await send("2")

    sending(smtp_server, work)

    assert (subjects(smtp_server), len(smtp_server.senders)) == (["1"], 3)


@pytest.mark.parametrize("kept", [True, False])
def test_content_that_left_is_never_sent_again(smtp_server: SmtpServer, kept: bool):
    """Once the content is out, a session that breaks leaves an unknown outcome, however old it is."""

    async def work(send: Send) -> None:
        await send("1")
        smtp_server.fault = "cut-at-content-kept" if kept else "cut-at-content-not-kept"
        with pytest.raises(OutcomeUnknown):
            await send("2")

    sending(smtp_server, work)

    assert subjects(smtp_server) == (["1", "2"] if kept else ["1"])
    assert len(smtp_server.senders) == 2


def test_a_session_in_which_something_was_refused_is_not_used_again(smtp_server: SmtpServer):
    """Half a transaction must not become the beginning of the next mail."""

    async def work(send: Send) -> None:
        await send("1")
        smtp_server.fault = "550-recipient"
        with pytest.raises(Refused):
            await send("2")
        smtp_server.fault = None
        await send("3")

    sending(smtp_server, work)

    assert (subjects(smtp_server), smtp_server.logins) == (["1", "3"], 2)


def test_a_session_is_of_one_login(smtp_server: SmtpServer):
    """What one login opened serves no other: a wrong password is refused beside a session that is open."""

    async def work(send: Any) -> None:
        await send("1")
        with pytest.raises(Refused, match="535"):
            await send("2", password="wrong")

    sending(smtp_server, work)

    assert subjects(smtp_server) == ["1"]


def test_a_session_ends_when_no_mail_comes(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch):
    """It waits for a second; then the server hears a farewell, while the transport stays open."""
    monkeypatch.setattr(sessions, "KEPT", 0.01)

    async def work(send: Send) -> None:
        await send("1")
        assert await asyncio.to_thread(smtp_server.farewells.acquire, timeout=BOUND)
        await send("2")

    sending(smtp_server, work)

    assert (subjects(smtp_server), smtp_server.logins) == (["1", "2"], 2)


def test_a_session_takes_so_many_mails_and_no_more(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch):
    """Servers count the mails of a session; ours ends before they mind."""
    monkeypatch.setattr(sessions, "MOST", 2)

    async def work(send: Send) -> None:
        for each in ("1", "2", "3"):
            await send(each)

    sending(smtp_server, work)

    assert (subjects(smtp_server), smtp_server.logins) == (["1", "2", "3"], 2)


SILENCE = b"-"
Says = Callable[[int, bytes], bytes]


class Odd:
    """A server behind TLS that answers as *says* has it: number of the session, command; well where that is b""."""

    USUAL = {b"DATA": b"354 go on", b"QUIT": b"221 bye", b".\r\n": b"250 queued"}  # noqa: RUF012 (nobody changes it)

    def __init__(self, says: Says) -> None:
        self.says, self.begun = says, 0
        self.heard: list[bytes] = []
        self.quit = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.begun += 1
        number, content = self.begun, False
        writer.write(b"220 hello\r\n")
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while line := await reader.readline():
                if content and line != b".\r\n":
                    continue
                command = line[:4].upper() if not content else line
                self.heard.append(command)
                content = command == b"DATA"
                said = self.says(number, command) or self.USUAL.get(command, b"250 ok")
                if command == b"QUIT":
                    self.quit.set()
                if said != SILENCE:
                    writer.write(said + b"\r\n")
        writer.transport.abort()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """Give the sockets that are opened, in their order."""
    found: list[socket.socket] = []
    dial = sessions.Sessions._dial

    async def noted(self: sessions.Sessions, addresses: Any) -> Any:
        answer = await dial(self, addresses)
        found.append(answer[0])
        return answer

    monkeypatch.setattr(sessions.Sessions, "_dial", noted)
    return found


def meeting(tls: ssl.SSLContext, says: Says, work: Callable[[Odd, Send], Coroutine[Any, Any, None]]) -> Odd:
    """Do *work* with an odd server and what sends a mail to it; return the server."""

    async def within() -> Odd:
        odd = Odd(says)
        server = await asyncio.start_server(odd.talk, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        async with Transport(loopback_only=True) as transport:

            async def send(subject: str) -> str:
                mail, to = f"Subject: {subject}\n\nHello.\n".encode(), ["c@d.example"]
                return await transport.mail("127.0.0.1", port, mail, sender="a@b.example", recipients=to, tls="tls")

            await work(odd, send)
        server.close()
        return odd

    return asyncio.run(within())


@pytest.mark.parametrize("more", [b"250 more", b"500 what", b"250 a\r\n250 b\r\n354 c"])
def test_what_a_server_says_too_much_is_no_answer_to_the_next_mail(
    server_tls: ssl.SSLContext, dialled: list[socket.socket], more: bytes
):
    """A reply that nobody asked for ends the session: the next mail hears what is said of itself."""

    def says(number: int, command: bytes) -> bytes:
        if command != b".\r\n":
            return b""
        return b"250 queued\r\n" + more if number == 1 else b"550 not this one"

    async def work(odd: Odd, send: Send) -> None:
        assert await send("1") == "queued"
        with pytest.raises(Refused, match="550"):
            await send("2")
        assert odd.begun == 2

    meeting(server_tls, says, work)

    assert [each.fileno() for each in dialled] == [-1, -1]


@pytest.mark.parametrize("reply", [b"421 bye", b"eout"])
def test_a_session_that_ends_with_half_a_word_is_replaced(
    server_tls: ssl.SSLContext, dialled: list[socket.socket], reply: bytes
):
    """A server that says 421 and hangs up late, or whose words were heard in half, has not refused the mail."""
    mails: list[int] = []

    def says(number: int, command: bytes) -> bytes:
        if command == b"MAIL":
            mails.append(number)
        return reply if command == b"MAIL" and mails == [1, 1] else b""

    async def work(odd: Odd, send: Send) -> None:
        assert [await send("1"), await send("2")] == ["queued", "queued"]
        assert odd.begun == 2

    meeting(server_tls, says, work)

    assert mails == [1, 1, 2]
    assert [each.fileno() for each in dialled] == [-1, -1]


def test_a_mail_that_is_given_up_leaves_no_connection(server_tls: ssl.SSLContext, dialled: list[socket.socket]):
    """Who is cancelled while a server does not even say goodbye hangs up in that turn."""

    def says(_: int, command: bytes) -> bytes:
        return {b"MAIL": b"550 no", b"QUIT": SILENCE}.get(command, b"")

    async def work(odd: Odd, send: Send) -> None:
        mail = asyncio.create_task(send("1"))
        await odd.quit.wait()
        mail.cancel()
        with pytest.raises(asyncio.CancelledError):
            await mail
        assert [each.fileno() for each in dialled] == [-1]

    meeting(server_tls, says, work)


def test_nothing_is_kept_once_the_transport_is_closed(smtp_server: SmtpServer, dialled: list[socket.socket]):
    """A mail that ends later than the transport takes its session with it."""

    async def within() -> None:
        async with Transport(loopback_only=True) as transport:
            kept = transport._post._sessions
        session = await kept.begin(sessions.Door("127.0.0.1", smtp_server.port, "starttls", **LOGIN))
        kept.keep(session)
        await kept.close()

    asyncio.run(within())

    assert smtp_server.farewells.acquire(timeout=BOUND)
    assert [each.fileno() for each in dialled] == [-1]


def test_so_many_sessions_wait_and_no_more(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch):
    """A server that counts connections is not met with ours that do nothing: the oldest ends."""
    monkeypatch.setattr(sessions, "WAITING", 2)

    async def work(send: Send) -> None:
        await asyncio.gather(*(send(str(number)) for number in range(3)))
        assert await asyncio.to_thread(smtp_server.farewells.acquire, timeout=BOUND)
        await asyncio.gather(*(send(str(number)) for number in range(2)))

    sending(smtp_server, work)

    assert smtp_server.logins == 3


def test_a_server_that_leaves_instead_of_taking_the_content_has_nothing(
    server_tls: ssl.SSLContext, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
):
    """Where the connection is closed before a byte of the content is written, the mail may go again."""
    del server_tls
    reply = aiosmtplib.SMTP.execute_command

    async def close_after_data(self: aiosmtplib.SMTP, *words: Any, **more: Any) -> Any:
        answer = await reply(self, *words, **more)
        if words == (b"DATA",):
            self.close()
        return answer

    monkeypatch.setattr(aiosmtplib.SMTP, "execute_command", close_after_data)

    async def work(send: Send) -> None:
        with pytest.raises(Unreachable):
            await send("1")

    sending(smtp_server, work)

    assert subjects(smtp_server) == []


def test_a_password_does_not_show(smtp_server: SmtpServer):
    """What names a session in a log or a traceback has no password in it."""
    door = sessions.Door("127.0.0.1", smtp_server.port, "starttls", "cell", "open-sesame")

    assert "open-sesame" not in f"{door} {door!r} {sessions.Session(door, None)!r}"  # type: ignore[arg-type]
