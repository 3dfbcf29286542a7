"""
The examples that a workspace can start from: plain files with tokens for what only the day can tell.

    @{date}  @{date-16d}  @{date+90d}               a date: 2027-01-12
    @{date-16d at 18:30}                            wall time on that date: 2027-01-12T18:30:00
    @{date-16d at 18:30 Europe/Paris in UTC}        that instant: 2027-01-12T17:30:00Z
    @{start in Europe/Paris}  @{start+8s in Europe/London}    wall time of the start, or of seconds after it
    @{smtp}  @{http}  @{mastodon}                   what the caller substitutes

`date` is the start's date in UTC. A token that fills a quoted string takes the quotes with it, so that
the template is YAML and the result looks as a person would write it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from campaigns import clock
from campaigns.errors import Complaint, InvalidDocument, UsageError, Where

FOLDER = Path(__file__).parent / "examples"
DOCUMENT = "campaign.yaml"
SMALLEST = "minimal"
HISTORY = "published.csv"  #: releases that went out before the workspace was made
FILLED = frozenset({".yaml", ".csv"})  #: the kinds of file in which tokens stand

_TOKEN = re.compile(r'"@\{([^{}"]+)\}"|@\{([^{}"]+)\}')
_DATE = re.compile(r"date(?:([+-]\d+)d)?(?: at (\d\d:\d\d(?::\d\d)?)(?: (\S+) in UTC)?)?")
_START = re.compile(r"start(?:\+(\d+)s)? in (\S+)")


def names() -> list[str]:
    """Return the examples there are, in alphabetical order."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / DOCUMENT).is_file())


def files(name: str, start: datetime, substitutions: Mapping[str, str]) -> dict[str, bytes]:
    """
    Return the example's files as path below the example -> content, every token filled.

    Raises:
        UsageError: If there is no such example, or *start* lies where a zone's clocks change.
        InvalidDocument: If a token is none of ours.
    """
    if name not in names():
        message = f"There is no example '{name}'."
        raise UsageError(message, f"Choose one of: {', '.join(names())}.")
    folder = FOLDER / name
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix in FILLED:
            content = fill(content.decode(), start, substitutions, file=path.name).encode()
        found[path.relative_to(folder).as_posix()] = content
    return found


def fill(text: str, start: datetime, substitutions: Mapping[str, str], file: str = "") -> str:
    """
    Return *text* with every token replaced.

    Raises:
        UsageError: If a wall time does not exist, or occurs twice.
        InvalidDocument: If a token is none of ours; *file* and its line say where.
    """

    def value(match: re.Match[str]) -> str:
        token = match[1] or match[2]
        if date := _DATE.fullmatch(token):
            return _date(start, *date.groups())
        if later := _START.fullmatch(token):
            return _wall(start + timedelta(seconds=int(later[1] or 0)), later[2])
        if token in substitutions:
            return substitutions[token]
        where = Where(file, text.count("\n", 0, match.start()) + 1)
        raise InvalidDocument([Complaint(where, f"unknown token @{{{token}}}", "campaigns/example.py lists them")])

    return _TOKEN.sub(value, text)


def _date(start: datetime, days: str | None, time: str | None, zone: str | None) -> str:
    """Return a date, a wall time, or where *zone* is given the instant of that wall time."""
    day = (start.astimezone(UTC) + timedelta(days=int(days or 0))).date().isoformat()
    if time is None:
        return day
    wall = datetime.fromisoformat(f"{day}T{time}")
    return clock.iso(wall.replace(tzinfo=ZoneInfo(zone))) if zone else wall.isoformat()


def _wall(instant: datetime, zone: str) -> str:
    """Return *instant* as the clocks of *zone* show it; refuse the hour that they show twice."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        message = (
            f"{clock.iso(instant)}, at the start or soon after it, falls in the hour that clocks in {zone} show twice."
        )
        raise UsageError(message, "Start some hours earlier or later.")
    return local.replace(tzinfo=None, microsecond=0).isoformat()
