"""
The breaker of a channel: when it is left alone, and when it is tried again. Pure.

    closed ──5 silences in a row, or one barred login──▶ open ──its pause over──▶ half open
       ▲                                                  ▲                          │ one release is let through
       └───────────────── it answers ─────────────────────┼──────────────────────────┤
                                                          └── silent or barred ◀─────┘ a longer pause

A silence is an answer that did not come or cannot be told: unreachable, timed out, cut off, a server's own fault.
A refusal of one release is an answer. A channel that says "later" (429) is busy: all of it waits as long as it asked,
and it counts as answering.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SILENCES = 5  #: in a row, before a channel is left alone
FIRST_PAUSE = timedelta(seconds=5)  #: doubled at each trip
LONGEST_PAUSE = timedelta(minutes=5)  #: and at once, where the login is refused


class Sign(StrEnum):
    """What one ended attempt says about its channel."""

    ANSWERED = "answered"  #: it took the release, or refused that one
    BUSY = "busy"  #: it said later
    SILENT = "silent"  #: no answer, or none that can be told
    BARRED = "barred"  #: it refuses our login


@dataclass(frozen=True)
class Health:
    """What the table remembers of a channel."""

    failures: int = 0  #: silences since it last answered
    trips: int = 0  #: how often the breaker opened since it last answered
    open_until: datetime | None = None  #: nothing before; then one release, until it answers
    busy_until: datetime | None = None  #: it asked for so much time
    why: str = ""


@dataclass(frozen=True)
class Seen:
    """One sign, its words, and until when the channel asked to be left alone."""

    sign: Sign
    why: str = ""
    until: datetime | None = None


def after(health: Health, signs: Iterable[Seen], now: datetime) -> Health:
    """Return the health of a channel after *signs*, in their order."""
    for seen in signs:
        health = _after(health, seen, now)
    return health


def _after(health: Health, seen: Seen, now: datetime) -> Health:
    match seen.sign:
        case Sign.ANSWERED:
            return Health(busy_until=health.busy_until, why=health.why if health.busy_until else "")
        case Sign.BUSY:
            until = max(filter(None, (health.busy_until, seen.until)), default=None)
            return Health(busy_until=until, why=seen.why)
        case Sign.BARRED:
            return _tripped(health, LONGEST_PAUSE, seen.why, now)
        case Sign.SILENT:
            failures = health.failures + 1
            counted = replace(health, failures=failures)
            if health.open_until is not None and now < health.open_until:
                return counted  # it was on its way when the breaker opened
            if health.open_until is None and failures < SILENCES:
                return counted
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(health.trips, 16))
            return _tripped(counted, pause, seen.why, now)


def _tripped(health: Health, pause: timedelta, why: str, now: datetime) -> Health:
    until = max(filter(None, (health.open_until, now + pause)))
    return replace(health, trips=health.trips + 1, open_until=until, why=why)


def half_open(health: Health, now: datetime) -> bool:
    """Return whether its pause is over and it has not answered since: one release may try."""
    return health.open_until is not None and health.open_until <= now


def shut_until(health: Health, now: datetime) -> datetime | None:
    """Return until when nothing is sent there; None when something may be."""
    return max(
        (each for each in (health.open_until, health.busy_until) if each is not None and now < each), default=None
    )
