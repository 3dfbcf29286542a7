"""
Runs commands as processes without paying for each one's imports: it has loaded everything, and forks for each command.

The command has a process, a folder, an environment, files and an exit code of its own, as if a shell had started it;
it only finds Python and the house's modules loaded. What is measured or limited at start-up, or outlives the test that
started it, is started for real. `tests/builders/commands.py` speaks to it.

Over the socket that it has as standard input comes a JSON object a line, `{"words", "folder", "environment"}`, with
three files beside it; back go the command's process id and then its exit code, a line each.
"""

import atexit
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

HOUSE = Path(__file__).resolve().parents[2]
FLOORS = ("campaigns", "content", "scheduler", "reports")
#: What the floors load only where it is needed.
HEAVY = ("aiohttp", "aiosmtplib", "alembic.command", "babel.dates", "holidays", "icalendar", "matplotlib.figure")
HEAVY_TOO = ("pandas", "procrastinate", "psycopg", "rich.table", "sqlalchemy.dialects.sqlite", "typer.rich_utils")
WINDOW = 1 << 20  #: bytes that one request may have


def load() -> None:
    """Load all that any command may need; what is not installed is missing here as it is there."""
    for name in (*HEAVY, *HEAVY_TOO):
        if find_spec(name.partition(".")[0]):
            importlib.import_module(name)
    importlib.import_module("main")
    for floor in FLOORS:
        package = importlib.import_module(floor)
        for module in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if ".migrations." not in module.name and ".examples." not in module.name:
                importlib.import_module(module.name)


def serve(door: socket.socket) -> None:
    """Run one command after another until the other side hangs up."""
    answers = door.makefile("w", encoding="ascii")
    while True:
        said, files, _, _ = socket.recv_fds(door, WINDOW, 3)
        if not said:
            return
        while not said.endswith(b"\n"):
            said += door.recv(WINDOW)
        child = os.fork()
        if child == 0:
            _become(json.loads(said), files)
        for file in files:
            os.close(file)
        answers.write(f"{child}\n")
        answers.flush()
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()


def _become(asked: dict[str, Any], files: list[int]) -> NoReturn:
    """Be the command, and end as the interpreter ends."""
    code = 1
    try:
        for place, file in enumerate(files):
            os.dup2(file, place)  # the socket was place 0
            os.close(file)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = [str(HOUSE / "main.py"), *asked["words"]]
        code = sys.modules["main"].main()
    except BaseException:  # noqa: BLE001 (nothing may go back into the loop of the server)
        sys.excepthook(*sys.exc_info())
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Load, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the tests hangs up
    sys.path.insert(0, str(HOUSE))
    load()
    with socket.socket(fileno=os.dup(0)) as door:
        serve(door)


if __name__ == "__main__":
    main()
