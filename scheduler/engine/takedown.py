"""
The wire side of a retraction: take it down, look whether it is gone, and write what was seen.

The journal line "retracting" is on disk before the channel is touched, so that an older database cannot let it out
again. A channel that can be asked is asked: its word that it deleted something is not the same as it being gone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from campaigns import clock
from campaigns.errors import CordialeError
from scheduler.engine import retraction
from scheduler.engine.claims import Claim
from scheduler.engine.outcomes import CapabilitiesOf
from scheduler.engine.retraction import GONE, STILL_THERE, Takedown, Taken
from scheduler.publisher import Busy, Delivery, Endpoint, OutcomeUnknown, Publisher, Refused, Unreachable
from scheduler.releases import points
from scheduler.releases.journal import Outcome
from scheduler.releases.points import Point

LOG = structlog.get_logger()
PATIENCE = 0.7  #: share of the lease that one attempt may take
Inside = Callable[[Callable[[Connection], object]], Awaitable[object]]
Journaling = Callable[[list[tuple[str, str, Outcome]]], Awaitable[None]]


class Remover:
    """Takes releases down, one task each. Lives on the sender's loop; *inside* and *journal* use its one thread."""

    def __init__(
        self,
        publisher: Callable[[Endpoint], Publisher],
        capabilities: CapabilitiesOf,
        lease: timedelta,
        done: Callable[[Claim], None],
        inside: Inside,
        journal: Journaling,
    ) -> None:
        self._publisher = publisher
        self._capabilities = capabilities
        self._patience = lease.total_seconds() * PATIENCE
        self._done = done
        self._inside = inside
        self._journal = journal

    async def take_down(self, takedown: Takedown) -> None:
        """Do it once; what is not confirmed is tried again through the table."""
        try:
            await self._journal([(takedown.claim.id, takedown.digest, "retracting")])
            points.reached(Point.TAKEDOWN_ON_DISK)
            taken = await self._ask(takedown)
            points.reached(Point.TAKEDOWN_ANSWERED)
            if taken.outcome == GONE:
                await self._journal([(takedown.claim.id, takedown.digest, "retracted")])
                points.reached(Point.GONE_ON_DISK)
            await self._inside(lambda connection: retraction.finish(connection, [(takedown, taken)], clock.now()))
            points.reached(Point.TAKEDOWN_ENDED)
        except CordialeError as error:  # its lease runs out, and it is begun again: that harms nothing
            LOG.error("a retraction waits", release=takedown.claim.id, error=error.message, hint=error.hint)
        except Exception:
            LOG.exception("a retraction failed", release=takedown.claim.id)
        finally:
            self._done(takedown.claim)

    async def _ask(self, takedown: Takedown) -> Taken:
        try:
            async with asyncio.timeout(self._patience):
                return await self._try(takedown)
        except Busy as fault:
            return Taken("busy", str(fault), fault.retry_after)
        except Unreachable as fault:
            return Taken("unreachable", str(fault))
        except OutcomeUnknown as fault:
            return Taken("unknown", str(fault))
        except TimeoutError:
            return Taken("unknown", "The channel did not answer in time.")
        except CordialeError as error:  # refused, a missing credential, an unknown kind
            return Taken("refused", f"The channel did not take it down: {error}")
        except Exception as error:  # a publisher's fault harms its own release only
            LOG.exception("a publisher broke its contract", release=takedown.claim.id, kind=takedown.outgoing.kind)
            return Taken("unknown", f"The publisher {takedown.outgoing.kind} failed: {type(error).__name__}.")

    async def _try(self, takedown: Takedown) -> Taken:
        outgoing = takedown.outgoing
        declared = self._capabilities(outgoing.kind, outgoing.options)
        publisher = self._publisher(Endpoint.of(outgoing))
        if not declared.can_retract:
            message = f"What {outgoing.kind} delivered cannot be taken back."
            raise Refused(message, "Take it down by hand, then say so with `cordiale resolve`.")
        for part in reversed(range(len(outgoing.parts))):
            delivery = Delivery(outgoing, takedown.key, takedown.digest, part=part, now=clock.now())
            known = takedown.remote_id if part == 0 else None
            known = known or next(iter(takedown.parts[part : part + 1]), None) or None
            if known is None and takedown.parts and part >= len(takedown.parts) and not declared.can_look_up:
                continue  # it never left
            if known is None and declared.can_look_up:
                found = await publisher.look_up(delivery)
                if found is None:
                    continue
                known = found.remote_id
            await publisher.retract(delivery, known or delivery.piece_key)
            if declared.can_look_up and await remains(publisher, delivery, known):
                return Taken(STILL_THERE, "The channel says that it took it down, and a look-up still finds it.")
        if declared.can_look_up:
            return Taken(GONE, "Taken down; a look-up no longer finds it.")
        return Taken(GONE, "Taken down, by the channel's own word; it cannot be looked up.")


async def remains(publisher: Publisher, delivery: Delivery, remote_id: str | None) -> bool:
    """Return whether a look-up finds the very thing: the same words under another id are another release."""
    ask = getattr(publisher, "remains", None)  # where a channel can be asked for an id, that is exact
    if ask is not None and remote_id is not None:
        return bool(await ask(remote_id))
    found = await publisher.look_up(delivery)
    return found is not None and remote_id in {None, found.remote_id}
