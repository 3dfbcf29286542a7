"""The small types of a campaign document: ids, wall times, durations, shares. Each says what it accepts."""

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from campaigns.locales import LOCALES

FIRST_YEAR, LAST_YEAR = 2000, 2199  #: of every date in a document
LONGEST = 366 * 86400  #: seconds of any duration
MOST = 2**53 - 1  #: the largest whole number that JSON carries everywhere

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?\Z", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)
_DURATION = re.compile(r"(\d{1,8})\s*(s|m|h|d)\Z", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ZONE = re.compile(r"[\w+-]{1,40}(?:/[\w+-]{1,40}){0,2}\Z", re.ASCII)
_RATE = re.compile(r"(\d{1,6})/(s|m|h|d)\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d[\d_]*(\.\d+)?\Z", re.ASCII)


def _locale(tag: str) -> str:
    if tag not in LOCALES:
        message = f"unknown locale '{tag}'"
        raise ValueError(message)
    return tag


def _zone(name: str) -> str:
    try:
        if not _ZONE.match(name):  # a longer road would be imported step by step, down to the limit of recursion
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"unknown time zone '{name}'; write an IANA name such as Europe/Paris"
        raise ValueError(message) from None
    return name


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or not _DAY.match(value):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        return _in_our_time(date.fromisoformat(value))
    except ValueError:
        message = "write a day as 2027-01-31, between 2000 and 2199"
        raise ValueError(message) from None


def _in_our_time(day: date) -> date:
    """Refuse years in which the zones have no rules, or that no calendar program reaches."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _wall(value: object) -> str:
    if not isinstance(value, str) or not _WALL.match(value):
        message = "write wall time as 2027-01-12T18:30, without offset"
        raise ValueError(message)
    text = value if len(value) > len("2027-01-12T18:30") else f"{value}:00"
    try:
        _in_our_time(date.fromisoformat(text[:10]))
        hour, minute, second = (int(n) for n in text[11:].split(":"))
    except ValueError:
        hour = 99
        minute = second = 0
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 (a day's hours, an hour's minutes)
        message = f"{value} is not a date and time that the calendar of 2000 to 2199 has"
        raise ValueError(message)
    return text


def _clock(value: object) -> str:
    if not isinstance(value, str) or not _CLOCK.match(value):
        message = "write a time of day as 22:00"
        raise ValueError(message)
    return value


def _duration(value: object) -> int:
    match = _DURATION.match(value.strip()) if isinstance(value, str) else None
    seconds = int(match[1]) * _SECONDS[match[2]] if match else value
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST:
        return seconds
    message = "write a duration as 90s, 15m, 2h or 1d, at most 366 days"
    raise ValueError(message)


def _number(value: object) -> object:
    if isinstance(value, str) and _NUMBER.match(value):
        return value.replace("_", "")
    if isinstance(value, bool):
        message = "write a whole number such as 250_000"
        raise ValueError(message)  # noqa: TRY004 (pydantic wants ValueError)
    return value


def _percent(value: object) -> object:
    """Read `18%` as the share 0.18; keep plain numbers."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        bare = value.rstrip()[:-1].strip()
        if _NUMBER.match(bare):
            return Share(Decimal(bare.replace("_", "")) / 100)
    return _number(value)


class Share(float):
    """A figure written with a per cent sign: 18% is 0.18."""


def _rate(value: str) -> str:
    if not _RATE.match(value):
        message = "write a rate as 30/h, 5/m, 1/s or 100/d"
        raise ValueError(message)
    return value


def rate_interval(rate: str) -> timedelta:
    """Return the time between two releases at *rate* (`30/h` is two minutes)."""
    match = _RATE.match(rate)
    if not match or int(match[1]) == 0:
        message = f"{rate!r} is not a rate"
        raise ValueError(message)
    return timedelta(seconds=_SECONDS[match[2]] / int(match[1]))


def figure(value: Any) -> Any:
    """Read a number or a percentage; `18%` is the share 0.18. Infinity and not-a-number are neither."""
    value = _percent(value)
    try:
        if isinstance(value, bool) or not math.isfinite(number := float(value)):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (TypeError, ValueError, OverflowError):
        message = "write a number, or a percentage such as 18%"
        raise ValueError(message) from None
    if not number:
        return 0.0  # a minus before nothing would be lost in a table
    return value if isinstance(value, Share | int | float) else number


def _scalar(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        message = "write text or a number"
        raise ValueError(message)  # noqa: TRY004 (pydantic wants ValueError)
    return _exact(value)


def _option(value: object) -> object:
    if not isinstance(value, str | int | bool):
        message = "write text, a whole number, true or false"
        raise ValueError(message)  # noqa: TRY004 (pydantic wants ValueError)
    return _exact(value)


def _exact(value: str | float) -> str | float:
    if not isinstance(value, str) and not abs(value) <= MOST:
        message = "the number is too large to be kept exactly; write it as text, in quotes"
        raise ValueError(message)
    return value


def _one_line(value: str) -> str:
    if any(mark in value for mark in "\n\r\x0b\x0c\x85\u2028\u2029"):
        message = "write it on one line"
        raise ValueError(message)
    return value


def _inside(path: str) -> str:
    if ".." in path.split("/"):
        message = "name a file inside the media folder, without '..'"
        raise ValueError(message)
    return path


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="lower-case letters, digits, - and _")]
LocaleTag = Annotated[str, AfterValidator(_locale)]
Zone = Annotated[str, AfterValidator(_zone)]
Day = Annotated[date, BeforeValidator(_day)]
WallTime = Annotated[str, BeforeValidator(_wall)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1", examples=["FR", "GB"])]
Clock = Annotated[str, BeforeValidator(_clock)]
Seconds = Annotated[int, BeforeValidator(_duration)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=0)]
Rate = Annotated[str, AfterValidator(_rate)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Line = Annotated[str, Field(min_length=1, max_length=320), AfterValidator(_one_line)]
Link = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line)]
Scalar = Annotated[str | int | float, BeforeValidator(_scalar)]
Option = Annotated[str | int | bool, BeforeValidator(_option)]
MediaPath = Annotated[str, Field(pattern=r"^[^/\\\x00][^\\\x00]*$", max_length=255), AfterValidator(_inside)]
Localised = dict[LocaleTag, Text]
LocalisedLine = dict[LocaleTag, Line]
