"""
Charts: bars with bounds and targets, and running totals over time.

Colours are Okabe and Ito's, always with a hatch, a marker or a line style beside them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.presentation import lettering
from reports.presentation.canvas import INK, LEADING, SIZE, Canvas, Point
from reports.presentation.scales import day_marks, marks

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("", "7.4 3.2", "12.8 3.2 2 3.2", "2 3.3", "12 4 2 4 4 4", "2 6")
WIDTH = 604.8
LETTER = 0.0125  #: of the width of bars, with their names beside them
SMALL = 10.0  #: letters of a key
EDGE = 3.0  #: what stays free around a drawing
_BAR, _ROW, _AROUND = 26.0, 45.0, 6.0  #: a bar, from bar to bar, above the first and below the last
_HIGH = 190.0  #: the field of lines
_KEY = 18.0  #: a row of keys
_DIAMETER = 6.0
#: Shapes of `MARKERS`, around 0 0, half a unit each way.
_SHAPES: dict[str, tuple[Point, ...]] = {
    "s": ((-0.45, -0.45), (0.45, -0.45), (0.45, 0.45), (-0.45, 0.45)),
    "^": ((0, -0.55), (0.55, 0.45), (-0.55, 0.45)),
    "v": ((0, 0.55), (0.55, -0.45), (-0.55, -0.45)),
    "D": ((0, -0.6), (0.6, 0), (0, 0.6), (-0.6, 0)),
    "P": tuple((x / 6, y / 6) for x, y in (
        (-1, -3), (1, -3), (1, -1), (3, -1), (3, 1), (1, 1), (1, 3), (-1, 3), (-1, 1), (-3, 1), (-3, -1), (-1, -1),
    )),
}  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its ends, and what is written beside it."""

    name: str
    value: float  #: the least it can be, where only bounds are known
    text: str
    upper: float | None = None  #: the most it can be
    mark: float | None = None  #: what was due, or the target


