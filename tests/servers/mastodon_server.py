"""
A mock of the Mastodon API, run as a process on loopback: no real Mastodon server installs from a package registry.

It is `mastodon_mock` with its memory database: account `testuser`, token `mock_token`. It keeps idempotency keys for
ever where the real one keeps them for an hour, and it processes media at once.
"""

import http.client
import json
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

TOKEN, ACCOUNT = "mock_token", "@testuser@127.0.0.1"
_LOW, _HIGH = 20_000, 32_000  # below the ports that the system gives to clients


class MastodonServer:
    """The process; a context manager. *folder* takes the files it stores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0

    def __enter__(self) -> Self:
        for _ in range(20):
            port = random.randint(_LOW, _HIGH)  # noqa: S311 (any free port will do)
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "mastodon_mock",
                    "serve",
                    "--in-memory",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(port),
                ],
                cwd=self._folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert self._process.stderr
            if any("running on" in line for line in self._process.stderr):
                # A full pipe would stop the server.
                self._drain = threading.Thread(target=list, args=(self._process.stderr,), daemon=True)
                self._drain.start()
                self.port = port
                return self
            self._close()  # the port was taken
        message = "the mock of Mastodon did not start"
        raise RuntimeError(message)

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._drain.join()
        self._close()

    def _close(self) -> None:
        assert self._process.stderr
        self._process.stderr.close()
        self._process.wait(timeout=120)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Any:
        """Ask the server itself, past the publisher."""
        return self.call("GET", path)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Do something with the account's token, past the publisher."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            found = json.load(answer)
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            message = f"{path}: {answer.status} {found}"
            raise RuntimeError(message)
        return found

    def statuses(self) -> list[dict[str, Any]]:
        """Return the account's statuses, newest first."""
        me = self.get("/api/v1/accounts/verify_credentials")
        found = self.get(f"/api/v1/accounts/{me['id']}/statuses?limit=40")
        assert isinstance(found, list)
        return found
