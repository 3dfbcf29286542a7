"""
The watchdog: a thread that looks whether the others go round, tells when one stands still, and ends the process.

    younger than TOLD            well
    older than TOLD              said once in the log; `/healthz` answers 503
    older than ENDED             the daemon's wait ends with what happened; systemd starts it again
    older than ENDED + GRACE     the main thread stands still too: the process ends where it is

Ending is safe at any instant: what was in hand is recovered by the next run, as after a crash.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence

import structlog

from campaigns.errors import EnvironmentFault
from scheduler import service_manager
from scheduler.engine.heart import Heart

LOG = structlog.get_logger()
TOLD = 30.0  #: seconds without a beat until it is said; a database may make a round wait for a while
ENDED = 120.0  #: seconds without a beat until the process is ended
GRACE = 15.0  #: seconds that the main thread has to end it well
LOOK = 1.0  #: seconds between two looks


def leave(message: str) -> None:
    """End the process at once, with *message*: a thread that hangs would keep it from ending well."""
    sys.stderr.write(f"error: {message}\nhint: Start `cordiale run` again; what was in hand is recovered.\n")
    end(EnvironmentFault.exit_code)


def end(code: int) -> None:
    """End the process with *code*, whatever its threads do."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Watchdog:
    """Watches *hearts*. Times in seconds; *last* is what is done when nothing else ends the process."""

    def __init__(
        self,
        hearts: Sequence[Heart],
        *,
        told: float = TOLD,
        ended: float = ENDED,
        grace: float = GRACE,
        look: float = LOOK,
        last: Callable[[str], None] = leave,
    ) -> None:
        self._hearts = hearts
        self._told, self._ended, self._grace, self._look = told, ended, grace, look
        self._last = last
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="cordiale-watchdog", daemon=True)
        self.still = ""  #: what stands still, in words; "" while everything goes round
        self.fault = ""  #: the same, once it has stood still for so long that the process must end

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; call it on another thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _watch(self) -> None:
        while not self._stop.wait(self._look):
            try:
                self.look()
            except Exception:  # who watches the watchdog: nobody, so it must go on
                LOG.exception("the watchdog stumbled")

    def look(self) -> None:
        """Look once at every heart, and let the service manager know when all beat."""
        slowest = max(self._hearts, key=Heart.age)
        age = slowest.age()
        if age < self._told:
            if self.still:
                LOG.warning("it goes round again", what=slowest.name)
            self.still = self.fault = ""
            service_manager.tell("WATCHDOG=1")
            return
        said = f"{slowest.name.capitalize()} has stood still for {age:.0f} s."
        if not self.still:
            LOG.error("something stands still", what=slowest.name, seconds=round(age))
        self.still = said
        if age >= self._ended:
            self.fault = said
        if age >= self._ended + self._grace:
            self._last(said)
