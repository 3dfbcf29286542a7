"""A campaign with as many readings as one likes, polled as platforms are: what reports and imports are measured on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert, select

from campaigns.clock import instant_text
from campaigns.store.tables import table
from reports import rollup, staging
from reports.figures import Figure
from reports.models import ReadingImport
from reports.snapshot import Of, Row
from scheduler.releases.models import Release
from tests.builders import evaluations

METRICS = (
    "impressions", "views", "video_completions", "engagements", "likes", "reshares", "comments", "link_clicks", "reach",
    "minutes_viewed",
)  # fmt: skip
#: Hours after publication at which a platform is asked: hourly for three days, 6-hourly to 30, daily to 90.
POLLS = (*range(1, 73), *range(78, 721, 6), *range(744, 2161, 24))
STARTS = datetime(2026, 6, 1, tzinfo=UTC)
CHANNELS, LOCALES, MESSAGES = ("fr-social", "uk-partners"), ("fr-FR", "ar", "en-GB"), ("side-by-side", "one-answer")


def releases(connection: Connection, many: int) -> list[str]:
    """Apply the campaign of the tests, and add *many* releases that went out; return their ids."""
    evaluations.apply_campaign(connection, evaluations.document())
    release = table(Release)
    like = dict(connection.execute(select(release).where(release.c.state == "published").limit(1)).mappings().one())
    rows = [
        like | {
            "id": f"r{n:06}", "entry": f"e{n:06}", "channel": CHANNELS[n % 2], "locale": LOCALES[n % 3],
            "message": MESSAGES[n // 3 % 2], "audiences": [("young-fr", "young-uk")[n % 2]],
            "remote_id": f"{10**18 + n}", "remote_url": None,
        }
        for n in range(many)
    ]  # fmt: skip
    connection.execute(insert(release), rows)
    return [row["id"] for row in rows]


def polls(ids: list[str], seed: int = 7) -> Iterator[Row]:
    """Give every poll of every release: running totals that grow, of which a few are corrected downwards."""
    dice = Random(seed)  # noqa: S311 (readings, not secrets)
    instants = [STARTS + timedelta(hours=hours) for hours in POLLS]
    for n, name in enumerate(ids):
        own = (CHANNELS[n % 2], LOCALES[n % 3], MESSAGES[n // 3 % 2], ("young-fr", "young-uk")[n % 2])
        for metric in METRICS:
            of = Of(evaluations.CAMPAIGN, "release", name, metric, "", "x-export", *own)
            total = 0
            falls = dice.random() < 0.05
            for place, at in enumerate(instants):
                total += dice.randrange(200) if not (falls and place == 100) else -dice.randrange(100)
                yield Row(of, at, Figure(float(max(total, 0))), 0, 0)


def fill(connection: Connection, rows: Iterator[Row]) -> int:
    """Store *rows* without looking for clashes, and roll them up at once: the quick way to a large database."""
    staging.fill(connection, [])
    values = {"number": 1, "file": "all.csv", "rows": 0, "imported_at": STARTS, "imported_by": "bench"}
    detail = {"campaigns": [evaluations.CAMPAIGN], "sources": [], "added": 1}
    connection.execute(insert(table(ReadingImport)).values(id="f" * 64, detail=detail, **values))
    count, chunk, known, texts = 0, [], {}, {}
    for row in rows:
        number = known.get(row.of)
        if number is None:
            known |= staging._numbered(connection, [row.of])
            number = known[row.of]
        text = texts.get(row.at) or texts.setdefault(row.at, instant_text(row.at))
        chunk.append((number, text, 0, row.figure.value, "exact", 1))
        count += 1
        if len(chunk) == 100_000:
            _send(connection, chunk)
            chunk = []
    _send(connection, chunk)
    rollup.rebuild(connection)
    return count


def _send(connection: Connection, chunk: list[tuple[object, ...]]) -> None:
    if chunk:
        connection.exec_driver_sql(
            "INSERT INTO reading (series, at, revision, value, qualifier, imported) VALUES (?, ?, ?, ?, ?, ?)", chunk
        )
