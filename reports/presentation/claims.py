"""Claims and studies in words: what rests on what, how sure it is, of how many, and what it cannot show."""

from collections.abc import Iterable

from campaigns.documents import schema
from reports.assessment.evaluation import Evaluation
from reports.assessment.findings import Finding
from reports.assessment.studies import Outcome
from reports.presentation.grid import Cell, Grid
from reports.presentation.illustrations import goal_name, subject_name
from reports.presentation.words import Words
from reports.statistics.claim import Claim
from reports.statistics.roi import Assumption

POINTS = 100
SMALLEST = 0.001  #: p-values below are not told apart
IN_SHARES = frozenset({"variants", "exposed", "pre-post"})  #: claims whose difference is always one of shares
ALIKE = 0.995  #: effective answers, as a share of the answers, above which weights say nothing worth a line


def claims(found: Evaluation, words: Words) -> Grid | None:
    """Return every claim with what it rests on and assumes, its interval, its n, and what it cannot show."""
    if not found.findings:
        return None
    headings = tuple(words.say(each) for each in ("claim", "claim-kind", "difference", "asked", "cannot"))
    rows = tuple(_claim(each, found, words) for each in found.findings)
    return Grid(words.say("claims"), headings, rows, frozenset())


def _claim(finding: Finding, found: Evaluation, words: Words) -> tuple[Cell, ...]:
    claim = finding.claim
    if finding.subject_kind == "campaign":
        name = words.say("scope-all")
    else:
        name = subject_name(finding.subject_kind, finding.subject, found, words)
    if finding.where:
        name = f"{name} ({finding.where})"
    groups = list(claim.n) or ["a", "b"]
    title = words.say(
        f"claim-{claim.what}", metric=words.metric(finding.metric), name=name, first=groups[0], second=groups[-1]
    )
    asked = next((each.study.asks for each in found.studies if each.study.id == finding.study), "")
    kind = words.say(f"kind-{claim.kind}")
    if claim.assumes:
        assumed = words.listing(words.say(f"assumes-{each}") for each in claim.assumes)
        rests: Cell = (kind, words.say("assuming", what=assumed))
    else:
        rests = kind
    cannot = words.listing(words.say(f"cannot-{each}") for each in claim.cannot)
    first: Cell = (title, asked) if asked else title
    if claim.suppressed:
        return first, rests, words.say("suppressed"), words.say("suppressed"), cannot
    counted = [words.say("asked-of", name=group(each, words), count=words.decimal(n)) for each, n in claim.n.items()]
    return (
        first,
        rests,
        difference(finding, words),
        (words.say("semicolon").join(counted), _weighed(claim, words)),
        cannot,
    )


def difference(finding: Finding, words: Words) -> tuple[str, str]:
    """Return what a claim estimates, and beside it how sure that is."""
    claim = finding.claim
    ends = claim.estimate or 0.0, claim.lower or 0.0, claim.upper or 0.0
    if claim.what == "roi":
        value, lower, upper = (words.decimal(each, 2) for each in ends)
        return words.say("roi-net", value=value), words.say("roi-bounds", lower=lower, upper=upper)
    if claim.what in IN_SHARES or finding.metric.share:
        value, lower, upper = (words.decimal(each * POINTS) for each in ends)
        said = words.say("points", value=value)
        small = [words.say("points-interval", lower=lower, upper=upper, level=words.percent(claim.level))]
    else:
        value, lower, upper = (words.decimal(each) for each in ends)
        said = words.say("slope" if claim.what == "slope" else "a-period", value=value)
        small = [words.say("interval", lower=lower, upper=upper, level=words.percent(claim.level))]
    detail = claim.detail
    if "relative" in detail:
        part, least, most = (words.percent(detail[f"relative{each}"]) for each in ("", "_lower", "_upper"))
        small.append(words.say("relatively", value=part, lower=least, upper=most))
    if "always_valid_p" in detail:
        any_time, once = (_p(detail[each], words) for each in ("always_valid_p", "p"))
        small.append(words.say("peeking", p=any_time, once=once))
    elif "p" in detail:
        small.append(words.say("p-value", p=_p(detail["p"], words)))
    if "pre_trend_p" in detail:
        small.append(words.say("pre-trend", p=_p(detail["pre_trend_p"], words)))
    return said, words.say("semicolon").join(small)


def _p(value: float, words: Words) -> str:
    """Return a p-value; one that is not zero is never written as zero."""
    return f"< {words.decimal(SMALLEST, 3)}" if value < SMALLEST else words.decimal(value, 3)


