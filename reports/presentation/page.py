"""One self-contained HTML page: what came of a campaign, in words, tables and charts. No script, no link outward."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaigns.documents import schema
from content.bidi import first_strong
from reports.assessment.evaluation import STALE_DAYS, Evaluation
from reports.assessment.goals import Dropped, Goal, Status, audiences_of, tally
from reports.assessment.tables import WENT_OUT, Table
from reports.figures import Figure
from reports.metrics import METRICS
from reports.presentation import claims, illustrations, sections
from reports.presentation.grid import Cell, Grid
from reports.presentation.illustrations import goal_name, subject_name
from reports.presentation.quoted import apart, language_of, written
from reports.presentation.words import Words
from reports.statistics.claim import Kind
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
BRIEF_LIMITS = 3  #: limits that a page of one page has room for
THOUSAND = 1000
NAMED = 5  #: releases listed by name in a sentence


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


def environment() -> Environment:
    """Return what renders the templates: escaping, and refusing what is not there."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"reads": reads, "apart": apart}
    return made


def reads(text: object) -> str:
    """Return which way *text* is read: said outright, for paper knows no direction of its own."""
    return first_strong(str(text)) or "ltr"


def page(found: Evaluation, language: str, made_at: datetime | None = None, digest: str = "") -> str:
    """
    Return the report as HTML. The same evaluation gives the same bytes; *made_at* is shown where it is given.

    Raises:
        UsageError: If there is no report in *language*.
    """
    words = Words(language)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            **_common(found, words, made_at, digest),
            statuses=[
                (SYMBOLS[status], words.say(f"status-{status}"), words.say(f"means-{status}")) for status in Status
            ],
            charts=illustrations.draw(found, words),
            grids=[_grid(table, found, words) for table in found.tables if table.rows],
            waves=sections.waves(found, words),
            claims=claims.claims(found, words),
            studies=claims.studies(found, words),
            referrals=sections.referrals(found, words),
            referred=words.say("referrals-what", when=words.instant(found.referrals.as_of))
            if found.referrals and found.referrals.as_of
            else "",
            dropped=[_dropped(each, found, words) for each in found.dropped],
            learnt=sections.learnt(found, words),
            window=_window(found, words),
            states=_states(found, words),
            limits=limits(found, words),
            files=_files(found, words),
        )
    )


def brief(found: Evaluation, language: str, made_at: datetime | None = None, digest: str = "") -> str:
    """Return what a minister reads: one page with the aim, the goals, one chart, and what it cannot show."""
    words = Words(language)
    return (
        environment()
        .get_template("brief.html.j2")
        .render(
            **_common(found, words, made_at, digest),
            charts=illustrations.draw(found, words)[:1],
            limits=limits(found, words)[:BRIEF_LIMITS],
        )
    )


def _common(found: Evaluation, words: Words, made_at: datetime | None, digest: str) -> dict[str, object]:
    document = found.document
    partners = [str(words.name(each.name, name)) for name, each in document.partners.items()]
    return {
        "w": words,
        "title": words.name(document.title, document.campaign),
        "partners": words.listing(partners),
        "policy_aim": written(document.policy_aim, document, words),
        "theirs": language_of(document),
        "as_of": words.say("as-of", when=words.instant(found.as_of)) if found.as_of else None,
        "silence": _silence(found, words),
        "example": found.example,
        "summary": summary(found, words),
        "objectives": [
            (
                words.name(each.statement, each.id),
                [_goal(goal, found, words) for goal in found.goals if goal.objective == each.id],
            )
            for each in document.objectives
            if each.kpis
        ],
        "made_at": words.instant(made_at) if made_at else None,
        "digest": digest,
    }


def _silence(found: Evaluation, words: Words) -> str:
    return words.say("no-figures-then" if found.files and not found.window.whole else "no-figures-yet")


def _window(found: Evaluation, words: Words) -> str:
    if found.window.whole:
        return ""
    since, until = found.window.since, found.window.until
    return words.say(
        "window",
        since=words.day(since) if since else words.say("window-start"),
        until=words.day(until) if until else words.say("window-end"),
    )


