"""
The release table as APScheduler sees it: a job store whose jobs are rebuilt from claims, never pickled.

APScheduler owns *when*; the table owns *what*. `get_due_jobs` is the claim. `remove_job` and `update_job` change
nothing, because APScheduler calls them after every submit: a store that cancelled there would cancel a release
that a retry had just rescheduled.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore, ConflictingIdError, JobLookupError
from apscheduler.triggers.date import DateTrigger
from apscheduler.util import obj_to_ref
from sqlalchemy import Connection, Engine, select

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.store.engine import other_version, reading, writing
from scheduler.engine import claims, rates, shared
from scheduler.engine.claims import Claim
from scheduler.engine.steady import Steady
from scheduler.engine.tally import Tally
from scheduler.releases import ledger, points
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.points import Point
from scheduler.releases.states import Move, State
from scheduler.releases.stored import DAMAGED

LOG = structlog.get_logger()
TICK = timedelta(seconds=1)  #: the table is asked at least this often


def publish(release: str, fence: int, channel: str) -> None:
    """Name the work of a job; `PublishExecutor` does it without calling this."""
    del release, fence, channel


_REFERENCE = obj_to_ref(publish)


class ClaimJob(Job):  # type: ignore[misc]  # APScheduler 3 has no types
    """
    A claim as a job that runs once. It is of our own making, so that nothing about it has to be examined.

    APScheduler's own constructor looks at the signature of the function, each time: as much work as the claim itself.
    """

    def __init__(self, scheduler: Any, alias: str | None, claim: Claim, trigger: DateTrigger) -> None:
        self._scheduler, self._jobstore_alias = scheduler, alias
        self.id, self.name = f"{claim.id}:{claim.fence}", claim.id
        self.func, self.func_ref = publish, _REFERENCE
        self.args = (claim.id, claim.fence, claim.channel)
        self.kwargs: dict[str, Any] = {}
        self.trigger, self.next_run_time = trigger, trigger.run_date
        self.executor, self.misfire_grace_time, self.coalesce, self.max_instances = "default", None, True, 1


class ReleaseJobStore(BaseJobStore):  # type: ignore[misc]  # APScheduler 3 has no types
    """Gives due releases as jobs, as many as the executor has room for."""

    def __init__(
        self,
        database: Engine,
        *,
        owner: str,
        lease: timedelta,
        batch: int,
        free_slots: Callable[[], int],
        crowded: Callable[[], Collection[str]] = frozenset,
        tally: Tally | None = None,
        hand_over: Callable[[Connection, Sequence[Claim]], Sequence[Claim]] | None = None,
        when_full: timedelta = TICK,
        steady: Steady | None = None,
    ) -> None:
        super().__init__()
        self._database = database
        self._owner = owner
        self._lease = lease
        self._batch = batch
        self._free_slots = free_slots
        self._crowded = crowded
        self._tally = tally or Tally()
        self._hand_over = hand_over or (lambda _, held: held)  #: gives what is left to this process
        self._steady = steady or Steady("The clock of the database")
        self._when_full = when_full  #: until the next look, where nobody wakes the timer when there is room
        self.outdated = ""  #: why the tables are not those of this code; "" while they are
        self._more = False  #: the last claim was full: there may be more that is due
        self._kept_out = False  #: the last claim may have left out what is due, for want of room; there may be some now
        self._asked: tuple[datetime, datetime] | None = None  #: when it last claimed, by the shared clock and by ours

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Claim what is due, and give it as jobs; a database that does not answer gives none, this time."""
        self._more, self._kept_out, self._asked = False, False, None
        try:
            room = min(self._batch, self._free_slots())
            if room <= 0:
                self._kept_out = True
                return []
            held = self._claim(room)
        except CordialeError as error:
            if self._tally.fault("database", error.message):
                LOG.error("claim failed; it is tried again", error=error.message, hint=error.hint)
            return []
        except Exception as error:  # whatever it is, the next look may find it gone
            self._tally.fault("database", f"Claiming failed: {type(error).__name__}.")
            LOG.exception("claim failed")
            return []
        self._tally.well("database")
        trigger = DateTrigger(now)
        return [self._job(claim, trigger) for claim in held]

    def _claim(self, room: int) -> Sequence[Claim]:
        """Claim, and return what this process shall publish: tickets for others are written with the claim."""
        with self._tally.claim.timed(), writing(self._database) as connection:
            if not self._of_this_version(connection):
                return []
            now = shared.now(connection)
            asked = now, clock.now()
            if not self._steady.holds(now):
                return []
            crowded = self._crowded()
            held = claims.claim(connection, owner=self._owner, lease=self._lease, limit=room, now=now, crowded=crowded)
            left = self._hand_over(connection, held)
            if held:
                points.reached(Point.CLAIM_WRITTEN)
        if held:
            points.reached(Point.CLAIMED)
        self._more, self._kept_out, self._asked = len(held) == room, bool(crowded), asked
        return left

    def _of_this_version(self, connection: Connection) -> bool:
        """Return whether the tables are still those this code was written for; somebody may have upgraded them."""
        other = other_version(connection)
        if other and other != self.outdated:
            LOG.error("publishing is paused: the database is of another version", why=other)
        self.outdated = other
        return not other

    def _job(self, claim: Claim, trigger: DateTrigger) -> Job:
        return ClaimJob(self._scheduler, self._alias, claim, trigger)

    def get_next_run_time(self) -> datetime:
        """Return when to look again: the next due instant, or one tick from now. Never raises."""
        return clock.on_the_wall(self._next_look())  # APScheduler's timer knows the machine's clock alone

    def _next_look(self) -> datetime:
        now = clock.now()
        tick = now + TICK
        try:
            if self._free_slots() <= 0:
                return now + self._when_full
            if self._more:
                return now
            # What fell due since the claim was made did not come with it; what was due before it waits for something.
            there, here = self._asked or (now, now)
            with reading(self._database) as connection:
                soonest = ledger.next_due(connection, there, tick + (there - here))
                free = rates.next_free(connection, now)
            ours = soonest + (here - there) if soonest is not None else None
            again = now + self._when_full if self._kept_out or self._crowded() else None
            return min(each for each in (ours, free, again, tick) if each is not None)
        except CordialeError as error:
            if self._tally.fault("database", error.message):
                LOG.error("the release table does not answer", error=error.message, hint=error.hint)
        except Exception as error:  # a damaged instant, and what nobody foresaw: the clock goes on
            self._tally.fault("database", f"The release table cannot be read: {type(error).__name__}.")
            LOG.exception("the release table does not answer")
        return tick

    def add_job(self, job: Job) -> None:
        """
        Schedule a release that all partners signed: the job's id is the release's.

        Raises:
            ConflictingIdError: If it is scheduled already.
            JobLookupError: If there is no such release: `apply` makes them, APScheduler does not.
            IllegalMove: If it is not a draft.
        """
        with writing(self._database) as connection:
            row = ledger.current(connection, [job.id], lock=True).get(job.id)
            if row is None:
                raise JobLookupError(job.id)
            if row["state"] == State.SCHEDULED:
                raise ConflictingIdError(job.id)
            ledger.move(connection, [Step(job.id, Move.SIGN, why="scheduled")], clock.now())

    def lookup_job(self, job_id: str) -> Job | None:
        """Return a scheduled release as a job, or None."""
        with reading(self._database) as connection:
            row = ledger.current(connection, [job_id]).get(job_id)
        if row is None or row["state"] != State.SCHEDULED or DAMAGED in row:
            return None
        return self._job(Claim(row["id"], row["fence"], row["channel"]), DateTrigger(row["next_at"]))

    def get_all_jobs(self) -> list[Job]:
        """Return all scheduled releases as jobs, soonest first; a row that somebody damaged is left out."""
        with reading(self._database) as connection:
            ids = list(connection.scalars(select(RELEASE.c.id).where(RELEASE.c.state == "scheduled")))
            rows = [row for row in ledger.current(connection, ids).values() if DAMAGED not in row]
        rows.sort(key=lambda row: (row["next_at"], row["id"]))
        return [self._job(Claim(row["id"], row["fence"], row["channel"]), DateTrigger(row["next_at"])) for row in rows]

    def update_job(self, job: Job) -> None:
        """Change nothing: the ledger moves releases."""

    def remove_job(self, job_id: str) -> None:
        """Change nothing: the ledger moves releases, and cancels them."""

    def remove_all_jobs(self) -> None:
        """Refuse: releases are cancelled one by one, by people."""
        message = "all releases"
        raise JobLookupError(message)
