"""
A fake in a process of its own, as any server is: one in the test's process takes turns with what it answers.

    python -m tests.servers.alone KIND       prints where it is on one line; stops when its input ends
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace

#: Kind of channel -> the server that answers, and how it says where it is.
KINDS = ("smtp", "webhook", "telegram", "govuk-notify")


def _server(kind: str) -> AbstractContextManager[object]:
    match kind:
        case "smtp":
            from tests.scheduler.publishers.deliveries import PASSWORD
            from tests.servers.smtp_server import SmtpServer

            return SmtpServer(user="cell", password=PASSWORD)
        case "webhook":
            from tests.servers.http_sink import HttpSink

            return HttpSink()
        case "telegram":
            from tests.servers.telegram_server import TelegramServer

            return TelegramServer()
        case _:
            from tests.servers.notify_server import NotifyServer

            return NotifyServer()


@contextmanager
def alone(kind: str) -> Iterator[SimpleNamespace]:
    """Give `address` and `url` of a server of *kind*, whose process ends afterwards."""
    command = [sys.executable, "-m", "tests.servers.alone", kind]
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


def main(kind: str) -> None:
    """Run until the input ends."""
    with _server(kind) as server:
        print(getattr(server, "url", None) or getattr(server, "address", None), flush=True)  # noqa: T201 (its caller reads it)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
