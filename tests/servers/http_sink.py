"""
A real HTTP server that takes what a webhook or a Mastodon publisher sends, keeps a ledger, and can misbehave.

In a test:          `with HttpSink(ledger=path) as sink: sink.misbehave("reset-after"); ... sink.effects`
As a process:       `python tests/servers/http_sink.py --port 0 --ledger FILE [--deduplicates] [--fault NAME --every N]`
                    prints its port on one line; stops at SIGTERM.

Every POST to a path other than `/_control` is an effect, unless a fault keeps it from being one, or its key
(`webhook-id`, else `Idempotency-Key`) is known and the sink deduplicates: then the first answer is given again. The
ledger has one JSON line an effect: `{"key", "path", "act", "n"}`, fsynced before the answer goes.

`POST /_control` with `{"fault": NAME|null, "times": N}` sets the fault from outside the process; `GET /_control`
gives `{"requests", "effects"}`. `GET /_seen/KEY` gives the first answer under a key, or 404.
"""

import argparse
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

#: What may go wrong: name -> whether the effect has happened all the same.
FAULTS: dict[str, bool] = {
    "429-seconds": False,  #: Retry-After in seconds
    "429-date": False,  #: Retry-After as a date
    "503-retry-after": False,
    "500-not-posted": False,
    "500-posted": True,
    "timeout-before": False,  #: reads the request, never acts, never answers
    "timeout-after": True,
    "reset-before": False,  #: cuts the connection with RST
    "reset-after": True,
    "truncated-json": True,  #: announces more bytes than it sends
    "malformed-json": True,  #: 200 and half an object
    "html": True,  #: 200 and a page
    "302": False,
    "401": False,
    "422": False,
}
SEEN = "/_seen/"  #: and a key: where the sink says what it has
HANG = 30.0  #: seconds after which a hanging answer gives up, should the client not


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]  #: names in lower case
    body: bytes

    @property
    def key(self) -> str | None:
        return self.headers.get("webhook-id") or self.headers.get("idempotency-key")

    def json(self) -> Any:
        return json.loads(self.body)


