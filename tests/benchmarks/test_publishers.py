# ruff: noqa: T201 (figures are printed)
"""
What a publisher costs beside the bare client that makes the very same requests: one server, one run, rounds in turn.

The bare client is aiohttp (aiosmtplib for mail), used as a program of a few lines uses it: each body is written and
signed for its request, a status that is an error is raised, and the answer is read as JSON or text. It looks for no
credential, checks no text, and tells no kind of failure from another. Its requests are those that the publisher made
for other texts, under other keys. Mails are built already, and sent as `aiosmtplib.send` does, over a connection each;
the publisher's own go over sessions that it keeps.

A second share is said and has no target: that of the same requests replayed, signed already, with nothing made of the
answer. It shows what no client reaches. Each server has a process of its own, for in that of the client it would take
turns with it, and what stands in for one out there is behind TLS, as that is. Fakes that answer from memory, at once,
show what a publisher costs of itself: tens of microseconds of processor a text, which is a share that disappears behind
a server with work to do.
"""

import asyncio
import base64
import hmac
import json
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, Self

import aiohttp
import aiosmtplib
import pytest

from scheduler.publisher import Delivery, Receipt
from scheduler.publishers import bluesky
from scheduler.transport.door import Transport
from scheduler.webhooks import PREFIX
from tests.scheduler.publishers.conftest import RIGS
from tests.scheduler.publishers.conftest import bench as bench  # noqa: PLC0414 (a fixture)
from tests.scheduler.publishers.deliveries import SIGNING_KEY, Bench, Rig, delivery
from tests.servers.alone import SERVERS, alone
from tests.servers.notify_server import SECRET, SERVICE

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
TEXTS, ROUNDS = (8, 2) if SHORT else (100, 5)
MORE, BUDGET = 25, 0.0 if SHORT else 20.0  #: so many rounds, while they take no longer than so many seconds in all
MANY = 1 if SHORT else 5  #: times as many texts in a round, where a text takes less than a millisecond
ABREAST = 4  #: texts on their way at a time
#: What stands behind each kind: a real server, or something that answers in its place.
BEHIND = {
    "smtp": "a test's SMTP server, TLS and login", "webhook": "a test's receiver", "mastodon": "a mock",
    "telegram": "a fake", "govuk-notify": "a fake", "apprise": "a test's receiver", "kannel": "Kannel",
    "bluesky": "an AT Protocol server", "matrix": "Synapse", "wordpress": "WordPress and MariaDB",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request as the publisher made it."""

    method: str
    url: str
    headers: dict[str, str]
    json: Any = None
    data: bytes | None = None

    def replayed(self) -> dict[str, Any]:
        """Return what aiohttp sends of it."""
        return {"headers": self.headers, **({"data": self.data} if self.json is None else {"json": self.json})}


def signed_hook(call: Call) -> dict[str, Any]:
    """Return a webhook's *call*, its body written and signed now, as Standard Webhooks ask."""
    body = json.dumps(call.json).encode()
    now, key = str(int(time.time())), base64.b64decode(SIGNING_KEY.removeprefix(PREFIX))
    proof = hmac.digest(key, b".".join([call.headers["webhook-id"].encode(), now.encode(), body]), "sha256")
    said = {"webhook-timestamp": now, "webhook-signature": f"v1,{base64.b64encode(proof).decode()}"}
    return {"headers": {**call.headers, **said}, "data": body}


def proved_text(call: Call) -> dict[str, Any]:
    """Return Notify's *call* under a token of its own (JWT, HS256), as Notify's own client makes it."""

    def encoded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    said = ({"typ": "JWT", "alg": "HS256"}, {"iss": SERVICE, "iat": int(time.time())})
    signed = ".".join(encoded(json.dumps(each).encode()) for each in said)
    token = f"{signed}.{encoded(hmac.digest(SECRET.encode(), signed.encode(), 'sha256'))}"
    return {"headers": {**call.headers, "Authorization": f"Bearer {token}"}, "json": call.json}


#: Kind -> what makes a request of the bare client, where it has to be signed.
SIGNED: dict[str, Callable[[Call], dict[str, Any]]] = {"webhook": signed_hook, "govuk-notify": proved_text}


class Spent(NamedTuple):
    """What a round took, in seconds."""

    seconds: float
    processor: float  #: of this process, which is the client's


class Ear:
    """Stands before a transport: passes everything on, and keeps what was asked."""

    def __init__(self, rig: Rig) -> None:
        self._transport = rig.bench.transport
        self._http, self._mail = self._transport.http, self._transport.mail
        self.calls: list[Call] = []
        self.mails: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __enter__(self) -> Self:
        self._transport.http, self._transport.mail = self._heard, self._posted  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *exc: object) -> None:
        self._transport.http, self._transport.mail = self._http, self._mail  # type: ignore[method-assign]

    async def _heard(self, method: str, url: str, **said: Any) -> Any:
        assert not said.get("form"), "texts alone are sent here"
        self.calls.append(Call(method, url, dict(said.get("headers") or {}), said.get("json"), said.get("data")))
        return await self._http(method, url, **said)

    async def _posted(self, *where: Any, **said: Any) -> str:
        self.mails.append((where, said))
        return await self._mail(*where, **said)


