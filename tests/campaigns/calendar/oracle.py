"""
What clocks show, minute by minute, by a reading of the zone files that shares nothing with zoneinfo or with ours.

A file is TZif (RFC 9636): transitions up to some year, and a footer, a POSIX TZ string, that goes on for ever. Here
both become one array: for every minute of UTC from 2026 to 2040 the minute on the wall. How often a wall minute occurs,
and when, is then counted, not computed.
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from campaigns.calendar.wall_time import WallTimeFold, WallTimeGap, end_of, resolve, start_of, wall_of
from tests.builders import zone_data

FIRST, LAST = date(2026, 1, 1), date(2040, 12, 31)
HOUR, DAY = 60, 1440  #: in minutes
EPOCH = date(1970, 1, 1).toordinal()
_HEAD = struct.Struct(">4sc15x6I")
_TYPE = struct.Struct(">iBB")
_NAME, _TIME = r"(?:<[^>]+>|[A-Za-z]{3,})", r"[+-]?\d+(?::\d+){0,2}"
_FOOTER = re.compile(rf"{_NAME}({_TIME})(?:{_NAME}({_TIME})?,([^,/]+)(?:/({_TIME}))?,([^,/]+)(?:/({_TIME}))?)?\Z")


def transitions(data: bytes) -> tuple[list[int], list[int]]:
    """Return the instants (seconds since 1970) at which the offset may change up to 2042, and the offsets: one more."""
    _, version, *counts = _HEAD.unpack_from(data)
    assert version >= b"2", "a file of 1990 has no footer"
    isut, isstd, leap, times, types, chars = counts
    start = _HEAD.size + times * 5 + types * 6 + chars + leap * 8 + isstd + isut  # the same again, in 32 bits
    isut, isstd, leap, times, types, chars = _HEAD.unpack_from(data, start)[2:]
    at = start + _HEAD.size
    when = list(struct.unpack_from(f">{times}q", data, at))
    which = data[at + times * 8 : at + times * 9]
    at += times * 9
    offsets = [_TYPE.unpack_from(data, at + number * 6)[0] for number in range(types)]
    at += types * 6 + chars + leap * 12 + isstd + isut
    kept = [offsets[0], *(offsets[number] for number in which)]
    for moment, offset in _by_footer(data[at:].decode().strip("\n")):
        if not when or moment > when[-1]:
            when.append(moment)
            kept.append(offset)
    return when, kept


def _by_footer(text: str) -> Iterable[tuple[int, int]]:
    """Yield the changes of 1970 to 2042 that a POSIX TZ string orders, in order: seconds since 1970, new offset."""
    match = _FOOTER.match(text)
    assert match, text
    standard = -_seconds(match[1])
    if not match[3]:
        return
    summer = -_seconds(match[2]) if match[2] else standard + 3600
    found = []
    for year in range(1970, 2043):
        found.append((_moment(year, match[3], match[4]) - standard, summer))
        found.append((_moment(year, match[5], match[6]) - summer, standard))
    yield from sorted(found)


def _moment(year: int, day: str, time: str | None) -> int:
    """Return *day* of *year* (`M10.5.0`: the last Sunday of October) at *time*, in seconds since 1970 on that wall."""
    month, week, weekday = map(int, day.removeprefix("M").split("."))
    days = [date(year, month, number) for number in range(1, 29)]
    days += [days[-1] + timedelta(days=step) for step in (1, 2, 3)]
    same = [each for each in days if each.month == month and each.isoweekday() % 7 == weekday]
    chosen = same[min(week, len(same)) - 1]
    return (chosen.toordinal() - EPOCH) * 86400 + (_seconds(time) if time else 7200)


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(each) for each in text.lstrip("+-").split(":")]
    return sign * sum(each * unit for each, unit in zip(parts, (3600, 60, 1), strict=False))


class Zone:
    """The wall of one zone from 2026 to 2040; days count from 1970, minutes too."""

    def __init__(self, name: str) -> None:
        self.name = name
        when, offsets = transitions(zone_data.file_of(name))
        self.first, self.last = FIRST.toordinal() - EPOCH, LAST.toordinal() - EPOCH
        low, high = (self.first - 2) * DAY, (self.last + 3) * DAY
        edges = np.clip(np.array([low * 60, *when, high * 60]), low * 60, high * 60)
        assert not (edges % 60).any(), "the clocks of 2026 to 2040 change at full minutes"
        utc = np.arange(low, high, dtype=np.int32)
        shift = np.repeat(np.array(offsets, dtype=np.int32), np.diff(edges // 60))
        assert not (shift % 60).any(), "the offsets of 2026 to 2040 are full minutes"
        wall = utc + shift // 60
        base, size = self.first * DAY, (self.last + 1 - self.first) * DAY
        inside = (wall >= base) & (wall < base + size)
        wall, utc = wall[inside] - base, utc[inside]
        self.times = np.bincount(wall, minlength=size).astype(np.int8)  #: how often each wall minute occurs
        self.early = np.zeros(size, dtype=np.int32)  #: its first instant
        self.early[wall[::-1]] = utc[::-1]
        self.late = np.zeros(size, dtype=np.int32)  #: its last instant
        self.late[wall] = utc
        changes = np.flatnonzero(np.diff(np.where(self.times == 1, self.early, -1)) != 1)
        #: Days with a minute that occurs twice or never, or next to such a one.
        self.restless = sorted({self.first + int(minute + step) // DAY for minute in changes for step in (0, 1)})

    def row(self, day: int) -> slice:
        """Return where the minutes of *day* stand in the arrays."""
        return slice((day - self.first) * DAY, (day - self.first + 1) * DAY)


@dataclass
class Tally:
    """What a comparison saw."""

    minutes: int = 0
    never: int = 0  #: wall minutes in a gap
    twice: int = 0
    days: int = 0
    wrong: list[str] = field(default_factory=list)


_MINUTES = [(f"T{minute // HOUR:02}:{minute % HOUR:02}:00", timedelta(minutes=minute)) for minute in range(DAY)]


def compare(zone: Zone, days: Iterable[int]) -> Tally:
    """Hold what `wall_time` says of every wall minute of *days* against *zone*."""
    found = Tally()
    for day in days:
        row = zone.row(day)
        times, early = zone.times[row], zone.early[row]
        name, told = date.fromordinal(day + EPOCH).isoformat(), zone.name
        if (times == 1).all() and early[-1] - early[0] == DAY - 1:
            start = instant(early[0])
            found.wrong += [
                f"{name}{clock}"
                for clock, step in _MINUTES
                if resolve(name + clock, told) != start + step or wall_of(start + step, told) != name + clock
            ]
        else:
            minutes = zip(times.tolist(), early.tolist(), zone.late[row].tolist(), _MINUTES, strict=True)
            for often, first, last, (clock, _) in minutes:
                found.never += often == 0
                found.twice += often == 2
                if not _agrees(name + clock, told, often, instant(first), instant(last)):
                    found.wrong.append(name + clock)
        shown = early[times > 0]
        if len(shown) and start_of(date.fromisoformat(name), told) != instant(shown.min()):
            found.wrong.append(f"start of {name}")
        if end_of(date.fromisoformat(name), told) != start_of(date.fromordinal(day + EPOCH + 1), told):
            found.wrong.append(f"end of {name}")
        found.minutes += DAY
        found.days += 1
    return found


def _agrees(wall: str, zone: str, often: int, early: datetime, late: datetime) -> bool:
    """Return whether *wall* is refused where it never occurs, asked about where it does twice, and else resolved."""
    answers = [_answer(wall, zone, fold) for fold in (None, 0, 1)]
    if often == 0:
        return answers == [WallTimeGap] * 3
    shown = wall_of(early, zone) == wall_of(late, zone) == wall
    return shown and answers == [early if often == 1 else WallTimeFold, early, late]


def _answer(wall: str, zone: str, fold: int | None) -> object:
    try:
        return resolve(wall, zone, fold)
    except (WallTimeGap, WallTimeFold) as refused:
        return type(refused)


def instant(minute: int) -> datetime:
    """Return *minute* of UTC since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=int(minute))
