"""
What each channel may send now: rate, pace, busy answers and breaker. The only writer of `channel_state`.

A claim asks `room` first and writes what it took with `spend`, in the same transaction. On PostgreSQL the row of a
channel with a rate is locked from the one to the other, and a claimer that finds it locked leaves that channel to
whoever holds it: rates are exact over all machines, and no claimer waits for another.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, select, text, update

from campaigns.audit.log import Fact, append
from campaigns.clock import instant_text, iso
from campaigns.models.channel import Channel
from campaigns.store.damaged import UNREADABLE
from campaigns.store.tables import table
from scheduler.engine import breaker, gcra, paces
from scheduler.engine.breaker import Health, Seen
from scheduler.releases.conditions import Condition
from scheduler.releases.due import MOST_LANES
from scheduler.releases.evidence import CHANNEL_STATE, channel_states

LOG = structlog.get_logger()
_CHANNEL = table(Channel)
_C = CHANNEL_STATE.c
_RATED = select(_CHANNEL.c.id, _CHANNEL.c.rate).where(_CHANNEL.c.rate.is_not(None))

#: Channels with a rate, or on an account with a pace.
_LIMITED = text("""
SELECT d.id, d.kind, d.server, d.account, d.rate, d.pace FROM channel d
WHERE d.rate IS NOT NULL OR (d.kind, d.account, COALESCE(d.server, '')) IN (
    SELECT p.kind, p.account, COALESCE(p.server, '') FROM channel p WHERE p.pace IS NOT NULL)
""")
#: Of these channels, those of which something is due, oldest first; the index `release_lane` answers for each.
_DUE = text("""
SELECT id FROM (
    SELECT d.channel AS id, (
        SELECT r.next_at FROM release r WHERE r.state = 'scheduled' AND r.channel = d.channel AND r.next_at <= :now
        ORDER BY r.next_at LIMIT 1) AS first
    FROM (SELECT id AS channel FROM channel WHERE id IN :ids) d) AS found
WHERE first IS NOT NULL ORDER BY first, id LIMIT :most
""").bindparams(bindparam("ids", expanding=True))
_MAKE = text(
    "INSERT INTO channel_state (channel, why, failures, trips) VALUES (:channel, '', 0, 0)"
    " ON CONFLICT (channel) DO NOTHING"
)


@dataclass(frozen=True)
class Room:
    """What channels may give to one claim; those not named may give any number."""

    closed: frozenset[str] = frozenset()  #: nothing
    most: Mapping[str, int] = field(default_factory=dict)  #: channel -> at most so many
    rates: Mapping[str, gcra.Rate] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def room(connection: Connection, now: datetime, crowded: Collection[str] = ()) -> Room:
    """
    Return what each channel may give at *now*; channels in *crowded* give nothing.

    Until the transaction ends no other claimer is told the same of a channel with a rate, a pace or a breaker that
    is half open. A rate that cannot be read lets nothing out.
    """
    limits = {row["id"]: row for row in map(dict, connection.execute(_LIMITED).mappings())}
    known = {row["channel"]: row for row in channel_states(connection)}
    trying = {each for each, row in known.items() if breaker.half_open(health_of(row), now)}
    shut = {each for each, row in known.items() if _shut(row, now)}
    apart = limits.keys() | trying | shut | set(crowded)
    wanted = _with_something_due(connection, sorted((limits.keys() | trying) - shut - set(crowded), key=str), now)
    accounts = paces.accounts(limits.values())
    leads = {accounts[each].lead for each in wanted if each in accounts}
    states = _locked(connection, sorted({*wanted, *leads}, key=str), known)
    rates: dict[str, gcra.Rate] = {}
    most: dict[str, int] = {}
    left: dict[str, int] = {}
    for channel in (each for each in wanted if each in states and not _shut(states[each], now)):
        state, limit = states[channel], limits.get(channel)
        allowed = 1 if breaker.half_open(health_of(state), now) else gcra.UNLIMITED
        if limit is not None and limit["rate"] is not None:
            rate = rates[channel] = _read(channel, limit["rate"])
            allowed = min(allowed, gcra.allowance(rate, state["next_free_at"], now))
        if channel in accounts and allowed:
            account = accounts[channel]
            if account.lead not in states:
                continue  # another claimer counts for this account just now
            if account.lead not in left:
                left[account.lead] = paces.left(connection, account, now)
            allowed = min(allowed, left[account.lead])
            left[account.lead] -= allowed
        if allowed:
            most[channel] = allowed
    return Room(frozenset(apart - most.keys()), most, rates, states)


def spend(connection: Connection, room: Room, taken: Iterable[str], now: datetime, lease: timedelta) -> None:
    """Write what a claim took, one channel a release: tokens of its rate, and that its one try is under way."""
    for channel, number in sorted(Counter(taken).items()):
        values: dict[str, Any] = {}
        if channel in room.rates:
            before = room.states[channel]["next_free_at"]
            values["next_free_at"] = gcra.spend(room.rates[channel], before, now, number)
        if channel in room.states and breaker.half_open(health_of(room.states[channel]), now):
            values["probe_until"] = now + lease
        if values:
            _put(connection, channel, values)


def intervals(connection: Connection) -> dict[str, timedelta]:
    """Return the time between two releases of each channel with a rate that can be read."""
    found = {}
    for channel, rate in connection.execute(_RATED):
        try:
            found[channel] = gcra.read(rate).interval
        except ValueError:
            continue
    return found


def next_free(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next channel that waits for its rate, an answer or its breaker may speak again."""
    rates = dict(connection.execute(_RATED).all())
    instants: list[datetime] = []
    for row in channel_states(connection):
        free = row["next_free_at"]
        if free is not None and row["channel"] in rates:
            free = gcra.free_at(_read(row["channel"], rates[row["channel"]]), free)
        instants += [each for each in (free, row["open_until"], row["busy_until"]) if each is not None and each > now]
    return min(instants, default=None)


