"""SMTP sessions: one mail after the other goes over the same login, and none goes out twice or is lost by it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

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


def test_a_password_does_not_show(smtp_server: SmtpServer):
    """What names a session in a log or a traceback has no password in it."""
    door = sessions.Door("127.0.0.1", smtp_server.port, "starttls", "cell", "open-sesame")

    assert "open-sesame" not in f"{door} {door!r} {sessions.Session(door, None)!r}"  # type: ignore[arg-type]
