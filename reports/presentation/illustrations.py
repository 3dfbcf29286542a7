"""Which charts a report has, what each one says in a sentence, and the table behind it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.assessment.evaluation import Evaluation
from reports.assessment.goals import Goal, Status, audiences_of
from reports.figures import Figure
from reports.metrics import METRICS
from reports.presentation import charts
from reports.presentation.charts import Bar, Labels, Line
from reports.presentation.words import Words

GOOD = (Status.MET, Status.ON_TRACK)
FARTHEST = 1.5  #: bars of attainment end here; the text beside them has the number
MOST_BARS = 12


@dataclass(frozen=True)
class Chart:
    """One chart: a message as its title, a picture, and the same as a table."""

    title: str
    svg: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset({1, 2, 3, 4, 5, 6, 7, 8})  #: columns set right; the first names the row
    remarks: tuple[str, ...] = ()


def draw(found: Evaluation, words: Words) -> list[Chart]:
    """Return the charts that the figures allow, in the order of a report."""
    every = [_way(found, words), _over_time(found, words), *_shares(found, words)]
    every += [_highest(found, words, "audience", "reach"), _highest(found, words, "message", "engagements")]
    return [each for each in every if each]


def goal_name(goal: Goal, found: Evaluation, words: Words) -> str:
    """Return what a KPI measures, and of what: "Reach, Young adults in France"."""
    kpi = goal.kpi
    parts = [words.metric(goal.metric) if goal.metric else kpi.metric]
    named = [subject_name("audience", each, found, words) for each in audiences_of(kpi)]
    parts += [words.listing(named)] if named else []
    parts += [subject_name("message", kpi.message, found, words)] if kpi.message else []
    parts += [kpi.channel] if kpi.channel else []
    parts += [words.locale_name(kpi.locale)] if kpi.locale else []
    return words.say("comma").join(parts)


def subject_name(by: str, name: str, found: Evaluation, words: Words) -> str:
    """Return what people call an audience, channel, locale or message."""
    if by == "locale":
        return words.locale_name(name)
    if by == "audience":
        names = next((each.name for each in found.document.audiences if each.id == name), {})
        return str(words.name(names, name))
    if by == "message":
        names = next((each.headline for each in found.document.messages if each.id == name), {})
        return str(words.name(names, name))
    return name


def _describe(words: Words, rows: Sequence[tuple[str, ...]]) -> str:
    """Return the text alternative: every row of the chart's table in words."""
    comma, semicolon = words.say("comma"), words.say("semicolon")
    return semicolon.join(words.say("alt-item", name=row[0], value=comma.join(row[1:])) for row in rows) + "."


def _way(found: Evaluation, words: Words) -> Chart | None:
    rows, cells = [], []
    for goal in found.goals:
        if goal.attainment is None:
            continue
        name, way = goal_name(goal, found, words), goal.attainment
        status = words.say(f"status-{goal.status}")
        text = f"{words.progress(way)} · {status}"
        upper = None if way.value is not None else min(way.upper, FARTHEST)
        bar = Bar(_wrapped(name), min(max(way.lower, -0.25), FARTHEST), text, upper, goal.expected)
        rows.append(bar)
        cells.append((name, words.progress(way), words.percent(goal.expected or 0.0), status))
    if not rows:
        return None
    good = sum(goal.status in GOOD for goal in found.goals)
    title = words.say("chart-way-title", n=len(found.goals), good=words.number(good))
    labels = Labels(
        title,
        _describe(words, [(name, way, status) for name, way, _, status in cells]),
        words.say("chart-way-axis"),
        words.whole_percent,
        mark=words.say("chart-way-due"),
        target=words.say("target"),
    )
    svg = charts.bars(rows, labels, "way", goal=1.0)
    headings = tuple(words.say(key) for key in ("kpi", "attainment", "due", "status"))
    return Chart(title, svg, headings, tuple(cells))


