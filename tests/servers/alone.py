"""
A server of the tests in a process of its own and behind TLS, as those out there are.

In the test's own process it would take turns with whoever speaks to it.

    python -m tests.servers.alone KIND CERTIFICATE KEY     says where it is on one line; stops when its input ends
"""

import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.servers.http_sink import HttpSink
from tests.servers.notify_server import NotifyServer
from tests.servers.smtp_server import SmtpServer, server_context
from tests.servers.telegram_server import TelegramServer


def _smtp(tls: ssl.SSLContext, folder: Path) -> SmtpServer:
    from tests.scheduler.publishers.deliveries import PASSWORD

    return SmtpServer(user="cell", password=PASSWORD, context=tls, ledger=folder / "mails.jsonl")


def _web(made: Callable[[Path], Any]) -> Callable[[ssl.SSLContext, Path], Any]:
    def within(tls: ssl.SSLContext, folder: Path) -> Any:
        server = made(folder)
        inner = server._server
        inner.socket = tls.wrap_socket(inner.socket, server_side=True, do_handshake_on_connect=False)
        server.url = server.url.replace("http://", "https://")
        return server

    return within


#: Kind of channel -> what makes its server; the first two have on disk what they say that they have.
SERVERS: dict[str, Callable[[ssl.SSLContext, Path], AbstractContextManager[Any]]] = {
    "smtp": _smtp,
    "webhook": _web(lambda folder: HttpSink(ledger=folder / "posts.jsonl")),
    "telegram": _web(lambda _: TelegramServer()),
    "govuk-notify": _web(lambda _: NotifyServer()),
    "apprise": lambda _, folder: HttpSink(ledger=folder / "posts.jsonl"),
}


@contextmanager
def alone(kind: str, files: tuple[Path, Path]) -> Iterator[SimpleNamespace]:
    """Give `url` or `address` of a server of *kind*, with the certificate and the key of *files*."""
    command = [sys.executable, "-m", "tests.servers.alone", kind, *map(str, files)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        where = process.stdout.readline().strip()
        assert where, "it did not start"
        try:
            yield SimpleNamespace(url=where, address=where)
        finally:
            process.stdin.close()
            assert process.wait(timeout=60) == 0


def main(kind: str, certificate: str, key: str) -> None:
    """Run until the input ends."""
    tls = server_context((Path(certificate), Path(key)))
    with tempfile.TemporaryDirectory() as folder, SERVERS[kind](tls, Path(folder)) as server:
        print(server.address if kind == "smtp" else server.url, flush=True)  # noqa: T201 (who started it reads it)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
