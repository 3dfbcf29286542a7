"""Readings: what a source makes of a text, rows on their way into a database, and every rollup that comes of them."""

from collections import defaultdict
from datetime import UTC, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select

from campaigns.store.tables import table
from reports.cells import sheet
from reports.cells.layout import Layout
from reports.figures import Figure
from reports.models import DailyReading, GroupDay, NewestReading, Reading, ReadingGroup, ReadingSeries
from reports.records import rollup
from reports.snapshot import Fault, Of, Row
from reports.source import Source
from tests.builders.evaluations import STARTS

SERIES, GROUP = table(ReadingSeries), table(ReadingGroup)
NAMES = ("campaign", "subject_kind", "subject", "metric", "dimensions", "source")


def found(source: Source, text: str, **layout: Any) -> SimpleNamespace:
    """Return the snapshots, complaints and ignored headings that *source* gets out of a CSV text."""
    declared = Layout(**layout)
    read = sheet.parse(text.encode(), "f.csv", declared.encoding, declared.separator)
    every = list(source.read(read, "c", declared))
    faults = [each for each in every if isinstance(each, Fault)]
    return SimpleNamespace(
        snapshots=[each for each in every if not isinstance(each, Fault)],
        complaints=read.complaints(faults),
        ignored=source.ignored(read, declared),
        recognised=source.recognises(read, declared),
    )


def row(
    hours: float, value: Any, subject: str = "r1", metric: str = "impressions", line: int = 2, **changes: Any
) -> Row:
    """Return a reading of release *subject*, *hours* after the campaign began."""
    figure = value if isinstance(value, Figure) else Figure(value)
    at = changes.pop("at", STARTS + timedelta(hours=hours))
    words = {
        "campaign": "c", "subject_kind": "release", "subject": subject, "metric": metric, "dimensions": "",
        "source": "csv", "channel": f"channel-of-{subject}", "locale": "fr-FR", "message": "m", "audience": "",
    } | changes  # fmt: skip
    return Row(Of(**words), at, figure, line, 0)


def daily(connection: Connection) -> list[tuple[Any, ...]]:
    """Return the daily figures under the names of their series, sorted."""
    rows = table(DailyReading)
    columns = [*(SERIES.c[name] for name in NAMES), *(column for column in rows.c if column.name != "series")]
    return sorted((tuple(each) for each in connection.execute(select(*columns).join(SERIES))), key=str)


def newest(connection: Connection) -> list[tuple[Any, ...]]:
    """Return the newest figures under the names of their series, sorted."""
    rows = table(NewestReading)
    columns = [*(SERIES.c[name] for name in NAMES), *(column for column in rows.c if column.name != "series")]
    return sorted((tuple(each) for each in connection.execute(select(*columns).join(SERIES))), key=str)


def groups(connection: Connection) -> list[tuple[Any, ...]]:
    """Return what each day added to each group, sorted."""
    rows = table(GroupDay)
    named = [column for column in GROUP.c if column.name != "id"]
    columns = [*named, rows.c.day, rows.c.delta, rows.c.releases]
    return sorted((tuple(each) for each in connection.execute(select(*columns).join(GROUP))), key=str)


def recomputed(connection: Connection) -> tuple[list[Any], list[Any], list[Any]]:
    """Return `daily`, `newest` and `groups` as computed from every reading, in plain Python."""
    series: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    kept = table(Reading)
    named = [column for column in GROUP.c if column.name != "id"]
    own = {
        tuple(each[: len(NAMES)]): tuple(each[len(NAMES) :])
        for each in connection.execute(select(*(SERIES.c[name] for name in NAMES), *named).join(GROUP))
    }
    for each in connection.execute(select(*(SERIES.c[name] for name in NAMES), kept).join(kept)).all():
        if (each.value, each.lower, each.upper) != (None, None, None):
            series[tuple(each[: len(NAMES)])][each.at.astimezone(UTC).date().isoformat()].append(each)
    days, last, sums = [], [], defaultdict(lambda: [0.0, 0])
    for key, by_day in series.items():
        before = 0.0
        for day in sorted(by_day):
            top = max(by_day[day], key=lambda each: (each.at, each.revision))
            delta = None if top.value is None else top.value - before
            before = before if top.value is None else top.value
            rest = (top.lower, top.upper, top.qualifier, top.numerator, top.denominator)
            days.append((*key, day, top.at, top.revision, top.value, *rest, delta))
            if delta is not None and key[1] == "release" and key[3] in rollup.ADDED:
                sums[*own[key], day][0] += delta
                sums[*own[key], day][1] += 1
        last.append((*key, max(by_day), *days[-1][7:8], *days[-1][9:-1]))
    by_group = [(*key, delta, many) for key, (delta, many) in sums.items()]
    return sorted(days, key=str), sorted(last, key=str), sorted(by_group, key=str)
