"""
What a daemon tells of its work while it runs: what went out since the last line, what comes next, and what waits.

Sums, never single releases: a line every few seconds at most, whatever the pace. What went out is read from the tally,
which costs nothing; the table is asked only where there is something to tell, and less often the longer it takes.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine

from campaigns import clock
from campaigns.clock import instant_text
from campaigns.store.engine import reading
from campaigns.store.glance import Ask, through
from campaigns.terminal import count
from scheduler.engine.duties import Duty
from scheduler.engine.tally import Tally
from scheduler.releases.models import OPEN
from scheduler.watch.troubles import Trouble

LOG = structlog.get_logger()
EVERY = timedelta(seconds=5)
SHARE = 0.02  #: of the time may be spent on asking
REASONS = 3  #: that a line names

#: Outcome of an attempt -> how people say it, in the order in which they are told.
WORDS = {
    "published": "published",
    "handed_over": "handed over to a person",
    "refused": "refused by the channel",
    "unknown": "without an answer",
    "busy": "put off by a busy channel",
    "unreachable": "that did not reach the channel",
}
_OPEN = f"""
SELECT state, COUNT(*) AS n, SUM(CASE WHEN due_at <= :now THEN 1 ELSE 0 END) AS due,
    MIN(CASE WHEN due_at > :now THEN due_at END) AS next_at
FROM release WHERE {OPEN} GROUP BY state
"""  # noqa: S608 (our own words)
_MOVING = (
    "SELECT COUNT(*) AS n FROM release WHERE state IN ('claimed', 'sending', 'retracting') AND state <> 'retracting'"
)
_REASONS = f"""
SELECT reason, COUNT(*) AS n FROM release WHERE {OPEN} AND state = 'scheduled' AND due_at <= :now
GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT :limit
"""  # noqa: S608 (our own words)


@dataclass(frozen=True)
class Waiting:
    """What has not gone out at one instant."""

    moving: int  #: in hand, here or elsewhere
    ahead: int  #: scheduled, and its instant is to come
    next_at: str | None  #: the first of these instants
    due: int  #: scheduled, its instant has come, and it has not gone
    unsigned: int  #: drafts
    reasons: Mapping[str, int]  #: why what is due has not gone -> releases
    paused: str = ""  #: why this machine publishes nothing

    def sentence(self) -> str:
        """Say it to people."""
        said = [f"{self.moving:,} in hand"] if self.moving else []
        if self.ahead:
            said.append(f"{self.ahead:,} scheduled, the next at {str(self.next_at)[:19]}Z")
        if self.due:
            why = "; ".join(f"{each.rstrip('.')} ({number:,})" for each, number in self.reasons.items() if each)
            said.append(f"{self.due:,} due now{f': {why}' if why else ''}")
        if self.unsigned:
            said.append(f"{self.unsigned:,} {'waits' if self.unsigned == 1 else 'wait'} for signatures")
        paused = f" Publishing is paused: {self.paused}" if self.paused else ""
        return f"{'; '.join(said) or 'Nothing is scheduled'}.{paused}"

    def fields(self) -> dict[str, Any]:
        """Return it for a log."""
        more: dict[str, Any] = {"reasons": dict(self.reasons)} if self.due else {}
        more |= {"paused": self.paused} if self.paused else {}
        more |= {"in_hand": self.moving} if self.moving else {}
        return {"scheduled": self.ahead + self.due, "next_at": self.next_at, "unsigned": self.unsigned, **more}


def waiting(ask: Ask, now: datetime, paused: str = "") -> Waiting:
    """Return what waits at *now*."""
    instant = {"now": instant_text(now)}
    found = {row["state"]: row for row in ask(_OPEN, instant)}
    scheduled = found.get("scheduled", {"n": 0, "due": 0, "next_at": None})
    due = int(scheduled["due"])
    reasons = {row["reason"]: row["n"] for row in ask(_REASONS, {**instant, "limit": REASONS})} if due else {}
    unsigned = found["draft"]["n"] if "draft" in found else 0
    moving = ask(_MOVING, {})[0]["n"]
    return Waiting(moving, scheduled["n"] - due, scheduled["next_at"], due, unsigned, reasons, paused)


class Bulletin:
    """
    The lines of one daemon: as sentences by *say*, or, without it, as events of the log.

    It tells nothing before `follow`, which names the daemon; any thread may call it.
    """

    def __init__(self, database: Engine, say: Callable[[str], None] | None = None) -> None:
        self._database = database
        self._say = say
        self._tally: Tally | None = None
        self._obstacles: Callable[[], Sequence[Trouble]] = list
        self._told: Counter[str] = Counter()
        self._rests = False  #: the last line was told while nothing was in hand
        self._not_before = float("-inf")
        self._lock = threading.Lock()

    def duty(self) -> Duty:
        """Return what has to be done every so often."""
        return Duty("bulletin", EVERY, self.look)

    def follow(self, tally: Tally, obstacles: Callable[[], Sequence[Trouble]]) -> None:
        """
        Tell what waits now, and from now on what *tally* counts; *obstacles* say why nothing goes out.

        Raises:
            DatabaseFault: If the database does not answer.
        """
        self._tally, self._obstacles = tally, obstacles
        self._tell()

    def look(self) -> None:
        """
        Tell what happened since the last line, or that all is done for now; nothing where neither is so.

        Raises:
            DatabaseFault: If the database does not answer.
        """
        if self._tally is None or clock.monotonic() < self._not_before:
            return
        if not self._rests or Counter(self._tally.outcomes()) != self._told:
            self._tell()

    def close(self) -> Waiting:
        """
        Tell what the last line did not, and return what waits.

        Raises:
            DatabaseFault: If the database does not answer.
        """
        return self._tell(last=True)

    def _tell(self, *, last: bool = False) -> Waiting:
        with self._lock:
            start, first = clock.monotonic(), self._not_before == float("-inf")
            done = Counter(self._tally.outcomes() if self._tally is not None else {})
            paused = next((each.what for each in self._obstacles()), "")
            with reading(self._database) as connection:
                waits = waiting(through(connection), clock.now(), paused)
            new, rests = done - self._told, waits.moving == 0
            if new or first or (rests and not self._rests and not last):
                self._line(new, waits)
            self._told, self._rests = done, rests
            now = clock.monotonic()
            self._not_before = now + max(EVERY.total_seconds() / 2, (now - start) / SHARE)
            return waits

    def _line(self, new: Mapping[str, int], waits: Waiting) -> None:
        if self._say is None:
            LOG.info("releases went out" if new else "releases wait", **new, **waits.fields())
            return
        words = [*WORDS, *(each for each in new if each not in WORDS)]
        done = ", ".join(f"{new[each]:,} {WORDS.get(each, each)}" for each in words if new.get(each))
        self._say(f"{f'{done}. ' if done else ''}{waits.sentence()}")


def left(waits: Waiting, reasons: Mapping[str, int]) -> list[str]:
    """Say what is left when nothing goes by itself any more: *reasons* of what is scheduled -> releases."""
    kept = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    said = [f"{count(number, 'release')}: {why.rstrip('.') or 'no reason is known'}." for why, number in kept[:REASONS]]
    if more := sum(number for _, number in kept[REASONS:]):
        said.append(f"{count(more, 'release')} for other reasons.")
    if waits.unsigned:
        verb = "waits" if waits.unsigned == 1 else "wait"
        said.append(f"{count(waits.unsigned, 'release')} {verb} for signatures: cordiale releases --state draft")
    return said
