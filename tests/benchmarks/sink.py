"""
A sink that only answers: an asyncio protocol with no checks, so that it is never what a measurement waits for.

As a process: `python tests/benchmarks/sink.py` prints its port on one line and stops at SIGTERM. It answers every
POST with an id, GET with how many came, and `GET /since/N` with all but the first N of them: `came`, a list of
[seconds since 1970, idempotency key].
"""

import asyncio
import json
import signal
import sys
import time
from typing import ClassVar

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    count = 0
    came: ClassVar[list[tuple[float, bytes]]] = []  #: when, and the head

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            asked = bytes(self._buffer[:head]).lower()
            lines = asked.split(b"\r\n")
            length = next((int(each[15:]) for each in lines if each.startswith(b"content-length:")), 0)
            if len(self._buffer) < head + 4 + length:
                return
            del self._buffer[: head + 4 + length]
            if lines[0].startswith(b"post"):
                Sink.count += 1
                Sink.came.append((time.time(), asked))
            body = b'{"id": "%d"}' % Sink.count
            if lines[0].startswith(b"get /since/"):
                since = int(lines[0].split()[1].rpartition(b"/")[2])
                body = json.dumps({"came": [(at, key_of(each)) for at, each in Sink.came[since:]]}).encode()
            self._transport.write(HEAD % len(body) + body)  # type: ignore[attr-defined]


def key_of(head: bytes) -> str:
    """Return the idempotency key of a request, "" where it has none."""
    _, found, rest = head.partition(b"\r\nidempotency-key: ")
    return rest.partition(b"\r\n")[0].decode() if found else ""


async def main() -> None:
    """Serve until SIGTERM."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    server = await loop.create_server(Sink, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await done.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
