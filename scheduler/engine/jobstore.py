"""
The release table as APScheduler sees it: a job store whose jobs are rebuilt from claims, never pickled.

APScheduler owns *when*; the table owns *what*. `get_due_jobs` is the claim. `remove_job` and `update_job` change
nothing, because APScheduler calls them after every submit: a store that cancelled there would cancel a release
that a retry had just rescheduled.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore, JobLookupError
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.store.engine import reading, writing
from scheduler.engine import claims, rates
from scheduler.engine.claims import Claim
from scheduler.releases import ledger
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.states import Move, State

LOG = structlog.get_logger()
TICK = timedelta(seconds=1)  #: the table is asked at least this often


def publish(release: str, fence: int, channel: str) -> None:
    """Name the work of a job; `PublishExecutor` does it without calling this."""
    del release, fence, channel


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
    ) -> None:
        super().__init__()
        self._database = database
        self._owner = owner
        self._lease = lease
        self._batch = batch
        self._free_slots = free_slots
        self._crowded = crowded
        self._more = False  #: the last claim was full: there may be more that is due

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Claim what is due, and give it as jobs; a database that does not answer gives none, this time."""
        room = min(self._batch, self._free_slots())
        if room <= 0:
            return []
        try:
            with writing(self._database) as connection:
                held = claims.claim(
                    connection,
                    owner=self._owner,
                    lease=self._lease,
                    limit=room,
                    now=clock.now(),
                    crowded=self._crowded(),
                )
        except (CordialeError, SQLAlchemyError) as error:
            self._more = False
            LOG.error("claim failed", error=str(error))
            return []
        self._more = len(held) == room
        return [self._job(claim, now) for claim in held]

    def _job(self, claim: Claim, now: datetime) -> Job:
        return Job(
            self._scheduler,
            id=f"{claim.id}:{claim.fence}",
            func=publish,
            args=(claim.id, claim.fence, claim.channel),
            kwargs={},
            trigger=DateTrigger(now),
            executor="default",
            name=claim.id,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=now,
        )

    def get_next_run_time(self) -> datetime:
        """Return when to look again: the next due instant, or one tick from now. Never raises."""
        now = clock.now()
        tick = now + TICK
        if self._free_slots() <= 0:
            return tick
        if self._more:
            return now
        try:
            with reading(self._database) as connection:
                soonest = connection.execute(
                    select(RELEASE.c.next_at)
                    .where(RELEASE.c.state == "scheduled", RELEASE.c.next_at > now, RELEASE.c.next_at < tick)
                    .order_by(RELEASE.c.next_at)
                    .limit(1)
                ).scalar()
                free = rates.next_free(connection, now)
        except (CordialeError, SQLAlchemyError, ValueError) as error:  # ValueError: a damaged instant
            LOG.error("the release table does not answer", error=str(error))
            return tick
        return min(each for each in (soonest, free, tick) if each is not None)

    def add_job(self, job: Job) -> None:
        """Schedule a release that all partners signed: the job's id is the release's."""
        with writing(self._database) as connection:
            ledger.move(connection, [Step(job.id, Move.SIGN, why="scheduled")], clock.now())

    def lookup_job(self, job_id: str) -> Job | None:
        """Return a scheduled release as a job, or None."""
        with reading(self._database) as connection:
            row = ledger.current(connection, [job_id]).get(job_id)
        if row is None or row["state"] != State.SCHEDULED:
            return None
        return self._job(Claim(row["id"], row["fence"], row["channel"]), row["next_at"])

    def get_all_jobs(self) -> list[Job]:
        """Return all scheduled releases as jobs, soonest first."""
        with reading(self._database) as connection:
            columns = (RELEASE.c.id, RELEASE.c.fence, RELEASE.c.channel, RELEASE.c.next_at)
            statement = select(*columns).where(RELEASE.c.state == "scheduled")
            rows = connection.execute(statement.order_by(RELEASE.c.next_at, RELEASE.c.id)).all()
        return [self._job(Claim(row.id, row.fence, row.channel), row.next_at) for row in rows]

    def update_job(self, job: Job) -> None:
        """Change nothing: the ledger moves releases."""

    def remove_job(self, job_id: str) -> None:
        """Change nothing: the ledger moves releases, and cancels them."""

    def remove_all_jobs(self) -> None:
        """Refuse: releases are cancelled one by one, by people."""
        message = "all releases"
        raise JobLookupError(message)