def turn(connection: Connection, channel: str, now: datetime) -> list[Condition]:
    """Return whether it is the turn of *channel*, one condition for its rate and one for its account's pace."""
    limits = {row["id"]: row for row in map(dict, connection.execute(_LIMITED).mappings())}
    if channel not in limits:
        return []
    found = []
    if (written := limits[channel]["rate"]) is not None:
        known = channel_states(connection, [channel])
        free = known[0]["next_free_at"] if known else None
        free = gcra.free_at(_read(channel, written), free) if free is not None else now
        said = f"its channel lets out {written}" + (f", and the next at {iso(free)}" if free > now else "")
        found.append(
            Condition("rate", holds=free <= now, evidence=said, cure="Wait, or give the channel another rate.")
        )
    if (account := paces.accounts(limits.values()).get(channel)) is not None:
        left = paces.left(connection, account, now)
        said = f"its account carries {' and '.join(account.paces)}, and has room for {left} more now"
        cure = "Wait, or give the channel another pace."
        found.append(Condition("pace", holds=left > 0, evidence=said, cure=cure))
    return found


def reserve(connection: Connection, channel: str, theoretical: datetime) -> None:
    """Write the instant that a channel's rate remembers."""
    _put(connection, channel, {"next_free_at": theoretical})


def note(connection: Connection, signs: Iterable[tuple[str, Seen]], now: datetime) -> None:
    """
    Write what ended attempts say about their channels, each with its channel.

    Only a change is written: while all answer, no two machines wait for one row.
    """
    by_channel: dict[str, list[Seen]] = defaultdict(list)
    for channel, seen in signs:
        by_channel[channel].append(seen)
    known = {row["channel"]: health_of(row) for row in channel_states(connection, by_channel)}
    for channel, seen_there in sorted(by_channel.items()):
        before = known.get(channel, Health())
        if breaker.after(before, seen_there, now) == before:
            continue
        state = _locked(connection, [channel], {}, wait=True)[channel]
        found = breaker.after(health_of(state), seen_there, now)
        _put(connection, channel, {**_columns(found), "probe_until": None})
        if found.open_until is not None and found.trips > health_of(state).trips:
            until = instant_text(found.open_until)
            LOG.error("a channel is paused", channel=channel, until=until, why=found.why)
            append(connection, [Fact("engine", "channel.pause", channel, after=until, why=found.why)], now)


def open_breaker(connection: Connection, channel: str, until: datetime, why: str) -> None:
    """Pause *channel* until an instant; after it one release is let through, and its answer decides."""
    _put(connection, channel, {"open_until": until, "why": why[:500], "probe_until": None})


def close_breaker(connection: Connection, channel: str) -> None:
    """Let *channel* speak again."""
    _put(connection, channel, {**_columns(Health()), "probe_until": None})


def health_of(row: Mapping[str, Any]) -> Health:
    """Return what a row of `channel_state` says about its channel's health."""
    return Health(row["failures"], row["trips"], row["open_until"], row["busy_until"], row["why"])


def _columns(health: Health) -> dict[str, Any]:
    return {
        "failures": health.failures,
        "trips": health.trips,
        "open_until": health.open_until,
        "busy_until": health.busy_until,
        "why": health.why[:500],
    }


def _shut(row: Mapping[str, Any], now: datetime) -> bool:
    """Return whether nothing goes there at *now*, be it only that a first try is under way."""
    trying = row["probe_until"] is not None and now < row["probe_until"]
    return trying or breaker.shut_until(health_of(row), now) is not None


def _with_something_due(connection: Connection, channels: list[str], now: datetime) -> list[str]:
    if not channels:
        return []
    return list(connection.scalars(_DUE, {"ids": channels, "now": instant_text(now), "most": MOST_LANES}))


def _locked(
    connection: Connection, channels: list[str], known: Mapping[str, Any], *, wait: bool = False
) -> dict[str, Mapping[str, Any]]:
    """Return the rows of *channels*, made where they lack, and locked; without *wait* not those that others hold."""
    if not channels:
        return {}
    for channel in channels:
        if channel not in known:
            connection.execute(_MAKE, {"channel": channel})
    found = channel_states(connection, channels, lock=True, skip_locked=not wait)
    return {row["channel"]: row for row in found}


def _read(channel: str, written: str) -> gcra.Rate:
    try:
        return gcra.read(written)
    except UNREADABLE:
        LOG.error("a channel has no readable rate and publishes nothing", channel=channel, rate=written)
        return gcra.NOTHING


def _put(connection: Connection, channel: str, values: dict[str, Any]) -> None:
    connection.execute(_MAKE, {"channel": channel})
    connection.execute(update(CHANNEL_STATE).where(_C.channel == channel).values(values))
