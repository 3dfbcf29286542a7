"""
The executor of publications: an asyncio loop in a thread of its own, on APScheduler's executor seam.

APScheduler submits a job for each claimed release; the loop begins, sends and finishes them in groups
(`sending`). A full executor claims no more: memory follows the batch, not the backlog.
"""

import asyncio
import threading
from datetime import datetime
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job

from scheduler.engine.claims import Claim, Permit
from scheduler.engine.desk import Desk
from scheduler.engine.sending import Sender, Workshop


class PublishExecutor(BaseExecutor):  # type: ignore[misc]  # APScheduler 3 has no types
    """Publishes up to *capacity* releases at a time."""

    def __init__(self, workshop: Workshop, desk: Desk, *, capacity: int) -> None:
        super().__init__()
        self._capacity = capacity
        self._workshop = workshop
        self._desk = desk
        self._held: set[Claim] = set()
        self._submitted: set[str] = set()  #: job ids that APScheduler counts
        self._idle = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cordiale-publish", daemon=True)
        self._sender: Sender | None = None
        self._work: asyncio.Task[None] | None = None
        self.fault: BaseException | None = None  #: why the loop ended, when it should not have

    def free_slots(self) -> int:
        """Return how many more releases may be claimed now."""
        with self._idle:
            return 0 if self.fault else self._capacity - len(self._held)

    def crowded(self) -> frozenset[str]:
        """Return the channels of which enough is claimed already."""
        return self._sender.crowded() if self._sender is not None else frozenset()

    def start(self, scheduler: Any, alias: str) -> None:
        """Start the loop; APScheduler calls this once."""
        super().start(scheduler, alias)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except asyncio.CancelledError:
            self._logger.debug("the publishing loop was stopped")
        except BaseException as error:
            with self._idle:
                self.fault = error
                self._idle.notify_all()
            self._logger.exception("the publishing loop ended; the daemon must be started again")
        finally:
            self._ready.set()
            self._loop.close()

    async def _live(self) -> None:
        async with self._desk:
            self._sender = Sender(self._workshop, self._let_go, self._scheduler.wakeup)
            self._work = asyncio.current_task()
            self._ready.set()
            try:
                await self._sender.run()
            finally:
                self._sender.close()

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        del run_times
        claim = Claim(*job.args)
        with self._idle:
            self._held.add(claim)
            self._submitted.add(job.id)
        if self._sender is not None:
            self._loop.call_soon_threadsafe(self._sender.take, claim)

    def look_up(self, permits: list[Permit]) -> None:
        """Ask channels about releases whose answer was lost."""
        for permit in permits:
            with self._idle:
                self._held.add(permit.claim)
            if self._sender is not None:
                self._loop.call_soon_threadsafe(self._sender.look_up, permit)

    def _let_go(self, claim: Claim) -> None:
        with self._idle:
            was_full = len(self._held) >= self._capacity
            self._held.discard(claim)
            job_id = f"{claim.id}:{claim.fence}"
            counted = job_id in self._submitted
            self._submitted.discard(job_id)
            empty = not self._held
            if empty:
                self._idle.notify_all()
        if counted:
            self._run_job_success(job_id, [])
        if was_full or empty:
            self._scheduler.wakeup()

    def in_hand(self) -> frozenset[str]:
        """Return the releases that this process holds, and finishes while its loop lives."""
        with self._idle:
            return frozenset(claim.id for claim in self._held)

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is in hand, at most *seconds*; return whether it is so."""
        with self._idle:
            self._idle.wait_for(lambda: not self._held or self.fault is not None, timeout=seconds)
            return not self._held

    def shutdown(self, wait: bool = True) -> None:
        """Stop the loop, after what is on the wire when *wait*; what only waits for its turn is given back."""
        if wait:
            if self._sender is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._sender.stop)
            self.drain(self._workshop.lease.total_seconds())
        if self._work is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join(timeout=10)
