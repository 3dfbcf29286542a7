"""
A WordPress site on loopback: WordPress itself, PHP and MariaDB, as Debian packages them, in a folder of its own.

User `cell` is an author and `reader` a subscriber; each has an application password. Nothing leaves the machine: the
site may reach no other host, and does no work in the background.
"""

import base64
import http.client
import json
import os
import random
import secrets
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

SOURCE = Path("/usr/share/wordpress")
PACKAGES = (
    "--no-install-recommends mariadb-server php php8.2-cgi micro-httpd wordpress"  #: without a running web server
)
NEEDED = ("php", "mariadbd", "mariadb-install-db")
_LOW, _HIGH = 20_000, 32_000  # below the ports that the system gives to clients
_PATIENCE = 120.0  #: seconds until it has to answer
_CONFIGURATION = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name)
    { define("{$name}_KEY", '{secret}'); define("{$name}_SALT", '{secret}'); }
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}'); define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('WP_DEFAULT_THEME', 'plain');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_THEME = """<!doctype html><title><?php bloginfo('name'); ?></title>
<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); the_content(); } ?>
"""
_INSTALL = """<?php
define('WP_INSTALLING', true);
function wp_new_blog_notification() {}
require 'wp-load.php';
require 'wp-admin/includes/upgrade.php';
wp_install('Facts', 'admin', 'admin@example.org', true, '', '{secret}');
foreach (['admin' => 'administrator', 'cell' => 'author', 'reader' => 'subscriber'] as $name => $role) {
    $id = username_exists($name) ?: wp_insert_user(['user_login' => $name, 'user_pass' => '{secret}', 'role' => $role]);
    $passwords[$name] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'cordiale'])[0];
}
echo "\\n", json_encode($passwords);
"""


def why_not() -> str | None:
    """Return why the site cannot be run here, or None."""
    missing = [name for name in NEEDED if _program(name) is None]
    if not (SOURCE / "wp-load.php").is_file():
        missing.append("WordPress")
    return f"needs {', '.join(missing)} (as root on Debian: apt-get install {PACKAGES})" if missing else None


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class WordpressServer:
    """The processes; a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cordiale-wp-"))  # a socket's path has to be short
        self.port = random.randint(_LOW, _HIGH)  # noqa: S311 (any free port will do)
        self.passwords: dict[str, str] = {}
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        site = self._folder / "site"
        shutil.copytree(SOURCE, site, ignore=shutil.ignore_patterns("wp-config.php", "languages"))
        theme = site / "wp-content" / "themes" / "plain"
        theme.mkdir(parents=True, exist_ok=True)
        (theme / "style.css").write_text("/* Theme Name: Plain */")
        (theme / "index.php").write_text(_THEME)
        self._log = (self._folder / "log").open("wb")
        try:
            self._start_database()
            values = {"socket": str(self._folder / "socket"), "url": self.url, "secret": secrets.token_hex(16)}
            for name, text in {"wp-config.php": _CONFIGURATION, "install.php": _INSTALL}.items():
                for key, value in values.items():
                    text = text.replace(f"{{{key}}}", value)  # noqa: PLW2901 (filled in step by step)
                (site / name).write_text(text)
            php = _program("php")
            assert php
            done = subprocess.run([php, "install.php"], cwd=site, capture_output=True, text=True, check=False)
            if done.returncode:
                self._fail(done.stdout + done.stderr)
            self.passwords = json.loads(done.stdout.strip().splitlines()[-1])
            self._start([php, "-S", f"127.0.0.1:{self.port}", "-t", str(site)])
            self._until(self._answers)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(timeout=60)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def call(self, method: str, route: str, query: dict[str, str] | None = None, body: Any = None) -> Any:
        """Ask the site itself as its administrator, past the publisher."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        proof = base64.b64encode(f"admin:{self.passwords['admin']}".encode()).decode()
        headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/json"}
        path = f"/?{urlencode({'rest_route': f'/wp/v2/{route}', **(query or {})})}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            found = json.load(answer)
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            message = f"{route}: {answer.status} {found}"
            raise RuntimeError(message)
        return found

    def page(self, url: str) -> tuple[int, str]:
        """Return status and body of a page as a reader gets it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", url.removeprefix(self.url))
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def _start_database(self) -> None:
        install, server = _program("mariadb-install-db"), _program("mariadbd")
        assert install
        assert server
        owner = ["--user=root"] if os.geteuid() == 0 else []
        data = f"--datadir={self._folder / 'data'}"
        command = [install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db", *owner]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            self._fail(done.stdout + done.stderr)
        sizes = ["--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=OFF"]
        socket = f"--socket={self._folder / 'socket'}"
        first = self._folder / "first.sql"
        first.write_text("CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4;\n")
        self._start(
            [server, "--no-defaults", data, socket, "--skip-networking", f"--init-file={first}", *sizes, *owner]
        )
        self._until((self._folder / "socket").exists)

    def _start(self, command: list[str]) -> None:
        self._processes.append(subprocess.Popen(command, stdout=self._log, stderr=self._log, cwd=self._folder))

    def _until(self, ready: Any) -> None:
        """Wait until *ready*; a process that ends instead tells why."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and all(each.poll() is None for each in self._processes):
            if ready():
                return
            time.sleep(0.05)  # neither tells anybody when it is up
        self._fail((self._folder / "log").read_text(errors="replace"))

    def _answers(self) -> bool:
        try:
            return bool(self.call("GET", "users/me", {"context": "edit"})["id"])
        except OSError:
            return False

    def _fail(self, log: str) -> None:
        message = f"WordPress did not start: {log[-2000:]}"
        raise RuntimeError(message)
