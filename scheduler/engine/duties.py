"""
What a daemon does besides publishing: recovery, leases, probes, alerts, and whatever a higher floor adds.

Duties stand in APScheduler's second store, in memory: they are made anew at every start, and none of them is a
release. One that fails is logged and counted, and comes round again; one that is slow delays no other.

They come round by the time that passes, whatever the clock of the machine says: one that is set back does not keep
them waiting until it is right again, and one that is set ten years ahead is not made up for, turn by turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.job import Job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger

from campaigns import clock
from campaigns.errors import CordialeError
from scheduler.engine.tally import Tally

LOG = structlog.get_logger()
STORE = "housekeeping"
ABREAST = 4  #: duties that run side by side; each of them runs once at a time
LEAST = timedelta(seconds=1)  #: between two turns


@dataclass(frozen=True)
class Duty:
    """Something that a daemon does every so often. `act` takes nothing, and may raise what it likes."""

    name: str
    every: timedelta
    act: Callable[[], object]
    at_once: bool = False  #: the first time is at the start; otherwise, when its time has passed once


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """The next turn comes so long after this one; what was missed is not made up for."""

    def __init__(self, pause: timedelta) -> None:
        self.pause = pause

    def __str__(self) -> str:
        return f"every {self.pause}"

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when the next turn is, seen from *now*."""
        del previous_fire_time
        return now + self.pause


class DutyStore(MemoryJobStore):  # type: ignore[misc]  # APScheduler 3 has no types
    """Duties by their next turns; one that is further off than its pause was put there by another clock."""

    def get_due_jobs(self, now: datetime) -> list[Job]:
        """Return whose turn it is."""
        for job in self.get_all_jobs():
            if job.next_run_time - now > 2 * job.trigger.pause:
                job._modify(next_run_time=now)  # noqa: SLF001 (APScheduler's own way to do it from a store)
                self.update_job(job)
        return list(super().get_due_jobs(now))


class Rounds:
    """The duties of one daemon."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def start(self, scheduler: BaseScheduler, duties: list[Duty]) -> None:
        """Put *duties* into a store of their own, and let them come round."""
        scheduler.add_jobstore(DutyStore(), STORE)
        scheduler.add_executor("threadpool", STORE, max_workers=ABREAST)
        for duty in duties:
            scheduler.add_job(
                self.perform,
                Every(max(LEAST, duty.every)),
                args=[duty],
                id=duty.name,
                name=duty.name,
                jobstore=STORE,
                executor=STORE,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
                **({"next_run_time": clock.now()} if duty.at_once else {}),
            )

    def perform(self, duty: Duty) -> None:
        """Do *duty* once; whatever goes wrong with it harms nothing else."""
        try:
            duty.act()
        except CordialeError as error:
            if self._tally.fault(f"duty {duty.name}", error.message):
                LOG.error("a duty failed; it comes round again", duty=duty.name, error=error.message, hint=error.hint)
        except Exception as error:
            self._tally.fault(f"duty {duty.name}", f"{type(error).__name__}: see the log.")
            LOG.exception("a duty failed; it comes round again", duty=duty.name)
        else:
            self._tally.well(f"duty {duty.name}")
