"""What came of each study that the document declares: its claims, or why there are none; and when it was declared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campaigns.documents import schema
from reports.assessment import quasi
from reports.assessment.findings import Finding
from reports.assessment.goals import Goal, scope_of
from reports.assessment.quasi import Answer, Ground
from reports.measures import Metric
from reports.statistics.claim import Claim
from reports.statistics.roi import Assumption, Return, Steps, assume, calculate

LATE = "declared-late"  #: what a claim cannot show whose design was chosen when figures could be known


@dataclass(frozen=True)
class Outcome:
    """A study, when it was declared, and what came of it."""

    study: schema.Study
    declared_at: datetime
    beforehand: bool  #: before anything of what it asks could be known
    findings: tuple[Finding, ...]
    why: str = ""  #: why there is no claim: a sentence's name; "" where there is one
    steps: Steps | None = None  #: of a return on investment
    made: Return | None = None


def outcomes(
    document: schema.Campaign,
    ground: Ground,
    declared_at: dict[str, datetime],
    goals: Sequence[Goal],
    compared: Sequence[Finding],
    beforehand: frozenset[str],
) -> tuple[Outcome, ...]:
    """
    Return what came of each study, in the order of the document.

    *compared* are the claims about variants, some of which are a study's; *beforehand* the experiments that were
    declared before the first signature. Of every other design, the day it begins decides.
    """
    found = []
    for study in document.studies:
        at = declared_at[study.id]
        if study.experiment:
            mine = tuple(each for each in compared if each.study == study.id)
            found.append(Outcome(study, at, study.id in beforehand, mine, "" if mine else "no-arms"))
        elif study.differences:
            answer = quasi.difference(ground, study.differences, document.starts)
            found.append(_answered(study, at, study.differences.begins or document.starts, answer))
        elif study.interrupted:
            answer = quasi.interruption(ground, study.interrupted, document.starts)
            found.append(_answered(study, at, study.interrupted.begins or document.starts, answer))
        elif study.roi:
            found.append(_returned(study, study.roi, at, document.starts, goals))
    return tuple(found)


def _answered(study: schema.Study, at: datetime, begins: date, answer: Answer) -> Outcome:
    early = at.date() <= begins
    if answer.metric is None:
        return Outcome(study, at, early, (), answer.why)
    findings = tuple(_finding(study.id, answer.metric, claim, early=early) for claim in answer.claims)
    return Outcome(study, at, early, findings, answer.why)


def _finding(study: str, metric: Metric, claim: Claim, *, early: bool, **of: str) -> Finding:
    said = claim if early else replace(claim, cannot=(*claim.cannot, LATE))
    return Finding(metric, of.get("kind", "campaign"), of.get("subject", ""), "", said, study)


def _returned(study: schema.Study, asked: schema.Roi, at: datetime, starts: date, goals: Sequence[Goal]) -> Outcome:
    early = at.date() <= starts
    goal = next((each for each in goals if each.kpi.id == asked.kpi), None)
    if goal is None or goal.metric is None or goal.figure.missing:
        return Outcome(study, at, early, (), "no-figure")
    low, high = goal.figure.span
    if math.isinf(high):
        return Outcome(study, at, early, (), "unbounded")
    baseline = goal.kpi.baseline
    steps = Steps(
        observed=Assumption(low, high, " ".join(goal.gathered.sources)),
        worth=_assumed(asked.worth),
        baseline=_assumed(asked.baseline) if asked.baseline else Assumption(baseline or 0.0, baseline or 0.0, "kpi"),
        trend=_assumed(asked.trend),
        isolation=_assumed(asked.isolation),
        spent=_assumed(asked.spent),
        externalities=_assumed(asked.externalities),
        lower_is_better=goal.metric.lower_is_better if baseline is None else goal.kpi.target < baseline,
    )
    made = calculate(steps)
    audience = scope_of(goal.kpi).get("audience")
    of = {"kind": "audience", "subject": audience} if isinstance(audience, str) else {}
    return Outcome(study, at, early, (_finding(study.id, goal.metric, made.claim, early=early, **of),), "", steps, made)


def _assumed(given: schema.Assumed) -> Assumption:
    return assume(given.value, given.source, to=given.to)
