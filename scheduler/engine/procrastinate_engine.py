"""
The executor of a planner: hands claims to workers by ticket, or publishes them itself while no worker is seen.

It sits where `PublishExecutor` sits. Claims are handed over in the transaction that takes them. How many may be out
is what the workers that were seen lately can hold, less what the table says they have.
"""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, text

from campaigns import clock
from campaigns.store.engine import reading
from scheduler.engine import crew, shared, tickets
from scheduler.engine.claims import Claim
from scheduler.engine.crew import Member
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.lanes import ABREAST

LOG = structlog.get_logger()
AGAIN = 0.05  #: seconds between two looks at the crew
AHEAD = 2 * ABREAST  #: claims of a channel that wait for each worker: they last until the next ticket is there
_OUT = text("""
SELECT channel, state, COUNT(*) AS n FROM release
WHERE state IN ('claimed', 'sending', 'retracting') GROUP BY channel, state
""")


class ProcrastinateExecutor(PublishExecutor):
    """Publishes through workers; alone, where there are none."""

    def __init__(self, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._hand = tickets.manager()
        self._workers: Sequence[Member] = ()
        self._out = 0  #: releases that are claimed or being sent
        self._full: frozenset[str] = frozenset()
        self._looked = float("-inf")
        self._said = ""

    @property
    def doing(self) -> str:
        """Say who publishes, for people."""
        if not self._workers:
            return "publishes itself: no worker is seen"
        return f"hands over to {len(self._workers)} worker{'' if len(self._workers) == 1 else 's'}"

    def free_slots(self) -> int:
        """Return how many more releases may be claimed now."""
        self.look()
        here = super().free_slots()
        if not self._workers or not here:
            return here
        return sum(each.capacity for each in self._workers) - self._out

    def crowded(self) -> frozenset[str]:
        """Return the channels of which enough is claimed already: as many as keep every worker busy."""
        return self._full if self._workers else super().crowded()

    def _prepare(self) -> None:
        """Leave signatures to the workers, who look at them."""

    def hand_over(self, connection: Connection, held: Sequence[Claim]) -> Sequence[Claim]:
        """Write tickets for *held* where there are workers, and return what is left to this process."""
        if not self._workers:
            return held
        tickets.defer(connection, held, len(self._workers), self._hand)
        self._looked = float("-inf")
        return ()

    def look(self) -> None:
        """See who is there, and what they have in hand; not oftener than it is worth."""
        if clock.monotonic() - self._looked < AGAIN:
            return
        with reading(self._workshop.database) as connection:
            self._workers = crew.workers(connection, shared.now(connection))
            rows = connection.execute(_OUT).all()
        self._out = sum(row.n for row in rows)
        waiting = {row.channel: row.n for row in rows if row.state == "claimed"}
        self._full = frozenset(each for each, n in waiting.items() if n >= AHEAD * max(len(self._workers), 1))
        self._looked = clock.monotonic()
        if self.doing != self._said:
            self._said = self.doing
            say = LOG.info if self._workers else LOG.warning
            say("the planner", doing=self.doing)
