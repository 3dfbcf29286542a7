"""
The daemon: APScheduler with our job store and executor, recovery on its own timer, and a clean stop.

The clock is watched: a wall clock that gains more than `LEAP` on the monotonic one pauses publishing until a person
starts the daemon again, because an early release cannot be undone.
"""

import secrets
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from campaigns import clock
from campaigns.documents.write import write_whole
from campaigns.errors import CordialeError, EnvironmentFault
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import writing
from scheduler import roster
from scheduler.engine.desk import Desk
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.jobstore import ReleaseJobStore
from scheduler.engine.recovery import Recovered, recover
from scheduler.engine.sending import Workshop
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal

LOG = structlog.get_logger()
LEAP = 30.0  #: seconds the wall clock may gain on the monotonic clock while the daemon runs
CAPACITY = 4  #: batches in hand at a time


def machine_name(folder: Path) -> str:
    """
    Return this workspace's name for itself, made once: whose claims are ours after a crash.

    Raises:
        EnvironmentFault: If it can neither be read nor written.
    """
    path = folder / "local" / "machine"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, secrets.token_hex(8))
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file {path} cannot be used: {error}."
        raise EnvironmentFault(message, "Give this user the right to read and write it.") from None


class Daemon:
    """One publishing process of a workspace."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self.settings = settings
        self.database = database
        self.journal = Journal(settings.trust)
        self.lease = timedelta(seconds=settings.lease)
        self.stopping = threading.Event()
        self._machine = ""
        self._executor: PublishExecutor | None = None
        self._scheduler: BackgroundScheduler | None = None
        self._drift = 0.0
        self.room = EvidenceRoom(settings.trust, self.journal)
        self._closing = False
        self.paused = ""  #: why nothing is claimed, when nothing is

    def start(self) -> Recovered:
        """
        Take the journal's lock, recover what a former daemon left, and start the clock.

        Raises:
            EnvironmentFault: If another daemon runs here, or the trust folder cannot be used.
        """
        rehearsal = TrustStore(self.settings.trust).current(clock.now()).rehearsal_only
        self.journal.open()
        try:
            return self._start(rehearsal=rehearsal)
        except BaseException:
            self.journal.close()
            raise

    def _start(self, *, rehearsal: bool) -> Recovered:
        self._machine = machine_name(self.settings.trust)
        owner = f"{self._machine}:{secrets.token_hex(4)}"
        done = self._recover(starting=True)
        desk = Desk(self.settings, loopback_only=rehearsal)
        shop = Workshop(
            self.database, self.room, self.journal, self.settings.media, self.lease, desk.publisher, roster.capabilities
        )
        self._executor = PublishExecutor(shop, desk, capacity=self.settings.batch * CAPACITY)
        store = ReleaseJobStore(
            self.database,
            owner=owner,
            lease=self.lease,
            batch=self.settings.batch,
            free_slots=self._free_slots,
            crowded=self._executor.crowded,
        )
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_executor(self._executor, "default")
        scheduler.add_jobstore(store, "default")
        scheduler.add_jobstore(MemoryJobStore(), "housekeeping")
        scheduler.add_executor("threadpool", "housekeeping", max_workers=1)
        self._drift = clock.now().timestamp() - clock.monotonic()
        scheduler.add_job(
            self._keep_house,
            "interval",
            seconds=max(1.0, self.lease.total_seconds() / 3),
            jobstore="housekeeping",
            executor="housekeeping",
            misfire_grace_time=None,
            coalesce=True,
        )
        scheduler.start()
        self._scheduler = scheduler
        self._executor.look_up(done.look_up)
        return done

    def _free_slots(self) -> int:
        if self._closing or self._clock_leapt() or self._executor is None:
            return 0
        return self._executor.free_slots()

    def _clock_leapt(self) -> bool:
        drift = clock.now().timestamp() - clock.monotonic()
        if drift - self._drift > LEAP and not self.paused:
            self.paused = f"The wall clock jumped ahead by {drift - self._drift:.0f} s."
            LOG.error("publishing is paused", why=self.paused, hint="Check the clock, then start `cordiale run` again.")
        return bool(self.paused)

    def _keep_house(self) -> None:
        try:
            done = self._recover(starting=False)
        except CordialeError as error:
            LOG.error("recovery waits for the database", error=error.message)
            return
        if self._executor is not None:
            self._executor.look_up(done.look_up)

    def _recover(self, *, starting: bool) -> Recovered:
        with writing(self.database) as connection:
            return recover(
                connection,
                machine=self._machine,
                starting=starting,
                capabilities=roster.capabilities,
                journal=self.journal,
                lease=self.lease,
                now=clock.now(),
                in_hand=self._executor.in_hand() if self._executor else (),
            )

    def wait(self, finished: Callable[[], bool] | None = None, every: float = 0.5) -> None:
        """Block until a signal asks to stop, or until *finished* says so; asked every *every* seconds."""
        while not self.stopping.wait(every):
            if fault := self._fault():
                raise EnvironmentFault(fault, "Start `cordiale run` again; what was in hand is recovered.")
            if finished is not None and finished():
                return

    def _fault(self) -> str:
        """Return why nothing will be published any more; "" while all threads work."""
        if self._executor is not None and self._executor.fault is not None:
            return f"The publishing loop ended: {self._executor.fault}."
        if self._scheduler is not None and not self._scheduler._thread.is_alive():  # noqa: SLF001 (APScheduler offers no question for it)
            return "The clock's thread ended."
        return ""

    def stop(self) -> bool:
        """Claim nothing more, finish what is in hand, let the journal go; return whether nothing was left in hand."""
        if self._scheduler is not None:
            self._closing = True
            # Waits for a pass that is under way; the next ones find nothing. One that shutdown cuts off would raise.
            self._scheduler.remove_all_jobs("housekeeping")
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
        self.journal.close()
        return self._executor is None or not self._executor.in_hand()


def stop_on_signals(daemon: Daemon) -> None:
    """Let SIGTERM and SIGINT end `daemon.wait`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stopping.set())
