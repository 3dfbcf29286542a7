"""
Clocks that are watched: each is held against the one that no step touches.

An early release cannot be undone, and one that a wrong clock calls too late is over for good. A clock that is set ahead
pauses publishing until a person starts the daemon again; one that is set back, for as long as it stands behind. What
has to be written down meanwhile gets the instant that it would be, had nobody touched the clock.
"""

from datetime import datetime, timedelta

import structlog

from campaigns import clock

LOG = structlog.get_logger()
HINT = "Check the clock, then start `cordiale run` again."
LEAP = 30.0  #: seconds that a clock may gain or lose against the steady one


class Steady:
    """One clock, as this process first saw it. Any thread may ask: what it keeps is written whole."""

    def __init__(self, whose: str) -> None:
        self._whose = whose  #: as people read it: "The clock of this machine"
        self._base: float | None = None
        self._ahead = ""
        self._behind = ""

    @property
    def why(self) -> str:
        """Say why nothing may begin; "" while it may."""
        return self._ahead or self._behind

    def holds(self, instant: datetime) -> bool:
        """Return whether *instant*, read from the clock just now, can be trusted."""
        gained = self._gained(instant)
        before = self.why
        if gained > LEAP and not self._ahead:
            self._ahead = f"{self._whose} jumped ahead by {gained:.0f} s."
        self._behind = (self._behind or f"{self._whose} was set back by {-gained:.0f} s.") if gained < -LEAP else ""
        if self.why != before:
            if self.why:
                LOG.error("publishing is paused", why=self.why, hint=HINT)
            else:
                LOG.warning("publishing goes on: the clock is right again", was=before)
        return not self.why

    def mend(self, instant: datetime) -> datetime:
        """Return *instant*, or what it would be, had the clock not been set."""
        gained = self._gained(instant)
        return instant if abs(gained) <= LEAP else instant - timedelta(seconds=gained)

    def _gained(self, instant: datetime) -> float:
        ahead = clock.on_the_wall(instant).timestamp() - clock.monotonic()
        if self._base is None:
            self._base = ahead
        return ahead - self._base
