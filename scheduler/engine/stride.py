"""
How many releases are begun together: no more than this machine begins in a small part of a lease.

What is begun has to reach the wire before its lease is over. On a machine or a database that is slow enough, a large
group takes longer than that: nothing of it may leave, all of it goes back, and the next group fares no better. A
group that took long is followed by one of half its size, until they are quick; then they grow again.
"""

MOST = 4096  #: more than any process has in hand
LONG = 1 / 4  #: share of a lease that is too long to begin a group in
SHORT = 1 / 16  #: share of a lease in which the next group may be larger


class Stride:
    """The size of the groups of one process, whose lease is so many *seconds*."""

    def __init__(self, seconds: float) -> None:
        self.size = MOST
        self._lease = seconds

    def took(self, number: int, seconds: float) -> None:
        """Hear that to begin *number* releases took so many *seconds*."""
        if seconds > self._lease * LONG:
            self.size = max(1, min(self.size, number) // 2)
        elif seconds < self._lease * SHORT:
            self.size = min(MOST, self.size * 2)
