"""
APScheduler's timer, which no fault of a store, a listener or a trigger stops.

APScheduler guards `get_due_jobs` alone: whatever else raises in a round (the next run time, an update, a removal, an
event's listener) ends its thread in silence, and with it all publishing. Here such a round is logged and counted, and
the next one follows.
"""

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from campaigns import clock
from scheduler.engine.heart import Heart
from scheduler.engine.tally import Tally

LOG = structlog.get_logger()
AFTER_A_FAULT = 1.0  #: seconds until the round after one that failed
LONGEST = 1.0  #: seconds until the next round at most; the release table is asked as often anyway


class Timer(BackgroundScheduler):  # type: ignore[misc]  # APScheduler 3 has no types
    """The thread that asks the stores what is due, round after round."""

    def __init__(self, heart: Heart, tally: Tally) -> None:
        super().__init__(timezone="UTC")
        self._heart = heart
        self._tally = tally

    def _process_jobs(self) -> float | None:
        """
        Go round once, and return the seconds until the next time; None waits for `wakeup`.

        APScheduler reads the clock again after the stores were asked: where somebody set it back by an hour just then,
        it would wait for that hour.
        """
        wait: float | None = AFTER_A_FAULT
        try:
            wait = super()._process_jobs()
        except Exception as error:
            self._tally.fault("pass", f"A round of the timer failed: {type(error).__name__}.")
            LOG.exception("a round of the timer failed; the next one follows")
        else:
            self._tally.passed(clock.now())
            self._tally.well("pass")
            wait = wait if wait is None else min(wait, LONGEST)
        self._heart.beat()
        return wait

    def alive(self) -> bool:
        """Return whether its thread goes round."""
        return self._thread is not None and bool(self._thread.is_alive())
