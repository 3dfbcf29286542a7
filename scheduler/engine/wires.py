"""
The wires of each channel: so many tasks send at a time, one release after the other, and the rest wait in a line.

As many as there are connections to one host: a task of its own for each release would only wait for one.
"""

from collections import Counter, deque
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from campaigns import clock
from scheduler.engine.claims import Permit

LOG = structlog.get_logger()
WIRES = 32  #: of one channel

Send = Callable[[Permit, float], Coroutine[Any, Any, None]]


class Wires:
    """
    Gives each permit to *send*, with the instant at which it came. Lives on one event loop; *start* makes a task there.

    Nothing waits for ever: a permit that comes finds a wire free, and takes it, or all in use, and each that is goes
    on until the line is empty. Between its look at the line and its end no other task runs.
    """

    def __init__(self, send: Send, start: Callable[[Coroutine[Any, Any, None]], None], most: int = WIRES) -> None:
        self._send = send
        self._start = start
        self._most = most
        self._lines: dict[str, deque[tuple[Permit, float]]] = {}
        self._busy: Counter[str] = Counter()

    def put(self, permit: Permit) -> None:
        """Let *permit* be sent when its turn comes."""
        channel = permit.claim.channel
        self._lines.setdefault(channel, deque()).append((permit, clock.monotonic()))
        if self._busy[channel] < self._most:
            self._busy[channel] += 1
            self._start(self._wire(channel))

    async def _wire(self, channel: str) -> None:
        line = self._lines[channel]
        try:
            while line:
                permit, came = line.popleft()
                try:
                    await self._send(permit, came)
                except Exception:  # it harms its own release only, whose lease runs out
                    LOG.exception("a send broke off", release=permit.claim.id)
        finally:
            self._busy[channel] -= 1
