"""The door to the network: where it lets a connection go, what an answer means, and what is never done twice."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from scheduler.publisher import OutcomeUnknown, PublishFault, Refused, Unreachable
from scheduler.transport import web
from scheduler.transport.door import Transport
from scheduler.transport.sessions import Sessions
from tests.servers.http_sink import HttpSink
from tests.servers.smtp_server import SmtpServer

Call = Callable[[Transport], Coroutine[Any, Any, Any]]


def through(call: Call, **settings: Any) -> Any:
    """Do *call* with a transport of its own."""

    async def work() -> Any:
        async with Transport(**{"connect": 2.0, "total": 5.0, **settings}) as transport:
            return await call(transport)

    return asyncio.run(work())


@pytest.fixture
def deaf() -> Iterator[int]:
    """Give a port that takes no connection: its queue is full."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = []
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(server.getsockname())
            waiting.append(client)
        yield server.getsockname()[1]
        for client in waiting:
            client.close()


@pytest.mark.parametrize(
    ("url", "rehearsal"),
    [
        pytest.param("http://192.0.2.1/", False, id="http-outside"),
        pytest.param("https://192.0.2.1/", True, id="rehearsal"),
        pytest.param("https://name-that-is-nowhere.invalid/", True, id="rehearsal-unknown-name"),
        pytest.param("https://169.254.169.254/latest", False, id="metadata"),
        pytest.param("https://[fe80::1]/", False, id="link-local"),
        pytest.param("ftp://127.0.0.1/", False, id="ftp"),
        pytest.param("file:///etc/passwd", False, id="file"),
        pytest.param("https://user:password@127.0.0.1/", False, id="login-in-url"),
        pytest.param("https://", False, id="no-host"),
        pytest.param("https://[::1", False, id="broken"),
        pytest.param("http://127.0.0.1:99999/", False, id="port"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_addresses_that_are_never_dialled(url: str, *, rehearsal: bool) -> None:
    """A URL that may not be used is Refused with a cure, and its words hold no login."""
    with pytest.raises(Refused) as caught:
        through(lambda transport: transport.http("GET", url), loopback_only=rehearsal)
    assert caught.value.hint
    assert "password@" not in str(caught.value)


def test_a_name_that_turns_out_to_be_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch, http_sink: HttpSink) -> None:
    """The address is judged when it is dialled: a name that resolves to two places, one outside, reaches neither."""
    real = socket.getaddrinfo

    def both(host: str, *args: Any, **kwargs: Any) -> Any:
        if host != "two-faced.example":
            return real(host, *args, **kwargs)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", http_sink.port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", http_sink.port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Refused, match="not on this machine"):
        through(lambda transport: transport.http("POST", f"http://two-faced.example:{http_sink.port}/"))
    assert http_sink.requests == []


def test_nothing_listens_there() -> None:
    """A refused connection is Unreachable, with the reason in words."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    with pytest.raises(Unreachable, match="Connection refused"):
        through(lambda transport: transport.http("POST", f"http://127.0.0.1:{port}/"))
    with pytest.raises(Unreachable, match="Connection refused"):
        through(lambda transport: transport.login("127.0.0.1", port, tls="starttls", user=None, password=None))


def test_a_connection_that_is_not_taken_is_unreachable(deaf: int) -> None:
    """A time-out while connecting leaves nothing behind, for HTTP and for mail."""
    with pytest.raises(Unreachable):
        through(lambda transport: transport.http("POST", f"http://127.0.0.1:{deaf}/"), connect=0.2)
    with pytest.raises(Unreachable):
        through(lambda transport: transport.login("127.0.0.1", deaf, tls="none", user=None, password=None), connect=0.2)


def test_a_call_that_publishes_nothing_may_be_made_again(http_sink: HttpSink) -> None:
    """A lost answer to a look-up is Unreachable, never an unknown outcome."""
    for fault in ("timeout-before", "reset-before", "truncated-json"):
        http_sink.misbehave(fault)
        with pytest.raises(Unreachable):
            through(lambda transport: transport.http("GET", http_sink.url, effect=False), total=0.3)


def test_no_broken_request_is_repeated(http_sink: HttpSink) -> None:
    """The client's own repeat of DELETE and GET on a broken connection is off: one call is one request."""

    async def twice(transport: Transport) -> None:
        await transport.http("POST", http_sink.url)  # leaves a connection that can be used again
        http_sink.misbehave("reset-after")
        with pytest.raises(OutcomeUnknown):
            await transport.http("DELETE", http_sink.url)

    through(twice)
    assert [request.method for request in http_sink.requests] == ["POST", "DELETE"]


def test_no_redirect_is_followed_and_its_query_is_not_told(http_sink: HttpSink) -> None:
    """A redirect is Refused with the place to write instead, without what stood behind the question mark."""
    http_sink.misbehave("302")
    with pytest.raises(Refused, match="/elsewhere") as caught:
        through(lambda transport: transport.http("POST", http_sink.url))
    assert "abc" not in str(caught.value)
    assert len(http_sink.requests) == 1


def test_no_cookie_crosses_from_one_call_to_the_next(http_sink: HttpSink) -> None:
    """Channels share the client and nothing else."""
    http_sink.answer("POST", "/", (200, {"Set-Cookie": "session=1"}, {}))

    async def twice(transport: Transport) -> None:
        await transport.http("POST", f"http://localhost:{http_sink.port}/")
        await transport.http("POST", f"http://localhost:{http_sink.port}/")

    through(twice)
    assert "cookie" not in http_sink.requests[1].headers


def test_no_proxy_of_the_environment_is_used(http_sink: HttpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables and .netrc do not steer where a release goes."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert through(lambda transport: transport.http("POST", http_sink.url)).status == 200


def test_an_endless_answer_is_cut(http_sink: HttpSink) -> None:
    """An answer longer than any should be is not read to its end; the outcome is unknown."""
    http_sink.answer("POST", "/", (200, {}, b" " * (web.LARGEST + 1)))
    with pytest.raises(OutcomeUnknown, match="cut off"):
        through(lambda transport: transport.http("POST", f"{http_sink.url}/"))


def test_an_accepted_status_is_an_answer(http_sink: HttpSink) -> None:
    """A caller may take a status as an answer: 404 for what is to be gone."""
    http_sink.answer("DELETE", "/", (404, {}, {"error": "gone"}))
    answer = through(lambda transport: transport.http("DELETE", f"{http_sink.url}/", accept=(404,)))
    assert (answer.status, answer.json()) == (404, {"error": "gone"})


@pytest.mark.parametrize(
    "body", ['{"id": "17"}'.encode("utf-8-sig"), '{"id": "17"}'.encode("utf-16"), b' {"id": "\\u0031\\u0037"}\n']
)
def test_json_is_read_as_sites_write_it(http_sink: HttpSink, body: bytes) -> None:
    """A byte order mark, another encoding of Unicode and escapes are no reason not to know an outcome."""
    http_sink.answer("POST", "/", (200, {}, body))
    answer = through(lambda transport: transport.http("POST", f"{http_sink.url}/"))
    assert answer.object("id") == {"id": "17"}


@pytest.mark.parametrize(
    "body", [b"", b'{"id": "17"', b'{"id": "17"}}', b"[" * 100_000, b'{"id": "\xff"}', b'["id"]', b"{}"]
)
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(http_sink: HttpSink, body: bytes) -> None:
    """What is no JSON, or has not what its API promises, is neither a receipt nor a refusal."""
    http_sink.answer("POST", "/", (200, {}, body))
    answer = through(lambda transport: transport.http("POST", f"{http_sink.url}/"))
    with pytest.raises(OutcomeUnknown, match="its answer is not"):
        answer.object("id")


def test_json_goes_out_as_it_was_asked_for(http_sink: HttpSink) -> None:
    """Arabic, marks of direction, emoji, quotes and nesting arrive as they are."""
    said = {
        "text": 'خسر داعش "أرضه"\u2067\u200c 🕊️\n\\',
        "entities": [{"offset": 3, "ratio": 0.5}],
        "none": None,
        "yes": True,
    }
    through(lambda transport: transport.http("POST", f"{http_sink.url}/", json=said))
    assert [each.json() for each in http_sink.effects] == [said]


def test_many_calls_at_a_time_all_arrive(http_sink: HttpSink) -> None:
    """Three hundred calls at once keep to the limit of connections and arrive once each."""

    async def many(transport: Transport) -> None:
        calls = (
            transport.http("POST", http_sink.url, data=b"{}", headers={"webhook-id": str(number)})
            for number in range(300)
        )
        await asyncio.gather(*calls)

    through(many, total=60.0, connect=60.0)
    assert sorted(int(request.key or "") for request in http_sink.effects) == list(range(300))


def test_a_certificate_that_does_not_hold_sends_nothing(server_tls: ssl.SSLContext) -> None:
    """Without trust in the certificate the call is Unreachable and says why."""
    with tls_sink(server_tls) as sink:
        with pytest.raises(Unreachable, match="certificate does not hold"):
            through(lambda transport: transport.http("POST", f"https://127.0.0.1:{sink.port}/"))
        assert sink.requests == []


def test_a_certificate_that_holds_is_taken(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    """With a list of trusted certificates https works, to a name as to an address."""
    with tls_sink(server_tls) as sink:
        for host in ("127.0.0.1", "localhost"):
            url = f"https://{host}:{sink.port}/"
            assert through(lambda transport, url=url: transport.http("POST", url), tls=client_tls).status == 200


def test_mail_looks_at_the_certificate_it_is_told_to(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, smtp_server: SmtpServer
) -> None:
    """With trusted certificates given, STARTTLS takes the right one and refuses another before any login."""
    del server_tls

    async def log_in(transport: Transport) -> None:
        await transport.login("127.0.0.1", smtp_server.port, tls="starttls", user="cell", password="open-sesame")

    through(log_in, tls=client_tls)
    with pytest.raises(Unreachable, match="certificate does not hold"):
        through(log_in, tls=ssl.create_default_context())


@pytest.mark.parametrize("password", ["open-sesame", "wrong"])
def test_no_connection_outlives_its_loop(
    smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """The socket is closed when the call ends, whether the server says farewell, refuses or is slow to close TLS."""
    dialled: list[socket.socket] = []
    dial = Sessions._dial

    async def noted(self: Sessions, found: Any) -> Any:
        answer = await dial(self, found)
        dialled.append(answer[0])
        return answer

    monkeypatch.setattr(Sessions, "_dial", noted)

    async def call(transport: Transport) -> list[int]:
        with contextlib.suppress(PublishFault):
            await transport.login("127.0.0.1", smtp_server.port, tls="starttls", user="cell", password=password)
        await asyncio.sleep(0)
        return [each.fileno() for each in dialled]

    assert through(call) == [-1]


def test_mail_without_tls_stays_on_this_machine() -> None:
    """`tls: none` to an address elsewhere is Refused before it is dialled."""

    async def send(transport: Transport) -> None:
        await transport.mail("192.0.2.1", 25, b"x", sender="a@b.example", recipients=["c@d.example"], tls="none")

    with pytest.raises(Refused, match="not on this machine"):
        through(send)


def test_one_recipient_refused_is_the_whole_mail_refused(smtp_server: SmtpServer) -> None:
    """All recipients or none: a mail never goes to half a list."""
    smtp_server.fault = "550-recipient"

    async def send(transport: Transport) -> None:
        to = ["c@d.example", "e@f.example"]
        port, login = smtp_server.port, {"user": "cell", "password": "open-sesame"}
        await transport.mail("127.0.0.1", port, b"x", sender="a@b.example", recipients=to, **login)

    with pytest.raises(Refused, match="550"):
        through(send)
    assert smtp_server.messages == []


def tls_sink(context: ssl.SSLContext) -> HttpSink:
    """Return the sink behind TLS."""
    sink = HttpSink()
    sink._server.socket = context.wrap_socket(sink._server.socket, server_side=True, do_handshake_on_connect=False)
    return sink
