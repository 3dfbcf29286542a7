"""Play a rehearsal: the daemon itself on the stage, its clock leaping until nothing is left that goes by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text

from campaigns import clock
from campaigns.errors import EnvironmentFault
from campaigns.store.engine import reading
from scheduler.daemon import Daemon
from scheduler.engine.catch_up import Overdue
from scheduler.rehearsal import outcome
from scheduler.rehearsal.leaps import Leaps
from scheduler.rehearsal.outcome import Line
from scheduler.rehearsal.room import RehearsalDesk, RehearsalRoom
from scheduler.rehearsal.stage import Stage

LOOK = 0.004  #: seconds between two looks whether the clock may leap
PATIENCE = 60.0  #: seconds without any progress after which a rehearsal gives up
_DONE = "SELECT COUNT(*) FROM release WHERE state NOT IN ('draft', 'scheduled', 'claimed', 'sending', 'refused')"

Tick = Callable[[datetime, int], None]  #: the clock of the rehearsal, and how many releases are behind it


@dataclass(frozen=True)
class Played:
    """What a rehearsal came to."""

    began: datetime
    ended: datetime  #: by its own clock
    seconds: float  #: that it took
    lines: list[Line] = field(default_factory=list)
    overdue: list[Overdue] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything went out."""
        return all(line.sent for line in self.lines)


def play(stage: Stage, *, to_loopback: bool, tick: Tick) -> Played:
    """
    Publish everything that goes by itself, leaping from one due instant to the next, and say what became of it.

    Raises:
        EnvironmentFault: If the engine stands still.
    """
    began, start = clock.now(), clock.monotonic()
    with reading(stage.database) as connection:
        told_of = outcome.open_now(connection)
        before = connection.execute(text(_DONE)).scalar() or 0
    desk = RehearsalDesk(stage.settings, stage.workspace, to_loopback=to_loopback)
    daemon = Daemon(stage.settings, stage.database, desk=desk, room=RehearsalRoom)
    daemon.start()
    try:
        leaps, last, moved = Leaps(daemon), (timedelta(0), 0), clock.monotonic()

        def over() -> bool:
            nonlocal last, moved
            ended = leaps.over()
            with reading(stage.database) as connection:
                done = (connection.execute(text(_DONE)).scalar() or 0) - before
            now = clock.now()
            tick(now, done)
            if (now - clock.on_the_wall(now), done) != last:
                last, moved = (now - clock.on_the_wall(now), done), clock.monotonic()
            if clock.monotonic() - moved > PATIENCE:
                message = f"The rehearsal stands still at {clock.iso(clock.now())}."
                raise EnvironmentFault(message, f"Look into {stage.folder.name}/ with `cordiale status` there.")
            return ended

        daemon.wait(over, every=LOOK)
        lines = outcome.lines(stage, daemon.room, told_of)
        ended = clock.now()
    finally:
        daemon.stop()
        clock.land()
    return Played(began, ended, clock.monotonic() - start, lines, daemon.overdue)
