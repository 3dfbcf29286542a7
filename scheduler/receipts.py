"""
What a gateway tells of its text messages: how many of a release arrived, and of no person.

A gateway on this machine asks for `/kannel/RELEASE/PART/STATUS`; its address was made when the text was sent, and has
no number in it. One row a release is kept, in a table that `cordiale readings import` reads:

    release,at,deliveries,receipts
    5e0c…,2027-01-12T18:30:04.120000Z,1,0=1

`receipts` is what was told of each part of a thread last: 1 it was delivered, 2 it was not, 16 the network refused it.
Told twice is told once. A receipt says that the network has delivered to the list's number, not that anybody has read
it.
"""

import csv
import io
import os
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaigns import clock
from campaigns.errors import UsageError

ADDRESS = "127.0.0.1:9465"
HEADING = ("release", "at", "deliveries", "receipts")
DELIVERED = 1
STATUSES = frozenset({DELIVERED, 2, 16})


def address(base: str, release: str, part: int) -> str:
    """Return what the gateway asks for; it writes the status for %d."""
    return f"{base.rstrip('/')}/kannel/{release}/{part}/%d"


@dataclass
class Told:
    """What is known of one release."""

    at: datetime
    parts: dict[int, int] = field(default_factory=dict)  #: part -> status

    def row(self, release: str) -> tuple[str, str, int, str]:
        """Return its line of the table."""
        delivered = sum(status == DELIVERED for status in self.parts.values())
        said = " ".join(f"{part}={status}" for part, status in sorted(self.parts.items()))
        return release, clock.instant_text(self.at), delivered, said


class Receipts:
    """The table; it is whole at any moment, and read back by whoever goes on with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._told = _read(path)

    def tell(self, release: str, part: int, status: int, now: datetime) -> None:
        """Keep *status*, unless it is known already."""
        with self._guard:
            told = self._told.setdefault(release, Told(now))
            if told.parts.get(part) == status:
                return
            told.parts[part], told.at = status, now
            self._write()

    def _write(self) -> None:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(HEADING)
        rows.writerows(told.row(release) for release, told in self._told.items())
        aside = self._path.with_name(f".{self._path.name}.new")
        with aside.open("w", encoding="utf-8") as file:
            file.write(text.getvalue())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)


def _read(path: Path) -> dict[str, Told]:
    """Read the table back; what is no table of receipts is left alone."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return {}
    try:
        found = {release: Told(clock.parse_iso(at), _parts(told)) for release, at, _, told in rows[1:]}
    except ValueError:
        found = None
    if found is None or tuple(rows[:1]) != (list(HEADING),):
        message = f"{path} is no table of receipts."
        raise UsageError(message, "Choose another file with --to; nothing was written.")
    return found


def _parts(said: str) -> dict[int, int]:
    return {int(part): int(status) for part, _, status in (each.partition("=") for each in said.split())}
