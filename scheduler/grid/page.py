"""The grid as one self-contained page, a section a week. No script, and nothing loaded from elsewhere."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from campaigns.clock import iso
from scheduler.grid.lines import Band, Grid, Line, Mark
from scheduler.releases.clashes.clash import Clash, listed
from scheduler.releases.states import NEEDS_A_PERSON, State

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_WEEK = timedelta(days=7)
_JOINT = re.compile(r"(?<=[/@.])(?=\w)")
#: In which dress the clearance of a state stands, beside its words.
_DRESS = {
    State.DRAFT: ("waits", "…"),
    State.EXPIRED: ("gone", "–"),  # noqa: RUF001 (a dash is meant)
    State.CANCELLED: ("gone", "–"),  # noqa: RUF001 (the same)
    State.RETRACTED: ("gone", "–"),  # noqa: RUF001 (the same)
}


class Clearance(NamedTuple):
    """Who has agreed: a word for the style, a sign, and the words."""

    dress: str
    sign: str
    words: str


@dataclass(frozen=True)
class Row:
    """A line as the page shows it."""

    line: Line
    time: str  #: by the clocks of its zone
    utc: str  #: with the day, where that is another one
    instant: str
    clearance: Clearance


@dataclass(frozen=True)
class Day:
    """A day of a week that something goes out on."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Week:
    """A week in which something happens."""

    id: str
    title: str
    number: str
    before: str  #: which days before it are empty, in words; "" if it follows the last one
    bands: tuple[tuple[Band, str, str], ...]  #: with their ends in words
    marks: tuple[tuple[str, Mark], ...]
    days: tuple[Day, ...]
    clashes: tuple[Clash, ...]


def page(grid: Grid, title: str, now: datetime) -> str:
    """Return the page. *now* is printed on it: a plan is as good as its day."""
    markings = sorted({frame.marking for frame in grid.campaigns if frame.marking})
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=title,
            style=files("scheduler.grid").joinpath("page.css").read_text("utf-8"),
            marking=" / ".join(markings),
            summary=summary(grid),
            grid=grid,
            weeks=weeks(grid),
            several=len(grid.campaigns) > 1,
            made=f"{day_words(now.date())}, {now.astimezone(UTC):%H:%M} UTC",
            empty=not grid.lines,
            span=_span,
        )
    )


def summary(grid: Grid) -> str:
    """Return how much there is, who is awaited, and what clashes, in one line."""
    awaited: dict[str, int] = {}
    for line in grid.lines:
        for partner in line.awaited if line.state is State.DRAFT and not line.unread else ():
            awaited[partner] = awaited.get(partner, 0) + 1
    waiting = [f"{number:,} await{'s' if number == 1 else ''} {partner}" for partner, number in sorted(awaited.items())]
    parts = [
        _count(len(grid.lines), "release", "releases"),
        _count(len(grid.bands), "blackout", "blackouts"),
        _count(len(grid.clashes), "clash", "clashes"),
    ]
    return f"{', '.join(parts)}; {', '.join(waiting) if waiting else 'no signature is awaited'}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else f"no {many}"


def weeks(grid: Grid) -> list[Week]:
    """Return the weeks in which something happens, Monday first, by the clocks of each release's zone."""
    by_week: dict[date, list[Line]] = defaultdict(list)
    for line in sorted(grid.lines, key=lambda each: (each.day, each.due, each.name)):
        by_week[_monday(line.day)].append(line)
    happening = {*by_week, *(_monday(each.day) for each in grid.marks)}
    happening |= {_monday(date.fromisoformat(wall[:10])) for band in grid.bands for wall in (band.start, band.end)}
    clashes = _by_week(grid)
    found: list[Week] = []
    last: date | None = None
    for monday in sorted(happening):
        found.append(
            Week(
                id=f"week-{monday.isoformat()}",
                title=_span(monday, monday + _WEEK - timedelta(days=1)),
                number=f"Week {monday.isocalendar().week}",
                before=_gap(last, monday),
                bands=tuple(_bands(grid.bands, monday)),
                marks=tuple((day_words(each.day), each) for each in grid.marks if _monday(each.day) == monday),
                days=tuple(
                    Day(day_words(day), tuple(map(_row, there)))
                    for day, there in groupby(by_week.get(monday, ()), lambda each: each.day)
                ),
                clashes=tuple(clashes.get(monday, ())),
            )
        )
        last = monday
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _gap(last: date | None, monday: date) -> str:
    if last is None or monday - last <= _WEEK:
        return ""
    return f"Nothing from {_span(last + _WEEK, monday - timedelta(days=1))}."


def _bands(bands: Sequence[Band], monday: date) -> Iterator[tuple[Band, str, str]]:
    """Yield the blackouts that are on in a week, with their first and last instant in words."""
    for band in bands:
        start, end = (date.fromisoformat(wall[:10]) for wall in (band.start, band.end))
        if start < monday + _WEEK and end >= monday:
            yield band, f"{day_words(start)}, {band.start[11:16]}", f"{day_words(end)}, {band.end[11:16]}"


def _by_week(grid: Grid) -> dict[date, list[Clash]]:
    """Return the clashes by the week in which the first release that is shown of each goes out."""
    lines = {each.id: each for each in grid.lines}
    found: dict[date, list[Clash]] = defaultdict(list)
    for clash in grid.clashes:
        if here := [lines[release] for release in clash.releases if release in lines]:
            found[_monday(min(here, key=lambda line: line.due).day)].append(clash)
    return found


def _row(line: Line) -> Row:
    utc = line.due.astimezone(UTC)
    other = "" if utc.date() == line.day else f" on {utc.day} {utc:%B}"
    to_the = "%H:%M:%S" if utc.second else "%H:%M"
    return Row(line, line.wall[11:].removesuffix(":00"), f"{utc:{to_the}} UTC{other}", iso(line.due), _clearance(line))


def _clearance(line: Line) -> Clearance:
    if line.state is State.DRAFT and not line.awaited:
        dress, sign = "fine", "✓"
    elif line.state in NEEDS_A_PERSON:
        dress, sign = "stop", "!"
    else:
        dress, sign = _DRESS.get(line.state, ("fine", "✓"))
    return Clearance(dress, sign, line.clearance)


def day_words(day: date) -> str:
    """Return `Tuesday 12 January 2027`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _span(first: date, last: date) -> str:
    """Return `11 to 17 January 2027`, with month and year where they differ."""
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
    return f"{first.day} to {last.day} {last:%B %Y}"


def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return files("scheduler.grid").joinpath(name).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"listed": listed, "breakable": breakable}
    return environment


def breakable(text: str) -> "Markup":
    """Return *text* with places where a narrow column may break a zone, a handle or an address."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(piece) for piece in _JOINT.split(text))
