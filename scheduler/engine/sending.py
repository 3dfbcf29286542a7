"""
The pipeline of one daemon: begin in groups, send side by side, finish in groups.

Database work runs on one thread of its own, so that a group of finished sends costs one commit. Nothing here
retries a send: what follows from an answer is `outcomes`, and it happens through the table.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.store.engine import writing
from scheduler.engine import claims
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.outcomes import Ending, ending, lost
from scheduler.publisher import (
    Capabilities,
    Delivery,
    Endpoint,
    HandedOver,
    OutcomeUnknown,
    Publisher,
    PublishFault,
    Receipt,
    Refused,
)
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal, Outcome
from scheduler.releases.outgoing import Outgoing
from scheduler.releases.states import Move

LOG = structlog.get_logger()
T = TypeVar("T")
PATIENCE = 0.7  #: share of the lease that one send may take
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


class Sender:
    """Sends claimed releases. Lives on one event loop."""

    def __init__(self, workshop: Workshop, done: Callable[[Claim], None]) -> None:
        self._shop = workshop
        self._done = done
        self._inbox: asyncio.Queue[Claim] = asyncio.Queue()
        self._endings: asyncio.Queue[tuple[Permit, Ending]] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cordiale-db")
        self._sends: set[asyncio.Task[None]] = set()

    def take(self, claim: Claim) -> None:
        """Accept a claim; call it on the loop."""
        self._inbox.put_nowait(claim)

    def look_up(self, permit: Permit) -> None:
        """Ask the channel whether it has a release whose answer was lost; call it on the loop."""
        self._start(self._look_up(permit))

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._begin_groups())
            group.create_task(self._finish_groups())

    def close(self) -> None:
        """Let the database thread go."""
        self._thread.shutdown(wait=True)

    async def _begin_groups(self) -> None:
        while True:
            group = await _drain(self._inbox)
            try:
                permits = await self._with_database(lambda connection, group=group: self._begin(connection, group))  # type: ignore[misc]
                await self._journal([(permit, "begun") for permit in permits])
            except CordialeError as error:
                # Their leases run out, and recovery gives them back: nothing has left.
                LOG.error("begin failed", error=error.message, hint=error.hint, releases=len(group))
                permits = []
            sent = {permit.claim for permit in permits}
            for claim in group:
                if claim not in sent:
                    self._done(claim)
            for permit in permits:
                self._start(self._send(permit))

    def _begin(self, connection: Connection, group: Sequence[Claim]) -> list[Permit]:
        return claims.begin(connection, group, self._shop.room, self._shop.lease, clock.now())

    async def _send(self, permit: Permit) -> None:
        answer = await self._answer(permit)
        declared = self._shop.capabilities(permit.outgoing.kind, permit.outgoing.options)
        now = clock.now()
        end = ending(answer, declared, tries=permit.tries, key_since=permit.key_since, now=now)
        if end.move is Move.LOSE and declared.can_look_up:
            end = await self._settled(permit, declared, end)
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
        except CordialeError as error:
            return Refused(error.message, error.hint)
        except Exception as error:  # a publisher's fault harms its own release only: its outcome is unknown
            LOG.exception("a publisher broke its contract", release=permit.claim.id, kind=permit.outgoing.kind)
            return OutcomeUnknown(f"The publisher {permit.outgoing.kind} failed: {type(error).__name__}.")

    async def _look_up(self, permit: Permit) -> None:
        declared = self._shop.capabilities(permit.outgoing.kind, permit.outgoing.options)
        why = "Its daemon stopped while it was on the wire."
        unknown = lost(why, declared, tries=permit.tries, key_since=permit.key_since, now=clock.now())
        self._endings.put_nowait((permit, await self._settled(permit, declared, unknown)))

    async def _settled(self, permit: Permit, declared: Capabilities, unknown: Ending) -> Ending:
        """Ask the channel; what it cannot say stays *unknown*."""
        try:
            async with asyncio.timeout(self._shop.lease.total_seconds() * PATIENCE):
                found = await self._publisher(permit.outgoing).look_up(await self._delivery(permit))
        except (CordialeError, TimeoutError) as error:
            LOG.warning("look-up failed", release=permit.claim.id, error=str(error))
            return unknown
        if found is not None:
            return Ending(Move.ACCEPT, "published", f"{unknown.why} A look-up found it there.", receipt=found)
        del declared
        why = f"{unknown.why} A look-up did not find it; it is sent again."
        return Ending(Move.RETRY, "unknown", why, again_at=clock.now())

    def _publisher(self, outgoing: Outgoing) -> Publisher:
        return self._shop.publisher(endpoint_of(outgoing))

    async def _delivery(self, permit: Permit) -> Delivery:
        media = await asyncio.to_thread(read_media, self._shop.media, permit.outgoing)
        return Delivery(permit.outgoing, permit.key, permit.digest, media=media, now=clock.now())

    async def _finish_groups(self) -> None:
        while True:
            group = await _drain(self._endings)
            await self._journal([(permit, _recorded(end)) for permit, end in group])
            await self._persist(group)
            for permit, _ in group:
                self._done(permit.claim)

    async def _persist(self, group: list[tuple[Permit, Ending]]) -> None:
        """Write outcomes, as often as it takes: what is known must not be forgotten."""
        attempt = 0
        while True:
            try:
                await self._with_database(lambda connection: claims.finish(connection, group, clock.now()))
            except CordialeError as error:
                LOG.error("outcomes wait to be written", error=error.message, hint=error.hint, releases=len(group))
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            else:
                return

    async def _journal(self, facts: list[tuple[Permit, Outcome]]) -> None:
        lines = [(permit.claim.id, permit.digest, outcome) for permit, outcome in facts]
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shop.journal.write, lines, clock.now())

    async def _with_database(self, work: Callable[[Connection], T]) -> T:
        def inside() -> T:
            with writing(self._shop.database) as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._thread, inside)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)


async def _drain(queue: "asyncio.Queue[T]") -> list[T]:
    """Wait for one item, then take all that are there."""
    items = [await queue.get()]
    while not queue.empty():
        items.append(queue.get_nowait())
    return items


def _recorded(end: Ending) -> Outcome:
    if end.move is Move.ACCEPT or end.move is Move.HAND_OVER:
        return "published"
    return "unknown" if end.outcome == "unknown" else "not"


def endpoint_of(outgoing: Outgoing) -> Endpoint:
    """Return where a signed release goes."""
    return Endpoint(
        outgoing.channel, outgoing.kind, outgoing.account, outgoing.server, outgoing.credential, outgoing.options
    )


def read_media(folder: Path, outgoing: Outgoing) -> dict[str, bytes]:
    """
    Return the bytes of every file that goes out, by digest.

    Raises:
        Refused: If a file is gone, or is no longer what was signed.
    """
    found: dict[str, bytes] = {}
    for item in outgoing.media:
        try:
            data = (folder / item.file).read_bytes()
        except OSError as error:
            message = f"The file {item.file} cannot be read: {error.strerror}."
            raise Refused(message, "Put the signed file back, then `cordiale retry`.") from None
        if sha256(data).hexdigest() != item.digest:
            message = f"The file {item.file} is not the one that was signed."
            raise Refused(message, "Put the signed file back, or apply and have the new one signed.")
        found[item.digest] = data
    return found
