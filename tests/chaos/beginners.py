"""
Processes that begin releases as fast as they can, for trials of a hold: claim, begin, and tell what began when.

    python -m tests.chaos.beginners FOLDER DATABASE_URL TOKEN

Each line on standard input is a trial; it goes on until a file called `stop` is there, and twice more. The answer is
one line of JSON: [[release, instant of the system's monotonic clock], …], the instant taken before the barrier opens.
"""

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from campaigns import clock
from campaigns.errors import DatabaseFault
from campaigns.settings import Settings
from campaigns.store.engine import connect, writing
from scheduler import roster
from scheduler.engine import claims, held
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal
from tests.builders.engine_room import LEASE

ROOT = Path(__file__).parents[2]
THREADS = 2
AFTER = 2  #: rounds after the hold has returned
PAUSE = 0.002  #: seconds between two groups; a daemon is on the wire meanwhile


class Beginners:
    """One such process; a context manager that leaves none behind."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        words = [sys.executable, "-m", "tests.chaos.beginners", str(folder), url, token]
        self._process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate(timeout=60)

    def go(self) -> None:
        """Begin a trial."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def told(self) -> list[tuple[str, float]]:
        """Wait for the end of the trial, and return what began when."""
        assert self._process.stdout
        return [(release, at) for release, at in json.loads(self._process.stdout.readline())]


def _begin(database: Any, room: EvidenceRoom, folder: Path, token: str, begun: list[tuple[str, float]]) -> None:
    """Claim a few, and begin them as a daemon does: inside the barrier, in one transaction."""
    with writing(database) as connection:
        mine = claims.claim(connection, owner=token, lease=LEASE, limit=3, now=clock.now())
    with held.beginning(folder):
        with writing(database) as connection:
            permits = claims.begin(connection, mine, room, roster.capabilities, LEASE, clock.now())
        begun += [(permit.claim.id, time.monotonic()) for permit in permits]
    if permits:
        (folder.parent / "begun").touch()


def main() -> None:
    """Answer trials until standard input ends."""
    folder, url, token = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    settings = Settings(root=folder, database_url=url)
    database, stop = connect(url), folder / "stop"
    rooms = [EvidenceRoom(settings.trust, Journal(settings.trust)) for _ in range(THREADS)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        begun: list[tuple[str, float]] = []

        def work(number: int, begun: list[tuple[str, float]] = begun) -> None:
            left = AFTER
            while left:
                left -= stop.exists()
                with suppress(DatabaseFault):  # SQLite gave the turn to others for too long
                    _begin(database, rooms[number], settings.trust, f"{token}{number}", begun)
                time.sleep(PAUSE)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sys.stdout.write(f"{json.dumps(begun)}\n")
        sys.stdout.flush()
    database.dispose()


if __name__ == "__main__":
    main()
