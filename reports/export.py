"""The report's figures as CSV: stable column names, plain numbers, and no cell that a spreadsheet would run."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields

from campaigns import clock
from reports.evaluation import Evaluation
from reports.figures import Figure
from reports.goals import Goal, scope_of
from reports.illustrations import goal_name, subject_name
from reports.metrics import METRICS
from reports.series import Gathered
from reports.words import Words

Cell = str | float | None

_LIVE = ("=", "+", "-", "@", "\t", "\r")
_FIGURE = tuple(each.name for each in fields(Figure))
GOALS = (
    "campaign", "objective", "kpi", "name", "stage", "metric", "audience", "channel", "locale", "message",
    "baseline", "baseline_as_of", "target", "by", *_FIGURE, "as_of",
    "attainment", "attainment_lower", "attainment_upper", "expected",
    "status", "status_word", "covered", "releases", "level", "notes", "sources",
)  # fmt: skip
FIGURES = (
    "campaign", "by", "id", "name", "releases", "metric", "metric_name", *_FIGURE, "parts", "level", "oldest", "newest",
    "notes", "sources",
)  # fmt: skip
RELEASES = ("campaign", "release", "id", "message", "locale", "channel", "audiences", "state", "published_at", "url")


def files(found: Evaluation, language: str) -> dict[str, str]:
    """Return the text of each CSV file by what it holds: goals, figures, releases."""
    words = Words(language)
    return {
        "goals": csv_text(GOALS, (_goal(goal, found, words) for goal in found.goals)),
        "figures": csv_text(FIGURES, _figures(found, words)),
        "releases": csv_text(RELEASES, _releases(found)),
    }


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a CSV file, a byte-order mark first. Text that a spreadsheet would run gets an apostrophe before it."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return "\ufeff" + target.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_LIVE) else value
    if not math.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _goal(goal: Goal, found: Evaluation, words: Words) -> list[Cell]:
    kpi, way, scope = goal.kpi, goal.attainment, scope_of(goal.kpi)
    return [
        found.document.campaign,
        goal.objective,
        kpi.id,
        goal_name(goal, found, words),
        kpi.stage,
        kpi.metric,
        *(scope.get(key) for key in ("audience", "channel", "locale", "message")),
        kpi.baseline,
        kpi.baseline_as_of.isoformat() if kpi.baseline_as_of else None,
        kpi.target,
        kpi.by.isoformat(),
        *_of(goal.figure),
        goal.as_of.isoformat() if goal.as_of else None,
        *((way.value, way.lower, way.upper) if way else (None, None, None)),
        goal.expected,
        goal.status.value,
        words.say(f"status-{goal.status}"),
        goal.coverage.covered if goal.coverage else None,
        goal.coverage.releases if goal.coverage else None,
        goal.gathered.level,
        " ".join(goal.notes),
        " ".join(goal.gathered.sources),
    ]


def _of(figure: Figure) -> list[Cell]:
    return [str(each) if isinstance(each, str) else each for each in astuple(figure)]


def _figures(found: Evaluation, words: Words) -> Iterable[list[Cell]]:
    for table in found.tables:
        for row in table.rows:
            for metric in table.metrics:
                gathered = row.cells.get(metric, Gathered())
                yield [
                    found.document.campaign,
                    table.by,
                    row.id,
                    subject_name(table.by, row.id, found, words),
                    row.released,
                    metric,
                    words.metric(METRICS[metric]),
                    *_of(gathered.figure),
                    gathered.parts,
                    gathered.level,
                    clock.iso(gathered.oldest) if gathered.oldest else None,
                    clock.iso(gathered.newest) if gathered.newest else None,
                    " ".join(gathered.notes),
                    " ".join(gathered.sources),
                ]


def _releases(found: Evaluation) -> Iterable[list[Cell]]:
    for each in found.sent:
        yield [
            found.document.campaign,
            each.name,
            each.id,
            each.message,
            each.locale,
            each.channel,
            " ".join(each.audiences),
            each.state,
            clock.iso(each.published_at) if each.published_at else None,
            each.remote_url,
        ]
