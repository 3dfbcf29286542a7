"""What a KPI's figure was over time, from the days of its series: the ground of a forecast. Pure."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import pandas as pd

from reports.figures import AT_VALUE, Figure
from reports.intake.subjects import Sent
from reports.measures import Metric
from reports.records.frames import SERIES, own, served
from reports.records.series import Scope, Series, gather
from reports.statistics.forecast import Forecast, drift

LOOKS = 24  #: days of a history at which the figure is put together
MOST = 400  #: series of one metric above which a history would cost more than it says

Point = tuple[date, float]


def of_scope(
    frame: pd.DataFrame, sent: Iterable[Sent], metric: Metric, scope: Scope, size: int | None, until: date
) -> list[Point]:
    """Return the figure of *scope* on up to LOOKS days, no later than *until*; days without one number are left out."""
    releases = {each.id: each for each in sent}
    limit = until.isoformat()
    newest: dict[tuple[str, ...], Series] = {}
    rows = sorted((row for row in frame.to_dict("records") if row["day"] <= limit), key=lambda row: str(row["day"]))
    days = sorted({str(row["day"]) for row in rows})
    chosen = set(_spread(days))
    points: list[Point] = []
    place = 0
    for day in days:
        while place < len(rows) and rows[place]["day"] == day:
            row, place = rows[place], place + 1
            key = tuple(str(row[name]) for name in SERIES)
            newest[key] = Series(
                row["subject_kind"], row["subject"], metric.id, row["source"],
                own(row["subject_kind"], row["subject"], releases),
                json.loads(row["dimensions"]) if row["dimensions"] else {},
                Figure(float(row["last_value"])), datetime.fromisoformat(day).replace(tzinfo=UTC),
                served(row["subject"], releases),
            )  # fmt: skip
        if day in chosen:
            figure = gather(metric, newest.values(), scope, size).figure
            if figure.value is not None and figure.qualifier in AT_VALUE:
                points.append((date.fromisoformat(day), figure.value))
    return points


def of_channels(wide: pd.DataFrame, scope: Scope, until: date) -> list[Point]:
    """Return running totals from days by channels, of one channel or of all."""
    if wide.empty:
        return []
    names = [scope["channel"]] if "channel" in scope else list(wide.columns)
    known = wide[[name for name in names if name in wide.columns]].dropna(how="all")
    totals = known.sum(axis=1)
    days = [pd.Timestamp(str(day)).date() for day in totals.index]
    points = [(day, float(value)) for day, value in zip(days, totals, strict=True) if day <= until]
    return [points[place] for place in _places(len(points))]


def forecast(points: Sequence[Point], on: date, metric: Metric) -> Forecast | None:
    """Return the forecast of *points* for a day, or None with too few of them."""
    if not points or on <= points[-1][0]:
        return None
    first = points[0][0]
    days = [float((day - first).days) for day, _ in points]
    rising = not metric.share and not metric.stock
    return drift(days, [value for _, value in points], float((on - first).days), rising=rising, share=metric.share)


def _spread(days: Sequence[str]) -> list[str]:
    return [days[place] for place in _places(len(days))]


def _places(count: int) -> list[int]:
    """Return up to LOOKS places of *count*, evenly, the first and the last among them."""
    if count <= LOOKS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (LOOKS - 1)) for step in range(LOOKS)})
