"""Different messages that reach the same audience too soon after one another. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.releases.clashes.clash import (
    CROWD,
    Audience,
    Clash,
    Going,
    Kind,
    apart,
    called,
    entry_of,
    lasting,
    listed,
)

HINT = "Move one of them, or set another clash_gap (in hours) in cordiale.toml."


@dataclass
class _Sending:
    """One message to one audience at one instant, in whatever locales and on whatever channels."""

    due: datetime
    entry: str
    message: tuple[str, str]
    ids: list[str] = field(default_factory=list)
    moves: bool = False


@dataclass
class _Pair:
    """Two entries that clash: where they are nearest, and all that is in it."""

    times: tuple[datetime, datetime]
    audiences: set[str] = field(default_factory=set)
    instants: set[tuple[datetime, datetime]] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def crowding(goings: Iterable[Going], gap: timedelta) -> list[Clash]:
    """
    Return a clash for each two entries whose different messages reach an audience less than *gap* apart.

    Told once a pair, where they are nearest, for all their audiences, locales, channels and occurrences.
    """
    pairs: dict[tuple[str, str], _Pair] = {}
    for audience, sendings in _by_audience(goings).items():
        for one, other in _near(sendings, gap):
            first, second = sorted((one, other), key=lambda each: each.entry)
            times = (first.due, second.due)
            pair = pairs.setdefault((first.entry, second.entry), _Pair(times))
            pair.times = min(pair.times, times, key=lambda each: (abs(each[0] - each[1]), each))
            pair.audiences.add(audience[0])
            pair.instants.add(times)
            pair.ids.update(one.ids, other.ids)
    return [_told(entries, pair, gap) for entries, pair in pairs.items()]


def _by_audience(goings: Iterable[Going]) -> dict[Audience, list[_Sending]]:
    found: dict[Audience, dict[tuple[datetime, str], _Sending]] = defaultdict(dict)
    for going in goings:
        entry = entry_of(going)
        for audience in going.audiences:
            new = _Sending(going.due, entry, (going.campaign, going.message))
            sending = found[audience].setdefault((going.due, entry), new)
            sending.ids.append(going.id)
            sending.moves = sending.moves or going.moves
    return {each: [sendings[key] for key in sorted(sendings)] for each, sendings in sorted(found.items())}


def _near(sendings: list[_Sending], gap: timedelta) -> Iterator[tuple[_Sending, _Sending]]:
    """Yield the pairs that clash: each sending with the next CROWD of other messages, so that a crowd costs no more."""
    change = _changes(sendings)
    for number, one in enumerate(sendings):
        taken, place = 0, change[number]
        while taken < CROWD and place < len(sendings) and sendings[place].due - one.due < gap:
            other = sendings[place]
            if other.message == one.message:
                place = change[place]
                continue
            taken, place = taken + 1, place + 1
            if (one.moves or other.moves) and one.entry != other.entry:  # an entry may have sent another message before
                yield one, other


def _changes(sendings: list[_Sending]) -> list[int]:
    """Return, for each place, the next one with another message: a run of one message is stepped over at once."""
    after = [len(sendings)] * len(sendings)
    for place in range(len(sendings) - 2, -1, -1):
        same = sendings[place].message == sendings[place + 1].message
        after[place] = after[place + 1] if same else place + 1
    return after


def _told(entries: tuple[str, str], pair: _Pair, gap: timedelta) -> Clash:
    names = called(*entries)
    one, other = names if pair.times[0] <= pair.times[1] else reversed(names)
    more = len(pair.instants) - 1
    also = f" (and {more} more {'time' if more == 1 else 'times'})" if more else ""
    reached = listed(sorted(pair.audiences))
    said = f"{one} and {other} reach {reached} {apart(*pair.times)}{also}; the gap between messages is {lasting(gap)}."
    return Clash(Kind.AUDIENCE, min(pair.times), said, HINT, entries, tuple(sorted(pair.ids)))