def _over_time(found: Evaluation, words: Words) -> Chart | None:
    frame = found.timeline
    if len(frame) < 2:  # noqa: PLR2004 (one day is no line)
        return None
    metric = METRICS[found.timeline_metric]
    frame = frame[frame.iloc[-1].sort_values(ascending=False, kind="stable").index]
    days: list[date] = [each.date() for each in frame.index]
    last = frame.iloc[-1]
    name, many = words.metric(metric), len(frame.columns) > 1
    title = words.say(
        "chart-time-title" if many else "chart-time-one",
        metric=name,
        total=words.number(float(last.sum())),
        date=words.day(days[-1]),
        channel=str(last.index[0]),
    )
    rows = [Line(str(channel), [_known(value) for value in frame[channel]]) for channel in frame.columns]
    ends = [(row.name, words.number(row.values[-1] or 0.0)) for row in rows]
    labels = Labels(
        title, _describe(words, ends), words.say("chart-time-axis", metric=name), words.number, day=words.short_day
    )
    cells = tuple(
        (words.day(day), *(_cell(row.values[place], words) for row in rows)) for place, day in enumerate(days)
    )
    return Chart(
        title, charts.lines(days, rows, labels, "time"), (words.say("day"), *(row.name for row in rows)), cells
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _cell(value: float | None, words: Words) -> str:
    return words.say("no-figure") if value is None else words.number(value)


def _shares(found: Evaluation, words: Words) -> list[Chart]:
    """Return one chart a rate KPI: where it started, where it is, where it should be."""
    every = []
    for goal in found.goals:
        if goal.metric is None or not goal.metric.share or goal.figure.value is None or goal.attainment is None:
            continue
        kpi, value = goal.kpi, goal.figure.value
        baseline, target = words.percent(kpi.baseline or 0.0), words.percent(kpi.target)
        name = goal_name(goal, found, words)
        title = words.say(
            "chart-share-title", metric=name, baseline=baseline, value=words.percent(value), target=target
        )
        achieved = words.figure(goal.figure, share=True)
        rows = [
            Bar(words.say("baseline"), kpi.baseline or 0.0, baseline),
            Bar(words.say("achieved"), value, achieved),
        ]
        cells = [(words.say("baseline"), baseline), (words.say("achieved"), achieved), (words.say("target"), target)]
        labels = Labels(
            title, _describe(words, cells), words.say("chart-share-axis"), words.percent, target=cells[2][0]
        )
        svg = charts.bars(rows, labels, f"share-{kpi.id}", goal=kpi.target)
        every.append(Chart(title, svg, (name, words.say("share")), tuple(cells)))
    return every


def _highest(found: Evaluation, words: Words, by: str, metric_id: str) -> Chart | None:
    """Return the rows of one table as bars, the highest first; rows without a figure are left out."""
    metric = METRICS[metric_id]
    table = next((each for each in found.tables if each.by == by), None)
    if table is None:  # nobody asked for it
        return None
    figures = [(row.id, row.cells[metric_id].figure) for row in table.rows if metric_id in row.cells]
    figures = sorted((each for each in figures if _drawable(each[1])), key=lambda each: -each[1].span[0])[:MOST_BARS]
    if len(figures) < 2:  # noqa: PLR2004 (one bar compares with nothing)
        return None
    rows, cells = [], []
    for name, figure in figures:
        shown, text = subject_name(by, name, found, words), words.figure(figure, share=metric.share)
        low, high = figure.span
        rows.append(Bar(_wrapped(shown), low, text, high if high > low and not math.isinf(high) else None))
        cells.append((shown, text))
    title = words.say("chart-bars-title", metric=words.metric(metric), name=cells[0][0], value=cells[0][1])
    labels = Labels(title, _describe(words, cells), words.metric(metric), words.number)
    svg = charts.bars(rows, labels, f"{by}-{metric.id}")
    return Chart(title, svg, (words.say(by), words.metric(metric)), tuple(cells))


def _drawable(figure: Figure) -> bool:
    return not figure.missing and figure.span[1] > 0


def _wrapped(text: str, width: int = 26) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width, break_long_words=False)[:3])
