"""A command as a process: in a process that was ready for it, or started from nothing, as an operator starts it."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from json import dumps
from pathlib import Path
from threading import Lock

HOUSE = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path.insert(0, {str(HOUSE)!r}); import main; sys.exit(main.main())"
PATIENCE = 240.0  #: seconds for a command; one that takes longer is stuck

Done = subprocess.CompletedProcess[str]


def process(place: Path, *words: str, bytes_a_file: int | None = None) -> Done:
    """
    Run a command as a process of its own, which finds all modules loaded (`tests/servers/command_server.py`).

    *bytes_a_file* is as in `started`.
    """
    if bytes_a_file is not None:
        return started(place, *words, bytes_a_file=bytes_a_file)
    return _server().run(place, words, _environment())


def started(place: Path, *words: str, bytes_a_file: int | None = None) -> Done:
    """Start Python for a command, as an operator does; *bytes_a_file* is all that a file may hold, on a full disk."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_a_file}, {bytes_a_file}))"
    code = f"{limit}\n{START}" if bytes_a_file is not None else START
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=place,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("CORDIALE_")}


class CommandServer:
    """The process that `tests/servers/command_server.py` is, and the way to it."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        script = HOUSE / "tests" / "servers" / "command_server.py"
        few = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a process that forks has no threads
        self._process = subprocess.Popen([sys.executable, str(script)], stdin=theirs, env=_environment() | few)
        theirs.close()
        self._answers = self._door.makefile("r", encoding="ascii")
        self._one = Lock()

    def run(self, place: Path, words: tuple[str, ...], environment: Mapping[str, str]) -> Done:
        """Run the command *words* in *place*, and return what it said."""
        asked = {"words": words, "folder": str(place), "environment": dict(environment)}
        with self._one, open(os.devnull, "rb") as nothing, _file() as out, _file() as err:  # noqa: PTH123 (not a path)
            line = dumps(asked).encode() + b"\n"
            sent = socket.send_fds(self._door, [line], [nothing.fileno(), out.fileno(), err.fileno()])
            self._door.sendall(line[sent:])
            code = self._wait(int(self._answers.readline()), words)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(list(words), code, out.read(), err.read())

    def _wait(self, child: int, words: tuple[str, ...]) -> int:
        self._door.settimeout(PATIENCE)
        try:
            return int(self._answers.readline())
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            self.close()  # a reader that timed out reads no more
            raise subprocess.TimeoutExpired(list(words), PATIENCE) from None
        finally:
            self._door.settimeout(None)

    def close(self) -> None:
        """Hang up, and wait for its end."""
        _server.cache_clear()
        self._answers.close()
        self._door.close()
        self._process.wait()


def _file() -> "tempfile._TemporaryFileWrapper[str]":
    return tempfile.TemporaryFile("w+", encoding="utf-8")


@cache
def _server() -> CommandServer:
    made = CommandServer()
    atexit.register(made.close)
    return made