@dataclass(frozen=True)
class Line:
    """One running total: its name, and a value for each day, None before its first."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Labels:
    """What is written on and beside a chart, and how numbers and days are spelt."""

    title: str
    description: str  #: the text alternative
    axis: str
    number: Callable[[float], str]
    day: Callable[[date], str] = str
    mark: str = ""  #: what `Bar.mark` stands for
    target: str = ""  #: what the line at `goal` stands for


@dataclass(frozen=True)
class _Key:
    """What a sign stands for."""

    text: str
    colour: str
    width: float
    dash: str = ""
    marker: str = ""


def bars(rows: Sequence[Bar], labels: Labels, name: str, goal: float | None = None) -> str:
    """Return horizontal bars; a bar of which only bounds are known ends in an outlined stretch. *goal* is a line."""
    keys = [_Key(labels.target, INK, 1.4, "5.2 2.2")] if goal is not None and labels.target else []
    if labels.mark and any(row.mark is not None for row in rows):
        keys.append(_Key(labels.mark, COLOURS[5], 3))
    top = EDGE + (_KEY if keys else 0)
    bottom = top + 2 * _AROUND + _ROW * len(rows) - (_ROW - _BAR) / 2
    canvas = Canvas(name, WIDTH, bottom + 36)
    left = EDGE + max(lettering.width(row.name, SIZE) for row in rows) + 7
    low, high = _ends(rows, goal)
    # What is written beside a bar begins at its end, or beyond a line that would run through it.
    begins = [_clear(max(row.value, row.upper or 0.0, 0.0), row, goal, (low, high)) for row in rows]
    room = [(end, lettering.width(row.text, SIZE) + 10) for end, row in zip(begins, rows, strict=True)]
    right = WIDTH - EDGE

    def across(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    # The text beside a bar needs its room: the scale ends later where the longest would not fit.
    for end, needed in room:
        share = min(max(needed / (right - left), 0.0), 0.6)
        high = max(high, low + (end - low) / (1 - share))
    for value in marks(low, high):
        x = across(value)
        canvas.line([(x, top), (x, bottom)])
        canvas.text((x, bottom + 11), labels.number(value), _anchored(x, labels.number(value), right))
    canvas.line([(left, top), (left, bottom), (right, bottom)])
    middles = [top + _AROUND + _BAR / 2 + place * _ROW for place in range(len(rows))]
    for row, middle in zip(rows, middles, strict=True):
        start, end = across(min(0.0, row.value)), across(max(0.0, row.value))
        canvas.box((start, middle - _BAR / 2), end - start, _BAR, COLOURS[0])
        if row.upper is not None and row.upper > row.value:
            canvas.box((across(row.value), middle - _BAR / 2), across(row.upper) - across(row.value), _BAR, "hatch")
    if goal is not None:
        canvas.line([(across(goal), top), (across(goal), bottom)], INK, 1.4, "5.2 2.2")
    for row, begin, middle in zip(rows, begins, middles, strict=True):
        if row.mark is not None:
            x = across(row.mark)
            canvas.line([(x, middle - _BAR * 0.72), (x, middle + _BAR * 0.72)], COLOURS[5], 3)
        canvas.text((left - 5, middle), row.name, "end")
        canvas.text((across(begin) + 6, middle), row.text, behind=True)
    canvas.text(((left + right) / 2, bottom + 27), labels.axis, "middle")
    _legend(canvas, keys, left)
    return canvas.svg(labels.title, labels.description)


def lines(days: Sequence[Any], rows: Sequence[Line], labels: Labels, name: str) -> str:
    """Return running totals over *days* (dates), each named above."""
    last = [next((value for value in reversed(row.values) if value is not None), 0.0) for row in rows]
    high = max([1.0, *last]) * 1.12
    spelt = [(value, labels.number(value)) for value in marks(0.0, high)]
    left = EDGE + SIZE * LEADING + 6 + max(lettering.width(text, SIZE) for _, text in spelt) + 5
    right = WIDTH - EDGE - 8
    keys = [_Key(row.name, COLOURS[n % 6], 2, DASHES[n % 6], MARKERS[n % 6]) for n, row in enumerate(rows)]
    top = EDGE + 4 + _KEY * _rows_of(keys, left)
    bottom = top + _HIGH
    canvas = Canvas(name, WIDTH, bottom + 22)
    first, span = days[0], max(1, (days[-1] - days[0]).days)

    def place(day: date, value: float) -> Point:
        return left + 6 + (day - first).days / span * (right - left - 6), bottom - value / high * _HIGH

    for value, text in spelt:
        y = place(first, value)[1]
        canvas.line([(left, y), (right, y)])
        canvas.text((left - 5, y), text, "end")
    canvas.line([(left, top), (left, bottom), (right, bottom)])
    for day in day_marks(first, days[-1]):
        x = place(day, 0)[0]
        canvas.text((x, bottom + 12), labels.day(day), _anchored(x, labels.day(day), right))
    edge = canvas.clip((left, top), WIDTH - left, _HIGH)
    for key, row in zip(keys, rows, strict=True):
        known = [None if each is None or math.isnan(each) else each for each in row.values]
        points = [None if value is None else place(day, value) for day, value in zip(days, known, strict=True)]
        canvas.curve(_runs(points), key.colour, key.width, key.dash, edge)
        for point in points[:: max(1, len(days) // 8)]:
            if point is not None and point[1] >= top - 1:
                _mark(canvas, key, point)
    canvas.text((EDGE + SIZE * LEADING / 2, (top + bottom) / 2), labels.axis, "middle", upright=False)
    _legend(canvas, keys, left)
    return canvas.svg(labels.title, labels.description)


def _clear(end: float, row: Bar, goal: float | None, ends: Point) -> float:
    """Return where what is written beside a bar begins: at its *end*, or beyond a line that would run through it."""
    room = LETTER * len(row.text) * (ends[1] - ends[0])
    for line in sorted(each for each in (row.mark, goal) if each is not None):
        if end < line < end + room:
            end = line
    return end


def _ends(rows: Sequence[Bar], goal: float | None) -> Point:
    """Return where the scale of bars begins and ends."""
    widest = max([0.0, goal or 0.0, *(max(row.value, row.upper or 0.0, row.mark or 0.0) for row in rows)])
    return min([0.0, *(row.value for row in rows)]) * 1.1, (widest or 1.0) * 1.08


def _anchored(x: float, text: str, right: float) -> Any:
    """Return how a mark's text stands at it: beside it where it would leave the drawing."""
    return "end" if x + lettering.width(text, SIZE) / 2 > right + EDGE else "middle"


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """Return the stretches of a line between its gaps."""
    found: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


def _mark(canvas: Canvas, key: _Key, at: Point) -> None:
    x, y = at
    look = f"fill:{key.colour};stroke:{INK};stroke-width:.6"
    half = lettering.short(_DIAMETER / 2)
    if key.marker == "o":
        start = f"M{lettering.short(x - _DIAMETER / 2)} {lettering.short(y)}"
        canvas.path(f"{start}a{half} {half} 0 1 0 {lettering.short(_DIAMETER)} 0a{half} {half} 0 1 0 "
                    f"{lettering.short(-_DIAMETER)} 0z", look)  # fmt: skip
        return
    corners = [(x + right * _DIAMETER, y + down * _DIAMETER) for right, down in _SHAPES[key.marker]]
    canvas.path("M" + "L".join(f"{lettering.short(a)} {lettering.short(b)}" for a, b in corners) + "z", look)


def _wide(key: _Key) -> float:
    return 34 + lettering.width(key.text, SMALL) + 18


def _placed(keys: Sequence[_Key], left: float) -> list[tuple[int, float]]:
    """Return the row and place of each key: a new row where one is full."""
    found, row, x = [], 0, left
    for key in keys:
        if x > left and x + _wide(key) > WIDTH:
            row, x = row + 1, left
        found.append((row, x))
        x += _wide(key)
    return found


def _rows_of(keys: Sequence[_Key], left: float) -> int:
    return 1 + max((row for row, _ in _placed(keys, left)), default=-1)


def _legend(canvas: Canvas, keys: Sequence[_Key], left: float) -> None:
    for key, (row, x) in zip(keys, _placed(keys, left), strict=True):
        y = EDGE + 6 + row * _KEY
        canvas.line([(x, y), (x + 28, y)], key.colour, key.width, key.dash)
        if key.marker:
            _mark(canvas, key, (x + 14, y))
        canvas.text((x + 34, y), key.text, size=SMALL)
