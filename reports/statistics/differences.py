"""
Difference in differences: what changed where the campaign was, less what changed where it was not.

Of four shares the interval is exact arithmetic; of units over time it is a regression with unit and period effects and
errors clustered by unit (the extra `stats`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.errors import UsageError
from reports.statistics import student
from reports.statistics.claim import LEVEL, Claim, Kind, checked_level, missing, suppressed, too_small
from reports.statistics.lift import Sample

FEW_CLUSTERS = 10  #: below this many units on a side clustered errors are too small
_ASSUMES = ("parallel-trends", "no-spill-over")


@dataclass(frozen=True)
class Observation:
    """One unit (a region, a channel; never a person) in one period."""

    unit: str
    period: int
    value: float
    treated: bool  #: whether the unit is one where the campaign was
    after: bool  #: whether the period is after it began


def of_shares(before: tuple[Sample, Sample], after: tuple[Sample, Sample], level: float = LEVEL) -> Claim:
    """Return the treated group's change less the control's; each pair is (control, treated)."""
    groups = (*before, *after)
    if too_small(*(cell for each in groups for cell in (each.agreed, each.n - each.agreed))):
        return suppressed("differences", Kind.QUASI, "difference in differences")
    changes = [new.share - old.share for old, new in zip(before, after, strict=True)]
    estimate = changes[1] - changes[0]
    variance = math.fsum(each.share * (1 - each.share) / each.effective for each in groups)
    reach = student.z(checked_level(level)) * math.sqrt(variance)
    names = ("control before", "treated before", "control after", "treated after")
    return Claim(
        "differences",
        Kind.QUASI,
        estimate,
        estimate - reach,
        estimate + reach,
        dict(zip(names, (each.n for each in groups), strict=True)),
        "difference in differences",
        level,
        (*_ASSUMES, "answers-true"),
        ("other-local-events",),
        {"control_change": changes[0], "treated_change": changes[1]},
    )


def of_units(observations: Sequence[Observation], level: float = LEVEL) -> Claim:
    """
    Return the effect of the campaign on units over time: two-way fixed effects, errors clustered by unit.

    The gap between treated and other units before the campaign is tested for a trend: `pre_trend_p`, where at least
    two periods came before. A small p says that the trends were not parallel.

    Raises:
        UsageError: If a unit is missing in a period or there twice, or a side or a time is empty.
        MissingExtra: If the extra `stats` is not installed.
    """
    _balanced(observations)
    try:
        import numpy as np
        import statsmodels.api as sm
    except ImportError:
        raise missing() from None
    units, periods = sorted({each.unit for each in observations}), sorted({each.period for each in observations})
    rows = sorted(observations, key=lambda each: (each.unit, each.period))
    outcome = np.array([each.value for each in rows])
    effect = np.array([float(each.treated and each.after) for each in rows])
    unit_of = np.array([units.index(each.unit) for each in rows])
    time_of = np.array([periods.index(each.period) for each in rows])
    fixed = np.column_stack([
        *(unit_of == place for place in range(len(units))), *(time_of == place for place in range(1, len(periods)))
    ]).astype(float)  # fmt: skip
    model = sm.OLS(outcome, np.column_stack([effect, fixed]))
    with np.errstate(invalid="ignore"):  # units that move in step have no errors to cluster: not a number, and told
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": unit_of}, use_t=True)
        low, high = fit.conf_int(alpha=1 - checked_level(level))[0]
        detail = {"p": float(fit.pvalues[0]), "standard_error": float(fit.bse[0])}
    early = [place for place, each in enumerate(rows) if not each.after]
    if len({time_of[place] for place in early}) > 1:
        slope = np.array([float(rows[place].treated) * time_of[place] for place in early])
        design = np.column_stack([slope, fixed[early][:, : len(units)], fixed[early][:, len(units) :]])
        design = design[:, design.any(axis=0)]
        before = sm.OLS(outcome[early], design).fit(cov_type="cluster", cov_kwds={"groups": unit_of[early]}, use_t=True)
        detail["pre_trend_p"] = float(before.pvalues[0])
    sides = [len({each.unit for each in rows if each.treated is side}) for side in (False, True)]
    cannot = ("other-local-events", *(("few-units",) if min(sides) < FEW_CLUSTERS else ()))
    n = {"control units": sides[0], "treated units": sides[1], "periods": len(periods)}
    method = "two-way fixed effects, clustered errors"
    return Claim(
        "differences", Kind.QUASI, float(fit.params[0]), float(low), float(high), n, method, level, _ASSUMES, cannot,
        detail,
    )  # fmt: skip


def _balanced(rows: Sequence[Observation]) -> None:
    pairs = [(each.unit, each.period) for each in rows]
    units, periods = {each.unit for each in rows}, {each.period for each in rows}
    if len(pairs) != len(set(pairs)) or len(pairs) != len(units) * len(periods):
        message = "Not every unit has exactly one value in every period."
        raise UsageError(message, "Leave out units with gaps, or say what their values were: missing is not zero.")
    if len({each.treated for each in rows}) + len({each.after for each in rows}) < 4:  # noqa: PLR2004 (two sides, two times)
        message = "A difference of differences needs units with and without the campaign, before and after."
        raise UsageError(message, "Add the units or periods that are missing.")