def _weighed(claim: Claim, words: Words) -> str:
    """Return what weighted answers are worth, where that is less than their number; "" otherwise."""
    said = []
    for (name, n), key in zip(claim.n.items(), ("effective_first", "effective_second"), strict=False):
        effective = claim.detail.get(key)
        if effective and effective < ALIKE * n:
            worth, design = words.number(round(effective)), words.decimal(n / effective, 2)
            said.append(words.say("effective", name=group(name, words), count=worth, design=design))
    return words.say("semicolon").join(said)


def group(name: str, words: Words) -> str:
    """Return what a group is called."""
    key = f"group-{name.replace(' ', '-')}"
    return words.say(key) if key in words.sentences else name


def studies(found: Evaluation, words: Words) -> list[Grid]:
    """Return the studies that the document declares, and the steps of each return on investment."""
    if not found.studies:
        return []
    headings = tuple(words.say(each) for each in ("study", "design", "declared", "came-of-it"))
    rows = tuple(_study(each, found, words) for each in found.studies)
    grids = [Grid(words.say("studies"), headings, rows, frozenset(), (words.say("studies-how"),))]
    return grids + [
        _steps(each, each.study.roi, found, words) for each in found.studies if each.made and each.study.roi
    ]


def _study(each: Outcome, found: Evaluation, words: Words) -> tuple[Cell, ...]:
    when = "declared-before" if each.beforehand else "declared-after"
    declared: Cell = (words.brief_day(each.declared_at.date()), words.say(when))
    if each.why:
        came: Cell = words.say(f"why-{each.why}")
    else:
        said = [words.said_of(words.say(f"short-{one.claim.what}"), _short(one, words)) for one in each.findings]
        came = words.say("semicolon").join(said)
    return each.study.asks, _design(each.study, found, words), declared, came


def _short(finding: Finding, words: Words) -> str:
    if finding.claim.suppressed:
        return words.say("suppressed")
    said, sure = difference(finding, words)
    return f"{said} ({sure})"


def _design(study: schema.Study, found: Evaluation, words: Words) -> Cell:
    name = words.say(f"design-{study.design}")
    starts = found.document.starts
    if study.experiment:
        drawn = study.experiment
        return name, words.say("drawn", by=drawn.drawn_by, on=words.brief_day(drawn.drawn_on), how=drawn.how)
    if study.differences:
        where, not_there = (words.listing(each) for each in (study.differences.campaign_in, study.differences.not_in))
        begins = words.brief_day(study.differences.begins or starts)
        return name, words.say("design-where", where=where, elsewhere=not_there, begins=begins)
    if study.interrupted:
        begins = words.brief_day(study.interrupted.begins or starts)
        return name, words.say(f"design-each-{study.interrupted.every}", begins=begins)
    return name, words.say("design-steps")


def _steps(outcome: Outcome, asked: schema.Roi, found: Evaluation, words: Words) -> Grid:
    """Return the five steps, each with its number and where that is from, and what comes of them."""
    steps, made = outcome.steps, outcome.made
    if steps is None or made is None:
        raise AssertionError
    goal = next(each for each in found.goals if each.kpi.id == asked.kpi)
    share = goal.metric.share if goal.metric else False

    def units(low: float, high: float) -> str:
        return _span((words.percent(each) if share else words.decimal(each) for each in (low, high)), words)

    def money(low: float, high: float) -> str:
        return _span((words.money(each, asked.currency) for each in (low, high)), words)

    def step(key: str, value: str, of: Assumption | None, source: str = "") -> tuple[Cell, ...]:
        return words.say(key), value, source or (of.source if of else "")

    kpis = words.say("roi-from-kpi") if asked.baseline is None else ""
    rows = (
        step("roi-1", units(steps.observed.low, steps.observed.high), steps.observed),
        step("roi-worth", money(steps.worth.low, steps.worth.high), steps.worth),
        step("roi-2", units(steps.baseline.low, steps.baseline.high), steps.baseline, kpis),
        step("roi-3", units(steps.trend.low, steps.trend.high), steps.trend),
        step("roi-4", _span((words.percent(each) for each in (steps.isolation.low, steps.isolation.high)), words),
             steps.isolation),
        step("roi-5", money(steps.externalities.low, steps.externalities.high), steps.externalities),
        step("roi-spent", money(steps.spent.low, steps.spent.high), steps.spent),
        step("roi-attributed", units(*made.attributed), None, words.say("roi-reckoned")),
        step("roi-benefit", money(*made.benefit), None, words.say("roi-reckoned")),
        step("roi-gain", money(*made.net), None, words.say("roi-reckoned")),
    )  # fmt: skip
    headings = tuple(words.say(each) for each in ("roi-step", "roi-value", "roi-source"))
    title = words.say("roi-title", name=goal_name(goal, found, words))
    return Grid(title, headings, rows, frozenset({1}), (words.say("roi-note"),))


def _span(ends: Iterable[str], words: Words) -> str:
    low, high = ends
    return low if low == high else words.say("to", lower=low, upper=high)