class HttpSink:
    """The server; a context manager. `url`, `requests` and `effects` are for tests."""

    def __init__(self, *, ledger: Path | None = None, port: int = 0, deduplicates: bool = True) -> None:
        self.deduplicates = deduplicates
        self.requests: list[Request] = []
        self.effects: list[Request] = []
        self.script: dict[tuple[str, str], list[tuple[int, dict[str, str], Any]]] = {}
        self.every = 1  #: the fault strikes each n-th request that it could strike
        self._fault: str | None = None
        self._times: int | None = None
        self._struck = 0
        self._at: dict[str, str] = {}  #: path -> the fault that strikes the next POST to it
        self._answers: dict[str, dict[str, Any]] = {}
        self._guard = threading.Lock()
        self._ledger = ledger.open("ab") if ledger else None
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.sink = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._ledger:
            self._ledger.close()

    def misbehave(self, fault: str | None, times: int | None = None) -> None:
        """Let *fault* strike the next *times* requests (for ever: None); None behaves again."""
        if fault is not None and fault not in FAULTS:
            message = f"no such fault: {fault}"
            raise ValueError(message)
        with self._guard:
            self._fault, self._times, self._struck = fault, times, 0

    def misbehave_at(self, path: str, fault: str) -> None:
        """Let *fault* strike the next POST to *path*, and no other."""
        with self._guard:
            self._at[path] = fault

    def answer(self, method: str, path: str, *answers: tuple[int, dict[str, str], Any]) -> None:
        """Give these answers (status, headers, body) to *path*, in order; the last one stays."""
        self.script[method, path] = list(answers)

    def take_fault(self, request: Request) -> str | None:
        """Return the fault that strikes *request*."""
        with self._guard:
            if request.method == "POST" and (fault := self._at.pop(request.path, None)):
                return fault
            if self._fault is None or self._times == 0:
                return None
            self._struck += 1
            if self._struck % self.every:
                return None
            if self._times is not None:
                self._times -= 1
            return self._fault

    def scripted(self, method: str, path: str) -> tuple[int, dict[str, str], Any] | None:
        """Return the next scripted answer to *path*."""
        with self._guard:
            answers = self.script.get((method, path))
            if not answers:
                return None
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def seen(self, key: str) -> dict[str, Any] | None:
        """Return the first answer that was given under *key*."""
        with self._guard:
            return self._answers.get(key)

    def act(self, request: Request) -> dict[str, Any]:
        """Let *request* take effect, once a key where the sink deduplicates, and return its answer."""
        with self._guard:
            if self.deduplicates and request.key and request.key in self._answers:
                return self._answers[request.key]
            self.effects.append(request)
            answer = {"id": f"sink-{len(self.effects)}", "url": f"{self.url}/posts/{len(self.effects)}"}
            if request.key:
                self._answers[request.key] = answer
            if self._ledger:
                line = {"key": request.key, "path": request.path, "act": _act(request), "n": len(self.effects)}
                self._ledger.write(json.dumps(line).encode() + b"\n")
                self._ledger.flush()
                os.fsync(self._ledger.fileno())
            return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    sink: HttpSink

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet when a client goes away: that is what time-out tests make it do."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = HANG
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 (the standard library's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing; the test looks at `requests`."""

    def _handle(self) -> None:
        sink = self.server.sink
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) if not self._chunked() else self._dechunk()
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        if self.path == "/_control":
            self._control(request)
            return
        if self.path.startswith(SEEN):
            known = sink.seen(self.path.removeprefix(SEEN))
            self._send(200 if known else 404, {}, known or {"error": "not here"})
            return
        sink.requests.append(request)
        fault = sink.take_fault(request)
        scripted = sink.scripted(self.command, self.path.partition("?")[0])
        if fault:
            if FAULTS[fault] and request.method == "POST":
                sink.act(request)
            self._misbehave(fault)
        elif scripted:
            self._send(*scripted)
        elif request.method == "POST":
            self._send(200, {}, sink.act(request))
        else:
            self._send(200, {}, {})

    def _control(self, request: Request) -> None:
        sink = self.server.sink
        if request.method == "POST":
            wish = request.json()
            sink.every = int(wish.get("every", 1))
            sink.misbehave(wish.get("fault"), wish.get("times"))
        self._send(200, {}, {"requests": len(sink.requests), "effects": len(sink.effects)})

    def _misbehave(self, fault: str) -> None:
        kind = fault.partition("-")[0]
        if kind == "timeout":
            select.select([self.connection], [], [], HANG)  # until the client gives up
            self.close_connection = True
        elif kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif fault == "truncated-json":
            self._send(200, {"Content-Length": "4000"}, b'{"id": "sink-')
            self.close_connection = True
        elif fault == "malformed-json":
            self._send(200, {}, b'{"id": "sink-')
        elif fault == "html":
            self._send(200, {"Content-Type": "text/html"}, b"<!doctype html><title>Maintenance</title>")
        elif kind == "302":
            self._send(302, {"Location": f"{self.server.sink.url}/elsewhere?token=abc"}, b"")
        else:
            waits = {"429-seconds": "7", "429-date": formatdate(usegmt=True), "503-retry-after": "3"}
            wait = {"Retry-After": waits[fault]} if fault in waits else {}
            self._send(int(kind), wait, {"error": f"the sink was told to answer {kind}"})

    def _send(self, status: int, headers: dict[str, str], body: Any) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)
        self.wfile.flush()

    def _chunked(self) -> bool:
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"

    def _dechunk(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


def _act(request: Request) -> str:
    try:
        return str(request.json().get("act", "publish"))
    except (ValueError, AttributeError):
        return "publish"


def main() -> None:
    """Run until SIGTERM."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--ledger", type=Path)
    options.add_argument("--deduplicates", action="store_true")
    options.add_argument("--fault", choices=sorted(FAULTS))
    options.add_argument("--every", type=int, default=1)
    chosen = options.parse_args()
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    with HttpSink(ledger=chosen.ledger, port=chosen.port, deduplicates=chosen.deduplicates) as sink:
        sink.every = chosen.every
        sink.misbehave(chosen.fault)
        print(sink.port, flush=True)  # noqa: T201 (the caller reads it)
        done.wait()


if __name__ == "__main__":
    main()
