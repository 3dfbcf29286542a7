"""pandas frames of a campaign's rolled-up readings: the newest of each series, and what each day had."""

import json
from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, func, select

from campaigns.store.tables import table
from reports.figures import Figure, Qualifier
from reports.metrics import METRICS, Over
from reports.models import DailyReading
from reports.series import Series
from reports.subjects import Sent

SERIES = ("subject_kind", "subject", "metric", "dimensions", "source")
FIGURE = ("last_value", "lower", "upper", "qualifier", "numerator", "denominator")


def newest(connection: Connection, campaign: str, until: date | None = None) -> pd.DataFrame:
    """Return one row a series: its newest day, no later than *until*. Columns: SERIES, day, last_at, FIGURE."""
    daily = table(DailyReading)
    mine = daily.c.campaign == campaign
    if until:
        mine = and_(mine, daily.c.day <= until.isoformat())
    keys = [daily.c[name] for name in SERIES]
    last = select(*keys, func.max(daily.c.day).label("day")).where(mine).group_by(*keys).subquery()
    columns = [daily.c[name] for name in (*SERIES, "day", "last_at", *FIGURE)]
    rows = connection.execute(
        select(*columns)
        .join(last, and_(*(daily.c[name] == last.c[name] for name in (*SERIES, "day"))))
        .where(daily.c.campaign == campaign)
        .order_by(*keys)
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=[*SERIES, "day", "last_at", *FIGURE])


def days(connection: Connection, campaign: str, metric: str) -> pd.DataFrame:
    """Return every day of *metric*'s series: SERIES, day, last_value, delta."""
    daily = table(DailyReading)
    columns = [*SERIES, "day", "last_value", "delta"]
    rows = connection.execute(
        select(*(daily.c[name] for name in columns))
        .where(daily.c.campaign == campaign, daily.c.metric == metric, daily.c.last_value.is_not(None))
        .order_by(*(daily.c[name] for name in (*SERIES, "day")))
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=columns)


def as_series(frame: pd.DataFrame, sent: Iterable[Sent]) -> list[Series]:
    """Return the rows of `newest` as series; a metric that is no longer known is left out."""
    releases = {each.id: each for each in sent}
    found = []
    for row in frame.to_dict("records"):
        if row["metric"] not in METRICS:
            continue
        value, lower, upper, numerator, denominator = (
            _known(row[name]) for name in ("last_value", "lower", "upper", "numerator", "denominator")
        )
        found.append(
            Series(
                subject_kind=row["subject_kind"],
                subject=row["subject"],
                metric=row["metric"],
                source=row["source"],
                own=own(row["subject_kind"], row["subject"], releases),
                split=json.loads(row["dimensions"]) if row["dimensions"] else {},
                figure=Figure(value, lower, upper, Qualifier(row["qualifier"]), numerator, denominator),
                at=pd.Timestamp(row["last_at"]).to_pydatetime(),
            )
        )
    return found


def own(subject_kind: str, subject: str, releases: Mapping[str, Sent]) -> dict[str, str]:
    """Return what a subject says by itself. A release of several audiences credits none of them."""
    if subject_kind == "campaign":
        return {}
    if subject_kind != "release":
        return {subject_kind: subject}
    found = releases.get(subject)
    if found is None:
        return {}
    keys = {"channel": found.channel, "locale": found.locale, "message": found.message}
    return keys | ({"audience": found.audiences[0]} if len(found.audiences) == 1 else {})


def over_time(frame: pd.DataFrame, sent: Iterable[Sent], metric: str) -> pd.DataFrame:
    """
    Return running totals by day (index, those with a snapshot) and channel (columns) from the releases' figures.

    A release without a snapshot that day keeps its last one; before its first it has none. One source a release
    (the one heard from last); splits are added only where no whole is given. Empty for a metric without such a sum.
    """
    channels = {each.id: each.channel for each in sent}
    rows = frame[(frame["subject_kind"] == "release") & frame["subject"].isin(list(channels))]
    if rows.empty or not {Over.CHANNELS, Over.RELEASES, Over.BREAKDOWN} <= METRICS[metric].additive:
        return pd.DataFrame()
    last = rows.sort_values(["day", "source"]).groupby("subject")["source"].last()
    rows = rows[rows["source"] == rows["subject"].map(last)]
    whole = set(rows.loc[rows["dimensions"] == "", "subject"])
    ways = rows["dimensions"].map(lambda text: tuple(sorted(json.loads(text))) if text else ())
    first = ways.groupby(rows["subject"]).min()
    rows = rows[(rows["dimensions"] == "") | (~rows["subject"].isin(whole) & (ways == rows["subject"].map(first)))]
    wide = rows.pivot_table(index="day", columns=["subject", "dimensions"], values="last_value", aggfunc="last")
    wide.index = pd.DatetimeIndex(pd.to_datetime(wide.index), name="day")
    return wide.ffill().T.groupby(lambda key: channels[key[0]]).sum(min_count=1).T


def _known(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
