"""Running totals from single events: a press item, a booking. A file holds all of them since the campaign began."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from reports.figures import Figure
from reports.snapshot import Snapshot


class Tally(NamedTuple):
    """What one total is of."""

    campaign: str
    source: str
    subject_kind: str
    subject: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]


class Running:
    """Adds events up by day, in whatever order they come, and gives a snapshot for each day that has one."""

    def __init__(self) -> None:
        self.days: dict[Tally, dict[datetime, list[float]]] = defaultdict(dict)

    def add(self, of: Tally, at: datetime, amount: float, line: int, cell: int) -> None:
        """Count *amount* on the day that ends *at*; the place is the first that the day has."""
        day = self.days[of].setdefault(at, [0.0, line, cell])
        day[0] += amount

    def snapshots(self) -> Iterator[Snapshot]:
        """Give the running totals."""
        for of, days in self.days.items():
            sum_so_far = 0.0
            for at in sorted(days):
                amount, line, cell = days[at]
                sum_so_far += amount
                yield Snapshot(*of, at, Figure(round(sum_so_far, 6)), int(line), int(cell))
