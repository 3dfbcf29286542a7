"""
A Kannel gateway on loopback, as Debian packages it: bearerbox, smsbox, and its own imitation of a network's centre.

`fakesmsc` takes what would go to handsets and says at once that it was delivered; `sent` reads it back part by part.
The user `cell` may send ten parts, `short` one, as Kannel's own defaults have it. Kannel would listen to the centre at
every address: what `loopback.c` puts before it binds each port to this machine alone.
"""

import http.client
import itertools
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote_to_bytes

from tests.servers import ports

PASSWORD = "canary-of-the-gateway"
PACKAGES = "--no-install-recommends kannel kannel-extras gcc libc6-dev"
FAKE = Path("/usr/lib/kannel/test/fakesmsc")
NEEDED = ("bearerbox", "smsbox", "cc")
_PATIENCE = 60.0  #: seconds until it has to answer
_CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
admin-allow-ip = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
access-log = {folder}/access.log
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1
global-sender = 13013

group = sendsms-user
username = cell
password = {password}
concatenation = true
max-messages = 10

group = sendsms-user
username = short
password = {password}

group = sms-service
keyword = default
max-messages = 0
text = ""
"""
_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[\d+\] \[\d+\] ", re.MULTILINE)
_SENT = re.compile(r"DEBUG: Got message \d+: <(\S+) (\S+) (text|ucs-2|udh) (.*)>\n\Z", re.DOTALL)
_LATER = re.compile(r"DEBUG: Got message \d+: <(?!\S+ \S+ (?:text|ucs-2|udh) )(.*)>\n\Z", re.DOTALL)


def why_not() -> str | None:
    """Return why the gateway cannot be run here, or None."""
    missing = [name for name in NEEDED if _program(name) is None] + ([] if FAKE.is_file() else [str(FAKE)])
    return f"needs {', '.join(missing)} (as root on Debian: apt-get install {PACKAGES})" if missing else None


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class KannelServer:
    """The processes; a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cordiale-kannel-"))
        self._ports = dict(zip(("admin", "box", "centre", "port"), ports.free(4), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._ports['port']}"

    def __enter__(self) -> Self:
        written = _CONFIGURATION.format(folder=self._folder, password=PASSWORD, **self._ports)
        (self._folder / "kannel.conf").write_text(written)
        shim = self._folder / "loopback.so"
        source = Path(__file__).with_name("loopback.c")
        subprocess.run([_program("cc") or "cc", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
        self._shim = {**os.environ, "LD_PRELOAD": str(shim)}
        try:
            self._start("bearerbox", "-v", "4", "kannel.conf")
            self._until(lambda: "running" in self.status())
            self._start("smsbox", "-v", "4", "kannel.conf")
            self.open_centre()
            self._until(lambda: "smsbox" in self.status() and self._answers())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        for name in ("fakesmsc", "smsbox", "bearerbox"):
            self._stop(name)
        shutil.rmtree(self._folder, ignore_errors=True)

    def open_centre(self) -> None:
        """Let the network's centre be there."""
        port = str(self._ports["centre"])
        self._start("fakesmsc", "-H", "127.0.0.1", "-r", port, "-m", "0", "a b text c", program=str(FAKE))
        self._until(lambda: "FAKE:" in self.status() and "(online" in self.status())

    def close_centre(self) -> None:
        """Let the network's centre be away; the gateway keeps what it takes."""
        self._stop("fakesmsc")
        self._until(lambda: "(online" not in self.status())

    def status(self) -> str:
        """Return what the gateway says of itself, "" while it does not answer."""
        try:
            return self._ask(self._ports["admin"], f"/status.txt?password={PASSWORD}")
        except OSError:
            return ""

    def settled(self) -> list[tuple[str, str, str]]:
        """Return what `sent` does once all that the gateway took has reached the centre."""
        seen: list[int] = []

        def still() -> bool:
            found = re.search(r"^SMS: .* sent (\d+) \(0 queued\)", self.status(), re.MULTILINE)
            seen.append(int(found[1]) if found and int(found[1]) == len(self.sent()) else -1)
            return len(seen) > 1 and seen[-1] == seen[-2] >= 0

        self._until(still)
        return self.sent()

    def sent(self) -> list[tuple[str, str, str]]:
        """Return sender, receiver and words of each message that reached the centre, its parts joined."""
        log = (self._folder / "fakesmsc.log").read_text("utf-8")
        starts = [found.start() for found in _LINE.finditer(log)] + [len(log)]
        entries = [_LINE.sub("", log[a:b], count=1) for a, b in itertools.pairwise(starts)]
        found: list[tuple[str, str, str]] = []
        open_: dict[tuple[str, str, int], dict[int, bytes]] = {}
        for entry in entries:
            if more := _LATER.match(entry):  # fakesmsc reads a line at a time, and the text has several
                sender, to, text = found[-1]
                found[-1] = (sender, to, f"{text}\n{more[1]}")
            elif one := _SENT.match(entry):
                sender, to, kind, said = one.groups()
                if kind != "udh":
                    words = said if kind == "text" else unquote_to_bytes(said.replace("+", " ")).decode("utf-16-be")
                    found.append((sender, to, words))
                    continue
                header, _, rest = said.split(" ", 2)
                udh = unquote_to_bytes(header.replace("+", " "))
                parts = open_.setdefault((sender, to, udh[3]), {})
                parts[udh[5]] = unquote_to_bytes(rest.replace("+", " "))
                if len(parts) == udh[4]:
                    del open_[sender, to, udh[3]]
                    found.append((sender, to, _joined(parts)))
        return found

    def _answers(self) -> bool:
        try:
            return "uthorization" in self._ask(self._ports["port"], "/cgi-bin/sendsms?username=nobody")
        except OSError:
            return False

    def _ask(self, port: int, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def _start(self, name: str, *words: str, program: str | None = None) -> None:
        command = [program or _program(name) or name, *words]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=log, cwd=self._folder, env=self._shim
            )

    def _stop(self, name: str) -> None:
        if process := self._processes.pop(name, None):
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=15)

    def _until(self, ready: Any) -> None:
        """Wait until *ready*; a process that ends instead tells why."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and all(each.poll() is None for each in self._processes.values()):
            if ready():
                return
            time.sleep(0.1)  # none tells anybody when it is up
        logs = "".join(each.read_text(errors="replace")[-1500:] for each in self._folder.glob("*.log"))
        message = f"Kannel did not start: {logs}"
        raise RuntimeError(message)


def _joined(parts: dict[int, bytes]) -> str:
    """Return the words of *parts*; fakesmsc does not say their alphabet, but only UTF-16 has such octets."""
    whole = b"".join(parts[number] for number in sorted(parts))
    wide = any(octet < ord(" ") and octet != ord("\n") for octet in whole)
    return whole.decode("utf-16-be" if wide else "utf-8")
