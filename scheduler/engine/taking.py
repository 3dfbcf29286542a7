"""
A worker's hands: takes tickets in a loop of its own, for as long as its process lives, and gives their claims on.

Procrastinate's own worker does the taking. It ends when its database connection does; then another one is started.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from campaigns import clock
from scheduler.engine import loops
from scheduler.engine.claims import Claim
from scheduler.engine.tickets import QUEUE, TASK

LOG = structlog.get_logger()
AT_ONCE = 4  #: tickets that wait for room
POLL = 1.0  #: seconds between two looks for tickets, should a notice be lost
AGAIN = 1.0  #: seconds before it connects again


class Taker:
    """
    Takes tickets while *room* says that there is room, and gives their claims to *take*.

    *keep* renews the claims that it is given and returns those that still stand. It is asked when a ticket comes and
    every *pace* seconds while one waits: what waited too long is let go here, at the cost of one statement. Were it
    taken in hand, it would hold up the claims that took its place until they are too old in turn, without end.
    """

    def __init__(
        self,
        url: URL,
        room: Callable[[], int],
        keep: Callable[[Sequence[Claim]], list[Claim]],
        take: Callable[[Sequence[Claim]], None],
        pace: float,
    ) -> None:
        self._url = url
        self._room = room
        self._keep = keep
        self._take = take
        self._pace = pace
        self._stopping = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="cordiale-tickets", daemon=True)
        self._task: asyncio.Task[None] | None = None
        self.started = False
        self._news = asyncio.Event()

    def start(self) -> None:
        """Begin to take tickets."""
        self.started = True
        self._thread.start()

    def alive(self) -> bool:
        """Return whether its thread runs."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Look again whether there is room; call it on any thread."""
        self._soon(self._news.set)

    def stop(self) -> None:
        """Take no more tickets; those that wait for room are given on at once, for what stops gives claims back."""
        self._stopping.set()
        self._soon(self._cancel)
        if self.started:
            self._thread.join(timeout=10)

    def _soon(self, act: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # its loop is closed: it takes nothing any more
            self._loop.call_soon_threadsafe(act)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._task = self._loop.create_task(self._live())
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            LOG.debug("no more tickets are taken")
        finally:
            loops.close(self._loop)  # the pool's tasks are left, where it could not be closed well

    async def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 (whatever it was, tickets are taken again)
                LOG.error("tickets cannot be taken", error=str(error.__cause__ or error), again_in=AGAIN)
            if not self._stopping.is_set():
                await asyncio.sleep(AGAIN)

    async def _work(self) -> None:
        from procrastinate import App, PsycopgConnector

        conninfo = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        connector = PsycopgConnector(conninfo=conninfo, min_size=1, max_size=AT_ONCE, timeout=10.0)
        app = App(connector=connector)
        app.task(name=TASK, queue=QUEUE)(self._publish)
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=AT_ONCE,
                fetch_job_polling_interval=POLL,
                shutdown_graceful_timeout=AGAIN,
                delete_jobs="always",
                install_signal_handlers=False,
            )

    async def _publish(self, claims: list[tuple[str, int, str]]) -> None:
        held = [Claim(release, fence, channel) for release, fence, channel in claims]
        try:
            held, kept = await self._kept(held), clock.monotonic()
            while held and self._room() < 1 and not self._stopping.is_set():
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(POLL, self._pace)):
                        await self._news.wait()
                if clock.monotonic() - kept >= self._pace:
                    held, kept = await self._kept(held), clock.monotonic()
        finally:
            self._take(held)

    async def _kept(self, held: list[Claim]) -> list[Claim]:
        try:
            return await asyncio.to_thread(self._keep, held)
        except DBAPIError as error:
            LOG.warning("claims could not be renewed; each is begun by its fence or not at all", error=str(error.orig))
            return held
