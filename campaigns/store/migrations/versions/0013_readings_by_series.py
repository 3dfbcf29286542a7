"""Readings by series instead of by nine words a row; corrections, newest figures, and what each day added by group."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

SERIES = ("campaign", "subject_kind", "subject", "metric", "dimensions", "source")
GROUP = ("campaign", "subject_kind", "metric", "dimensions", "source", "channel", "locale", "message", "audience")
FIGURE = ("value", "lower", "upper", "qualifier", "numerator", "denominator")
#: What had a sum over releases when this was written.
COUNTS = (
    "items_produced", "staff_days", "impressions", "views", "video_completions", "minutes_viewed", "deliveries",
    "coverage_items", "coverage_with_message", "engagements", "likes", "reshares", "comments", "saves",
    "positive_comments", "negative_comments", "link_clicks", "site_visits", "downloads", "helpline_calls",
    "reports_made", "partner_reuses", "unsubscribes", "propaganda_items", "items_referred", "items_removed",
)  # fmt: skip


def _figure(value: str) -> list[sa.Column[object]]:
    named = (value, *FIGURE[1:])
    return [
        sa.Column(name, sa.String(), nullable=False) if name == "qualifier" else sa.Column(name, sa.Float())
        for name in named
    ]


def upgrade() -> None:
    instant, text, number = sa.String(27), sa.String(), sa.Integer()
    for name in ("reading", "daily_reading", "reading_import"):
        op.rename_table(name, f"{name}_before")
    op.create_table(
        "reading_import",
        sa.Column("id", text, nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("file", text, nullable=False),
        sa.Column("rows", number, nullable=False),
        sa.Column("imported_at", instant, nullable=False),
        sa.Column("imported_by", text, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=_named("reading_import_by_number_pkey")),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "reading_group",
        sa.Column("id", number, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in GROUP),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*GROUP),
    )
    op.create_table(
        "reading_series",
        sa.Column("id", number, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in SERIES),
        sa.Column("group", number, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*SERIES),
        sa.ForeignKeyConstraint(["group"], ["reading_group.id"]),
    )
    op.create_table(
        "reading",
        sa.Column("series", number, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("revision", number, nullable=False),
        *_figure("value"),
        sa.Column("imported", number, nullable=False),
        sa.PrimaryKeyConstraint("series", "at", "revision", name=_named("reading_by_series_pkey")),
        sa.ForeignKeyConstraint(["series"], ["reading_series.id"]),
        sa.ForeignKeyConstraint(["imported"], ["reading_import.number"]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "daily_reading",
        sa.Column("series", number, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("last_at", instant, nullable=False),
        sa.Column("revision", number, nullable=False),
        *_figure("last_value"),
        sa.Column("delta", sa.Float()),
        sa.PrimaryKeyConstraint("series", "day", name=_named("daily_reading_by_series_pkey")),
        sa.ForeignKeyConstraint(["series"], ["reading_series.id"]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "newest_reading",
        sa.Column("series", number, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("last_at", instant, nullable=False),
        *_figure("last_value"),
        sa.PrimaryKeyConstraint("series"),
        sa.ForeignKeyConstraint(["series"], ["reading_series.id"]),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "group_day",
        sa.Column("group", number, nullable=False),
        sa.Column("day", text, nullable=False),
        sa.Column("delta", sa.Float(), nullable=False),
        sa.Column("releases", number, nullable=False),
        sa.PrimaryKeyConstraint("group", "day"),
        sa.ForeignKeyConstraint(["group"], ["reading_group.id"]),
        sqlite_with_rowid=False,
    )
    _fill()
    for name in ("reading", "daily_reading", "reading_import"):
        op.drop_table(f"{name}_before")


def _named(name: str) -> str | None:
    """Return *name* where a renamed table keeps the name of its key; SQLite gives none."""
    return name if op.get_bind().dialect.name == "postgresql" else None


def _fill() -> None:
    connection = op.get_bind()
    same = " AND ".join(f"s.{name} = b.{name}" for name in SERIES)
    words = ", ".join(SERIES)
    connection.execute(
        sa.text(
            "INSERT INTO reading_import (id, number, file, rows, imported_at, imported_by, detail) "
            "SELECT id, row_number() OVER (ORDER BY imported_at, id), file, rows, imported_at, imported_by, detail "
            "FROM reading_import_before"
        )
    )
    groups: dict[tuple[str, ...], int] = {}
    rows = []
    found = connection.execute(
        sa.text(
            "SELECT b.*, r.channel, r.locale, r.message, r.audiences "  # noqa: S608 (names of columns)
            f"FROM (SELECT DISTINCT {words} FROM reading_before) b "
            "LEFT JOIN release r ON b.subject_kind = 'release' AND r.id = b.subject "
            f"ORDER BY {', '.join('b.' + name for name in SERIES)}"
        )
    ).mappings()
    for number, row in enumerate(found, 1):
        audiences = json.loads(row["audiences"] or "[]")
        own = {name: row[name] or "" for name in ("channel", "locale", "message")}
        own["audience"] = audiences[0] if len(audiences) == 1 else ""
        key = tuple(own[name] if name in own else row[name] for name in GROUP)
        rows.append(
            {name: row[name] for name in SERIES} | {"id": number, "group": groups.setdefault(key, len(groups) + 1)}
        )
    if not rows:
        return
    tables = {
        "reading_group": [dict(zip(GROUP, key, strict=True)) | {"id": number} for key, number in groups.items()],
        "reading_series": rows,
    }
    for name, given in tables.items():
        op.bulk_insert(sa.table(name, *(sa.column(each) for each in given[0])), given)
    figure, rest = ", ".join(FIGURE), ", ".join(FIGURE[1:])
    ours = {
        name: ", ".join(f"b.{each}" for each in each_of) for name, each_of in (("all", FIGURE), ("rest", FIGURE[1:]))
    }
    names = ", ".join(repr(name) for name in COUNTS)
    connection.execute(
        sa.text(
            f"INSERT INTO reading (series, at, revision, {figure}, imported) "  # noqa: S608 (names of columns)
            f"SELECT s.id, b.at, 0, {ours['all']}, i.number "
            f"FROM reading_before b JOIN reading_series s ON {same} JOIN reading_import i ON i.id = b.imported"
        )
    )
    connection.execute(
        sa.text(
            f"INSERT INTO daily_reading (series, day, last_at, revision, last_value, {rest}, delta) "  # noqa: S608 (the same)
            f"SELECT s.id, b.day, b.last_at, 0, b.last_value, {ours['rest']}, b.delta "
            f"FROM daily_reading_before b JOIN reading_series s ON {same}"
        )
    )
    connection.execute(
        sa.text(
            f"INSERT INTO newest_reading (series, day, last_at, last_value, {rest}) "  # noqa: S608 (the same)
            f"SELECT series, day, last_at, last_value, {rest} FROM daily_reading d "
            "WHERE day = (SELECT max(day) FROM daily_reading e WHERE e.series = d.series)"
        )
    )
    connection.execute(
        sa.text(
            'INSERT INTO group_day ("group", day, delta, releases) '  # noqa: S608 (names of metrics)
            'SELECT s."group", d.day, sum(d.delta), count(*) '
            "FROM daily_reading d JOIN reading_series s ON s.id = d.series WHERE d.delta IS NOT NULL "
            f"AND s.subject_kind = 'release' AND s.metric IN ({names}) "
            'GROUP BY s."group", d.day'
        )
    )
