"""
A Matrix homeserver on loopback: Synapse itself, in an environment of its own (`make servers`), without federation.

Account `@cell` may write as fast as it likes, `@hasty` as fast as Synapse allows by default; both are in
the room "news", and not in "admins".
"""

import http.client
import json
import os
import random
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

VARIABLE = "CORDIALE_TEST_SYNAPSE"
MADE = Path(__file__).resolve().parents[2] / "build" / "servers" / "synapse" / "bin" / "python"
HOW_TO = f"There is no Synapse under build/servers. `make servers` installs it; {VARIABLE} names another one's python."
NAME = "cordiale.test"
PASSWORD = "canary-of-the-homeserver"
_LOW, _HIGH = 20_000, 32_000  # below the ports that the system gives to clients
_PATIENCE = 120.0  #: seconds for a start
_CONFIGURATION = """
server_name: {name}
report_stats: false
pid_file: {folder}/pid
signing_key_path: {folder}/signing.key
media_store_path: {folder}/media
macaroon_secret_key: {secret}
form_secret: {secret}
registration_shared_secret: {secret}
enable_registration: false
trusted_key_servers: []
suppress_key_server_warning: true
bcrypt_rounds: 4
listeners:
  - {{port: {port}, type: http, bind_addresses: ["127.0.0.1"], resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
rc_login: {{address: {{per_second: 100, burst_count: 100}}, account: {{per_second: 100, burst_count: 100}}}}
log_config: {folder}/log.yaml
"""
_LOG = "{version: 1, disable_existing_loggers: false, root: {level: ERROR}}\n"


def python() -> Path:
    """Return the interpreter that has Synapse."""
    return Path(os.environ.get(VARIABLE) or MADE)


def why_not() -> str:
    """Return why Synapse cannot be used, and how to get it; "" when it can."""
    return "" if python().is_file() else HOW_TO


class SynapseServer:
    """The process; a context manager. *folder* takes all it stores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = secrets.token_hex(16)
        self.port = 0
        self.tokens: dict[str, str] = {}
        self.rooms: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.port = random.randint(_LOW, _HIGH)  # noqa: S311 (any free port will do)
        settings = _CONFIGURATION.format(name=NAME, folder=self._folder, port=self.port, secret=self._secret)
        (self._folder / "homeserver.yaml").write_text(settings)
        (self._folder / "log.yaml").write_text(_LOG)
        command = [
            str(python()),
            "-m",
            "synapse.app.homeserver",
            "--config-path",
            str(self._folder / "homeserver.yaml"),
        ]
        subprocess.run([*command, "--generate-keys"], check=True, capture_output=True, cwd=self._folder)
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, cwd=self._folder)
        self._until_ready()
        for user in ("admin", "cell", "hasty"):
            self._register(user)
        self.rooms = {"news": self._make_room("news", "cell"), "admins": self._make_room("admins", "admin")}
        self.call("POST", f"/_matrix/client/v3/join/{quote(self.rooms['news'])}", {}, user="hasty")
        overridden = f"/_synapse/admin/v1/users/{quote(f'@cell:{NAME}')}/override_ratelimit"
        self.call("POST", overridden, {"messages_per_second": 0, "burst_count": 0}, user="admin")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(self, method: str, path: str, body: Any = None, *, user: str = "cell") -> Any:
        """Ask the server itself, past the publisher."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {self.tokens[user]}"} if user in self.tokens else {}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            found = json.load(answer)
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            message = f"{path}: {answer.status} {found}"
            raise RuntimeError(message)
        return found

    def shown(self, room: str) -> list[dict[str, Any]]:
        """Return the messages of *room* that people see, oldest first."""
        path = f"/_matrix/client/v3/rooms/{quote(self.rooms[room])}/messages?dir=b&limit=200"
        events = self.call("GET", path)["chunk"]
        return [each for each in reversed(events) if each["type"] == "m.room.message" and each["content"]]

    def log_in(self, user: str) -> str:
        """Return the token of another login of *user*: a device that has sent nothing yet."""
        asked = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user}, "password": PASSWORD}
        return str(self.call("POST", "/_matrix/client/v3/login", asked, user="")["access_token"])

    def _make_room(self, name: str, user: str) -> str:
        made = {"preset": "public_chat", "room_alias_name": name, "name": name}
        return str(self.call("POST", "/_matrix/client/v3/createRoom", made, user=user)["room_id"])

    def _register(self, user: str) -> None:
        """Register *user* by the shared secret, as the operator of a homeserver does."""
        import hashlib
        import hmac

        nonce = self.call("GET", "/_synapse/admin/v1/register")["nonce"]
        admin = user == "admin"
        said = "\0".join((nonce, user, PASSWORD, "admin" if admin else "notadmin"))
        proof = hmac.new(self._secret.encode(), said.encode(), hashlib.sha1).hexdigest()
        asked = {"nonce": nonce, "username": user, "password": PASSWORD, "admin": admin, "mac": proof}
        self.tokens[user] = str(self.call("POST", "/_synapse/admin/v1/register", asked, user="")["access_token"])

    def _until_ready(self) -> None:
        """Wait until it answers; a server that ends instead tells why."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.call("GET", "/_matrix/client/versions", user="")
            except OSError:
                time.sleep(0.05)  # the server tells nobody when it is up
            else:
                return
        message = f"Synapse did not start: {(self._folder / 'log').read_text()[-2000:]}"
        raise RuntimeError(message)
