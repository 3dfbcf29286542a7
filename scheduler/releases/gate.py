"""
The gate: may this release go out now? One pure function, read by `status`, `why`, the daemon and the console alike.

What must hold stands in `conditions`, what they look at in `facts`; this is what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from campaigns.clock import parse_iso
from campaigns.errors import CordialeError
from scheduler.releases import conditions
from scheduler.releases.conditions import Condition
from scheduler.releases.facts import Evidence
from scheduler.releases.outgoing import Outgoing, parse

PAUSE = timedelta(seconds=30)  #: how long a release that something keeps back is left alone, at first
LONG_PAUSE = timedelta(minutes=10)  #: and at last


class Act(StrEnum):
    """What the engine does about a release that stands before the gate."""

    PUBLISH = "publish"  #: every condition holds
    WAIT = "wait"  #: something may still change: look again at `look_again`
    EXPIRE = "expire"  #: its window is over, or its policy skips late releases
    ALREADY = "already"  #: the send journal says it went out
    UNSURE = "unsure"  #: the send journal says it may have gone out; the table forgot


@dataclass(frozen=True)
class Verdict:
    """All conditions of one release, and what follows."""

    act: Act
    conditions: tuple[Condition, ...]
    outgoing: Outgoing | None
    look_again: datetime | None = None

    @property
    def reason(self) -> str:
        """The first condition that does not hold, in words; "" when all hold."""
        return next((each.evidence for each in self.conditions if not each.holds), "")


def judge(row: Mapping[str, Any], evidence: Evidence, now: datetime) -> Verdict:
    """Return what may happen to release *row* at *now*."""
    try:
        outgoing = parse(row["outgoing"])
    except CordialeError as error:
        broken = Condition("bytes", holds=False, evidence=error.message, cure=error.hint)
        return Verdict(Act.WAIT, (broken,), None, now + LONG_PAUSE)
    due = parse_iso(outgoing.due)
    last = parse_iso(outgoing.not_after) if outgoing.not_after else None
    blackout, until = conditions.no_blackout(outgoing, evidence, now)
    found = (
        conditions.whole_bytes(row, outgoing),
        conditions.declared_channel(outgoing, evidence),
        conditions.all_signatures(row, outgoing, evidence),
        conditions.clean_checks(row),
        conditions.no_hold(outgoing, evidence),
        blackout,
        conditions.only_once(row, outgoing, evidence),
        conditions.closed_breaker(outgoing, evidence, now),
        conditions.open_window(due, last, now),
        conditions.in_time(row, outgoing, due, now),
    )
    failing = {each.name for each in found if not each.holds}
    act = _act(row, outgoing, evidence, failing, over=last is not None and now > last)
    again = _again(due, until, now) if act is Act.WAIT else None
    return Verdict(act, found, outgoing, again)


def _act(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, failing: set[str], *, over: bool) -> Act:
    recorded = evidence.journal.get(row["id"])
    if recorded == "published":
        return Act.ALREADY
    if recorded in {"begun", "unknown"} and row["tries"] < evidence.begun.get(row["id"], 1):
        return Act.UNSURE
    if over or (failing == {"lateness"} and outgoing.if_late["then"] == "skip"):
        return Act.EXPIRE
    return Act.WAIT if failing else Act.PUBLISH


def _again(due: datetime, until: datetime | None, now: datetime) -> datetime:
    """Return when to look again: the later it is already, the longer the pause, so that what waits fills no log."""
    if now < due:
        return due
    return max(until or now, now + min(max((now - due) / 2, PAUSE), LONG_PAUSE))
