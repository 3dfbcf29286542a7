"""The clock of a rehearsal: when nothing is left to do at an instant, it leaps to the next one at which there is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from campaigns import clock
from campaigns.clock import instant_text
from campaigns.store.engine import reading
from scheduler.daemon import Daemon
from scheduler.progress import needs_nobody
from scheduler.releases import ledger
from scheduler.releases.gate import judge

_MOVING = """
SELECT COUNT(*) FROM release WHERE state IN ('claimed', 'sending') OR (state = 'retracting' AND next_at <= :now)
"""
_OVERDUE = """
SELECT r.id, r.next_at, c.next_free_at, c.open_until FROM release r LEFT JOIN channel_state c ON c.channel = r.channel
WHERE r.state = 'scheduled' AND r.due_at <= :now
"""
_COMING = """
SELECT MIN(next_at) FROM (
    SELECT next_at FROM release WHERE state = 'scheduled' AND due_at > :now
    UNION ALL SELECT next_at FROM release WHERE state = 'retracting' AND next_at > :now
) AS coming
"""


class Leaps:
    """Moves the clock of one rehearsal on."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._seen: set[str] = set()  #: were due at the last look, and nobody had taken them
        self.stuck: set[str] = set()  #: wait for a person, who is not there

    def over(self) -> bool:
        """Leap where nothing is left to do now; return whether nothing ever is."""
        now = clock.now()
        with reading(self._daemon.database) as connection:
            if connection.execute(text(_MOVING), {"now": instant_text(now)}).scalar():
                return False
            instants = self._waiting(connection, now)
            if instants is None:
                return False
            coming = connection.execute(text(_COMING), {"now": instant_text(now)}).scalar()
        instants += [clock.parse_iso(coming)] if coming else []
        if not instants:
            return True
        clock.leap_to(min(instants))
        self._daemon.wake()
        return False

    def _waiting(self, connection: Connection, now: datetime) -> list[datetime] | None:
        """Return when what is overdue goes on; None while some of it can go on now."""
        found: list[datetime] = []
        ready: list[str] = []
        rows = [
            row for row in connection.execute(text(_OVERDUE), {"now": instant_text(now)}) if row.id not in self.stuck
        ]
        for row in rows:
            until = max(clock.parse_iso(each) for each in (row.next_at, row.next_free_at, row.open_until) if each)
            if until > now:
                found.append(until)
            else:
                ready.append(row.id)
        new = [each for each in ready if each not in self._seen]
        self._seen = set(ready)
        if new:
            return None  # the engine gets a turn before anybody is called stuck
        waiting = [row.id for row in rows]
        free = self._free(connection, waiting, now)
        self.stuck.update(each for each in waiting if each not in free)
        if any(each in free for each in ready):
            return None
        return [
            until for until, row in zip(found, [r for r in rows if r.id not in ready], strict=True) if row.id in free
        ]

    def _free(self, connection: Connection, ids: list[str], now: datetime) -> set[str]:
        """Return those that need nobody."""
        free: set[str] = set()
        for start in range(0, len(ids), ledger.CHUNK):
            rows: list[dict[str, Any]] = list(ledger.current(connection, ids[start : start + ledger.CHUNK]).values())
            evidence = self._daemon.room.gather(connection, rows, now)
            free |= {row["id"] for row in rows if needs_nobody(judge(row, evidence, now))}
        return free
