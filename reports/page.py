"""One self-contained HTML page: what came of a campaign, in words, tables and charts. No script, no link outward."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaigns.documents import schema
from reports import illustrations
from reports.evaluation import STALE_DAYS, Evaluation
from reports.figures import Figure
from reports.goals import Goal, Status, tally
from reports.illustrations import goal_name, subject_name
from reports.metrics import METRICS
from reports.tables import WENT_OUT, Table
from reports.words import Words
from scheduler.releases.states import State

SYMBOLS = {
    Status.MET: "✓",
    Status.ON_TRACK: "↗",
    Status.BEHIND: "↘",
    Status.MISSED: "✕",
    Status.UNCLEAR: "?",
    Status.NO_DATA: "–",  # noqa: RUF001 (an en dash is meant)
}
COLUMNS = 5  #: metrics of a table that a page has room for
NAMED = 5  #: releases listed by name in a sentence


Cell = str | tuple[str, str]  #: a text, or a figure and what is written small below it


@dataclass(frozen=True)
class GoalRow:
    """One KPI as the page shows it."""

    name: str
    stage: str
    why: str
    baseline: str
    measured: str  #: when the baseline was
    target: str
    by: str
    achieved: str
    detail: str
    of: str
    way: str
    expected: str
    status: str
    word: str
    symbol: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table as the page shows it: the first cell of a row names it, and numbers stand right."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()


def page(found: Evaluation, language: str, made_at: datetime | None = None) -> str:
    """
    Return the report as HTML. The same evaluation gives the same bytes; *made_at* is shown where it is given.

    Raises:
        UsageError: If there is no report in *language*.
    """
    words = Words(language)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    document = found.document
    partners = [str(words.name(each.name, name)) for name, each in document.partners.items()]
    return environment.get_template("report.html.j2").render(
        w=words,
        title=words.name(document.title, document.campaign),
        partners=words.listing(partners),
        policy_aim=document.policy_aim,
        as_of=words.instant(found.as_of) if found.as_of else None,
        example=found.example,
        summary=summary(found, words),
        objectives=[
            (
                words.name(each.statement, each.id),
                [_goal(goal, found, words) for goal in found.goals if goal.objective == each.id],
            )
            for each in document.objectives
            if each.kpis
        ],
        statuses=[(SYMBOLS[status], words.say(f"status-{status}"), words.say(f"means-{status}")) for status in Status],
        charts=illustrations.draw(found, words),
        grids=[_grid(table, found, words) for table in found.tables if table.rows],
        states=_states(found, words),
        limits=limits(found, words),
        files=_files(found, words),
        made_at=words.instant(made_at) if made_at else None,
    )


def summary(found: Evaluation, words: Words) -> list[str]:
    """Return the report in three sentences: goals by status, releases by outcome, the newest figure."""
    counts = tally(found.goals)
    if found.goals:
        parts = [words.say(f"count-{status}", n=count) for status, count in counts.items() if count]
        first = words.say("summary-goals", n=len(found.goals), counts=words.listing(parts))
    else:
        first = words.say("no-goals")
    published = found.count(*WENT_OUT)
    failed, uncertain = found.count(State.FAILED), found.count(State.UNCERTAIN)
    if not published and not failed and not uncertain:
        releases = words.say("summary-releases-none")
    elif not failed and not uncertain:
        releases = words.say("summary-releases-well", n=published)
    else:
        counted = {"failed": words.number(failed), "uncertain": words.number(uncertain)}
        releases = words.say("summary-releases", published, **counted)
    coming = found.count(State.DRAFT, State.SCHEDULED, State.CLAIMED, State.SENDING, State.REFUSED)
    second = f"{releases} {words.say('summary-to-come', n=coming)}" if coming else releases
    last = (
        words.say("summary-as-of", when=words.day(found.as_of.date()))
        if found.as_of
        else words.say("no-figures-yet") + "."
    )
    return [first, second, last]


def _goal(goal: Goal, found: Evaluation, words: Words) -> GoalRow:
    kpi, share = goal.kpi, goal.metric.share if goal.metric else goal.kpi.unit == "share"
    remarks = [words.say(f"note-{note}") for note in goal.notes]
    if goal.coverage:
        covered = words.number(goal.coverage.covered)
        remarks.append(words.say("coverage", n=goal.coverage.releases, covered=covered) + ".")
    achieved, detail = words.figure_and_detail(goal.figure, share=share)
    return GoalRow(
        name=goal_name(goal, found, words),
        stage=words.say(f"stage-{kpi.stage}"),
        why=kpi.why or "",
        baseline=words.say("none") if kpi.baseline is None else words.amount(kpi.baseline, share=share),
        measured=_measured(kpi, found.document, words),
        target=words.amount(kpi.target, share=share),
        by=words.say("by-date", date=words.brief_day(kpi.by)),
        achieved=achieved,
        detail=detail,
        of=words.say("of-date", date=words.brief_day(goal.as_of)) if goal.as_of else "",
        way=words.progress(goal.attainment),
        expected="" if goal.expected is None else words.say("expected", share=words.whole_percent(goal.expected)),
        status=goal.status,
        word=words.say(f"status-{goal.status}"),
        symbol=SYMBOLS[goal.status],
        remarks=tuple(remarks),
    )


def _measured(kpi: schema.Kpi, document: schema.Campaign, words: Words) -> str:
    """Return the day of the baseline, or where it has none that of the campaign's start."""
    if kpi.baseline_as_of:
        return words.say("of-date", date=words.brief_day(kpi.baseline_as_of))
    return words.say("on-date", date=words.brief_day(document.starts))


