"""Difference in differences and interrupted time series, from what was imported. A design that cannot be, says why."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from campaigns.documents.nouns.study import Differences, Interrupted
from reports.assessment.findings import sample_of
from reports.measures import Count, Metric
from reports.metrics import METRICS
from reports.records import frames
from reports.records.series import Series
from reports.statistics import differences, interrupted, lift
from reports.statistics.claim import Claim

LENGTHS = {"day": 1, "week": 7}
FEWEST_UNITS = 2  #: units on a side below which nothing can be said of what units do by chance

Days = Mapping[date, float]
#: What stands for one side of a comparison: source, kind of subject, subject ("" where that is what is split).
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Answer:
    """The claims of a design, or the name of the sentence that says why there are none."""

    metric: Metric | None
    claims: tuple[Claim, ...] = ()
    why: str = ""


class Ground:
    """A campaign's figures, as far as designs ask for them."""

    def __init__(self, engine: frames.Engine, campaign: str, known: Sequence[Series], until: date | None) -> None:
        self.engine, self.campaign, self.known, self.until = engine, campaign, known, until

    def by(self, day: date) -> list[Series]:
        """Return what was known at the end of *day*."""
        return frames.as_series(self.engine.newest(self.campaign, day), ())

    def days(self, metric: Metric) -> pd.DataFrame:
        """Return the days of *metric*, no later than those that the report is of."""
        frame = self.engine.days(self.campaign, metric.id)
        return frame if self.until is None else frame[frame["day"] <= self.until.isoformat()]


def difference(ground: Ground, study: Differences, starts: date) -> Answer:
    """Return the difference in differences of two surveys, or of periods."""
    metric, begins = METRICS.get(study.metric), study.begins or starts
    if metric is None:
        return Answer(None, why="unknown-metric")
    if metric.denominator == "respondents":
        return _of_surveys(ground, study, metric, begins)
    if not (isinstance(metric, Count) or metric.stock):
        return Answer(metric, why="no-series")
    return _of_periods(ground, study, metric, begins)


def _of_surveys(ground: Ground, study: Differences, metric: Metric, begins: date) -> Answer:
    earlier, later = (_samples(series, metric, study.split) for series in (ground.by(begins), ground.known))
    for key in sorted(set(earlier) & set(later)):
        sides = [_waves(earlier[key], later[key], parts) for parts in (study.not_in, study.campaign_in)]
        if sides[0] and sides[1]:
            (control_before, control_after), (treated_before, treated_after) = sides[0], sides[1]
            claim = differences.of_shares((control_before, treated_before), (control_after, treated_after))
            return Answer(metric, (claim,))
    return Answer(metric, why="no-two-waves")


def _waves(
    earlier: Mapping[str, tuple[date, lift.Sample]], later: Mapping[str, tuple[date, lift.Sample]], parts: Sequence[str]
) -> tuple[lift.Sample, lift.Sample] | None:
    """Return the samples of *parts* before and after; None where a part was not asked twice."""
    pairs = [(earlier[part], later[part]) for part in parts if part in earlier and part in later]
    if len(pairs) < len(parts) or any(old[0] >= new[0] for old, new in pairs):
        return None
    return lift.together([old for (_, old), _ in pairs]), lift.together([new for _, (_, new) in pairs])


def _samples(series: Iterable[Series], metric: Metric, split: str) -> dict[Key, dict[str, tuple[date, lift.Sample]]]:
    """Return each part's sample, and of which day it is, by what gives it."""
    every = list(series)
    found: dict[Key, dict[str, tuple[date, lift.Sample]]] = defaultdict(dict)
    for each in every:
        part = _part(each.split, each.own, split)
        sample = sample_of(each, every) if each.metric == metric.id and part is not None else None
        if sample is not None and part is not None:
            key = each.source, each.subject_kind, each.subject if split in each.split else ""
            found[key][part] = each.at.date(), sample
    return found


def _part(split: Mapping[str, str], own: Mapping[str, str], name: str) -> str | None:
    """Return which part of *name* a figure is of; None where it is of none, or split by something else too."""
    return split.get(name, own.get(name)) if set(split) <= {name} else None


