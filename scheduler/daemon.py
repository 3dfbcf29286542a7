"""
The daemon: APScheduler with our job store and executor, duties in a store of their own, a watchdog, and a clean stop.

Two clocks are watched, this machine's and the one of the table (`engine.steady`): where one of them steps, nothing is
claimed, begun, recovered or expired.
"""

import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine

from campaigns import clock
from campaigns.errors import CordialeError, EnvironmentFault
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import writing
from scheduler import roster, service_manager, urgent
from scheduler.engine import catch_up, crew, held, hold, retraction, shared
from scheduler.engine.catch_up import Overdue
from scheduler.engine.desk import Desk
from scheduler.engine.duties import STORE, Duty, Rounds
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.heart import Heart
from scheduler.engine.jobstore import ReleaseJobStore
from scheduler.engine.recovery import Recovered, recover
from scheduler.engine.sending import Workshop
from scheduler.engine.steady import Steady
from scheduler.engine.tally import Tally
from scheduler.engine.timer import Timer
from scheduler.presence import Presence
from scheduler.releases import ledger, points
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal
from scheduler.releases.points import Point
from scheduler.watch.disk import MEGABYTE, Disk, written_to
from scheduler.watch.rounds import Watch
from scheduler.watch.troubles import Trouble, of_obstacles
from scheduler.watch.vitals import Vitals
from scheduler.watchdog import Watchdog

LOG = structlog.get_logger()
LOOK = timedelta(seconds=2)  #: how often the event log is looked at while nothing is sent
CAPACITY = 4  #: batches in hand at a time
TAKEDOWNS = 64  #: retractions begun at a time
HOLDS = 5  #: seconds after which a hold of the held-file alone is in the table, for other machines to see


