"""A process that imports is killed at any moment: what it acknowledged is there, and every rollup is of it."""

import random
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from campaigns.store.engine import connect, writing
from campaigns.store.tables import table
from reports.models import Reading, ReadingImport
from reports.records import rollup
from tests.builders import postgres
from tests.builders.evaluations import database
from tests.house import tree

pytestmark = pytest.mark.chaos

KILLS = 15


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request, tmp_path):
    """Return an empty database with every table, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        made = database(tmp_path)
        yield made
        made.dispose()
        return
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as url:
        made = connect(url)
        with writing(made) as connection:
            SQLModel.metadata.create_all(connection)
        yield made
        made.dispose()


def test_a_killed_import_leaves_no_half(engine):
    """No acknowledged batch is lost, none is there in part, and every rollup equals a full recomputation."""
    url = engine.url.render_as_string(hide_password=False)
    dice = random.Random(11)  # noqa: S311 (moments, not secrets)
    acknowledged = set()
    for kill in range(KILLS):
        command = [sys.executable, "-m", "tests.chaos.importing", url, str(kill * 31)]
        with subprocess.Popen(command, cwd=tree.ROOT, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(dice.randrange(1, 4)):
                acknowledged.add(int(process.stdout.readline()))
            try:
                process.wait(dice.random() / 10)  # somewhere within the next batch
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            acknowledged |= {int(line) for line in process.stdout}
    with writing(engine) as connection:
        stored = {int(name) for name in connection.execute(select(table(ReadingImport).c.id)).scalars()}
        assert acknowledged <= stored
        details = connection.execute(select(table(ReadingImport).c.detail)).scalars().all()
        many = connection.execute(select(func.count()).select_from(table(Reading))).scalar_one()
        assert many == sum(detail["added"] for detail in details)
        assert set(rollup.differences(connection, lambda: rollup.rebuild(connection)).values()) == {0}
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
