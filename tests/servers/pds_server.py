"""
The AT Protocol's network on loopback: the server that keeps accounts, their directory, and the AppView that counts.

All three are the network's own programs. The AppView follows the accounts' server and counts likes, reposts and
replies; it needs PostgreSQL, and uses Redis where there is one. There are the accounts `joint-cell.test` and
`press-desk.test`.
"""

import http.client
import json
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from campaigns import clock
from tests.builders import postgres
from tests.servers import ports

HOUSE = Path(__file__).resolve().parents[2]
VARIABLE = "CORDIALE_TEST_PDS"
PASSWORD = "canary-of-the-account"
HANDLES = {"cell": "joint-cell.test", "other": "press-desk.test"}

PATIENCE = 60  #: seconds for what is posted to be counted; it takes about one


def modules() -> Path:
    """Return the folder that `make servers` installs the server's packages in, or the one that is named."""
    return Path(os.environ.get(VARIABLE) or HOUSE / "build" / "servers" / "pds" / "node_modules")


def why_not() -> str | None:
    """Return why the server cannot be run here, or None."""
    if shutil.which("node") is None:
        return "needs Node.js"
    built = modules() / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    if not built.is_file() or not (modules() / "@atproto" / "dev-env").is_dir():
        return f"needs the AT Protocol's servers (`make servers`, or {VARIABLE})"
    return postgres.why_not() or None


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing, and give its address; "" where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    (port,) = ports.free(1)
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


class PdsServer:
    """The processes; a context manager. *folder* takes what they store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self.view = ""  #: the address of the AppView
        self.tokens: dict[str, str] = {}
        self.dids: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            for name, handle in HANDLES.items():
                said = {"handle": handle, "email": f"{name}@example.org", "password": PASSWORD}
                made = self.call("POST", "com.atproto.server.createAccount", body=said)
                self.tokens[name], self.dids[name] = made["accessJwt"], made["did"]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        settings = {
            "PDS_PORT": str(ports.free(1)[0]),
            "PDS_HOSTNAME": "localhost",
            "PDS_DEV_MODE": "true",
            "PDS_INVITE_REQUIRED": "false",
            "PDS_SERVICE_HANDLE_DOMAINS": ".test",
            "PDS_DISABLE_SSRF_PROTECTION": "true",
            "PDS_JWT_SECRET": secrets.token_hex(16),
            "PDS_ADMIN_PASSWORD": secrets.token_hex(16),
            "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": f"01{secrets.token_hex(31)}",
            "LOG_ENABLED": "false",
        }
        database = stack.enter_context(postgres.bare())
        settings["APPVIEW_POSTGRES"] = database.replace("postgresql+psycopg:", "postgresql:")
        settings["APPVIEW_REDIS"] = stack.enter_context(_redis(self._folder))
        program, node = Path(__file__).parent / "pds" / "serve.cjs", shutil.which("node")
        assert node
        log = stack.enter_context((self._folder / "log").open("wb"))
        process = subprocess.Popen(
            [node, str(program), str(modules()), str(self._folder)],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout
        stack.callback(process.stdout.close)
        stack.callback(process.wait, timeout=30)
        stack.callback(process.terminate)
        told = next((line.split() for line in process.stdout if line.replace(" ", "").strip().isdecimal()), [])
        if not told:
            message = f"The AT Protocol's server did not start: {(self._folder / 'log').read_text()[-2000:]}"
            raise RuntimeError(message)
        threading.Thread(target=list, args=(process.stdout,), daemon=True).start()
        self.port, view = map(int, told)
        self.view = f"http://127.0.0.1:{view}"

    def call(
        self, method: str, name: str, query: dict[str, str] | None = None, body: Any = None, user: str = ""
    ) -> Any:
        """Ask the server itself, past the publisher; the body of an error is raised."""
        status, found = self.fetch(method, name, query, body, user)
        if status >= http.HTTPStatus.BAD_REQUEST:
            message = f"{name}: {status} {found[:500]!r}"
            raise RuntimeError(message)
        return json.loads(found) if found else None

    def fetch(
        self, method: str, name: str, query: dict[str, str] | None = None, body: Any = None, user: str = ""
    ) -> tuple[int, bytes]:
        """Return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if user:
            headers["Authorization"] = f"Bearer {self.tokens[user]}"
        try:
            asked = f"/xrpc/{name}?{urlencode(query or {})}"
            connection.request(method, asked, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def posts(self, user: str = "cell") -> list[dict[str, Any]]:
        """Return the newest posts of an account, as its repository holds them."""
        query = {"repo": self.dids[user], "collection": "app.bsky.feed.post", "limit": "100"}
        found = self.call("GET", "com.atproto.repo.listRecords", query)["records"]
        assert isinstance(found, list)
        return found

    def act(self, uri: str, what: str, user: str = "other") -> None:
        """Let a reader `like`, `repost` or `reply` to the post of *uri*."""
        subject = {name: self.look(uri)[name] for name in ("uri", "cid")}
        value: dict[str, Any] = {"createdAt": clock.iso(clock.now())}
        kind = f"app.bsky.feed.{what}"
        if what == "reply":
            kind = "app.bsky.feed.post"
            value |= {"text": "Read.", "reply": {"root": subject, "parent": subject}}
        else:
            value["subject"] = subject
        said = {"repo": self.dids[user], "collection": kind, "record": {"$type": kind, **value}}
        self.call("POST", "com.atproto.repo.createRecord", body=said, user=user)

    def look(self, uri: str) -> dict[str, Any]:
        """Return the record of *uri*, as its repository holds it."""
        query = {"repo": uri.split("/")[2], "collection": uri.split("/")[3], "rkey": uri.rpartition("/")[2]}
        found = self.call("GET", "com.atproto.repo.getRecord", query)
        assert isinstance(found, dict)
        return found

    def counted(self, uri: str, **wanted: int) -> dict[str, Any]:
        """Wait until the AppView counts *wanted* of the post of *uri*, and return what it shows; {} once it is gone."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.call("GET", "app.bsky.feed.getPosts", {"uris": uri}, user="other")["posts"]
            shown = found[0] if found else {}
            if all(shown.get(name) == number for name, number in wanted.items()) if wanted else not shown:
                return dict(shown)
            time.sleep(0.1)
        message = f"The AppView does not show {wanted or 'that it is gone'} for {uri}: {shown}"
        raise AssertionError(message)