class Daemon:
    """
    One publishing process of a workspace; *duties* are what it does besides, see `engine.duties`.

    A rehearsal brings its own *desk* and *room*; *name* tells several processes of one workspace apart.
    """

    executor: type[PublishExecutor] = PublishExecutor
    role = crew.ALONE

    def __init__(
        self,
        settings: Settings,
        database: Engine,
        duties: Sequence[Duty] = (),
        *,
        name: str = "",
        desk: Desk | None = None,
        room: Callable[[Path, Journal], EvidenceRoom] = EvidenceRoom,
    ) -> None:
        self.settings = settings
        self.database = database
        self.name = name
        self.journal = Journal(settings.trust, name)
        self.lease = timedelta(seconds=settings.lease)
        self.capacity = settings.batch * CAPACITY
        self.stopping = threading.Event()
        self.asked: queue.SimpleQueue[int] = queue.SimpleQueue()  #: signals; the one lock that a handler may take
        self.tally = Tally()
        self.timer_heart, self.loop_heart = Heart("the timer"), Heart("the publishing loop")
        self.watchdog = Watchdog((self.timer_heart, self.loop_heart))
        self.disk = Disk(written_to(settings, database), settings.least_free * MEGABYTE)
        self.watch = Watch(settings, database, self.tally, self.obstacles)
        self._duties = list(duties)
        self._store: ReleaseJobStore | None = None
        self.presence = Presence(database, settings.trust, name, self.role)
        self._machine = self._owner = self._other_log = ""
        self.overdue: list[Overdue] = []  #: what was late by more than a minute when it started
        self._executor: PublishExecutor | None = None
        self._scheduler: Timer | None = None
        self._wall, self._table = Steady("The clock of this machine"), Steady("The clock of the database")
        self.room = room(settings.trust, self.journal)
        self._desk = desk
        self._closing = False

    @property
    def paused(self) -> str:
        """Say why nothing may be published by any clock; "" while it may."""
        return self._wall.why or self._table.why

    def start(self) -> Recovered:
        """
        Take the journal's lock, recover what a former daemon left, and start the clock.

        Raises:
            EnvironmentFault: If another daemon runs here or goes by this name, or the trust folder cannot be used.
        """
        rehearsal = TrustStore(self.settings.trust).current(clock.now()).rehearsal_only
        self.journal.open()
        try:
            return self._start(rehearsal=rehearsal)
        except BaseException:
            self.presence.leave()
            self.journal.close()
            raise

    def _start(self, *, rehearsal: bool) -> Recovered:
        self._machine = self.presence.enter()
        self._owner = f"{self._machine}:{secrets.token_hex(4)}"
        done = self._recover(starting=True)
        self.overdue = self._catch_up()
        desk = self._desk or Desk(self.settings, loopback_only=rehearsal)
        shop = Workshop(
            self.database,
            self.room,
            self.journal,
            self.settings.media,
            self.lease,
            desk.publisher,
            roster.capabilities,
            self.tally,
            self._owner,
            self._table,
        )
        self._executor = self.executor(
            shop, desk, capacity=self.capacity, heart=self.loop_heart, hurried=lambda: not self.asked.empty()
        )
        scheduler = Timer(self.timer_heart, self.tally)
        scheduler.add_executor(self._executor, "default")
        self._feed(scheduler, self._executor)
        third = self.lease / 3
        ours = [
            Duty("recovery", third, self._keep_house),
            Duty("leases", third, self._renew),
            urgent.duty(self.database, self.settings.trust, third),
            Duty("log", LOOK, self._remember),
            Duty("retractions", timedelta(seconds=1), self._take_down),
            Duty("holds", timedelta(seconds=HOLDS), self._adopt_holds),
        ]
        Rounds(self.tally).start(scheduler, [*ours, *self._besides(), *self._duties])
        self._wall.holds(clock.now())
        scheduler.start()
        self._scheduler = scheduler
        self._executor.look_up(done.look_up)
        points.reached(Point.LOOK_UPS_ASKED)
        try:
            self._take_down(starting=True)
        except CordialeError as error:
            LOG.error("retractions wait for the database", error=error.message, hint=error.hint)
        self.timer_heart.beat()
        self.watchdog.start()
        self.watch.sign()
        service_manager.tell("READY=1")
        return done

    def _feed(self, scheduler: Timer, executor: PublishExecutor) -> None:
        """Say where releases come from: the job store, which claims them."""
        self._store = self._job_store(executor)
        scheduler.add_jobstore(self._store, "default")

    def _job_store(self, executor: PublishExecutor, **more: Any) -> ReleaseJobStore:
        return ReleaseJobStore(
            self.database,
            owner=self._owner,
            lease=self.lease,
            batch=self.settings.batch,
            free_slots=self._free_slots,
            crowded=executor.crowded,
            tally=self.tally,
            steady=self._table,
            **more,
        )

    def _besides(self) -> list[Duty]:
        """Return what this kind of process does beside publishing."""
        self._beat()
        return [*self.watch.duties(), *([Duty("crew", crew.BEAT, self._beat)] if self.presence.shared else [])]

    def _beat(self) -> None:
        """Be seen, unless this process publishes nothing any more: nobody shall count on it."""
        if not self._closing and not self.watchdog.fault and not self._fault():
            self.presence.beat(0 if self.obstacles() else self.capacity, self._doing())

    def _doing(self) -> str:
        """Say what it does, for people."""
        return next((each.what for each in self.obstacles()), self.watchdog.still or self._publishing())

    def _publishing(self) -> str:
        return "publishes"

    def wake(self) -> None:
        """Look at the table at once: the clock of a rehearsal has leapt."""
        if self._scheduler is not None:
            self._scheduler.wakeup()

    def _free_slots(self) -> int:
        sound = self._wall.holds(clock.now()) and not self.paused
        shut = self._closing or self.presence.fault or not sound
        return 0 if shut or self.disk.look() or self._executor is None else self._executor.free_slots()

    def _remember(self) -> None:
        before, self._other_log = self._other_log, self.room.remember(self.database)
        if (said := self._other_log) not in {"", before}:
            LOG.error("publishing is paused: the event log is another one", why=said, hint="See `cordiale status`.")

    def obstacles(self) -> list[Trouble]:
        """Return why nothing is claimed now; nothing while it is."""
        tables = self._store.outdated if self._store is not None else ""
        return of_obstacles(clock=self.paused, disk=self.disk.low, tables=tables, log=self.room.log_fault)

    def vitals(self) -> Vitals:
        """Return how this daemon is; call it on any thread."""
        self.disk.look()
        running = self._scheduler is not None
        return Vitals(
            clock.now(),
            "stopping" if self._closing else "running" if running else "starting",
            self.tally,
            fault=self._fault(),
            still=self.watchdog.still,
            obstacles=tuple(self.obstacles()),
            in_hand=len(self._executor.in_hand()) if self._executor is not None else 0,
            capacity=self.capacity,
            free_disk=self.disk.free,
            figures=self.watch.counter.last,
            trust_expires=self.watch.trust_expires,
            trust_fault=self.watch.trust_fault,
            undelivered=self.watch.alerts.undelivered(),
        )

    def _keep_house(self) -> None:
        """Take over what other daemons left behind; look up what they cannot say any more."""
        done = self._recover(starting=False)
        if self._executor is not None:
            self._executor.look_up(done.look_up)

    def _take_down(self, *, starting: bool = False) -> None:
        """Begin what partners want down; on starting, also what this machine's former daemon left half done."""
        if self._executor is None or self._closing:
            return
        machine = self._machine if starting else ""
        with writing(self.database) as connection:
            now = self._table.mend(shared.now(connection))
            retraction.reconcile(connection, self.journal, now)
            owner, lease = self._owner, self.lease
            found = retraction.take(connection, owner=owner, lease=lease, limit=TAKEDOWNS, now=now, machine=machine)
        if found:
            points.reached(Point.TAKEDOWN_BEGUN)
        self._executor.take_down(found)

    def _catch_up(self) -> list[Overdue]:
        """Spread what fell due while no daemon ran, and return it: nothing bursts out of a long outage."""
        return catch_up.after_an_outage(self.database, self.room, self.settings)

    def _adopt_holds(self) -> None:
        """Write into the table what was held while it did not answer: other machines read it there."""
        if held.read(self.settings.trust):
            with writing(self.database) as connection:
                hold.adopt(connection, self.settings.trust)

    def _renew(self) -> None:
        """Renew the leases of what is in hand and will still end well: no other daemon shall take it over."""
        held = self._executor.renewable(self.lease) if self._executor is not None else []
        if not held:
            return
        with writing(self.database) as connection:
            until = self._table.mend(shared.now(connection)) + self.lease
            ledger.renew(connection, [(claim.id, claim.fence) for claim in held], until)

    def _recover(self, *, starting: bool) -> Recovered:
        with writing(self.database) as connection:
            now = shared.now(connection)
            if not self._table.holds(now):  # by a wrong clock every lease is over, and every window closed
                return Recovered()
            done = recover(
                connection,
                machine=self._machine,
                starting=starting,
                capabilities=roster.capabilities,
                journal=self.journal,
                lease=self.lease,
                now=now,
                in_hand=self._executor.in_hand() if self._executor else (),
            )
        points.reached(Point.RECOVERED)
        return done

    def wait(self, finished: Callable[[], bool] | None = None, every: float = 0.5) -> None:
        """
        Block until a signal asks to stop, or until *finished* says so; asked every *every* seconds.

        Raises:
            EnvironmentFault: If nothing can be published any more: a thread ended, or stands still.
        """
        while not self.stopping.is_set():
            try:
                self.asked.get(timeout=every)
            except queue.Empty:
                if fault := self._fault():
                    raise EnvironmentFault(
                        fault, "Start `cordiale run` again; what was in hand is recovered."
                    ) from None
                if finished is not None and finished():
                    return
            else:
                self.stopping.set()

    def _fault(self) -> str:
        """Return why nothing will be published any more; "" while all threads work."""
        if self._executor is not None and self._executor.fault is not None:
            return f"The publishing loop ended: {self._executor.fault}."
        if self._scheduler is not None and not self._scheduler.alive():
            return "The timer's thread ended."
        return self.presence.fault or self.watchdog.fault

    def stop(self) -> bool:
        """
        Claim nothing more, finish what is in hand, let the journal go; return whether nothing was left in hand.

        A second signal, or the end of a lease, leaves the rest to recovery; so does a thread that stands still.
        """
        service_manager.tell("STOPPING=1")
        self._closing = True
        self.presence.stops()
        if self._scheduler is not None:
            if not self.watchdog.fault:  # what stands still would hold the locks that stopping needs
                # Waits for a pass that is under way; the next ones find nothing. One that is cut off would raise.
                self._scheduler.remove_all_jobs(STORE)
                self._scheduler.shutdown(wait=True)
                self.watchdog.stop()
            self._scheduler = None
            self.watch.leave()
        self._remember()
        self.presence.leave()
        self.journal.close()
        return self._executor is None or not self._executor.in_hand()
