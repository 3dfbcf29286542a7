"""
Recurrence rules (RFC 5545 RRULE) on wall time, expanded at plan time into occurrences with names of their own.

A weekly 18:30 stays 18:30 on the wall across a change of clocks. The rule counts from `at`, which must itself be an
occurrence. Accepted: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH,
BYSETPOS, BYHOUR, BYMINUTE, WKST. Nothing more frequent than daily: name the hours with BYHOUR.
"""

import re
from bisect import bisect
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from campaigns.errors import Refused

SHOWN = 4  #: occurrences that a hint lists
CAP = 10_000  #: occurrences of one entry
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "BYSETPOS",
    "BYHOUR",
    "BYMINUTE",
    "WKST",
)

_UNTIL = re.compile(r"(\d{8})(?:T(\d{6}))?\Z")
_NUMBERS = re.compile(r"[+-]?\d{1,5}(,[+-]?\d{1,5})*\Z")
_DAYS = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*\Z")
#: The largest number that each part takes, and whether it counts from the end as well.
_LIMITS = {"BYMONTHDAY": (31, True), "BYSETPOS": (366, True), "BYMONTH": (12, False), "BYHOUR": (23, False)}
_LIMITS["BYMINUTE"] = (59, False)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_EXAMPLE = "Write a rule such as FREQ=WEEKLY;COUNT=4 or FREQ=MONTHLY;BYDAY=1MO;UNTIL=20270430."

# dateutil walks on to the year 9999 in search of a day that a rule can never meet (31 February). The Gregorian
# calendar repeats, weekdays included, every 400 years: expanded near its end, the search is short.
_CYCLE = 400
_LAST_CYCLE = 9600


class BadRule(Refused):
    """A recurrence rule cannot be read, never ends, or does not start where the entry does."""


class BadExdate(BadRule):
    """What a release leaves out is no occurrence of it, or is all of it."""

    def __init__(self, message: str, hint: str, wall: str = "") -> None:
        super().__init__(message, hint)
        self.wall = wall  #: the one that is none; "" for all of them


@dataclass(frozen=True)
class Occurrence:
    """One time at which an entry goes out."""

    recurrence_id: str  #: RFC 5545 RECURRENCE-ID as wall time, `20270119T183000`; "" for a single release
    wall: str  #: `2027-01-19T18:30:00`
    number: int = field(default=0, compare=False)  #: its place in the rule, from 0, those left out counted too


def expand(
    at: str,
    repeat: str | None = None,
    until: str | None = None,
    ends: str | None = None,
    exdate: Collection[str] = (),
) -> list[Occurrence]:
    """
    Return the occurrences of an entry, in order; the first is *at* itself. Those at *exdate* (RFC 5545) are left out.

    *at* and *until* (inclusive) are wall times; *ends*, the campaign's last day (ISO, inclusive), bounds only a rule
    that has no end of its own: a COUNT that runs past it is for the caller to refuse, not for us to cut.

    Raises:
        BadRule: If the rule cannot be read, has no end, gives more than 10,000 occurrences or does not start at *at*.
        BadExdate: If *exdate* names what is no occurrence, or all of them.
    """
    if repeat is None:
        if exdate:
            message = "exdate leaves out occurrences of a repeat, and this release has none."
            raise BadExdate(message, "Remove exdate, or add repeat:.")
        return [Occurrence("", at)]
    parts = _parts(repeat)
    bound = _bound(parts, until, ends)
    walls = _walls(at, parts, bound, repeat)
    if not walls or walls[0] != at:
        first = f"; the first one would be {walls[0][:16]}" if walls else ""
        message = f"{at[:16]} is not an occurrence of {repeat[:80]}{first}."
        raise BadRule(message, "Move `at` to a day and hour that the rule names, or change the rule.")
    left_out = set(exdate)
    if unknown := sorted(left_out.difference(walls)):
        message = f"exdate {unknown[0][:16]} is not an occurrence of {repeat[:80]}."
        raise BadExdate(message, f"Occurrences around it are {_around(unknown[0], walls)}", unknown[0])
    left = [Occurrence(_id(wall), wall, number) for number, wall in enumerate(walls) if wall not in left_out]
    if not left:
        message = "exdate leaves out every occurrence."
        raise BadExdate(message, "Remove the release entry instead.")
    return left