def _dropped(each: Dropped, found: Evaluation, words: Words) -> str:
    kpi, metric = each.kpi, METRICS.get(each.kpi.metric)
    share = metric.share if metric else kpi.unit == "share"
    name = words.metric(metric) if metric else kpi.metric
    if named := audiences_of(kpi):
        name = words.listing([name, *(subject_name("audience", each, found, words) for each in named)])
    return words.say(
        "dropped-row", name=name, target=words.amount(kpi.target, share=share), by=words.brief_day(kpi.by),
        date=words.brief_day(each.on),
    )  # fmt: skip


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
        words.say("summary-as-of", when=words.day(found.as_of.date())) if found.as_of else _silence(found, words) + "."
    )
    return [first, second, last]


def _goal(goal: Goal, found: Evaluation, words: Words) -> GoalRow:
    kpi, share = goal.kpi, goal.metric.share if goal.metric else goal.kpi.unit == "share"
    remarks = [words.say(f"note-{note}") for note in goal.notes]
    if goal.coverage:
        covered = words.number(goal.coverage.covered)
        remarks.append(words.say("coverage", n=goal.coverage.releases, covered=covered) + ".")
    remarks += _outlook(goal, words, share=share)
    achieved, detail = words.figure_and_detail(goal.figure, share=share)
    return GoalRow(
        name=goal_name(goal, found, words),
        stage=words.say(f"stage-{kpi.stage}"),
        why=written(kpi.why, found.document, words),
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


def _outlook(goal: Goal, words: Words, *, share: bool) -> Iterable[str]:
    """Return how old the figure is, what it may come to, how many people it may be, and what the goal said before."""
    if goal.stale > 0:
        yield words.say("age", n=goal.stale)
    if goal.gathered.estimate is not None and goal.metric and goal.metric.people:
        yield words.say("reach-estimate", value=words.number(round(goal.gathered.estimate, -2)))
    ahead = goal.forecast
    if ahead:
        ends = [
            words.amount(_rounded(each, share=share), share=share) for each in (ahead.value, ahead.lower, ahead.upper)
        ]
        said = words.say(
            "forecast", n=ahead.readings, value=ends[0], lower=ends[1], upper=ends[2],
            date=words.brief_day(goal.kpi.by),
        )  # fmt: skip
        yield f"{said} {words.say(f'outlook-{goal.outlook}')}"
    for each in goal.earlier:
        yield words.say(
            "earlier", date=words.brief_day(each.until), target=words.amount(each.kpi.target, share=share),
            by=words.brief_day(each.kpi.by), status=words.say(f"status-{each.status}"),
        )  # fmt: skip


def _rounded(value: float, *, share: bool) -> float:
    """Return a forecast without digits that it does not have: three that count, or a tenth of a point."""
    if share or value == 0:
        return round(value, 3)
    return round(value, max(0, 2 - math.floor(math.log10(abs(value))))) if abs(value) < THOUSAND else round(value, -2)


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
            words.said_of(f"{SYMBOLS[goal.status]}\u00a0{words.say(f'status-{goal.status}')}", _measure(goal, words))
            for goal in row.goals
        ]
        rows.append((*cells, words.say("semicolon").join(judged)))
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
    causes = {each.claim.kind for each in found.findings} & {Kind.EXPERIMENT, Kind.QUASI}
    cause = "limit-cause-claims" if causes else "limit-cause"
    every = [words.say(key) for key in ("limit-people", cause, "limit-exposure")]
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
    every += [
        words.say("limit-gap", each.gaps, asked=words.number(each.asked), channel=words.quoted(each.channel),
                  why=each.why, when=words.day(each.last.date()))
        for each in found.gaps
    ]  # fmt: skip
    notes = {note for table in found.tables for row in table.rows for cell in row.cells.values() for note in cell.notes}
    notes |= {note for goal in found.goals for note in goal.notes}
    every += [
        words.say(key) for note, key in (("small", "limit-small"), ("sources-differ", "limit-differ")) if note in notes
    ]
    return every


def _few(names: Iterable[str], words: Words) -> str:
    every = [words.quoted(each) for each in names]
    more = len(every) - NAMED
    return words.listing([*every[:NAMED], *([words.say("and-more", n=more)] if more > 0 else [])])
