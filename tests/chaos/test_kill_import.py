"""A process that imports is killed at any moment: what it acknowledged is there, and every rollup is of it."""

import random
import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from campaigns.store.engine import writing
from campaigns.store.tables import table
from reports import rollup
from reports.models import Reading, ReadingImport
from tests.builders.evaluations import database
from tests.house import tree

pytestmark = pytest.mark.chaos

KILLS = 15


def test_a_killed_import_leaves_no_half(tmp_path):
    """No acknowledged batch is lost, none is there in part, and every rollup equals a full recomputation."""
    engine = database(tmp_path)
    dice = random.Random(11)  # noqa: S311 (moments, not secrets)
    acknowledged = set()
    for kill in range(KILLS):
        command = [sys.executable, "-m", "tests.chaos.importing", str(engine.url), str(kill * 31)]
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
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