def _around(wall: str, walls: Sequence[str]) -> str:
    """Return those of *walls* next to *wall*, in words that end a sentence."""
    place = bisect(walls, wall)
    first = max(0, min(place - SHOWN // 2, len(walls) - SHOWN))
    shown = [each[:16] for each in walls[first : first + SHOWN]]
    before, after = "… " if first else "", " …" if first + SHOWN < len(walls) else "."
    return f"{before}{', '.join(shown)}{after}"


def _id(wall: str) -> str:
    """Return the RECURRENCE-ID of *wall*."""
    return wall.replace("-", "").replace(":", "")


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of *rule* by name, upper case; refuse what we do not take."""
    parts: dict[str, str] = {}
    for piece in rule.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = piece.partition("=")
        if name not in PARTS or not value:
            message = f"'{piece[:40]}' is not a part of a recurrence rule that we take."
            raise BadRule(message, f"Parts are {', '.join(PARTS)}. {_EXAMPLE}")
        if name in parts:
            message = f"The recurrence rule says {name} twice."
            raise BadRule(message, "Keep one of them.")
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        message = f"FREQ is {parts['FREQ']}." if "FREQ" in parts else "The recurrence rule has no FREQ."
        hint = f"Write one of {', '.join(FREQUENCIES)}; for several times a day FREQ=DAILY;BYHOUR=9,18."
        raise BadRule(message, hint)
    if "COUNT" in parts and "UNTIL" in parts:
        message = "The recurrence rule says both COUNT and UNTIL."
        raise BadRule(message, "Keep one of them.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isascii() and parts[name].isdigit() and 1 <= int(parts[name][:9]) <= CAP):
            message = f"{name} is {parts[name][:20]}."
            raise BadRule(message, f"Write a whole number from 1 to {CAP}.")
    return parts


def _bound(parts: dict[str, str], until: str | None, ends: str | None) -> datetime | None:
    """Return the last wall time at which an occurrence may fall; none where COUNT alone ends the rule."""
    limits = [datetime.fromisoformat(until)] if until else []
    if "UNTIL" in parts:
        match = _UNTIL.match(parts["UNTIL"])
        try:
            if not match:
                raise ValueError  # noqa: TRY301 (one refusal for both ways to be wrong)
            # A bare day means all of that day.
            limits.append(datetime.strptime(match[1] + (match[2] or "235959"), "%Y%m%d%H%M%S"))  # noqa: DTZ007 (wall time)
        except ValueError:
            message = f"UNTIL is {parts['UNTIL'][:30]}."
            raise BadRule(message, "Write wall time without Z, as UNTIL=20270430 or UNTIL=20270430T183000.") from None
    if not limits and "COUNT" not in parts:
        if ends is None:
            message = (
                "The recurrence rule never ends: no COUNT or UNTIL, no until on the release, no ends on the campaign."
            )
            raise BadRule(message, "Add ;COUNT=4 to the rule, until: to the release, or ends: to the campaign.")
        limits.append(datetime.fromisoformat(f"{ends}T23:59:59"))
    return min(limits, default=None)


def _walls(at: str, parts: dict[str, str], bound: datetime | None, rule: str) -> list[str]:
    """Return the wall times that the rule gives from *at* on."""
    from dateutil.rrule import rrulestr

    _numbers(parts)
    _days(parts)
    start = datetime.fromisoformat(at)
    if not _names(start, parts):
        return []
    shift = _LAST_CYCLE - start.year // _CYCLE * _CYCLE
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    try:
        moments = rrulestr(text, dtstart=_shifted(start, shift))
        limit = _shifted(bound, shift) if bound else None
        found: list[str] = []
        for moment in islice(moments, CAP + 1):
            if limit and moment > limit:
                return found
            found.append(_shifted(moment, -shift).isoformat())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        message = f"'{rule[:80]}' is not a recurrence rule."
        raise BadRule(message, _EXAMPLE) from None
    if len(found) > CAP:
        message = f"The recurrence rule gives more than {CAP:,} occurrences."
        raise BadRule(message, "Shorten it with COUNT, UNTIL or until:.")
    if len(found) < int(parts.get("COUNT", 0)) and found[:1] == [at]:
        message = f"The recurrence rule gives only {len(found)} of {parts['COUNT']} occurrences in centuries."
        raise BadRule(message, "Lower COUNT or INTERVAL.")
    return found


def _numbers(parts: dict[str, str]) -> None:
    """Refuse numbers that no day, month or hour has: some of them would be passed over in silence."""
    for name, (most, backwards) in _LIMITS.items():
        if name in parts:
            numbers = [int(each) for each in parts[name].split(",")] if _NUMBERS.match(parts[name]) else []
            least = 0 if name in {"BYHOUR", "BYMINUTE"} else 1
            if not numbers or any(not least <= (abs(each) if backwards else each) <= most for each in numbers):
                message = f"{name} is {parts[name][:40]}."
                again = f", or -{most} to -1 from the end" if backwards else ""
                raise BadRule(message, f"Write numbers with commas, each from {least} to {most}{again}. {_EXAMPLE}")


def _days(parts: dict[str, str]) -> None:
    """Refuse weekdays that cannot be read, and write those of one rule all with a number or all without."""
    if "BYDAY" not in parts:
        return
    days = parts["BYDAY"].split(",")
    if not _DAYS.match(parts["BYDAY"]) or any(day.lstrip("+-").startswith("0") for day in days):
        message = f"BYDAY is {parts['BYDAY'][:40]}."
        raise BadRule(message, f"Write days as MO,TU or, counted in a month, 1MO,-1FR. {_EXAMPLE}")
    plain = [day for day in days if day in _WEEKDAYS]
    if len(plain) < len(days) and parts["FREQ"] not in {"MONTHLY", "YEARLY"}:
        message = f"BYDAY is {parts['BYDAY'][:40]}, and {parts['FREQ']} counts no weekdays."
        raise BadRule(message, "Write MO for each Monday, or FREQ=MONTHLY for the first one of a month.")
    if 0 < len(plain) < len(days):
        # The standard means either; dateutil wants a day to be both.
        most = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
        each = {day: [f"{number}{day}" for number in range(1, most + 1)] for day in plain}
        parts["BYDAY"] = ",".join(number for day in days for number in each.get(day, [day]))


def _names(start: datetime, parts: dict[str, str]) -> bool:
    """Return whether the rule's days include that of *start*: a cheap answer before a long search."""
    length = monthrange(start.year, start.month)[1]
    allowed = {name: parts[name].split(",") for name in ("BYMONTH", "BYMONTHDAY", "BYDAY") if name in parts}
    return (
        str(start.month) in [month.lstrip("+0") for month in allowed.get("BYMONTH", [str(start.month)])]
        and {start.day, start.day - length - 1} & {int(day) for day in allowed.get("BYMONTHDAY", [str(start.day)])}
        != set()
        and any(day.endswith(_WEEKDAYS[start.weekday()]) for day in allowed.get("BYDAY", _WEEKDAYS))
    )


def _shifted(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years)
