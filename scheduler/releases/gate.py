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
from scheduler.releases.conditions import MEND, Condition
from scheduler.releases.facts import Evidence
from scheduler.releases.journal import WENT_OUT
from scheduler.releases.outgoing import Outgoing, parse
from scheduler.releases.urgency import Leave

PAUSE = timedelta(seconds=30)  #: how long a release that something keeps back is left alone, at first
LONG_PAUSE = timedelta(minutes=10)  #: and at last
#: What a row that nobody foresaw may raise. The release it belongs to waits; the others go.
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


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
    leave: Leave | None = None  #: it may go out on one partner's word, and leaves a debt

    @property
    def reason(self) -> str:
        """The first condition that does not hold, in words; "" when all hold."""
        return next((each.evidence for each in self.conditions if not each.holds), "")


def judge(row: Mapping[str, Any], evidence: Evidence, now: datetime) -> Verdict:
    """Return what may happen to release *row* at *now*. What it cannot make sense of keeps that release back."""
    try:
        return _judged(row, evidence, now)
    except FAULTS as error:
        said = f"It cannot be judged: {type(error).__name__} at {_place(error)}."
        return Verdict(Act.WAIT, (Condition("row", holds=False, evidence=said, cure=MEND),), None, now + LONG_PAUSE)


def _place(error: BaseException) -> str:
    """Return where in this code *error* came up, for whoever mends it."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_name}:{last.tb_lineno}" if last else "an unknown place"


def _judged(row: Mapping[str, Any], evidence: Evidence, now: datetime) -> Verdict:
    try:
        outgoing = parse(row["outgoing"])
    except CordialeError as error:
        broken = Condition("bytes", holds=False, evidence=error.message, cure=error.hint)
        return Verdict(Act.WAIT, (conditions.sound_row(row), broken), None, now + LONG_PAUSE)
    due = parse_iso(outgoing.due)
    last = parse_iso(outgoing.not_after) if outgoing.not_after else None
    blackout, until = conditions.no_blackout(outgoing, evidence, now)
    signed, leave = conditions.all_signatures(row, outgoing, evidence, now)
    found = (
        conditions.sound_row(row),
        conditions.whole_bytes(row, outgoing),
        conditions.declared_channel(outgoing, evidence),
        signed,
        conditions.clean_checks(row),
        conditions.no_hold(outgoing, evidence),
        conditions.same_log(evidence),
        blackout,
        conditions.only_once(row, outgoing, evidence),
        conditions.closed_breaker(outgoing, evidence, now),
        conditions.open_window(due, last, now),
        conditions.in_time(row, outgoing, due, now),
    )
    failing = {each.name for each in found if not each.holds}
    act = _act(row, outgoing, evidence, failing, over=last is not None and now > last)
    again = _again(due, until, now) if act is Act.WAIT else None
    if act is Act.WAIT and failing == {"breaker"}:
        again = evidence.breakers[outgoing.channel][0]  # all that waits for it: no earlier, and no later
    return Verdict(act, found, outgoing, again, leave)


def _act(row: Mapping[str, Any], outgoing: Outgoing, evidence: Evidence, failing: set[str], *, over: bool) -> Act:
    recorded = evidence.journal.get(row["id"])
    if recorded in WENT_OUT:
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
