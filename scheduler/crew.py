"""
Several machines on one PostgreSQL database: planners claim and write tickets, workers take them and publish.

Both are daemons as one machine alone has: the same gate, journal, sender, recovery and watchdog. A planner that sees
no worker publishes itself, and hands over again when one appears.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import Engine

from campaigns.errors import CordialeError, UsageError
from campaigns.settings import Settings
from campaigns.store.engine import other_version, reading, writing
from scheduler.daemon import Daemon
from scheduler.engine import crew, shared, tickets
from scheduler.engine.catch_up import Overdue
from scheduler.engine.claims import Claim
from scheduler.engine.duties import Duty
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.procrastinate_engine import AGAIN, ProcrastinateExecutor
from scheduler.engine.recovery import Recovered
from scheduler.engine.taking import Taker
from scheduler.engine.timer import Timer
from scheduler.releases import ledger
from scheduler.watch.troubles import Trouble

LOG = structlog.get_logger()
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
OLD = 10  #: leases after which a ticket is taken away: what it names has long been claimed anew


def checked(name: str) -> str:
    """
    Return the *name* of a process.

    Raises:
        UsageError: If it cannot be part of a file's name.
    """
    if name and not NAME.fullmatch(name):
        message = f"'{name}' cannot be the name of a process."
        raise UsageError(message, "Use lower-case letters, digits and -, at most 32.")
    return name


class _Crew(Daemon):
    """One process among several."""

    def __init__(self, settings: Settings, database: Engine, duties: Sequence[Duty] = (), *, name: str = "") -> None:
        super().__init__(settings, database, duties, name=checked(name))

    def start(self) -> Recovered:
        """
        Start, and be seen by the others.

        Raises:
            DatabaseFault: If the database is not shared, or has no tables of tickets.
            MissingExtra: If Procrastinate is not installed.
        """
        with reading(self.database) as connection:
            tickets.require(self.database, connection)
        return super().start()

    def _catch_up(self) -> list[Overdue]:
        """Spread what fell due in an outage: one that comes while others publish finds a backlog, and no outage."""
        with reading(self.database) as connection:
            now = shared.now(connection)
            alone = not crew.others(connection, self._machine, now)
        return super()._catch_up() if alone and self.role == crew.PLANNER else []


class Planner(_Crew):
    """Claims what is due, and hands it to workers."""

    role = crew.PLANNER
    executor = ProcrastinateExecutor

    def _leads(self) -> bool:
        """Return whether this planner tells of troubles that every planner sees: the one that is there longest does."""
        try:
            with reading(self.database) as connection:
                return crew.first(connection, crew.PLANNER, shared.now(connection)) == self._machine
        except CordialeError:  # what it saw of the database is old; that it does not answer is its own trouble
            return False

    def _feed(self, scheduler: Timer, executor: PublishExecutor) -> None:
        full = timedelta(seconds=AGAIN)
        self._store = self._job_store(executor, hand_over=executor.hand_over, when_full=full)
        scheduler.add_jobstore(self._store, "default")

    def _publishing(self) -> str:
        executor = self._executor
        assert isinstance(executor, ProcrastinateExecutor), "it is made before anybody asks"  # noqa: S101 (of `_start`)
        executor.look()
        return executor.doing

    def _besides(self) -> list[Duty]:
        self.watch.alerts.speaks = self._leads
        return [*super()._besides(), Duty("old tickets", self.lease, self._forget)]

    def _forget(self) -> None:
        with writing(self.database) as connection:
            shared.now(connection)
            tickets.forget_old(connection, self.lease.total_seconds() * OLD)


class Worker(_Crew):
    """Publishes what planners claimed. It tells nobody of troubles by mail: the planners do."""

    role = crew.WORKER
    _outdated = ""

    def _besides(self) -> list[Duty]:
        return [each for each in super()._besides() if each.name != "alerts"]

    def _beat(self) -> None:
        with reading(self.database) as connection:
            self._outdated = other_version(connection)
        super()._beat()

    def _free_slots(self) -> int:
        """Return how many more releases may be taken now: none into tables of another version."""
        return 0 if self._outdated else super()._free_slots()

    def obstacles(self) -> list[Trouble]:
        """Return why nothing is taken now; nothing while it is."""
        hint = "Stop this `cordiale worker`, bring code and database to the same version, and start it again."
        mine = [Trouble("tables", "this machine", self._outdated, hint)] if self._outdated else []
        return [*super().obstacles(), *mine]

    def _feed(self, scheduler: Timer, executor: PublishExecutor) -> None:
        del scheduler
        third = self.lease.total_seconds() / 3
        self._taker = Taker(self.database.url, self._free_slots, self._keep, executor.take, third)
        executor.on_room = self._taker.wake

    def _keep(self, held: Sequence[Claim]) -> list[Claim]:
        """Renew the claims of *held* that still stand, and return them: the others were claimed anew meanwhile."""
        with writing(self.database) as connection:
            until = self._table.mend(shared.now(connection)) + self.lease
            kept = ledger.keep(connection, [(claim.id, claim.fence) for claim in held], until)
        return [claim for claim in held if (claim.id, claim.fence) in kept]

    def start(self) -> Recovered:
        """Start, be seen, and take tickets."""
        done = super().start()
        self._taker.start()
        return done

    def _fault(self) -> str:
        taker = getattr(self, "_taker", None)
        ended = taker is not None and taker.started and not taker.alive() and not self._closing
        return "The thread that takes tickets ended." if ended else super()._fault()

    def stop(self) -> bool:
        """Take no more tickets, then stop as a daemon does."""
        self._closing = True
        self._taker.stop()
        return super().stop()
