"""What follows from a channel's answer, and from a lost one. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from scheduler.credentials import redact
from scheduler.engine.breaker import LONGEST_PAUSE, Seen, Sign
from scheduler.publisher import (
    Busy,
    Capabilities,
    HandedOver,
    OutcomeUnknown,
    PublishFault,
    Receipt,
    Refused,
    Unreachable,
)
from scheduler.releases.journal import WENT_OUT, Outcome
from scheduler.releases.states import Move

CapabilitiesOf = Callable[[str, dict[str, Any]], Capabilities]

LONGEST_ASKED = timedelta(days=7)  #: that a channel may ask for
LONGEST_TEXT = 2000  #: characters of a channel's answer that are kept


class AfterLoss(StrEnum):
    """What a machine may do about a release whose answer was lost."""

    RESEND = "resend"  #: with the same key: the channel absorbs it
    LOOK_UP = "look_up"  #: the channel can say whether it has it
    ASK = "ask"  #: a person decides


@dataclass(frozen=True)
class Ending:
    """How an attempt ends: the move, what the attempt row says, and when to look again."""

    move: Move
    outcome: str
    why: str
    again_at: datetime | None = None
    receipt: Receipt | None = None
    sign: Sign | None = None  #: what it says about the channel
    busy_until: datetime | None = None  #: the channel asked to be left alone, all of it

    def later(self, by: timedelta) -> "Ending":
        """Return the same with its instants moved *by* so much: from the clock of one machine to that of another."""
        if self.again_at is None and self.busy_until is None:
            return self
        again = None if self.again_at is None else self.again_at + by
        busy = None if self.busy_until is None else self.busy_until + by
        return replace(self, again_at=again, busy_until=busy)


def after_loss(capabilities: Capabilities, key_since: datetime | None, now: datetime) -> AfterLoss:
    """Return what may be done: a key is trusted for half of its lifetime only."""
    lifetime = capabilities.absorbs_key
    if lifetime is not None and key_since is not None and (lifetime == timedelta.max or now - key_since < lifetime / 2):
        return AfterLoss.RESEND
    return AfterLoss.LOOK_UP if capabilities.can_look_up else AfterLoss.ASK


def pause(tries: int, asked: float | None = None) -> timedelta:
    """Return how long to wait after try *tries*: what the channel asked, or 1, 2, 4 … seconds up to five minutes."""
    backoff = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(max(tries - 1, 0), 16)))
    if asked is None or not asked > 0:  # not-a-number neither
        return backoff
    return max(backoff, timedelta(seconds=min(asked, LONGEST_ASKED.total_seconds())))


def ending(
    answer: Receipt | HandedOver | PublishFault,
    capabilities: Capabilities,
    *,
    tries: int,
    key_since: datetime | None,
    now: datetime,
) -> Ending:
    """Return what follows from *answer* after *tries* attempts."""
    match answer:
        case Receipt():
            return Ending(Move.ACCEPT, "published", answer.detail, receipt=answer, sign=Sign.ANSWERED)
        case HandedOver():
            return Ending(Move.HAND_OVER, "handed_over", f"A person posts it: {answer.where}")
        case Refused(credential=True):
            return Ending(Move.RETRY, "refused", str(answer), again_at=now + LONGEST_PAUSE, sign=Sign.BARRED)
        case Refused():
            return Ending(Move.FAIL, "refused", str(answer), sign=Sign.ANSWERED)
        case Busy():
            again, free = now + pause(tries, answer.retry_after), now + pause(1, answer.retry_after)
            return Ending(Move.RETRY, "busy", str(answer), again_at=again, sign=Sign.BUSY, busy_until=free)
        case Unreachable():
            return Ending(Move.RETRY, "unreachable", str(answer), again_at=now + pause(tries), sign=Sign.SILENT)
        case OutcomeUnknown():
            return lost(str(answer), capabilities, tries=tries, key_since=key_since, now=now)
        case _:
            return Ending(Move.LOSE, "unknown", str(answer), sign=Sign.SILENT)


def lost(why: str, capabilities: Capabilities, *, tries: int, key_since: datetime | None, now: datetime) -> Ending:
    """Return what follows from a lost answer, short of looking it up."""
    if after_loss(capabilities, key_since, now) is AfterLoss.RESEND:
        again = f"{why} It is sent again with the same key."
        return Ending(Move.RETRY, "unknown", again, again_at=now + pause(tries), sign=Sign.SILENT)
    return Ending(Move.LOSE, "unknown", why, sign=Sign.SILENT)


def looked_up(
    found: Receipt | None, unknown: Ending, known: Outcome | None, *, early: bool, now: datetime
) -> Ending | None:
    """
    Return what follows from a look-up after an answer was lost; None: nothing yet, ask again.

    What the send journal has *known* as published is not sent again. *early*: the request may still arrive, so that not
    to find it says nothing.
    """
    if found is not None:
        return Ending(Move.ACCEPT, "published", f"{unknown.why} A look-up found it there.", receipt=found)
    if known in WENT_OUT:
        return Ending(Move.ACCEPT, "published", "The send journal of this machine says that it was published.")
    if early:
        return None
    return Ending(Move.RETRY, "absent", f"{unknown.why} A look-up did not find it; it is sent again.", again_at=now)


def recorded(ending: Ending) -> Outcome:
    """Return the word of the send journal for *ending*."""
    if ending.move is Move.ACCEPT:
        return "published"
    # What a person was handed may be posted or not: after "not there" it must be possible to send it again.
    return "unknown" if ending.outcome in {"unknown", "handed_over"} else "not"


def seen(ending: Ending) -> Seen | None:
    """Return what *ending* says about its channel; None: nothing."""
    return None if ending.sign is None else Seen(ending.sign, ending.why, ending.busy_until)


def storable(ending: Ending) -> Ending:
    """Return *ending* with texts that every database takes: a channel may answer with anything."""
    receipt = ending.receipt
    if receipt is not None:
        url = None if receipt.url is None else plain(receipt.url)
        receipt = Receipt(plain(receipt.remote_id), url, plain(receipt.detail))
    return replace(ending, why=plain(ending.why), receipt=receipt)


def plain(text: str) -> str:
    """Return *text* without secrets (a channel may echo ours), NUL and lone surrogates, and not endless."""
    return redact(text).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:LONGEST_TEXT]
