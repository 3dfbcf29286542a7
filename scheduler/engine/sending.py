"""
The pipeline of one daemon: begin in groups as `lanes` lets them, send side by side, finish in groups.

Database work runs on one thread of its own, so that a group of finished sends costs one commit. Nothing here
retries a send: what follows from an answer is `outcomes`, and it happens through the table.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from campaigns import clock
from campaigns.errors import CordialeError, EnvironmentFault
from campaigns.store.engine import writing
from scheduler.engine import claims, held, loops, parts, shared
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.lanes import ABREAST, QUICK, Lanes
from scheduler.engine.outcomes import Ending, ending, looked_up, lost
from scheduler.engine.parcels import read_media
from scheduler.engine.retraction import Takedown
from scheduler.engine.steady import Steady
from scheduler.engine.stride import Stride
from scheduler.engine.takedown import Remover
from scheduler.engine.tally import Tally
from scheduler.engine.wires import Wires
from scheduler.publisher import (
    Busy,
    Capabilities,
    Delivery,
    Endpoint,
    HandedOver,
    OutcomeUnknown,
    Publisher,
    PublishFault,
    Receipt,
    Refused,
    Unreachable,
)
from scheduler.releases import points
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import WENT_OUT, Journal, Line
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.points import Point
from scheduler.releases.states import Move

LOG = structlog.get_logger()
T = TypeVar("T")
PATIENCE = 0.7  #: share of the lease that one send may take
ASKED = 4  #: look-ups of a channel at a time: each may read much, and all at once would be too slow for any to end
SHOWN = 5  #: releases that a log line names
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)  #: pauses while an outcome cannot be written


@dataclass(frozen=True)
class Workshop:
    """What a sender works with."""

    database: Engine
    room: EvidenceRoom
    journal: Journal
    media: Path
    lease: timedelta
    publisher: Callable[[Endpoint], Publisher]
    capabilities: Callable[[str, dict[str, Any]], Capabilities]
    tally: Tally = field(default_factory=Tally)
    owner: str | None = None  #: this process, as the table names it; None leaves there who claimed it
    steady: Steady = field(default_factory=lambda: Steady("The clock of the database"))


class Sender:
    """Sends claimed releases. Lives on one event loop."""

    def __init__(
        self,
        workshop: Workshop,
        done: Callable[[Claim], None],
        room: Callable[[], None],
        abreast: int = ABREAST,
        widest: int = 0,
    ) -> None:
        self._shop = workshop
        self._done = done
        self._lanes = Lanes(room, abreast, widest)
        self._stopping = False
        self.begun: dict[Claim, float] = {}  #: claim -> when it began, on the clock that no step touches
        self._endings: asyncio.Queue[tuple[Permit, Ending]] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cordiale-db")
        self._sends: set[asyncio.Task[None]] = set()
        self._wires = Wires(self._send, self._start)
        self._questions = Wires(self._look_up, self._start, ASKED)

    def take(self, claim: Claim) -> None:
        """Accept a claim; call it on the loop."""
        if self._stopping:
            self._start(self._give_back([claim]))
        else:
            self._lanes.put(claim)

    def crowded(self) -> frozenset[str]:
        """Return the channels of which no more need be claimed; call it on any thread."""
        return self._lanes.crowded()

    def look_up(self, permit: Permit) -> None:
        """Let the channel be asked in turn whether it has a release whose answer was lost; call it on the loop."""
        self._questions.put(permit)

    def take_down(self, takedown: Takedown) -> None:
        """Take a published release down; call it on the loop."""
        shop = self._shop
        remover = Remover(shop.publisher, shop.capabilities, shop.lease, self._done, self._with_database, self._write)
        self._start(remover.take_down(takedown))

    def stop(self) -> None:
        """Give back what waits for its turn, and let the rest end; call it on the loop."""
        self._stopping = True
        self._start(self._give_back(self._lanes.clear()))

    async def run(self) -> None:
        """Work until cancelled; what is on the wire then is left to recovery."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._begin_groups())
                group.create_task(self._finish_groups())
        finally:
            for task in self._sends:
                task.cancel()
            await asyncio.gather(*self._sends, return_exceptions=True)

    def close(self) -> None:
        """Let the database thread go."""
        self._thread.shutdown(wait=True)

    async def _begin_groups(self) -> None:
        stride = Stride(self._shop.lease.total_seconds())
        while True:
            turn = await self._lanes.take()
            while turn:
                group, turn = turn[: stride.size], turn[stride.size :]
                asked = clock.monotonic()  # before the table gives a lease, so that ours is over first
                permits = await self._begun(group)
                stride.took(len(group), clock.monotonic() - asked)
                for permit in permits:
                    self.begun[permit.claim] = asked
                    self._wires.put(permit)
                for claim in set(group) - {permit.claim for permit in permits}:
                    self._lanes.leave(claim)
                    self._done(claim)

    async def _begun(self, group: list[Claim]) -> list[Permit]:
        """Return what may be sent. Of the rest nothing has left: its lease runs out, and recovery gives it back."""
        try:
            permits = await asyncio.get_running_loop().run_in_executor(self._thread, self._begin, group)
            points.reached(Point.BEGUN_ON_DISK)
        except CordialeError as error:
            self._shop.tally.fault("begin", error.message)
            LOG.error("begin failed", error=error.message, hint=error.hint, releases=len(group))
            return []
        except Exception:  # one release that nobody foresaw harms no other
            LOG.exception("begin failed", releases=[claim.id for claim in group][:SHOWN])
            return [] if len(group) == 1 else [permit for each in group for permit in await self._begun([each])]
        self._shop.tally.well("begin")
        return permits

    def _begin(self, group: Sequence[Claim]) -> list[Permit]:
        """Begin *group*, and say so in the journal: a hold waits until both are done, and finds them there."""
        shop = self._shop
        with held.beginning(shop.room.folder):
            with writing(shop.database) as connection, shop.tally.begin.timed():
                shop.journal.catch_up()
                now = shared.now(connection)
                if not shop.steady.holds(now):
                    claims.give_back(connection, group, shop.steady.mend(now))
                    return []
                permits = claims.begin(
                    connection, group, shop.room, shop.capabilities, shop.lease, now, owner=shop.owner
                )
            points.reached(Point.BEGUN)
            shop.journal.write([(each.claim.id, each.digest, "begun") for each in permits], clock.now())
        shop.tally.well("journal")
        return permits

    async def _send(self, permit: Permit, came: float) -> None:
        if clock.monotonic() - self.begun[permit.claim] >= self._shop.lease.total_seconds():
            # This process was stopped meanwhile, and others may have taken it over; the fence decides.
            self._lanes.leave(permit.claim)
            why = "Its lease was over before anything left."
            self._endings.put_nowait((permit, Ending(Move.RETRY, "unreachable", why, again_at=clock.now())))
            return
        points.reached(Point.TOUCHING)
        answer = await self._answer(permit)
        points.reached(Point.ANSWERED)
        declared = self._shop.capabilities(permit.outgoing.kind, permit.outgoing.options)
        # Where no key is kept a person is asked about what dies with this process: then no more is begun than must be.
        quick = bool(declared.absorbs_key) and clock.monotonic() - came < QUICK and not isinstance(answer, PublishFault)
        self._lanes.leave(permit.claim, quick=quick)
        end = ending(answer, declared, tries=permit.tries, key_since=permit.key_since, now=clock.now())
        if end.move is Move.LOSE and declared.can_look_up:
            await self._settle(permit, end)
        else:
            self._endings.put_nowait((permit, end))

    async def _answer(self, permit: Permit) -> Receipt | HandedOver | PublishFault:
        try:
            async with asyncio.timeout(self._shop.lease.total_seconds() * PATIENCE):
                delivery = await self._delivery(permit)
                return await self._publisher(permit.outgoing).publish(delivery)
        except PublishFault as fault:
            return fault
        except TimeoutError:
            return OutcomeUnknown("The channel did not answer in time.")
        except EnvironmentFault as error:  # of this machine, not of this release: its channel waits until it is mended
            return Refused(error.message, error.hint, credential=True)
        except CordialeError as error:
            return Refused(error.message, error.hint)
        except Exception as error:  # a publisher's fault harms its own release only: its outcome is unknown
            LOG.exception("a publisher broke its contract", release=permit.claim.id, kind=permit.outgoing.kind)
            return OutcomeUnknown(f"The publisher {permit.outgoing.kind} failed: {type(error).__name__}.")

    async def _look_up(self, permit: Permit, _came: float) -> None:
        declared = self._shop.capabilities(permit.outgoing.kind, permit.outgoing.options)
        why = "Its daemon stopped while it was on the wire."
        unknown = lost(why, declared, tries=permit.tries, key_since=permit.key_since, now=clock.now())
        await self._settle(permit, unknown)

    async def _settle(self, permit: Permit, unknown: Ending) -> None:
        """Ask the channel; what it cannot say stays *unknown*; where that says nothing yet, it is asked again later."""
        try:
            async with asyncio.timeout(self._shop.lease.total_seconds() * PATIENCE):
                found = await self._publisher(permit.outgoing).look_up(await self._delivery(permit))
        except (Busy, Unreachable, OutcomeUnknown, TimeoutError) as error:
            LOG.warning("the channel does not say; recovery asks it again", release=permit.claim.id, error=str(error))
            self._done(permit.claim)
            return
        except Exception:  # a publisher that says no, or breaks its contract: the release must not be lost with it
            LOG.exception("look-up failed", release=permit.claim.id)
            self._endings.put_nowait((permit, self._as_recorded(permit, unknown)))
            return
        points.reached(Point.LOOKED_UP)
        known, began = self._shop.journal.outcome(permit.claim.id), self.begun.get(permit.claim)
        early = began is not None and clock.monotonic() - began < self._shop.lease.total_seconds()
        end = looked_up(found, unknown, known, early=early, now=clock.now())
        if end is None:  # recovery asks again when its lease is over
            self._done(permit.claim)
        else:
            self._endings.put_nowait((permit, end))

    def _as_recorded(self, permit: Permit, end: Ending) -> Ending:
        """Return *end*, unless the send journal knows better: what was published is not sent again."""
        if self._shop.journal.outcome(permit.claim.id) not in WENT_OUT:
            return end
        return Ending(Move.ACCEPT, "published", "The send journal of this machine says that it was published.")

    def _publisher(self, outgoing: Outgoing) -> Publisher:
        return self._shop.publisher(Endpoint.of(outgoing))

    async def _delivery(self, permit: Permit) -> Delivery:
        media: dict[str, bytes] = {}
        if permit.outgoing.media and not permit.part:  # a thread costs as much as a send
            media = await asyncio.to_thread(read_media, self._shop.media, permit.outgoing)
        return Delivery(
            permit.outgoing, permit.key, permit.digest, permit.part, media, clock.now(), previous=permit.previous
        )

    async def _give_back(self, waiting: list[Claim]) -> None:
        """Let another daemon have *waiting*; where the database does not answer, their leases run out."""
        try:
            await self._with_database(lambda connection: claims.give_back(connection, waiting, shared.now(connection)))
            points.reached(Point.GIVEN_BACK)
        except CordialeError as error:
            LOG.error("claims are not given back", error=error.message, hint=error.hint, releases=len(waiting))
        for claim in waiting:
            self._done(claim)

    async def _finish_groups(self) -> None:
        while True:
            drained = await loops.drain(self._endings)
            group = [(permit, parts.onward(permit, end, clock.now())) for permit, end in drained]
            try:
                await self._write([parts.line(permit, end) for permit, end in group])
            except CordialeError as error:  # "begun" stands there already, which lets nothing out twice
                self._shop.tally.fault("journal", error.message)
                LOG.error("outcomes are missing in the send journal", error=error.message, hint=error.hint)
            points.reached(Point.OUTCOME_ON_DISK)
            await self._persist(group)
            points.reached(Point.FINISHED)
            self._count(group)
            for permit, _ in group:
                self._done(permit.claim)
            points.reached(Point.LET_GO)

    async def _persist(self, group: list[tuple[Permit, Ending]]) -> None:
        """Write outcomes, as often as it takes: what is known must not be forgotten."""
        attempt = 0
        while True:
            try:
                await self._with_database(lambda connection: self._finish(connection, group))
            except CordialeError as error:
                if self._shop.tally.fault("outcomes", error.message):
                    LOG.error("outcomes wait to be written", error=error.message, hint=error.hint, releases=len(group))
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            except Exception:  # one outcome that cannot be written holds up no other; recovery settles it
                LOG.exception("an outcome cannot be written", releases=[permit.claim.id for permit, _ in group][:SHOWN])
                if len(group) > 1:
                    for each in group:
                        await self._persist([each])
                return
            else:
                return

    def _finish(self, connection: Connection, group: list[tuple[Permit, Ending]]) -> None:
        with self._shop.tally.finish.timed():
            now = self._shop.steady.mend(shared.now(connection))
            ahead = now - clock.now()  # of the table's clock against this machine's, by which the pauses were counted
            claims.finish(connection, [(permit, end.later(ahead)) for permit, end in group], now)
        self._shop.tally.well("outcomes")

    def _count(self, group: list[tuple[Permit, Ending]]) -> None:
        now = clock.now()
        for permit, end in group:
            self._shop.tally.outcome(end.outcome)
            if end.move is Move.ACCEPT and end.outcome == "published":
                late = (now - clock.parse_iso(permit.outgoing.due)).total_seconds()
                self._shop.tally.lateness.add(max(0.0, late))

    async def _write(self, lines: Sequence[Line]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shop.journal.write, lines, clock.now())
        self._shop.tally.well("journal")

    async def _with_database(self, work: Callable[[Connection], T]) -> T:
        def inside() -> T:
            with writing(self._shop.database) as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._thread, inside)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)
