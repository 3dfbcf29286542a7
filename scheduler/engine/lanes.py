"""
Claims that wait for their turn: so many releases of a channel are abreast, and no more are begun.

What is begun may have been sent, as far as anybody can tell after a crash, and a hold no longer stops it. A release
that would only wait for a connection is therefore not begun long before its turn comes. Nor are more claimed than keep
a channel busy, so that a slow one leaves room for the others.

A channel that answers quickly gets a wider lane, so that a group which begins together, with one commit and one wait
for the disk, is large. Its first slow answer, or the first that is no receipt, makes the lane as narrow as it was.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable

from scheduler.engine.claims import Claim

ABREAST = 64  #: of one channel: twice the connections to a host, so that none of them idles while a group begins
WIDEST = 256  #: of one that answers quickly
QUICK = 1.0  #: seconds from the beginning of a release to its answer; the wait for a connection counts


class Lanes:
    """
    One queue a channel, in the order of claiming. Lives on one event loop.

    *room* is called when a channel that was crowded no longer is. *abreast* is how wide a lane is at first, *widest*
    how wide it may become.

    Nothing waits for ever: whatever `take` gave out leaves in the end, and with each that leaves, as with each that
    comes, somebody looks whose turn it is.
    """

    def __init__(self, room: Callable[[], None], abreast: int = ABREAST, widest: int = 0) -> None:
        self._room = room
        self._abreast = abreast
        self._widest = max(abreast, widest)
        self._width: dict[str, int] = {}  #: of lanes that are wider than at first
        self._waiting: dict[str, deque[Claim]] = {}
        self._out: Counter[str] = Counter()
        self._news = asyncio.Event()

    def put(self, claim: Claim) -> None:
        """Let *claim* wait for its turn."""
        self._waiting.setdefault(claim.channel, deque()).append(claim)
        self._news.set()

    def leave(self, claim: Claim, *, quick: bool | None = None) -> None:
        """
        Give the place of *claim*, which `take` gave out, to the next one of its channel.

        *quick*: whether a receipt for it came in time; None where that says nothing.
        """
        channel = claim.channel
        self._out[channel] -= 1
        crowded = self._crowded(channel)
        if quick:
            self._width[channel] = min(self._widest, self.width(channel) + 1)
        elif quick is not None:
            self._width.pop(channel, None)
        if channel in self._waiting:
            self._news.set()
        if crowded and not self._crowded(channel):  # wide enough now for one more claim than waits
            self._room()

    def width(self, channel: str) -> int:
        """Return how many of *channel* may be abreast now; call it on any thread."""
        return self._width.get(channel, self._abreast)

    def crowded(self) -> frozenset[str]:
        """Return the channels of which as many wait as may be abreast; call it on any thread."""
        return frozenset(each for each in list(self._waiting) if self._crowded(each))

    def _crowded(self, channel: str) -> bool:
        lane = self._waiting.get(channel)
        return lane is not None and len(lane) >= self.width(channel)

    async def take(self) -> list[Claim]:
        """Wait until it is somebody's turn, and return all whose turn it is."""
        while True:
            await self._news.wait()
            self._news.clear()
            if group := self._next():
                return group

    def clear(self) -> list[Claim]:
        """Return all that wait, and forget them."""
        waiting = [claim for lane in self._waiting.values() for claim in lane]
        self._waiting.clear()
        return waiting

    def _next(self) -> list[Claim]:
        group: list[Claim] = []
        before = self.crowded()
        for channel, lane in list(self._waiting.items()):
            room = min(len(lane), self._places(channel))
            group += [lane.popleft() for _ in range(room)]
            self._out[channel] += room
            if not lane:
                del self._waiting[channel]
        if before - self.crowded():
            self._room()
        return group

    def _places(self, channel: str) -> int:
        """Return how many of *channel* may begin now: of a wide lane none before a half has left, then all at once."""
        out, width = self._out[channel], self.width(channel)
        if width > self._abreast and out > width // 2:
            return 0
        return max(0, width - out)
