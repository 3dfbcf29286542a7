"""A campaign with as many readings as one likes, polled as platforms are: what reports and imports are measured on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from campaigns.clock import instant_text
from campaigns.store.tables import table
from reports.models import ReadingImport
from reports.records import rollup, staging
from reports.snapshot import Of
from scheduler.releases.models import Release
from tests.builders import evaluations

METRICS = (
    "impressions", "views", "video_completions", "engagements", "likes", "reshares", "comments", "link_clicks", "reach",
    "minutes_viewed",
)  # fmt: skip
#: Hours after publication at which a platform is asked: hourly for three days, 6-hourly to 30, daily to 90.
POLLS = (*range(1, 73), *range(78, 721, 6), *range(744, 2161, 24))
HOURLY = tuple(range(1, 2391))  #: every hour for a hundred days: ten times as many of each release
STARTS = datetime(2026, 6, 1, tzinfo=UTC)
CHANNELS, LOCALES, MESSAGES = ("fr-social", "uk-partners"), ("fr-FR", "ar", "en-GB"), ("side-by-side", "one-answer")
FALLS = 0.05  #: the share of series that the platform corrects downwards, once
PORTION = 20  #: releases whose readings are made at a time


def releases(connection: Connection, many: int) -> list[str]:
    """Apply the campaign of the tests, and add *many* releases that went out, in two waves; return their ids."""
    evaluations.apply_campaign(connection, evaluations.document())
    release = table(Release)
    like = dict(connection.execute(select(release).where(release.c.state == "published").limit(1)).mappings().one())
    rows = [
        like | {
            "id": f"r{n:06}", "entry": ("wave1", "wave2")[n // 3 % 2], "occurrence": f"{n:06}",
            "channel": CHANNELS[n % 2], "locale": LOCALES[n % 3], "message": MESSAGES[n // 3 % 2],
            "audiences": [("young-fr", "young-uk")[n % 2]], "remote_id": f"{10**18 + n}", "remote_url": None,
            "due_at": STARTS, "published_at": STARTS,
        }
        for n in range(many)
    ]  # fmt: skip
    connection.execute(insert(release), rows)
    return [row["id"] for row in rows]


def _series(n: int, name: str) -> list[Of]:
    """Return the series of a release, one a metric."""
    own = (CHANNELS[n % 2], LOCALES[n % 3], MESSAGES[n // 3 % 2], ("young-fr", "young-uk")[n % 2])
    return [Of(evaluations.CAMPAIGN, "release", name, metric, "", "x-export", *own) for metric in METRICS]


def totals(many: int, polls: int, dice: np.random.Generator) -> Any:
    """Return running totals, a row a series: they grow at every poll, and a few are corrected downwards."""
    more = dice.integers(0, 200, size=(many, polls))
    fell = dice.random(many) < FALLS
    place = min(100, polls - 1)
    more[fell, place] = -dice.integers(0, 100, size=int(fell.sum()))
    return np.maximum(np.cumsum(more, axis=1), 0).astype("float64")


def rows(connection: Connection, ids: Sequence[str], hours: Sequence[int], seed: int) -> Iterator[tuple[object, ...]]:
    """Give every poll of every release as a row of `reading`, in the order of its key."""
    dice = np.random.default_rng(seed)
    instants = [instant_text(STARTS + timedelta(hours=each)) for each in hours]
    for start in range(0, len(ids), PORTION):
        every = [of for n, name in enumerate(ids[start : start + PORTION], start) for of in _series(n, name)]
        numbers = staging._numbered(connection, every)
        for of, figures in zip(every, totals(len(every), len(hours), dice).tolist(), strict=True):
            number = numbers[of]
            for at, figure in zip(instants, figures, strict=True):
                yield number, at, 0, figure, "exact", 1


def fill(connection: Connection, ids: Sequence[str], hours: Sequence[int] = POLLS, seed: int = 7) -> int:
    """Store readings without looking for clashes, and roll them up at once: the quick way to a large database."""
    staging.fill(connection, [])
    values = {"number": 1, "file": "all.csv", "rows": 0, "imported_at": STARTS, "imported_by": "bench"}
    detail = {"campaigns": [evaluations.CAMPAIGN], "sources": [], "added": 1}
    connection.execute(insert(table(ReadingImport)).values(id="f" * 64, detail=detail, **values))
    cursor = connection.connection.cursor()
    cursor.executemany(
        "INSERT INTO reading (series, at, revision, value, qualifier, imported) VALUES (?, ?, ?, ?, ?, ?)",
        rows(connection, ids, hours, seed),
    )
    cursor.close()
    rollup.rebuild(connection)
    return len(ids) * len(METRICS) * len(hours)