def _grid(table: Table, found: Evaluation, words: Words) -> Grid:
    shown, left = table.metrics[:COLUMNS], table.metrics[COLUMNS:]
    rows: list[tuple[Cell, ...]] = []
    for row in table.rows:
        cells: list[Cell] = [subject_name(table.by, row.id, found, words), words.number(row.released)]
        for metric in shown:
            figure = row.cells[metric].figure if metric in row.cells else Figure()
            cells.append(words.figure_and_detail(figure, share=METRICS[metric].share))
        judged = [
            f"{SYMBOLS[goal.status]} {words.say(f'status-{goal.status}')}: {_measure(goal, words)}"
            for goal in row.goals
        ]
        rows.append((*cells, "; ".join(judged)))
    headings = (words.say(table.by), words.say("released"), *(words.metric(METRICS[metric]) for metric in shown))
    remarks = (
        [words.say("no-sum")] if any(METRICS[metric].people and not METRICS[metric].share for metric in shown) else []
    )
    if left:
        remarks.append(words.say("more-columns", names=words.listing(words.metric(METRICS[metric]) for metric in left)))
    headings, numbers = (*headings, words.say("goals-of-row")), frozenset(range(1, len(headings)))
    if not any(row.goals for row in table.rows):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    return Grid(words.say(f"by-{table.by}"), headings, tuple(rows), numbers, tuple(remarks))


def _measure(goal: Goal, words: Words) -> str:
    return words.metric(goal.metric) if goal.metric else goal.kpi.metric


def _states(found: Evaluation, words: Words) -> Grid:
    rows = tuple(
        (words.say(f"state-{state}"), words.number(found.states[state])) for state in State if state in found.states
    )
    return Grid(words.say("states"), (words.say("state"), words.say("how-many")), rows, frozenset({1}))


def _files(found: Evaluation, words: Words) -> Grid:
    rows = tuple(
        (each.name, words.number(each.rows), words.instant(each.imported_at), each.digest) for each in found.files
    )
    headings = tuple(words.say(key) for key in ("file", "figures", "imported", "digest"))
    return Grid(words.say("provenance"), headings, rows, frozenset({1}))


def limits(found: Evaluation, words: Words) -> list[str]:
    """Return what the report cannot show, in whole sentences: what holds for every report, then what holds for this."""
    every = [words.say(key) for key in ("limit-people", "limit-cause", "limit-exposure")]
    if found.shared:
        every.append(words.say("limit-shared", n=found.shared))
    if found.silent:
        every.append(words.say("limit-silent", n=len(found.silent), names=_few(found.silent, words)))
    blank = [goal_name(goal, found, words) for goal in found.goals if goal.status is Status.NO_DATA]
    if blank:
        every.append(words.say("limit-no-data", names=words.listing(blank)))
    if found.stale:
        names = words.listing(goal_name(goal, found, words) for goal in found.stale)
        every.append(words.say("limit-stale", names=names, days=words.number(STALE_DAYS)))
    notes = {note for table in found.tables for row in table.rows for cell in row.cells.values() for note in cell.notes}
    notes |= {note for goal in found.goals for note in goal.notes}
    every += [
        words.say(key) for note, key in (("small", "limit-small"), ("sources-differ", "limit-differ")) if note in notes
    ]
    return every


def _few(names: Iterable[str], words: Words) -> str:
    every = list(names)
    more = len(every) - NAMED
    return words.listing([*every[:NAMED], *([words.say("and-more", n=more)] if more > 0 else [])])
