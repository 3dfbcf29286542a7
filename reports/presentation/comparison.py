"""A comparison in words: a page, a CSV file, JSON."""

from collections.abc import Iterable
from typing import Any

from reports.assessment.compare import Comparison, Line, Side
from reports.measures import People
from reports.presentation import export
from reports.presentation.claims import POINTS
from reports.presentation.grid import Cell, Grid
from reports.presentation.page import environment
from reports.presentation.words import Words

HEADINGS = (
    "metric", "stage", "first", "first_value", "first_lower", "first_upper", "first_per_day", "second", "second_value",
    "second_lower", "second_upper", "second_per_day", "difference", "difference_lower", "difference_upper",
)  # fmt: skip


def rows(made: Comparison) -> list[list[export.Cell]]:
    """Return a row a measure, in the order of HEADINGS."""
    return [_row(each, made) for each in made.lines]


def _row(line: Line, made: Comparison) -> list[export.Cell]:
    sides: list[export.Cell] = []
    for side, gathered, daily in zip((made.first, made.second), (line.first, line.second), line.per_day, strict=True):
        figure = gathered.figure
        sides += [side.name, figure.value, figure.lower, figure.upper, daily]
    gap = line.difference
    return [line.metric.id, line.metric.stage, *sides, *((gap.estimate, gap.lower, gap.upper) if gap else (None,) * 3)]


def csv_text(made: Comparison) -> str:
    """Return the comparison as CSV."""
    return export.csv_text(HEADINGS, rows(made))


def as_data(made: Comparison) -> dict[str, Any]:
    """Return the comparison with stable keys."""
    lines = [dict(zip(HEADINGS, row, strict=True)) for row in rows(made)]
    return {"first": made.first.name, "second": made.second.name, "days": [made.first.days, made.second.days],
            "unequal": made.unequal, "measures": lines}  # fmt: skip


def page(made: Comparison, language: str) -> str:
    """Return the comparison as a page of HTML that stands alone."""
    words = Words(language)
    sides = _heading(made.first, words), _heading(made.second, words)
    headings = (words.say("measure"), *sides, words.say("change"))
    remarks = [words.say("unequal")] if made.unequal else []
    grid = Grid(words.say("comparison"), headings, tuple(_cells(made, words)), frozenset({1, 2, 3}), tuple(remarks))
    names = made.first.name, made.second.name
    limits = [
        words.say("compare-cause"),
        *([words.say("compare-reach")] if _people(made) else []),
        words.say("limit-exposure"),
    ]
    return environment().get_template("compare.html.j2").render(
        w=words, title=words.say("compared", first=names[0], second=names[1]), table=grid, limits=limits,
        example=made.first.found.example if made.first.found.example is not None else made.second.found.example,
        files=list(dict.fromkeys(each for side in (made.first, made.second) for each in side.found.files)),
    )  # fmt: skip


def _people(made: Comparison) -> bool:
    return any(isinstance(each.metric, People) for each in made.lines)


def _heading(side: Side, words: Words) -> str:
    return f"{side.name} ({words.say('days-of', n=side.days)})"


def _cells(made: Comparison, words: Words) -> Iterable[tuple[Cell, ...]]:
    for line in made.lines:
        share = line.metric.share
        cells: list[Cell] = [words.metric(line.metric)]
        for gathered, daily in zip((line.first, line.second), line.per_day, strict=True):
            text, detail = words.figure_and_detail(gathered.figure, share=share)
            more = f"{words.decimal(daily)} {words.say('per-day').lower()}" if daily is not None else ""
            cells.append((text, words.say("semicolon").join(each for each in (detail, more) if each)))
        gap = line.difference
        if gap:
            ends = [words.decimal(end * POINTS) for end in (gap.lower, gap.upper)]
            interval = words.say("points-interval", lower=ends[0], upper=ends[1], level=words.percent(0.95))
            cells.append((words.say("points", value=words.decimal(gap.estimate * POINTS)), interval))
        else:
            cells.append("")
        yield tuple(cells)
