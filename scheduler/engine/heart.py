"""
A heart: what goes round beats at every turn, and others ask how long ago that was.

A thread that stands still does not raise; without a heart nobody would know of it.
"""

from campaigns import clock


class Heart:
    """One thing that goes round. Any thread may beat or ask: a float is written whole."""

    def __init__(self, name: str) -> None:
        self.name = name  #: as people read it: "the timer", "the publishing loop"
        self._last = clock.monotonic()

    def beat(self) -> None:
        """Say that it has gone round."""
        self._last = clock.monotonic()

    def age(self) -> float:
        """Return the seconds since the last beat; no clock step touches them."""
        return clock.monotonic() - self._last
