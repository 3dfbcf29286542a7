"""
A PostgreSQL of a test's own, which the test may stop, restart and break: `initdb` in a folder, a port of loopback.

`initdb` refuses root, so root lends it to the user `postgres`, as Debian's package makes it.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BOUND = 120  #: seconds that any act may take
OWNER = "postgres"  #: the user that root lends it to
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
}


def programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server's programs."""
    found = shutil.which("initdb")
    here = [Path(found).parent] if found else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name), reverse=True)
    return next((each for each in (*here, *debian) if (each / "initdb").exists()), None)


class Cluster:
    """One server. It listens on `port` of loopback and trusts its user; `url` is its first database."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._data, self._bin = folder / "data", bin_folder
        self._log = folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--no-sync", "-D", self._data)
        lines = [f"{name} = '{value}'" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-s", "-D", self._data, "-l", self._log)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; *immediate* is what a crash is: no checkpoint, the next start recovers from the log."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", mode, "-D", self._data)

    def restart(self) -> None:
        """Let it crash, and start it again."""
        self.stop()
        self.start()

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._bin / program), *map(str, words)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", OWNER, "--", *command]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=BOUND, check=False)
        assert done.returncode == 0, f"{program}: {done.stderr or done.stdout}"


@contextmanager
def running() -> Iterator[Cluster]:
    """Give a server in a folder of its own, which is taken away with it; skip where there is none to be had."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("No PostgreSQL server is installed here (Debian: postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="cordiale-postgres-"))  # pytest's own folders are closed to other users
    if os.geteuid() == 0:
        try:
            owner = pwd.getpwnam(OWNER)
        except KeyError:
            folder.rmdir()
            pytest.skip(f"initdb refuses root, and there is no user {OWNER} to lend it to.")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    cluster = Cluster(folder, bin_folder)
    cluster.make()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop("fast")
        shutil.rmtree(folder, ignore_errors=True)
