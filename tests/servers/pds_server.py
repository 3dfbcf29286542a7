"""
A server of the AT Protocol on loopback: the network's own personal data server, and its directory of accounts.

There is no app view, which counts likes and shows threads; what an account's repository holds is all real. There are
the accounts `joint-cell.test` and `press-desk.test`.
"""

import http.client
import json
import os
import secrets
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

HOUSE = Path(__file__).resolve().parents[2]
VARIABLE = "CORDIALE_TEST_PDS"
PASSWORD = "canary-of-the-account"
HANDLES = {"cell": "joint-cell.test", "other": "press-desk.test"}


def modules() -> Path:
    """Return the folder that `make servers` installs the server's packages in, or the one that is named."""
    return Path(os.environ.get(VARIABLE) or HOUSE / "build" / "servers" / "pds" / "node_modules")


def why_not() -> str | None:
    """Return why the server cannot be run here, or None."""
    if shutil.which("node") is None:
        return "needs Node.js"
    built = modules() / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
    return None if built.is_file() else f"needs the AT Protocol's server (`make servers`, or {VARIABLE})"


class PdsServer:
    """The process; a context manager. *folder* takes what it stores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self.tokens: dict[str, str] = {}
        self.dids: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        settings = {
            "PDS_PORT": "0",
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
        program, node = Path(__file__).parent / "pds" / "serve.cjs", shutil.which("node")
        assert node
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            [node, str(program), str(modules()), str(self._folder)],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout
        port = next((line.strip() for line in self._process.stdout if line.strip().isdecimal()), "")
        if not port:
            self.__exit__()
            message = f"The AT Protocol's server did not start: {(self._folder / 'log').read_text()[-2000:]}"
            raise RuntimeError(message)
        self._drain = threading.Thread(target=list, args=(self._process.stdout,), daemon=True)
        self._drain.start()
        self.port = int(port)
        try:
            for name, handle in HANDLES.items():
                said = {"handle": handle, "email": f"{name}@example.org", "password": PASSWORD}
                made = self.call("POST", "com.atproto.server.createAccount", body=said)
                self.tokens[name], self.dids[name] = made["accessJwt"], made["did"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        assert self._process.stdout
        self._process.stdout.close()
        self._log.close()

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
