"""
The signs of life of one process on a shared database, under a name that no other living process has.

The journal's lock keeps two processes of one workspace apart. It says nothing of a copy of the workspace on another
machine: there a daemon would take what this one has on the wire for its own, left by a crash, and send it again. So
a process enters the crew only where nobody else was seen there under its name, and each sign of life is given in place
of its last one: when another stands there, somebody else goes by the same name, and this process stops.
"""

import json
import socket
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

import structlog
from sqlalchemy import Engine

from campaigns.clock import instant_text, parse_iso
from campaigns.documents.write import write_whole
from campaigns.errors import CordialeError, EnvironmentFault
from campaigns.store.engine import writing
from scheduler.engine import crew, shared
from scheduler.engine.crew import Member
from scheduler.machine import FILE, machine_name
from scheduler.standing import UNSEEN

LOG = structlog.get_logger()
BOOT = Path("/proc/sys/kernel/random/boot_id")
KEPT = 8  #: starts that are remembered: of those that the database did not answer, one may stand in the table


class Presence:
    """One process among those of a database; on SQLite, which is one machine's, it is seen by nobody."""

    def __init__(self, database: Engine, folder: Path, name: str, role: str) -> None:
        self.machine = ""  #: this machine's name, and the process's
        self.fault = ""  #: why this process must stop; "" while it may go on
        self._database = database
        self._folder = folder
        self._name = name
        self._role = role
        self.shared = database.dialect.name == "postgresql"  #: whether others may be seen there
        self._file = folder / "local" / (f"alive-{name}.json" if name else "alive.json")
        self._started: datetime | None = None
        self._told: list[datetime] = []  #: one of these stands in the table: one that was not answered may, or not
        self._lock = Lock()

    def enter(self) -> str:
        """
        Be seen from now on, and return the name by which claims are this process's own; the journal is locked.

        Raises:
            EnvironmentFault: If the name was made elsewhere, or another process lives under it.
        """
        self.machine = ".".join(filter(None, (machine_name(self._folder), self._name)))
        if not self.shared:
            return self.machine
        former = self._former()
        with writing(self._database) as connection:
            now = shared.now(connection)
            self._remember(former, now)
            if not crew.enter(connection, self._member(0, "starts"), now, former=former):
                other = crew.member(connection, self.machine)
                raise EnvironmentFault(self._namesake(other), self._cure())
        self._started, self._told = now, [now]
        return self.machine

    def beat(self, capacity: int, doing: str) -> None:
        """
        Be seen, with so much *capacity* for releases, *doing* what people read.

        Raises:
            DatabaseFault: If the database does not answer; others count on this process for a while yet.
        """
        if self._started is None or self.fault:
            return
        with self._lock:
            with writing(self._database) as connection:
                now = shared.now(connection)
                before, self._told = self._told, [*self._told, now]
                member = self._member(capacity, doing)
                if not crew.beat(connection, member, now, started=self._started, before=before):
                    self.fault = self._namesake(crew.member(connection, self.machine))
            self._told = [now]
        if self.fault:
            LOG.error("publishing ends: this machine's name is used twice", why=self.fault, hint=self._cure())
            self._file.unlink(missing_ok=True)  # the next start has to look whether the other one lives

    def stops(self) -> None:
        """Take nothing more in hand, in the eyes of others."""
        with suppress(CordialeError):  # it is unseen soon, all the same
            self.beat(0, "stops")

    def leave(self) -> None:
        """Be seen no more."""
        if self._started is None or self.fault or len(self._told) > 1:  # the database did not answer just now
            return
        with suppress(CordialeError), writing(self._database) as connection:
            crew.leave(connection, self.machine, self._started)

    def _member(self, capacity: int, doing: str) -> Member:
        host = "/".join(filter(None, (socket.gethostname(), self._name)))
        return Member(self.machine, self._role, host, capacity, doing)

    def _namesake(self, other: Member | None) -> str:
        where = f"on {other.host}" if other else "elsewhere"
        return f"Another process goes by the name of this machine, {where}: one of the two workspaces is a copy."

    def _cure(self) -> str:
        return (
            f"Where the copy is: remove {self._folder / FILE}, and start again; it is a machine of its own then. If it "
            f"was this machine itself, before it went down: start again in {UNSEEN.total_seconds():.0f} s."
        )

    def _place(self) -> list[object]:
        """Return what is the same for two processes only if the journal's lock keeps them apart."""
        found = self._file.parent.stat()
        return [BOOT.read_text("ascii").strip(), found.st_dev, found.st_ino]

    def _former(self) -> list[datetime]:
        """Return when the former processes of this very place started, of which the lock says that they are dead."""
        try:
            said = json.loads(self._file.read_text("utf-8"))
            return [parse_iso(each) for each in said["started"]] if said["place"] == self._place() else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _remember(self, former: Collection[datetime], now: datetime) -> None:
        """Write down when this process starts, beside the former ones: one of them will stand in the table."""
        try:
            place = self._place()
        except (OSError, ValueError):  # a system that does not say when it was started
            return
        started = [instant_text(each) for each in (*former, now)][-KEPT:]
        write_whole(self._file, json.dumps({"place": place, "started": started}) + "\n")
