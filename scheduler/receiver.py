"""Where a gateway on this machine tells what came of its text messages: the server before `scheduler.receipts`."""

import ipaddress
import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import Engine, select

from campaigns import clock
from campaigns.errors import EnvironmentFault, UsageError
from campaigns.store.engine import reading
from campaigns.store.tables import table
from scheduler.receipts import ADDRESS, STATUSES, Receipts
from scheduler.releases.models import Release

PATIENCE = 5.0  #: seconds that a gateway has to ask
_TOLD = re.compile(r"/kannel/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([0-9]{1,3})/([0-9]{1,2})\Z")


def ours(database: Engine) -> Callable[[str], bool]:
    """Return what says whether a release is one of *database*."""
    release = table(Release)

    def known(name: str) -> bool:
        with reading(database) as connection:
            return connection.execute(select(release.c.id).where(release.c.id == name)).first() is not None

    return known


class Receiver:
    """The server; a context manager. *known* says whether a release is ours; nothing is kept of others."""

    def __init__(self, where: str, kept: Receipts, known: Callable[[str], bool]) -> None:
        """
        Take the address.

        Raises:
            UsageError: If it is not one of this machine: nobody else has anything to tell.
            EnvironmentFault: If it is taken.
        """
        host, port = _local(where)
        self.kept, self.known = kept, known
        try:
            self._server = _Server((host, port), _Handler)
        except OSError as error:
            message = f"Receipts cannot be taken at {where}: {error.strerror or error}."
            raise EnvironmentFault(message, "Choose another port with --on, and write it in the channel.") from None
        self._server.receiver = self
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="cordiale-receipts")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str) -> HTTPStatus:
        """Keep what *path* tells, and return the answer."""
        found = _TOLD.match(path)
        if found is None or int(found[3]) not in STATUSES or not self.known(found[1]):
            return HTTPStatus.NOT_FOUND
        self.kept.tell(found[1], int(found[2]), int(found[3]), clock.now())
        return HTTPStatus.OK


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE
    server_version, sys_version = "cordiale", ""

    def do_GET(self) -> None:
        """Take one receipt."""
        self.send_response(self.server.receiver.take(self.path))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Write no line for every receipt."""


def _local(where: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname, parts.port
        if host and port is not None and ipaddress.IPv4Address(host).is_loopback:
            return host, port
    except ValueError:
        pass
    message = f"'{where}' is no address of this machine to take receipts at."
    raise UsageError(message, f"Write it as {ADDRESS}: the gateway tells it here, and nobody else may.")
