"""
Interrupted time series: what the series did after the campaign began, against its own earlier trend.

Segmented regression (Wagner and others, 2002) with Newey-West errors, which hold when neighbouring days resemble each
other. Where they do so strongly, an ARIMA error of order one is fitted too, and the wider interval is given.
"""

import itertools
import math
from collections.abc import Sequence

from campaigns.errors import UsageError
from reports.statistics.claim import LEVEL, Claim, Kind, checked_level, missing

FEWEST = 8  #: points on each side, below which a trend is a guess
STRONG = 0.4  #: autocorrelation of the residuals above which Newey-West alone is too sure


def segmented(
    before: Sequence[float], after: Sequence[float], *, level: float = LEVEL, season: int = 0
) -> tuple[Claim, Claim]:
    """
    Return two claims: the step at the start of the campaign, and the change of the trend for each period since.

    *before* and *after* hold one value for each of the periods in turn, of equal length. *season* is the length of a
    pattern that repeats, such as 7 days; 0 for none.

    Raises:
        UsageError: If there are too few periods on a side, or a value is missing.
        MissingExtra: If the extra `stats` is not installed.
    """
    values = [*before, *after]
    fewest = max(FEWEST, 2 * season)
    if min(len(before), len(after)) < fewest:
        message = f"A trend needs at least {fewest} periods before and after; here are {len(before)} and {len(after)}."
        raise UsageError(message, "Take shorter periods, or wait for more of them.")
    if not all(math.isfinite(value) for value in values):
        message = "A period has no value."
        raise UsageError(message, "Missing is not zero: fill the gap from the source, or take longer periods.")
    try:
        import numpy as np
        import statsmodels.api as sm
        from statsmodels.tsa.arima.model import ARIMA
    except ImportError:
        raise missing() from None
    n, start = len(values), len(before)
    time = np.arange(n, dtype=float)
    columns = [np.ones(n), time, (time >= start).astype(float), np.where(time >= start, time - start, 0.0)]
    columns += [(time % season == place).astype(float) for place in range(1, season)]
    design, outcome = np.column_stack(columns), np.array(values, dtype=float)
    lags = max(1, math.floor(4 * (n / 100) ** (2 / 9)))
    options = {"maxlags": lags, "use_correction": True}
    fit = sm.OLS(outcome, design).fit(cov_type="HAC", cov_kwds=options, use_t=True)
    spans = fit.conf_int(alpha=1 - checked_level(level))
    estimates = np.asarray(fit.params)
    residuals = np.asarray(fit.resid)
    like = _autocorrelation(residuals.tolist())
    method = f"segmented regression, Newey-West ({lags} lags)"
    if abs(like) > STRONG and float(np.ptp(residuals)) > 0:
        arima = ARIMA(outcome, exog=design, order=(1, 0, 0), trend="n").fit()
        wider = arima.conf_int(alpha=1 - level)
        if (wider[2:4, 1] - wider[2:4, 0]).sum() > (spans[2:4, 1] - spans[2:4, 0]).sum():
            spans, estimates = wider, np.asarray(arima.params)
            method = "segmented regression, ARIMA(1,0,0) errors"
    claims = []
    for what, place in (("level", 2), ("slope", 3)):
        detail = {"p": float(fit.pvalues[place]), "autocorrelation": like, "trend_before": float(estimates[1])}
        claims.append(
            Claim(
                what,
                Kind.QUASI,
                float(estimates[place]),
                float(spans[place][0]),
                float(spans[place][1]),
                {"periods before": len(before), "periods after": len(after)},
                method,
                level,
                ("trend-goes-on", "same-measure"),
                ("other-events",),
                detail,
            )
        )
    return claims[0], claims[1]


def _autocorrelation(residuals: Sequence[float]) -> float:
    mean = math.fsum(residuals) / len(residuals)
    centred = [each - mean for each in residuals]
    whole = math.fsum(each * each for each in centred)
    return 0.0 if whole == 0 else math.fsum(a * b for a, b in itertools.pairwise(centred)) / whole
