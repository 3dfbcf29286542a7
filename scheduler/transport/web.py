"""
The HTTP client: each call has a time-out, and none is repeated.

Redirects are not followed, aiohttp's own repeat of a broken request is off, and a connection that has
idled for a second is not used again (a server that has just closed it would leave us with a request of
unknown outcome).
"""

import json as jsonlib
import socket
import ssl
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic_core import from_json, to_json

from scheduler import addresses, answers
from scheduler.publisher import Refused

CONNECT = 10.0  #: seconds to get a connection
TOTAL = 30.0  #: seconds for a whole call
LARGEST = 1 << 20  #: bytes of an answer; no publisher needs more
CONNECTIONS, A_HOST = 128, 32  #: connections at a time, in all and to one host


@dataclass(frozen=True)
class Answer:
    """A 2xx answer, or one of a status that the caller accepts."""

    status: int
    headers: Mapping[str, str]  #: case does not matter
    body: bytes
    where: str  #: host and port
    effect: bool  #: whether the call publishes

    def json(self) -> Any:
        """
        Return the body as JSON.

        Raises:
            OutcomeUnknown: If it is not JSON and the call publishes.
            Unreachable: If it is not JSON and the call publishes nothing.
        """
        try:
            return from_json(self.body)
        except ValueError:
            pass  # it is the quick reader, and stops at a byte order mark, which some sites send
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            raise answers.lost(self.where, "its answer is not JSON", effect=self.effect) from None

    def object(self, *needs: str) -> dict[str, Any]:
        """
        Return the body as a JSON object that has the keys *needs*.

        Raises:
            OutcomeUnknown: If it is anything else and the call publishes.
            Unreachable: If it is anything else and the call publishes nothing.
        """
        found = self.json()
        if not isinstance(found, dict) or None in map(found.get, needs):
            raise answers.lost(self.where, "its answer is not what its API promises", effect=self.effect)
        return found


@dataclass(frozen=True)
class Field:
    """One field of a multipart form."""

    name: str
    value: str | bytes
    file: str | None = None
    kind: str | None = None  #: MIME type


class _Resolver(AbstractResolver):
    """Gives aiohttp vetted addresses and no others."""

    def __init__(self, *, only_loopback: bool) -> None:
        self.only_loopback = only_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await addresses.resolve(host, port, only_loopback=self.only_loopback)
        return [
            ResolveResult(hostname=host, host=each.host, port=port, family=each.family, proto=0, flags=0)
            for each in found
            if family in (socket.AF_UNSPEC, each.family)
        ]

    async def close(self) -> None:
        """Hold nothing."""


class _Call:
    """One call: whether anything of it may have left this machine."""

    left = False


_CALL: ContextVar[_Call] = ContextVar("call")


class _Request(aiohttp.ClientRequest):
    """A request that notes its departure. aiohttp's own tracing can do the same, and costs as much as a signature."""

    def send(self, conn: Any) -> Coroutine[Any, Any, aiohttp.ClientResponse]:
        """Send it over *conn*, which is open: from here on nobody knows what has arrived."""
        _CALL.get().left = True
        return super().send(conn)


class Web:
    """The HTTP sessions of one event loop. *loopback_only*: nothing leaves this machine. Times in seconds."""

    def __init__(self, *, loopback_only: bool, connect: float, total: float) -> None:
        self.loopback_only = loopback_only
        self._connect, self._total = connect, total
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._way = lru_cache(maxsize=1024)(self._vetted)  # a fault is not kept

    def open(self, tls: ssl.SSLContext) -> None:
        """Make the sessions, inside the event loop that will use them: plain HTTP stays on this machine."""
        self._way.cache_clear()
        self._sessions["http"] = self._session(tls, only_loopback=True)
        self._sessions["https"] = self._session(tls, only_loopback=self.loopback_only)

    async def close(self) -> None:
        """Close what is open."""
        for session in self._sessions.values():
            await session.close()

    def _session(self, tls: ssl.SSLContext, *, only_loopback: bool) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_Resolver(only_loopback=only_loopback),
                limit=CONNECTIONS,
                limit_per_host=A_HOST,
                keepalive_timeout=1.0,
                ssl=tls,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "cordiale", "Accept-Encoding": "identity"},
            trust_env=False,
            request_class=_Request,
            json_serialize_bytes=to_json,
        )
        session._retry_connection = False  # noqa: SLF001 (the only switch for "send no request twice")
        return session

    async def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | None = None,
        form: Sequence[Field] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (also the seconds that the message names)
        effect: bool = True,
        accept: Collection[int] = (),
    ) -> Answer:
        """
        Make one HTTP call and return its 2xx answer, or one whose status is in *accept*.

        *effect* says that the call publishes. Where it does not (a look-up, an upload), an answer that was lost
        raises Unreachable or Busy: the call may be made again.

        Raises:
            PublishFault: By what was answered, see `scheduler.answers`.
        """
        seconds = timeout or self._total
        where, session = self._way(url)
        call = _Call()
        _CALL.set(call)
        try:
            async with session.request(
                method,
                url,
                headers=headers,
                json=json,
                data=data if form is None else _multipart(form),
                allow_redirects=False,
                timeout=_timeout(seconds, self._connect),
            ) as response:
                body = await _body(response)
                status, answered = response.status, response.headers
        except TimeoutError:
            raise answers.lost(where, f"no answer within {seconds:g} s", effect=effect and call.left) from None
        except (aiohttp.ClientError, OSError) as error:
            raise answers.lost(where, answers.why(error), effect=effect and call.left) from None
        fault = None if status in accept else answers.http_fault(status, answered, body or b"", where, effect=effect)
        if fault:
            raise fault
        if body is None:
            raise answers.lost(where, "its answer was cut off", effect=effect)
        return Answer(status, answered, body, where, effect)

    def _vetted(self, url: str) -> tuple[str, aiohttp.ClientSession]:
        """Return host and port in words, and the session that may go there."""
        parts = _parts(url)
        if parts is None or parts[0] not in self._sessions:
            message = "A channel's `server` is not a web address that can be used."
            raise Refused(message, "Write it as https://host/path, without a login; http is for this machine only.")
        scheme, host, where = parts
        if addresses.literal(host):
            addresses.vet(host, host, only_loopback=self.loopback_only or scheme == "http")
        return where, self._sessions[scheme]


def _parts(url: str) -> tuple[str, str, str] | None:
    """Return scheme, host, and host with port of *url*; None where it is no address, or has a login in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.username or parts.password:
        return None
    return parts.scheme, host, f"{host}:{port}" if port else host


@lru_cache(maxsize=64)
def _timeout(total: float, connect: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, connect=connect)


async def _body(response: aiohttp.ClientResponse) -> bytes | None:
    """Read an answer's body; None where it is cut off or longer than any answer should be."""
    body = bytearray()
    try:
        content = response.content
        while not content.at_eof():
            body += await content.readany()
            if len(body) > LARGEST:
                return None
    except (aiohttp.ClientError, OSError):
        return None
    return bytes(body)


def _multipart(form: Sequence[Field]) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for field in form:
        data.add_field(field.name, field.value, filename=field.file, content_type=field.kind)
    return data
