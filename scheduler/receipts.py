"""
What a gateway tells of its text messages: how many of a release arrived, and of no person.

A gateway on this machine asks for `/kannel/RELEASE/PART/STATUS`; its address was made when the text was sent, and has
no number in it. One row a release is kept, in a table that `cordiale readings import` reads:

    release,at,deliveries,permanent_failures,technical_failures,receipts
    5e0c…,2027-01-12T18:30:04.120000Z,1,0,0,0=1

`receipts` is what was told of each part of a thread last: 1 it was delivered, 2 it was not, 16 the network refused it;
the columns before it count them.
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
#: What is counted -> the status that says so.
COUNTED = {"deliveries": 1, "permanent_failures": 2, "technical_failures": 16}
HEADING = ("release", "at", *COUNTED, "receipts")
OLDER = ("release", "at", "deliveries", "receipts")  #: of a table that an earlier version began; it is taken over
STATUSES = frozenset(COUNTED.values())


def address(base: str, release: str, part: int) -> str:
    """Return what the gateway asks for; it writes the status for %d."""
    return f"{base.rstrip('/')}/kannel/{release}/{part}/%d"


@dataclass
class Told:
    """What is known of one release."""

    at: datetime
    parts: dict[int, int] = field(default_factory=dict)  #: part -> status

    def row(self, release: str) -> tuple[str | int, ...]:
        """Return its line of the table."""
        told = list(self.parts.values())
        said = " ".join(f"{part}={status}" for part, status in sorted(self.parts.items()))
        return release, clock.instant_text(self.at), *(told.count(status) for status in COUNTED.values()), said


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
        rows = [tuple(row) for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")))]
    except FileNotFoundError:
        return {}
    try:
        found = {release: Told(clock.parse_iso(at), _parts(told)) for release, at, *_, told in rows[1:]}
    except ValueError:
        found = None
    if found is None or tuple(rows[:1]) not in {(HEADING,), (OLDER,)}:
        message = f"{path} is no table of receipts."
        raise UsageError(message, "Choose another file with --to; nothing was written.")
    return found


def _parts(said: str) -> dict[int, int]:
    return {int(part): int(status) for part, _, status in (each.partition("=") for each in said.split())}
