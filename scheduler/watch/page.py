"""
`/metrics`, `/healthz` and `/readyz`: what monitors ask of a daemon. On this machine alone unless the settings differ.

Nothing here is secret, nothing can be changed, and no answer asks the database.
"""

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

import structlog

from campaigns.errors import EnvironmentFault
from scheduler.watch.metrics import Metrics
from scheduler.watch.vitals import Vitals

LOG = structlog.get_logger()
PATIENCE = 5.0  #: seconds that a client has to ask


class Page:
    """The server; a context manager. *address* is HOST:PORT, port 0 takes any."""

    def __init__(self, address: str, vitals: Callable[[], Vitals], version: str) -> None:
        self._address = address
        self.vitals = vitals
        self.metrics = Metrics(vitals, version)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    @property
    def notice(self) -> str:
        """
        Say who may ask, where that is not this machine alone; "" where it is.

        Raises:
            EnvironmentFault: If the address cannot be read.
        """
        if _stays_here(_parsed(self._address)[0]):
            return ""
        said = "other machines can read what is due, late and paused there, and change nothing."
        return f"Monitors are answered at {self._address}: {said} Let a firewall say which may."

    def open(self) -> Self:
        """
        Begin to answer.

        Raises:
            EnvironmentFault: If the address cannot be read, or is taken.
        """
        host, port = _parsed(self._address)
        try:
            self._server = _Server((host, port), _Handler)
        except OSError as error:
            message = f"Monitors cannot be answered at {self._address}: {error.strerror or error}."
            raise EnvironmentFault(message, 'Give another `monitor` in cordiale.toml, or "" for none.') from None
        self._server.page = self
        bound = self._server.server_address[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.5,), name="cordiale-monitor", daemon=True
        )
        self._thread.start()
        return self

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        if self._thread is not None:
            self._thread.join(timeout=5.0)

    def answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Return status, type and body for *path*."""
        if path == "/metrics":
            return HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", self.metrics.text()
        if path not in {"/healthz", "/readyz"}:
            return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"Ask for /metrics, /healthz or /readyz.\n"
        vitals = self.vitals()
        why = vitals.unhealthy() if path == "/healthz" else vitals.unready()
        name = "healthy" if path == "/healthz" else "ready"
        body = json.dumps({name: not why, "why": why}, ensure_ascii=False).encode() + b"\n"
        return HTTPStatus.SERVICE_UNAVAILABLE if why else HTTPStatus.OK, "application/json", body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    page: Page

    @property
    def address_family(self) -> int:  # type: ignore[override]  # a class attribute there; here the host decides
        import socket

        return socket.AF_INET6 if ":" in self._host else socket.AF_INET

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._host = address[0]
        super().__init__(address, handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE
    server_version = "cordiale"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        """Answer without one."""
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        try:
            status, kind, body = self.server.page.answer(urlsplit(self.path).path)
        except Exception:  # a monitor shall see that something is wrong, not a connection that breaks off
            LOG.exception("a monitor could not be answered")
            status, kind, body = HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", b"See the log.\n"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if whole:
            self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Write no line for every question of a monitor."""


def _parsed(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None:
        message = f"'{address}' is no address to answer monitors at."
        raise EnvironmentFault(message, 'Write `monitor = "127.0.0.1:9464"` in cordiale.toml, or "" for none.')
    return host, port


def _stays_here(host: str) -> bool:
    """Return whether nobody but this machine can ask at *host*; a name may mean any address, but for one."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
