"""
The duties by which a daemon watches itself: count, tell, and leave a sign of life for `status`.

They run on threads of their own: while the database or a mail server does not answer, publishing goes on.
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from campaigns import clock
from campaigns.clock import iso
from campaigns.documents.write import write_whole
from campaigns.errors import CordialeError
from campaigns.settings import Settings
from campaigns.signoff.trust import TrustStore
from campaigns.store.engine import reading
from campaigns.store.glance import through
from scheduler import expiry, status
from scheduler.engine.duties import Duty
from scheduler.engine.tally import Tally
from scheduler.signs import life_file
from scheduler.watch import troubles
from scheduler.watch.alerts import Alerts
from scheduler.watch.figures import Counter
from scheduler.watch.troubles import Trouble

LOG = structlog.get_logger()
EVERY = timedelta(seconds=15)
OFTEN = timedelta(seconds=5)  #: a sign that says nothing new is not written
SIGN = 60.0  #: seconds after which the sign of life is renewed although nothing changed


class Watch:
    """What one daemon knows of itself; *obstacles* say why it claims nothing."""

    def __init__(
        self, settings: Settings, database: Engine, tally: Tally, obstacles: Callable[[], Sequence[Trouble]]
    ) -> None:
        self._settings = settings
        self._database = database
        self._tally = tally
        self._obstacles = obstacles
        self._trust = TrustStore(settings.trust)
        self._of_releases: list[Trouble] = []
        self._signed: tuple[str, float] = ("", float("-inf"))
        self._started = clock.now()
        self.counter = Counter(database)
        self.alerts = Alerts(settings, self.troubles, rehearsal=lambda: self.rehearsal)
        self.rehearsal = False
        self.trust_expires: datetime | None = None
        self.trust_fault = ""

    def duties(self) -> list[Duty]:
        """Return what has to be done every so often."""
        return [
            Duty("figures", EVERY, self.count, at_once=True),
            Duty("alerts", EVERY, self._tell),
            Duty("sign of life", OFTEN, self.sign),
        ]

    def count(self) -> None:
        """
        Look at the trust file, and count the releases.

        Raises:
            DatabaseFault: If the database does not answer.
        """
        try:
            trust = self._trust.current(clock.now())
        except CordialeError as error:
            self.trust_fault = error.message
        else:
            self.trust_fault, self.trust_expires, self.rehearsal = "", trust.expires, trust.rehearsal_only
        self.counter.refresh()

    def _tell(self) -> None:
        if self.counter.last is not None:  # before the first count nothing is known, and nothing is over
            self.alerts.round()

    def troubles(self) -> list[Trouble]:
        """Return all troubles of this instant; those of releases stay as they were while the database is silent."""
        now, figures = clock.now(), self.counter.last
        standing = self._tally.standing()
        if figures is not None:
            try:
                self._of_releases = self._read_releases(now, some=bool(figures.attention() or figures.late))
            except CordialeError as error:
                standing.setdefault("database", error.message)
            except Exception as error:  # whatever it is, the rest has to be told all the same
                LOG.exception("the troubles of releases cannot be read")
                standing.setdefault("database", f"Releases cannot be read: {type(error).__name__}.")
        return [
            *self._obstacles(),
            *troubles.of_trust(self.trust_expires, self.trust_fault, now),
            *troubles.of_faults(standing),
            *troubles.of_figures(figures, now),
            *self._of_releases,
        ]

    def _read_releases(self, now: datetime, *, some: bool) -> list[Trouble]:
        """Return the troubles of releases, where there are *some* at all, of what is shown, and of credentials."""
        with reading(self._database) as connection:
            ask = through(connection)
            shown = troubles.of_shown(status.altered(ask, troubles.GROUPS), status.strangers(ask, troubles.GROUPS))
            ending = troubles.of_credentials(expiry.ends(expiry.in_use(ask), self._settings, now.date()))
            return [*(troubles.of_releases(ask, now) if some else ()), *shown, *ending]

    def sign(self) -> None:
        """
        Leave a sign of life, with the troubles of this machine, where `status` finds it.

        Raises:
            EnvironmentFault: If it cannot be written.
        """
        now, path = clock.now(), life_file(self._settings.trust)
        own = [*self._obstacles(), *troubles.of_faults(self._tally.standing())]
        said = [{"what": each.what, "hint": each.hint} for each in own]
        mark, at = json.dumps(said, ensure_ascii=False), clock.monotonic()
        if mark == self._signed[0] and at - self._signed[1] < SIGN:
            return
        text = {"at": iso(now), "since": iso(self._started), "pid": os.getpid(), "troubles": said}
        write_whole(path, json.dumps(text, ensure_ascii=False))
        self._signed = (mark, at)

    def leave(self) -> None:
        """Take the sign of life away."""
        with suppress(OSError):  # then it grows old, which says the same
            life_file(self._settings.trust).unlink(missing_ok=True)
