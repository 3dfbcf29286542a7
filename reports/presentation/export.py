"""The report's figures as CSV: stable column names, plain numbers, and no cell that a spreadsheet would run."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields

from campaigns import clock
from reports.assessment.evaluation import Evaluation
from reports.assessment.findings import Finding
from reports.assessment.goals import Goal, audiences_of, scope_of
from reports.assessment.studies import Outcome
from reports.figures import Figure
from reports.metrics import METRICS
from reports.presentation.illustrations import goal_name, subject_name
from reports.presentation.words import Words
from reports.records.series import Gathered

Cell = str | float | None

_LIVE = ("=", "+", "-", "@", "\t", "\r")
_FIGURE = tuple(each.name for each in fields(Figure))
GOALS = (
    "campaign", "objective", "kpi", "name", "stage", "metric", "audience", "channel", "locale", "message",
    "baseline", "baseline_as_of", "target", "by", *_FIGURE, "as_of",
    "attainment", "attainment_lower", "attainment_upper", "expected",
    "status", "status_word", "covered", "releases", "level", "notes", "sources",
    "stale_days", "forecast", "forecast_lower", "forecast_upper", "outlook", "reach_estimate", "earlier_targets",
)  # fmt: skip
FIGURES = (
    "campaign", "by", "id", "name", "releases", "metric", "metric_name", *_FIGURE, "parts", "level", "oldest", "newest",
    "notes", "sources",
)  # fmt: skip
WAVES = (
    "campaign", "wave", "first", "last", "released", "planned", "channels", "stage", "metric", *_FIGURE, "adjusted",
)  # fmt: skip
CLAIMS = (
    "campaign", "claim", "rests_on", "metric", "subject_kind", "subject", "where", "estimate", "lower", "upper",
    "level", "n", "method", "assumes", "cannot_show", "suppressed", "p", "always_valid_p", "study", "effective_n",
)  # fmt: skip
STUDIES = ("campaign", "study", "asks", "design", "declared_at", "beforehand", "claims", "why_none")
STEPS = ("campaign", "study", "step", "low", "high", "unit", "source")
RELEASES = ("campaign", "release", "id", "message", "locale", "channel", "audiences", "state", "published_at", "url")


Table = tuple[Sequence[str], list[list["Cell"]]]


def tables(found: Evaluation, language: str) -> dict[str, Table]:
    """Return headings and rows by what they hold: goals, figures, releases; waves and claims where there are some."""
    words = Words(language)
    made: dict[str, Table] = {
        "goals": (GOALS, [_goal(goal, found, words) for goal in found.goals]),
        "figures": (FIGURES, list(_figures(found, words))),
        "releases": (RELEASES, list(_releases(found))),
    }
    if any(each.first for each in found.waves):
        made["waves"] = WAVES, list(_waves(found))
    if found.findings:
        made["claims"] = CLAIMS, [_claim(each, found) for each in found.findings]
    if found.studies:
        made["studies"] = STUDIES, [_study(each, found) for each in found.studies]
    if any(each.made for each in found.studies):
        made["roi"] = STEPS, [row for each in found.studies for row in _steps(each, found)]
    return made


def files(found: Evaluation, language: str) -> dict[str, str]:
    """Return the text of each CSV file by what it holds."""
    return {name: csv_text(headings, rows) for name, (headings, rows) in tables(found, language).items()}


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
        " ".join(audiences_of(kpi)) or None,
        *(str(scope[key]) if key in scope else None for key in ("channel", "locale", "message")),
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
        goal.stale,
        *((goal.forecast.value, goal.forecast.lower, goal.forecast.upper) if goal.forecast else (None, None, None)),
        goal.outlook,
        goal.gathered.estimate,
        " ".join(f"{each.until.isoformat()}:{each.kpi.target:.10g}" for each in goal.earlier),
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


def _waves(found: Evaluation) -> Iterable[list[Cell]]:
    for each in found.waves:
        days = [day.isoformat() if day else None for day in (each.first, each.last)]
        start = [found.document.campaign, each.entry, *days, each.released, each.planned, " ".join(each.channels)]
        for stage, figures in each.figures.items():
            for metric, gathered in figures:
                yield [*start, stage, metric.id, *_of(gathered.figure), " ".join(each.adjusted)]
        if not any(each.figures.values()):
            yield [*start, "", "", *_of(Figure()), " ".join(each.adjusted)]


def _claim(finding: Finding, found: Evaluation) -> list[Cell]:
    claim = finding.claim
    return [
        found.document.campaign,
        claim.what,
        claim.kind.value,
        finding.metric.id,
        finding.subject_kind,
        finding.subject,
        finding.where,
        claim.estimate,
        claim.lower,
        claim.upper,
        claim.level,
        " ".join(f"{name}={count:.10g}" for name, count in claim.n.items()),
        claim.method,
        " ".join(claim.assumes),
        " ".join(claim.cannot),
        "yes" if claim.suppressed else "no",
        claim.detail.get("p"),
        claim.detail.get("always_valid_p"),
        finding.study or None,
        " ".join(
            f"{name}={claim.detail[key]:.10g}"
            for name, key in zip(claim.n, ("effective_first", "effective_second"), strict=False)
            if key in claim.detail
        )
        or None,
    ]


def _study(each: Outcome, found: Evaluation) -> list[Cell]:
    return [
        found.document.campaign,
        each.study.id,
        each.study.asks,
        each.study.design,
        clock.iso(each.declared_at),
        "yes" if each.beforehand else "no",
        len(each.findings),
        each.why or None,
    ]


def _steps(each: Outcome, found: Evaluation) -> Iterable[list[Cell]]:
    """Return the assumptions of a return on investment, then what comes of them."""
    steps, made, asked = each.steps, each.made, each.study.roi
    if steps is None or made is None or asked is None:
        return
    given = ("observed", "worth", "baseline", "trend", "isolation", "externalities", "spent")
    money = frozenset({"worth", "externalities", "spent", "benefit", "net"})
    rows = [(name, one.low, one.high, one.source) for name in given for one in [getattr(steps, name)]]
    rows += [(name, *getattr(made, name), "") for name in ("change", "beyond_trend", "attributed", "benefit", "net")]
    for name, low, high, source in rows:
        unit = asked.currency if name in money else "share" if name == "isolation" else "units"
        yield [found.document.campaign, each.study.id, name, low, high, unit, source]
