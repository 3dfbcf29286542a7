"""Readings of the first version are there after the upgrade, each of them, and their rollups are a recomputation's."""

from contextlib import ExitStack

import pytest
from alembic import command
from sqlalchemy import MetaData, insert

from campaigns.store import upgrade
from campaigns.store.engine import connect, open_database, writing
from reports.records import rollup
from tests.builders import postgres
from tests.builders.readings import daily, groups, newest, recomputed

ROWS = [
    ("r1", "impressions", "2026-10-01T10:00:00.000000Z", 100.0),
    ("r1", "impressions", "2026-10-03T10:00:00.000000Z", 130.0),
    ("r2", "impressions", "2026-10-03T10:00:00.000000Z", 5.0), ("r1", "reach", "2026-10-03T10:00:00.000000Z", 70.0),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_readings_of_the_first_version_are_kept(kind, tmp_path):
    """Every snapshot keeps its series, instant, figure and file."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'cordiale.db'}"
        elif reason := postgres.why_not():
            pytest.skip(reason)
        else:
            url = stack.enter_context(postgres.bare())
        engine = connect(url)
        with writing(engine) as connection:
            command.upgrade(upgrade.configuration(connection), "0001")
            tables = MetaData()
            tables.reflect(connection)
            words = {
                "campaign": "c",
                "source": "csv",
                "subject_kind": "release",
                "dimensions": "",
                "qualifier": "exact",
            }
            receipt = {"file": "f.csv", "rows": 4, "imported_at": ROWS[0][2], "imported_by": "x"}
            detail = '{"campaigns":["c"],"sources":["csv"],"added":4}'
            connection.execute(insert(tables.tables["reading_import"]), [{"id": "a" * 64, "detail": detail, **receipt}])
            before: dict[tuple[str, str], float] = {}
            for subject, metric, at, value in ROWS:
                of = words | {"subject": subject, "metric": metric}
                row = of | {"at": at, "value": value, "imported": "a" * 64}
                connection.execute(insert(tables.tables["reading"]), [row])
                delta = value - before.get((subject, metric), 0.0)
                before[subject, metric] = value
                row = of | {"day": at[:10], "last_at": at, "last_value": value, "delta": delta}
                connection.execute(insert(tables.tables["daily_reading"]), [row])
        engine.dispose()
        upgrade.upgrade(url)
        engine = open_database(url)
        with writing(engine) as connection:
            assert len(daily(connection)) == 4
            assert (daily(connection), newest(connection), groups(connection)) == recomputed(connection)
            assert set(rollup.differences(connection, lambda: rollup.rebuild(connection)).values()) == {0}
        engine.dispose()
