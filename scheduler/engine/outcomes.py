"""What follows from a channel's answer, and from a lost one. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

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
from scheduler.releases.states import Move

CapabilitiesOf = Callable[[str, dict[str, Any]], Capabilities]

BREAKER = timedelta(minutes=5)  #: how long a channel with a bad credential is left alone
LONGEST_PAUSE = timedelta(minutes=5)  #: that we choose
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
    breaker: bool = False


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
            return Ending(Move.ACCEPT, "published", answer.detail, receipt=answer)
        case HandedOver():
            return Ending(Move.HAND_OVER, "handed_over", f"A person posts it: {answer.where}")
        case Refused(credential=True):
            return Ending(Move.RETRY, "refused", str(answer), again_at=now + BREAKER, breaker=True)
        case Refused():
            return Ending(Move.FAIL, "refused", str(answer))
        case Busy():
            return Ending(Move.RETRY, "busy", str(answer), again_at=now + pause(tries, answer.retry_after))
        case Unreachable():
            return Ending(Move.RETRY, "unreachable", str(answer), again_at=now + pause(tries))
        case OutcomeUnknown():
            return lost(str(answer), capabilities, tries=tries, key_since=key_since, now=now)
        case _:
            return Ending(Move.LOSE, "unknown", str(answer))


def lost(why: str, capabilities: Capabilities, *, tries: int, key_since: datetime | None, now: datetime) -> Ending:
    """Return what follows from a lost answer, short of looking it up."""
    if after_loss(capabilities, key_since, now) is AfterLoss.RESEND:
        return Ending(Move.RETRY, "unknown", f"{why} It is sent again with the same key.", again_at=now + pause(tries))
    return Ending(Move.LOSE, "unknown", why)


def storable(ending: Ending) -> Ending:
    """Return *ending* with texts that every database takes: a channel may answer with anything."""
    receipt = ending.receipt
    if receipt is not None:
        url = None if receipt.url is None else _plain(receipt.url)
        receipt = Receipt(_plain(receipt.remote_id), url, _plain(receipt.detail))
    return replace(ending, why=_plain(ending.why), receipt=receipt)


def _plain(text: str) -> str:
    """Return *text* without NUL and lone surrogates, and not endless."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:LONGEST_TEXT]
