"""
What is overdue when a hold is lifted or a daemon starts: what would go, what not, and when, so that nothing floods.

Each release keeps the policy that its partners signed, at the instant at which it would go. What goes is spread over
a while, channel by channel: those that soon may not go any more first, none faster than the channel's rate.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, select, text

from campaigns.clock import iso, parse_iso
from campaigns.settings import Settings
from campaigns.store.engine import writing
from scheduler.engine import rates, shared
from scheduler.releases import ledger
from scheduler.releases.conditions import GRACE, covers
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.facts import Evidence
from scheduler.releases.gate import LONG_PAUSE, Act, judge
from scheduler.releases.identity import release_name
from scheduler.releases.ledger import RELEASE
from scheduler.releases.outgoing import Outgoing

LATE = timedelta(seconds=60)  #: what is no later than this goes at once: so much falls due on any day
WIDEST = timedelta(seconds=30)  #: between two releases of a channel that catches up, where its rate asks for no more
NARROWEST = timedelta(seconds=1)
_GROUP = 500  #: releases that the gate looks at in one go
_END = datetime.max.replace(tzinfo=UTC)


class What(StrEnum):
    """What becomes of an overdue release."""

    SEND = "send"  #: it goes, at `at`
    SKIP = "skip"  #: too late: it expires
    ASK = "ask"  #: too late: a person answers with `cordiale late`
    KEPT = "kept"  #: something else keeps it back


@dataclass(frozen=True, slots=True)
class Overdue:
    """One release whose instant has passed, and what becomes of it."""

    id: str
    name: str
    campaign: str
    channel: str
    due: datetime
    what: What
    why: str = ""
    at: datetime | None = None  #: when it would go
    last: datetime = _END  #: after this instant its policy does not let it go
    then: What = What.ASK  #: what becomes of it after `last`


@dataclass(frozen=True)
class Pace:
    """How fast a channel catches up."""

    spread: Mapping[str, timedelta]  #: channel -> over what time what is overdue there is spread
    usual: timedelta  #: the same for all others; zero: at once
    rates: Mapping[str, timedelta]  #: channel -> time between two releases that its rate asks for

    @classmethod
    def of(cls, connection: Connection, settings: Settings) -> "Pace":
        """Return the pace that the settings and the channels' rates ask for."""
        spread = {channel: timedelta(minutes=minutes) for channel, minutes in settings.catch_up_on.items()}
        return cls(spread, timedelta(minutes=settings.catch_up), rates.intervals(connection))

    def gap(self, channel: str, number: int) -> timedelta:
        """Return the time between two of *number* releases on *channel*."""
        spread = self.spread.get(channel, self.usual)
        return max(self.rates.get(channel, timedelta(0)), min(spread / max(number, 1), WIDEST))


def after_an_outage(database: Engine, room: EvidenceRoom, settings: Settings) -> list[Overdue]:
    """Spread what is overdue when a daemon starts, where the settings ask for it, and return it."""
    if not settings.catch_up and not settings.catch_up_on:
        return []
    with writing(database) as connection:
        found = look(connection, room, Pace.of(connection, settings), shared.now(connection), least=LATE)
        spread(connection, found, "Paced after an outage")
    return found


def look(
    connection: Connection,
    room: EvidenceRoom,
    pace: Pace,
    now: datetime,
    *,
    lifting: Mapping[str, Any] | None = None,
    least: timedelta = timedelta(0),
) -> list[Overdue]:
    """
    Return what is overdue by *least* or more, by channel and instant, and what becomes of it; nothing is changed.

    *lifting* is a hold that no longer stands: what it covers is looked at, and nothing else.
    """
    found: list[Overdue] = []
    for rows in _groups(connection, now, least, soon=LONG_PAUSE if lifting else timedelta(0)):
        evidence = room.gather(connection, rows, now)
        if lifting is not None:
            evidence = replace(evidence, holds=[each for each in evidence.holds if each["id"] != lifting["id"]])
        found += [each for row in rows if (each := _judged(row, evidence, now, lifting)) is not None]
    channels: dict[str, list[Overdue]] = defaultdict(list)
    for each in found:
        channels[each.channel].append(each)
    return [each for channel in sorted(channels) for each in _paced(channels[channel], pace, channel, now)]


def _groups(
    connection: Connection, now: datetime, least: timedelta, *, soon: timedelta
) -> Iterator[list[dict[str, Any]]]:
    """Yield the overdue rows that are looked at within *soon*, a few at a time, by the index of what is due."""
    statement = (
        select(RELEASE.c.id, RELEASE.c.next_at)
        .where(text("release.state = 'scheduled'"), RELEASE.c.next_at <= now + soon, RELEASE.c.due_at <= now - least)
        .order_by(RELEASE.c.next_at, RELEASE.c.id)
    )
    ids = [row.id for row in connection.execute(statement)]
    for start in range(0, len(ids), _GROUP):
        yield list(ledger.current(connection, ids[start : start + _GROUP]).values())