def fresh(rig: Rig, number: int) -> list[Delivery]:
    """Return so many deliveries, each with words of its own."""
    names = {"channel": "channel", **{key: value for key, value in rig.endpoint.items() if key != "channel"}}
    return [delivery(f"Daesh lost its ground: village {n} of {time.time_ns()}.", **names) for n in range(number)]


def swapped(value: Any, names: dict[str, str]) -> Any:
    """Return *value* with each text of *names* put in the place of another, however deep it stands."""
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, bytes):
        return swapped(value.decode(), names).encode()
    if isinstance(value, dict):
        return {swapped(key, names): swapped(each, names) for key, each in value.items()}
    return [swapped(each, names) for each in value] if isinstance(value, list) else value


def other(old: Delivery, new: Delivery) -> dict[str, str]:
    """Return what tells *old* from *new* in a request: the keys first, for words may hold nothing of them."""
    pairs = {old.piece_key: new.piece_key, old.digest: new.digest, old.outgoing.release: new.outgoing.release}
    return {**pairs, bluesky.record_key(old): bluesky.record_key(new), old.piece.text: new.piece.text}


def anew(rig: Rig, heard: list[tuple[Delivery, Ear]]) -> list[list[Call]]:
    """Return the requests of *heard* for other texts, under other keys."""
    pairs = [(ear, other(old, new)) for (old, ear), new in zip(heard, fresh(rig, len(heard)), strict=True)]
    return [[Call(**swapped(vars(call), names)) for call in ear.calls] for ear, names in pairs]


async def abreast(works: Sequence[Callable[[], Awaitable[object]]]) -> tuple[Spent, list[object]]:
    """Do *works*, `ABREAST` at a time; return what that took, and what each gave."""
    waiting, given = iter(works), []

    async def hand() -> None:
        given.extend([await work() for work in waiting])

    began, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(hand() for _ in range(ABREAST)))
    return Spent(time.perf_counter() - began, time.process_time() - worked), given


def publishing(rig: Rig, deliveries: list[Delivery]) -> Spent:
    """Publish *deliveries*, and return what that took."""
    spent, given = rig.bench.run(abreast([lambda each=each: rig.publisher.publish(each) for each in deliveries]))
    assert [type(each) for each in given] == [Receipt] * len(deliveries)
    return spent


