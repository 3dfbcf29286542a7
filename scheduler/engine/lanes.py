"""
Claims that wait for their turn: so many releases of a channel are abreast, and no more are begun.

What is begun may have been sent, as far as anybody can tell after a crash, and a hold no longer stops it. A release
that would only wait for a connection is therefore not begun before its turn comes. Nor are more claimed than keep a
channel busy, so that a slow one leaves room for the others.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable

from scheduler.engine.claims import Claim

ABREAST = 64  #: of one channel: twice the connections to a host, so that none of them idles while a group begins


class Lanes:
    """
    One queue a channel, in the order of claiming. Lives on one event loop.

    *room* is called when a channel that was crowded no longer is.
    """

    def __init__(self, room: Callable[[], None], abreast: int = ABREAST) -> None:
        self._room = room
        self._abreast = abreast
        self._waiting: dict[str, deque[Claim]] = {}
        self._out: Counter[str] = Counter()
        self._news = asyncio.Event()

    def put(self, claim: Claim) -> None:
        """Let *claim* wait for its turn."""
        self._waiting.setdefault(claim.channel, deque()).append(claim)
        self._news.set()

    def leave(self, claim: Claim) -> None:
        """Give the place of *claim*, which `take` gave out, to the next one of its channel."""
        self._out[claim.channel] -= 1
        if claim.channel in self._waiting:
            self._news.set()

    def crowded(self) -> frozenset[str]:
        """Return the channels of which as many wait as may be abreast; call it on any thread."""
        return frozenset(channel for channel, lane in list(self._waiting.items()) if len(lane) >= self._abreast)

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
            room = min(len(lane), self._abreast - self._out[channel])
            group += [lane.popleft() for _ in range(room)]
            self._out[channel] += max(room, 0)
            if not lane:
                del self._waiting[channel]
        if before - self.crowded():
            self._room()
        return group
