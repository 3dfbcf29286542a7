"""
What a daemon counts about itself: plain numbers, so that the hot path pays almost nothing for being measured.

Numbers only grow, as Prometheus asks of counters; `scheduler.metrics` shows them. Any thread may add.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from campaigns import clock
from scheduler.credentials import redact

#: Upper bounds in seconds. A database's transaction takes milliseconds; beyond ten seconds something is wrong.
DURATIONS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
#: Upper bounds in seconds between the due instant and the channel's receipt.
LATENESS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
REMIND = 60.0  #: seconds after which a log says again what still does not work
LOG = structlog.get_logger()


class Spread:
    """How values are spread over buckets: a histogram."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0
        self._lock = threading.Lock()

    def add(self, value: float) -> None:
        """Count *value*."""
        with self._lock:
            self._counts[bisect_left(self.bounds, value)] += 1
            self._total += value

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the seconds that the body takes, faults included."""
        start = clock.monotonic()
        try:
            yield
        finally:
            self.add(clock.monotonic() - start)

    def cumulative(self) -> tuple[list[tuple[float, int]], int, float]:
        """Return (upper bound, values up to it) for each bound, the number of values, and their sum."""
        with self._lock:
            counts, total = list(self._counts), self._total
        running, found = 0, []
        for bound, count in zip(self.bounds, counts, strict=False):
            running += count
            found.append((bound, running))
        return found, running + counts[-1], total


class Tally:
    """The counters of one daemon."""

    def __init__(self) -> None:
        self.claim, self.begin, self.finish = Spread(DURATIONS), Spread(DURATIONS), Spread(DURATIONS)
        self.lateness = Spread(LATENESS)  #: of what was published: from its due instant to the receipt
        self.passes = 0  #: rounds of APScheduler's timer
        self.last_pass: datetime | None = None  #: when the last one ended without a fault
        self._faults: Counter[str] = Counter()
        self._standing: dict[str, str] = {}
        self._said_at: dict[str, float] = {}
        self._outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def passed(self, at: datetime) -> None:
        """Count a round of the timer that ended at *at*."""
        self.passes += 1  # the timer's thread alone counts here
        self.last_pass = at

    def fault(self, where: str, said: str) -> bool:
        """
        Count a fault of the `database`, the `journal`, a `pass` or a `duty NAME`; it stands until `well`.

        Return whether a log should say it: the first time, when it is another one, and now and then while it stands.
        """
        now, said = clock.monotonic(), redact(said)  # monitors, alerts and files show it
        with self._lock:
            self._faults[where] += 1
            before, last = self._standing.get(where), self._said_at.get(where, 0.0)
            self._standing[where] = said
            if before == said and now - last < REMIND:
                return False
            self._said_at[where] = now
            return True

    def well(self, where: str) -> None:
        """Say that *where* works, now."""
        if where in self._standing:  # asked at every claim: the lock is for the rare case
            with self._lock:
                was = self._standing.pop(where, "")
            LOG.warning("it works again", what=where, was=was)

    def standing(self) -> dict[str, str]:
        """Return what does not work now: where -> what it said."""
        with self._lock:
            return dict(self._standing)

    def outcome(self, what: str, number: int = 1) -> None:
        """Count *number* attempts that ended as *what*: an outcome of the table `attempt`."""
        with self._lock:
            self._outcomes[what] += number

    def faults(self) -> dict[str, int]:
        """Return the faults so far, by where."""
        with self._lock:
            return dict(self._faults)

    def outcomes(self) -> dict[str, int]:
        """Return the attempts that ended so far, by outcome."""
        with self._lock:
            return dict(self._outcomes)
