"""
Figures about all releases, counted now and then and kept: whoever asks for them costs the database nothing.

Each count is answered from an index. A million waiting releases still take some tenths of a second to count, so that
the next count comes later the longer the last one took.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from campaigns import clock
from campaigns.clock import instant_text
from campaigns.store.engine import reading
from campaigns.store.glance import Ask, through
from scheduler.releases.models import OPEN, SETTLED
from scheduler.releases.states import State
from scheduler.status import LATE

SHARE = 0.005  #: of the time may be spent on counting

#: The condition of an index stands in each statement word for word, so that SQLite uses it.
_OPEN = f"""
SELECT state, COUNT(*) AS n, SUM(CASE WHEN due_at < :late THEN 1 ELSE 0 END) AS late
FROM release WHERE {OPEN} GROUP BY state
"""  # noqa: S608 (our own words)
_MOVING = """
SELECT state, COUNT(*) AS n, SUM(CASE WHEN lease_until < :late THEN 1 ELSE 0 END) AS late
FROM release WHERE state IN ('claimed', 'sending', 'retracting') GROUP BY state
"""
_SETTLED = f"SELECT state, COUNT(*) AS n FROM release WHERE {SETTLED} GROUP BY state"  # noqa: S608 (our own words)
_DUE = "SELECT COUNT(*) AS n FROM release WHERE state = 'scheduled' AND next_at <= :now"
_BREAKERS = "SELECT channel, open_until, why FROM channel_state WHERE open_until > :now ORDER BY channel"


@dataclass(frozen=True)
class Figures:
    """What was counted, and when."""

    at: datetime
    states: Mapping[str, int]  #: every state there is -> releases
    due: int  #: scheduled, and its instant or its next try has come
    late: int  #: due long ago and not gone, or left behind by a daemon
    breakers: Mapping[str, tuple[str, str]] = field(default_factory=dict)  #: channel -> until when, and why

    def attention(self) -> int:
        """Return how many releases wait for a person's decision."""
        return sum(self.states[each] for each in ("uncertain", "failed", "refused", "handed_over", "retracting"))


def count(ask: Ask, now: datetime) -> Figures:
    """Count everything at *now*."""
    late = {"late": instant_text(now - LATE)}
    states, overdue = dict.fromkeys((each.value for each in State), 0), 0
    for statement in (_OPEN, _MOVING):
        for row in ask(statement, late):
            states[row["state"]] = row["n"]
            overdue += row["late"] if row["state"] != State.RETRACTING else 0
    states |= {row["state"]: row["n"] for row in ask(_SETTLED, {})}
    instant = {"now": instant_text(now)}
    paused = {row["channel"]: (row["open_until"], row["why"]) for row in ask(_BREAKERS, instant)}
    return Figures(now, states, ask(_DUE, instant)[0]["n"], overdue, paused)


class Counter:
    """Counts when it is due, and keeps the last figures. One thread counts, any may read."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._not_before = float("-inf")
        self.last: Figures | None = None  #: None until the first count

    def refresh(self) -> None:
        """
        Count, unless that would take more than its share of the time.

        Raises:
            DatabaseFault: If the database does not answer; the last figures stay.
        """
        start = clock.monotonic()
        if start < self._not_before:
            return
        with reading(self._database) as connection:
            self.last = count(through(connection), clock.now())
        took = clock.monotonic() - start
        self._not_before = start + took / SHARE
