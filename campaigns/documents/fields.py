"""The small types of a campaign document: ids, wall times, durations, shares. Each says what it accepts."""

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from campaigns.documents.written import LONGEST, MOST, PATTERNS, WORDS, zones
from campaigns.locales import LOCALES

FIRST_YEAR, LAST_YEAR = 2000, 2199  #: of every date in a document

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?\Z", re.ASCII)
_CLOCK, _DURATION, _RATE, _WHOLE, _FIGURE, _AMOUNT, _MEDIA = (
    re.compile(PATTERNS[name])
    for name in ("time_of_day", "duration", "rate", "whole_number", "figure", "amount", "media_path")
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def written(name: str) -> WithJsonSchema:
    """Return the mark by which `jsonschema` knows that a type is written as `written.definitions` says of *name*."""
    return WithJsonSchema({"type": "string", "written": name})


class Shorthand:
    """Says to `jsonschema` what may stand for a type instead, where a validator puts it into shape."""

    def __init__(self, **schema: Any) -> None:
        self.schema = schema

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        """Return both forms."""
        return {"anyOf": [self.schema, handler(core)]}


def _locale(tag: str) -> str:
    if tag not in LOCALES:
        message = f"unknown locale '{tag}'"
        raise ValueError(message)
    return tag


def _zone(name: str) -> str:
    if name not in zones():
        message = f"unknown time zone '{name}'"
        raise ValueError(message)
    return name


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or not _DAY.match(value):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        return _in_our_time(date.fromisoformat(value))
    except ValueError:
        raise ValueError(WORDS["day"]) from None


def _in_our_time(day: date) -> date:
    """Refuse years in which the zones have no rules, or that no calendar program reaches."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _wall(value: object) -> str:
    if not isinstance(value, str) or not _WALL.match(value):
        raise ValueError(WORDS["wall_time"])
    text = value if len(value) > len("2027-01-12T18:30") else f"{value}:00"
    try:
        _in_our_time(date.fromisoformat(text[:10]))
        hour, minute, second = (int(n) for n in text[11:].split(":"))
    except ValueError:
        hour = 99
        minute = second = 0
    if (hour, minute, second) == (24, 0, 0) and text[:10] < f"{LAST_YEAR}-12-31":
        # ISO 8601 takes it for the end of a day. One instant, one writing: what is exported would come back otherwise.
        midnight = date.fromisoformat(text[:10]) + timedelta(days=1)
        message = f"a day ends where the next begins: write {midnight.isoformat()}T00:00 for {value}"
        raise ValueError(message)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 (a day's hours, an hour's minutes)
        message = f"{value} is not a date and time that the calendar of 2000 to 2199 has"
        raise ValueError(message)
    return text


def _clock(value: object) -> str:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError(WORDS["time_of_day"])
    return value


def _duration(value: object) -> int:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    seconds = int(match[1]) * _SECONDS[match[2]] if match else value
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST:
        return seconds
    raise ValueError(WORDS["duration"])


def _number(value: object) -> object:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value.replace("_", ""))
    if isinstance(value, str | bool):
        raise ValueError(WORDS["whole_number"])  # noqa: TRY004 (pydantic wants ValueError)
    return value


class Share(float):
    """A figure written with a per cent sign: 18% is 0.18."""


def _rate(value: str) -> str:
    if not _RATE.fullmatch(value):
        raise ValueError(WORDS["rate"])
    return value


def rate_window(rate: str) -> tuple[int, timedelta]:
    """
    Return how many releases *rate* lets out, and in what time: `30/h` is 30 in an hour.

    Raises:
        ValueError: If it is no rate.
    """
    number, _, unit = _rate(rate).partition("/")
    return int(number), timedelta(seconds=_SECONDS[unit])


def rate_interval(rate: str) -> timedelta:
    """
    Return the time between two releases at *rate* (`30/h` is two minutes), rounded up to a whole microsecond.

    Raises:
        ValueError: If it is no rate.
    """
    number, window = rate_window(rate)
    return -(-window // number)


def figure(value: Any) -> Any:
    """Read a number or a percentage; `18%` is the share 0.18. Infinity and not-a-number are neither."""
    try:
        if isinstance(value, str):
            value = _figure(value)
        if isinstance(value, bool) or not math.isfinite(number := float(value)):
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(WORDS["figure"]) from None
    if not number:
        return 0.0  # a minus before nothing would be lost in a table
    return value if isinstance(value, Share | int | float) else number


def _figure(text: str) -> float:
    match = _FIGURE.fullmatch(text)
    if not match:
        raise ValueError
    number = Decimal(match[1].replace("_", ""))
    return Share(number / 100) if match[4] else float(number)


def _amount(value: object) -> object:
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):
        raise ValueError(WORDS["amount"])
    return figure(value)


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
        raise ValueError(WORDS["line"])
    return value


def _inside(path: str) -> str:
    if not _MEDIA.fullmatch(path):
        raise ValueError(WORDS["media_path"])
    return path


Id = Annotated[str, Field(pattern=PATTERNS["id"]), written("id")]
LocaleTag = Annotated[str, AfterValidator(_locale), written("locale")]
Zone = Annotated[str, AfterValidator(_zone), written("zone")]
Day = Annotated[date, BeforeValidator(_day), written("day")]
WallTime = Annotated[str, BeforeValidator(_wall), written("wall_time")]
Country = Annotated[str, Field(pattern=PATTERNS["country"]), written("country")]
Currency = Annotated[str, Field(pattern=PATTERNS["currency"]), written("currency")]
Clock = Annotated[str, BeforeValidator(_clock), written("time_of_day")]
Seconds = Annotated[int, BeforeValidator(_duration), written("duration")]
Count = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MOST), written("whole_number")]
Figure = Annotated[float, BeforeValidator(figure), written("figure")]
Amount = Annotated[float, BeforeValidator(_amount), Field(ge=0, le=1e12), written("amount")]
Rate = Annotated[str, AfterValidator(_rate), written("rate")]
Text = Annotated[str, Field(min_length=1, max_length=20_000), written("text")]
Line = Annotated[str, Field(min_length=1, max_length=320), AfterValidator(_one_line), written("line")]
Link = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line), written("link")]
Scalar = Annotated[str | int | float, BeforeValidator(_scalar), written("value")]
Option = Annotated[str | int | bool, BeforeValidator(_option), written("option")]
MediaPath = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_inside), written("media_path")]
Localised = Annotated[dict[LocaleTag, Text], written("texts")]
LocalisedPath = Annotated[dict[LocaleTag, MediaPath], written("files")]
LocalisedLine = Annotated[dict[LocaleTag, Line], written("lines")]