class Bare:
    """The bare client, with a session that it keeps as the publisher keeps its own."""

    def __init__(self, bench: Bench, tls: ssl.SSLContext) -> None:
        self._bench, self._tls = bench, tls

    def __enter__(self) -> Self:
        self._session = self._bench.run(self._open())
        return self

    def __exit__(self, *exc: object) -> None:
        self._bench.run(self._session.close())

    async def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self._tls, keepalive_timeout=1.0)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    def post(self, kind: str, requests: list[list[Call]]) -> Spent:
        """Make *requests*, those of one text one after the other, and return what that took."""
        made = SIGNED.get(kind, Call.replayed)
        if kind == "webhook":
            requests = [[replace(call, json=json.loads(call.data or b"")) for call in calls] for calls in requests]
        spent, said = self._bench.run(abreast([lambda calls=calls: self._asked(made, calls) for calls in requests]))
        assert all(said), said
        return spent

    async def _asked(self, made: Callable[[Call], dict[str, Any]], calls: list[Call]) -> Any:
        for call in calls:
            async with self._session.request(call.method, call.url, **made(call)) as answer:
                answer.raise_for_status()
                said = await (answer.json() if answer.content_type == "application/json" else answer.text())
        return said

    def replay(self, requests: list[list[Call]]) -> Spent:
        """Send *requests* as they are, and make nothing of the answers."""
        spent, states = self._bench.run(abreast([lambda calls=calls: self._sent(calls) for calls in requests]))
        assert all(status < 300 for each in states for status in each), states
        return spent

    async def _sent(self, calls: list[Call]) -> list[int]:
        states = []
        for call in calls:
            async with self._session.request(call.method, call.url, **call.replayed()) as answer:
                await answer.read()
                states.append(answer.status)
        return states

    def told(self, rig: Rig, texts: list[Delivery]) -> Spent:
        """Hand *texts* to Apprise, which blocks, and return what that took. One that is kept waits 5.5 s for itself."""
        import apprise

        def tell(text: str) -> bool | None:
            sender = apprise.Apprise()
            return bool(sender.add(rig.canaries[0]) and sender.notify(body=text, body_format="text"))

        works = [partial(asyncio.to_thread, tell, each.piece.text) for each in texts]
        spent, said = self._bench.run(abreast(works))
        assert all(said), said
        return spent

    def mail(self, rig: Rig, server: Any, mails: list[EmailMessage]) -> Spent:
        """Send *mails* over a connection each, and return what that took."""
        host, _, port = server.address.rpartition(":")
        where = {"hostname": host, "port": int(port), "start_tls": True, "tls_context": self._tls}
        said = {**where, "username": "cell", "password": rig.canaries[0]}
        sender, to = "news@cell.example", ["all@list.example"]
        works = [lambda each=each: aiosmtplib.send(each, sender=sender, recipients=to, **said) for each in mails]
        return self._bench.run(abreast(works))[0]


@pytest.fixture
def server(
    request: pytest.FixtureRequest,
    kind: str,
    bench: Bench,
    certificate_files: tuple[Path, Path],
    client_tls: ssl.SSLContext,
) -> Iterator[Any]:
    """Give the server of *kind*; where it is behind TLS, the bench knows its certificate."""
    if kind not in SERVERS:
        yield request.getfixturevalue(str(RIGS[kind][1]))
        return
    bench.run(bench.transport.__aexit__(None, None, None))
    bench.transport = bench.run(Transport(loopback_only=True, total=5.0, tls=client_tls).__aenter__())
    with alone(kind, certificate_files) as made:
        yield made


@pytest.mark.parametrize("kind", BEHIND)
def test_a_publisher_beside_the_bare_client(bench: Bench, server: Any, client_tls: ssl.SSLContext, kind: str) -> None:
    """Each text arrives once by either way; beside the same requests bare, a publisher costs little."""
    rig = RIGS[kind][0](bench, server)
    texts = TEXTS * MANY if kind in SERVERS else TEXTS
    publishing(rig, fresh(rig, 2))  # logs in, and looks up what it keeps
    heard: list[tuple[Delivery, Ear]] = []
    for each in fresh(rig, texts):
        with Ear(rig) as ear:
            publishing(rig, [each])
        heard.append((each, ear))
    ours: list[Spent] = []
    bare: list[Spent] = []
    least: list[Spent] = []
    until = time.monotonic() + BUDGET
    with Bare(bench, client_tls) as client:
        while len(ours) < ROUNDS or (len(ours) < MORE and time.monotonic() < until):
            ours.append(publishing(rig, fresh(rig, texts)))
            if kind == "smtp":
                bare.append(client.mail(rig, server, [ear.mails[0][0][2] for _, ear in heard]))
            elif kind == "apprise":
                bare.append(client.told(rig, fresh(rig, texts)))
            else:
                bare.append(client.post(kind, anew(rig, heard)))
                least.append(client.replay(anew(rig, heard)))
    share = median(theirs.seconds / mine.seconds for mine, theirs in zip(ours, bare, strict=True))
    rates = [texts / median(each.seconds for each in rounds) for rounds in (ours, bare)]
    replayed = median(theirs.seconds / mine.seconds for mine, theirs in zip(ours, least, strict=True)) if least else 0
    more = median(mine.processor - theirs.processor for mine, theirs in zip(ours, bare, strict=True)) / texts
    asked = len(heard[0][1].calls) or 1
    print(
        f"\n{kind} ({BEHIND[kind]}), {texts} texts, {ABREAST} abreast, {asked} requests each, {len(ours)} rounds:"
        f" {rates[0]:,.0f}/s, the bare client {rates[1]:,.0f}/s, share {share:.2f}"
        f" (target 0.9, {'met' if share >= 0.9 else 'missed'}); {more * 1e6:+,.0f} us of processor a text"
        f"{f'; of requests replayed {replayed:.2f}' if replayed else ''}"
    )
