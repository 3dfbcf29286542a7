# ruff: noqa: T201 (figures are printed)
"""
What a publisher costs beside the bare client that makes the very same requests: one server, one run, rounds in turn.

The bare client is aiohttp (aiosmtplib for mail) with nothing around it: it builds no request, reads no credential,
judges no answer. Its requests are those that the publisher made for other texts, under other keys. Mails are built
already, and sent as `aiosmtplib.send` does, over a connection each; the publisher's own go over sessions that it
keeps. Each server has a process of its own: in that of the client it would take turns with it.
"""

import asyncio
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from statistics import median
from typing import Any, Self

import aiohttp
import aiosmtplib
import pytest

from scheduler.publisher import Delivery, Receipt
from scheduler.publishers import bluesky
from tests.scheduler.publishers.conftest import RIGS
from tests.scheduler.publishers.conftest import bench as bench  # noqa: PLC0414 (a fixture)
from tests.scheduler.publishers.deliveries import Rig, delivery
from tests.servers.alone import KINDS
from tests.servers.alone import alone as process_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
TEXTS, ROUNDS = (8, 2) if SHORT else (100, 5)
MORE, BUDGET = 25, 0.0 if SHORT else 20.0  #: so many rounds, while they take no longer than so many seconds in all
ABREAST = 4  #: texts on their way at a time
#: What stands behind each kind: a real server, or something that answers in its place.
BEHIND = {
    "smtp": "a test's SMTP server, TLS and login", "webhook": "a test's receiver", "mastodon": "a mock",
    "telegram": "a fake", "govuk-notify": "a fake", "kannel": "Kannel", "bluesky": "an AT Protocol server",
    "matrix": "Synapse", "wordpress": "WordPress and MariaDB",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request as the publisher made it."""

    method: str
    url: str
    headers: dict[str, str]
    json: Any = None
    data: bytes | None = None


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


async def abreast(works: Sequence[Callable[[], Awaitable[object]]]) -> tuple[float, list[object]]:
    """Do *works*, `ABREAST` at a time; return the seconds, and what each gave."""
    waiting, given = iter(works), []

    async def hand() -> None:
        given.extend([await work() for work in waiting])

    began = time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(ABREAST)))
    return time.perf_counter() - began, given


def publishing(rig: Rig, deliveries: list[Delivery]) -> float:
    """Publish *deliveries*, and return the seconds."""
    seconds, given = rig.bench.run(abreast([lambda each=each: rig.publisher.publish(each) for each in deliveries]))
    assert [type(each) for each in given] == [Receipt] * len(deliveries)
    return seconds


async def posting(requests: list[list[Call]]) -> float:
    """Make *requests*, those of one text one after the other, and return the seconds."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def one(calls: list[Call]) -> list[int]:
            states = []
            for call in calls:
                said = {"json": call.json} if call.json is not None else {"data": call.data}
                async with session.request(call.method, call.url, headers=call.headers, **said) as answer:
                    await answer.read()
                    states.append(answer.status)
            return states

        seconds, states = await abreast([lambda calls=calls: one(calls) for calls in requests])
    assert all(status < 300 for each in states for status in each), states
    return seconds


async def mailing(rig: Rig, server: Any, mails: list[EmailMessage]) -> float:
    """Send *mails* over a connection each, as the publisher does, and return the seconds."""
    host, _, port = server.address.rpartition(":")
    tls = ssl.create_default_context()  # made once, as the publisher's is
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # the server is on this machine
    said = {"hostname": host.rpartition("/")[2], "port": int(port), "start_tls": True, "tls_context": tls}
    secret = {"username": "cell", "password": rig.canaries[0]}
    sender, to = "news@cell.example", ["all@list.example"]
    seconds, _ = await abreast(
        [lambda each=each: aiosmtplib.send(each, sender=sender, recipients=to, **said, **secret) for each in mails]
    )
    return seconds


@pytest.fixture
def alone(kind: str) -> Iterator[Any]:
    """Give a fake in a process of its own."""
    with process_of(kind) as server:
        yield server


@pytest.mark.parametrize("kind", BEHIND)
def test_a_publisher_beside_the_bare_client(request: pytest.FixtureRequest, bench: Any, kind: str) -> None:
    """Each text arrives once by either way; beside the same requests bare, a publisher costs little."""
    build, needs = RIGS[kind]
    server = request.getfixturevalue("alone") if kind in KINDS else request.getfixturevalue(needs)
    rig = build(bench, server)
    publishing(rig, fresh(rig, 2))  # logs in, and looks up what it keeps
    heard: list[tuple[Delivery, Ear]] = []
    for each in fresh(rig, TEXTS):
        with Ear(rig) as ear:
            publishing(rig, [each])
        heard.append((each, ear))
    ours, bare = [], []
    until = time.monotonic() + BUDGET
    while len(ours) < ROUNDS or (len(ours) < MORE and time.monotonic() < until):
        ours.append(TEXTS / publishing(rig, fresh(rig, TEXTS)))
        pairs = [(old, ear, other(old, new)) for (old, ear), new in zip(heard, fresh(rig, TEXTS), strict=True)]
        if kind == "smtp":
            seconds = bench.run(mailing(rig, server, [ear.mails[0][0][2] for _, ear, _ in pairs]))
        else:
            calls = [[Call(**swapped(vars(call), names)) for call in ear.calls] for _, ear, names in pairs]
            seconds = bench.run(posting(calls))
        bare.append(TEXTS / seconds)
    share = median(one / other for one, other in zip(ours, bare, strict=True))
    asked = len(heard[0][1].calls) or 1
    print(
        f"\n{kind} ({BEHIND[kind]}), {TEXTS} texts, {ABREAST} abreast, {asked} requests each, {len(ours)} rounds:"
        f" {median(ours):,.0f}/s, the bare client {median(bare):,.0f}/s, share {share:.2f}"
        f" (target 0.9, {'met' if share >= 0.9 else 'missed'})"
    )
