"""
The executor of publications: an asyncio loop in a thread of its own, on APScheduler's executor seam.

APScheduler submits a job for each claimed release; the loop begins, sends and finishes them in groups
(`sending`). A full executor claims no more: memory follows the batch, not the backlog.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from sqlalchemy import Connection

from campaigns import clock
from scheduler.engine import loops
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.desk import Desk
from scheduler.engine.heart import Heart
from scheduler.engine.lanes import ABREAST, WIDEST
from scheduler.engine.retraction import Takedown
from scheduler.engine.sending import Sender, Workshop

BUDGET = 3.0  #: leases that a send may take: the send itself, a look-up, and the writing of what came of it
FRESH = 0.3  #: share of a lease during which it need not be renewed
SHARE = 4  #: a channel has at most so small a part of the capacity on the wire, and about as much waiting
BEAT = 1.0  #: seconds between two beats of the publishing loop's heart
LOOK = 0.1  #: seconds between two looks whether a drain has to end


class PublishExecutor(BaseExecutor):  # type: ignore[misc]  # APScheduler 3 has no types
    """Publishes up to *capacity* releases at a time."""

    def __init__(
        self,
        workshop: Workshop,
        desk: Desk,
        *,
        capacity: int,
        heart: Heart | None = None,
        hurried: Callable[[], bool] = bool,
    ) -> None:
        super().__init__()
        self.on_room: Callable[[], object] = lambda: None  #: called when there is room again, on the loop's thread
        self.heart = heart or Heart("the publishing loop")
        self._hurried = hurried  #: says that a drain shall wait no longer
        self._capacity = capacity
        self._workshop = workshop
        self._desk = desk
        self._held: dict[Claim, float] = {}  #: claim -> when it came, on the clock that no step touches
        self._submitted: set[str] = set()  #: job ids that APScheduler counts
        self._coming: list[Claim] = []  #: held, and on their way into the loop
        self._called = False  #: the loop was asked to fetch them, and has not yet
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
        self._prepare()
        self._thread.start()
        self._ready.wait()

    def _prepare(self) -> None:
        self._workshop.room.prepare(self._workshop.database, clock.now())

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
            loops.close(self._loop)

    async def _live(self) -> None:
        async with self._desk:
            share = max(1, self._capacity // SHARE)
            abreast, widest = min(ABREAST, share), min(WIDEST, share)
            self._sender = Sender(self._workshop, self._let_go, self._scheduler.wakeup, abreast, widest)
            self._work = asyncio.current_task()
            self._ready.set()
            beating = asyncio.create_task(self._beat())
            try:
                await self._sender.run()
            finally:
                beating.cancel()
                self._sender.close()

    async def _beat(self) -> None:
        while True:
            self.heart.beat()
            await asyncio.sleep(BEAT)

    def hand_over(self, connection: Connection, held: Sequence[Claim]) -> Sequence[Claim]:
        """Return the claims that are left to this process, all of them; *connection* is in the claim's transaction."""
        del connection
        return held

    def take(self, held: Sequence[Claim]) -> None:
        """Publish what others claimed; what is in hand already stays there once."""
        for claim in held:
            with suppress(RuntimeError):  # its loop is closed: the lease runs out, and somebody else publishes it
                self._bring(claim)

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        del run_times
        self._bring(Claim(*job.args), job.id)

    def _bring(self, claim: Claim, job_id: str | None = None) -> None:
        """
        Hold *claim*, and let the loop fetch it. What comes until it gets there costs no second call into it.

        Under the lock a claim either joins what a call is under way for, or makes that call itself: none is left.
        """
        with self._idle:
            if job_id is not None:
                self._submitted.add(job_id)
            elif claim in self._held:
                return
            self._held[claim] = clock.monotonic()
            if self._sender is None:
                return
            self._coming.append(claim)
            if self._called:
                return
            self._loop.call_soon_threadsafe(self._fetch)
            self._called = True

    def _fetch(self) -> None:
        with self._idle:
            coming, self._coming, self._called = self._coming, [], False
        for claim in coming:
            if self._sender is not None:
                self._sender.take(claim)

    def look_up(self, permits: list[Permit]) -> None:
        """Ask channels about releases whose answer was lost."""
        for permit in permits:
            with self._idle:
                self._held[permit.claim] = clock.monotonic()
            if self._sender is not None:
                self._loop.call_soon_threadsafe(self._sender.look_up, permit)

    def take_down(self, takedowns: list[Takedown]) -> None:
        """Take published releases down; neither a hold nor a full executor keeps them waiting."""
        for takedown in takedowns:
            with self._idle:
                self._held[takedown.claim] = clock.monotonic()
            if self._sender is not None:
                self._loop.call_soon_threadsafe(self._sender.take_down, takedown)

    def _let_go(self, claim: Claim) -> None:
        with self._idle:
            was_full = len(self._held) >= self._capacity
            self._held.pop(claim, None)
            job_id = f"{claim.id}:{claim.fence}"
            counted = job_id in self._submitted
            self._submitted.discard(job_id)
            if self._sender is not None:
                self._sender.begun.pop(claim, None)
            empty = not self._held
            if empty:
                self._idle.notify_all()
        if counted:
            self._run_job_success(job_id, [])
        if was_full or empty:
            self.on_room()
            self._scheduler.wakeup()

    def in_hand(self) -> frozenset[str]:
        """Return the releases that this process holds, and finishes while its loop lives."""
        with self._idle:
            return frozenset(claim.id for claim in self._held)

    def renewable(self, lease: timedelta) -> list[Claim]:
        """
        Return the claims in hand whose leases have to be renewed: they wait for their turn, or are within their budget.

        A send has `BUDGET` leases; what has not ended by then is hopeless, and anybody may recover it. A loop that
        stands still renews nothing.
        """
        if self.fault is not None or self.heart.age() > lease.total_seconds():
            return []
        now, seconds = clock.monotonic(), lease.total_seconds()
        begun = dict(self._sender.begun) if self._sender is not None else {}
        with self._idle:
            held = list(self._held.items())
        ages = [(claim, now - begun.get(claim, since), claim in begun) for claim, since in held]
        return [
            claim for claim, age, sending in ages if age >= seconds * FRESH and (not sending or age < seconds * BUDGET)
        ]

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is in hand, at most *seconds* or until hurried; return whether it is so."""
        end = clock.monotonic() + seconds
        with self._idle:
            while self._held and self.fault is None and not self._hurried() and clock.monotonic() < end:
                self._idle.wait(LOOK)
            return not self._held

    def shutdown(self, wait: bool = True) -> None:
        """Stop the loop, after what is on the wire when *wait*; what only waits for its turn is given back."""
        if wait:
            if self._sender is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._sender.stop)
            self.drain(self._workshop.lease.total_seconds())
        if self._work is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join(timeout=1.0 if self._hurried() else 10.0)