def _of_periods(ground: Ground, study: Differences, metric: Metric, begins: date) -> Answer:
    rows = ground.days(metric)
    length, named = LENGTHS[study.every], [*study.not_in, *study.campaign_in]
    if len(study.not_in) < FEWEST_UNITS or len(study.campaign_in) < FEWEST_UNITS:
        return Answer(metric, why="few-units")
    found: dict[Key, dict[str, dict[date, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows.to_dict("records"):
        split = json.loads(row["dimensions"]) if row["dimensions"] else {}
        part = _part(split, frames.own(row["subject_kind"], row["subject"], {}), study.split)
        if part in named:
            key = row["source"], row["subject_kind"], row["subject"] if study.split in split else ""
            found[key][str(part)][date.fromisoformat(row["day"])] = float(row["last_value"])
    whole = [units for _, units in sorted(found.items()) if set(units) == set(named)]
    if not whole:
        return Answer(metric, why="no-figure")
    last = max(day for days in whole[0].values() for day in days)
    units = {
        name: periods(days, begins, length, last, running=isinstance(metric, Count)) for name, days in whole[0].items()
    }
    if not all(units.values()):
        return Answer(metric, why="few-periods")
    first, end = max(min(each) for each in units.values()), min(max(each) for each in units.values())
    if first >= 0 or end < 0:
        return Answer(metric, why="few-periods")
    if any(place not in each for each in units.values() for place in range(first, end + 1)):
        return Answer(metric, why="gaps")
    rows_of = [
        differences.Observation(name, place, values[place], name in study.campaign_in, place >= 0)
        for name, values in sorted(units.items())
        for place in range(first, end + 1)
    ]
    return _sound(metric, (differences.of_units(rows_of),))


def interruption(ground: Ground, study: Interrupted, starts: date) -> Answer:
    """Return the step and the change of trend of a series at the day that the campaign began."""
    metric, begins = METRICS.get(study.metric), study.begins or starts
    if metric is None:
        return Answer(None, why="unknown-metric")
    if not (isinstance(metric, Count) or metric.stock or metric.denominator == "respondents"):
        return Answer(metric, why="no-series")
    scope = {name: value for name in ("audience", "channel") if (value := getattr(study, name))}
    found: dict[Key, dict[date, float]] = defaultdict(dict)
    for row in ground.days(metric).to_dict("records"):
        split = json.loads(row["dimensions"]) if row["dimensions"] else {}
        of = {**frames.own(row["subject_kind"], row["subject"], {}), **split}
        if row["subject_kind"] != "release" and of == scope:
            key = row["source"], row["subject_kind"], row["subject"]
            found[key][date.fromisoformat(row["day"])] = float(row["last_value"])
    if not found:
        return Answer(metric, why="no-figure")
    days = max((found[key] for key in sorted(found)), key=len)
    season = LENGTHS["week"] if study.every == "day" else 0
    values = periods(days, begins, LENGTHS[study.every], max(days), running=isinstance(metric, Count))
    fewest = max(interrupted.FEWEST, 2 * season)
    if sum(place < 0 for place in values) < fewest or sum(place >= 0 for place in values) < fewest:
        return Answer(metric, why="few-periods")
    places = range(min(values), max(values) + 1)
    if any(place not in values for place in places):
        return Answer(metric, why="gaps")
    before, after = ([values[place] for place in places if (place < 0) is early] for early in (True, False))
    return _sound(metric, interrupted.segmented(before, after, season=season))


def periods(days: Days, begins: date, length: int, last: date, *, running: bool) -> dict[int, float]:
    """
    Return a value a period, counted from the one that starts on *begins*; only whole periods that were heard of.

    Of a running total it is what the period added, where the one before is known too: what came before the first
    figure is nobody's. A period without a figure is left out, for missing is not zero.
    """
    at: dict[int, tuple[date, float]] = {}
    for day in sorted(days):
        at[(day - begins).days // length] = day, days[day]
    whole = {place: value for place, (_, value) in at.items() if begins + timedelta((place + 1) * length - 1) <= last}
    if not running:
        return whole
    return {place: value - whole[place - 1] for place, value in whole.items() if place - 1 in whole}


def _sound(metric: Metric, claims: Sequence[Claim]) -> Answer:
    """Return the claims; a series that never varies has no interval, and is no evidence."""
    ends = [end for each in claims for end in (each.estimate, each.lower, each.upper)]
    if any(end is None or not math.isfinite(end) for end in ends):
        return Answer(metric, why="no-spread")
    return Answer(metric, tuple(claims))