def _judged(
    row: dict[str, Any], evidence: Evidence, now: datetime, lifting: Mapping[str, Any] | None
) -> Overdue | None:
    verdict = judge(row, evidence, now)
    outgoing = verdict.outgoing
    if lifting is not None and (outgoing is None or not covers(lifting, outgoing)):
        return None
    name = release_name(row["entry"], row["occurrence"], row["locale"], row["channel"])
    one = Overdue(row["id"], name, row["campaign"], row["channel"], row["due_at"], What.KEPT, verdict.reason)
    failing = {each.name for each in verdict.conditions if not each.holds}
    if outgoing is None or verdict.act in {Act.ALREADY, Act.UNSURE}:
        return replace(one, why=verdict.reason or "The send journal knows more of it than the table.")
    last, then = _last(row, outgoing)
    if verdict.act is Act.EXPIRE:
        return replace(one, what=What.SKIP)
    if failing == {"lateness"}:
        return replace(one, what=then)
    if failing:
        return one
    # A retry that the channel asked to wait for is not hurried.
    return replace(one, what=What.SEND, at=max(now, row["next_at"]) if row["tries"] else now, last=last, then=then)


def _last(row: Mapping[str, Any], outgoing: Outgoing) -> tuple[datetime, What]:
    """Return until when a release may go, and what becomes of it then."""
    end = parse_iso(outgoing.not_after) if outgoing.not_after else _END
    policy = outgoing.if_late
    if policy["then"] == "send" or row["late_answer"] == "send":
        return end, What.SKIP
    last = parse_iso(outgoing.due) + timedelta(seconds=policy["after"] + GRACE)
    return (last, What(policy["then"])) if last < end else (end, What.SKIP)


def _paced(found: Sequence[Overdue], pace: Pace, channel: str, now: datetime) -> list[Overdue]:
    """Return *found* with the instants at which they go: the most urgent first, spread, and none after its last."""
    going = sorted((each for each in found if each.what is What.SEND), key=lambda each: (each.last, each.due, each.id))
    late = sum(now - each.due > LATE for each in going)
    gap = pace.gap(channel, late)
    least = max(pace.rates.get(channel, timedelta(0)), min(gap, NARROWEST))
    paced: list[Overdue] = []
    free, number = now, 0
    for each in going:
        assert each.at is not None, "what goes has an instant"  # noqa: S101 (an invariant of _judged)
        if now - each.due <= LATE:
            paced.append(each)
            continue
        at = max(free, min(now + number * gap, each.last), each.at)
        if at > each.last:
            why = f"It would go at {iso(at)}, and by then it is too late for it."
            paced.append(replace(each, what=each.then, why=why, at=None))
            continue
        free, number = at + least, number + 1
        paced.append(replace(each, at=at))
    return [*paced, *(each for each in found if each.what is not What.SEND)]


def spread(connection: Connection, found: Sequence[Overdue], why: str) -> int:
    """Write the instants at which what is overdue goes, and return how many are spread; it survives restarts."""
    going = [each for each in found if each.what is What.SEND and each.at is not None]
    totals: dict[str, int] = defaultdict(int)
    for each in going:
        totals[each.channel] += 1
    numbers: dict[str, int] = defaultdict(int)
    rows = []
    for each in sorted(going, key=lambda each: (each.at, each.id)):
        numbers[each.channel] += 1
        said = f"{why}: {numbers[each.channel]} of {totals[each.channel]} on {each.channel}, not before"
        rows.append((each.id, each.at, f"{said} {iso(each.at)}." if each.at else ""))
    ledger.pace(connection, rows)
    return len(rows)


@dataclass(frozen=True)
class Group:
    """What is overdue of one campaign on one channel."""

    campaign: str
    channel: str
    send: int
    skip: int
    ask: int
    kept: int
    latest: timedelta  #: how late the latest of them is
    minutes: float  #: until the last that is sent has gone


def grouped(found: Sequence[Overdue], now: datetime) -> list[Group]:
    """Return counts by campaign and channel."""
    groups: dict[tuple[str, str], list[Overdue]] = defaultdict(list)
    for each in found:
        groups[each.campaign, each.channel].append(each)
    return [_group(*key, groups[key], now) for key in sorted(groups)]


def _group(campaign: str, channel: str, found: Sequence[Overdue], now: datetime) -> Group:
    counts = {what.value: sum(each.what is what for each in found) for what in What}
    last = max((each.at for each in found if each.at is not None), default=now)
    minutes = max(0.0, round((last - now).total_seconds() / 60, 1))  # what goes at once is due before now
    return Group(campaign, channel, **counts, latest=max(now - each.due for each in found), minutes=minutes)
