"""A file may be far larger than what an import keeps of it: memory follows what is told apart, not the rows."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from sqlmodel import SQLModel

from campaigns.store.engine import connect, writing
from reports.models import Reading
from tests.builders import postgres
from tests.builders.commands import HOUSE
from tests.builders.evaluations import CAMPAIGN, apply_campaign, document

FEW, MANY = 10_000, 100_000
GROWTH = 24  #: MB that ten times as many rows may take more; kept whole they would take 60 and above
PROGRAM = """
import resource, sys
from pathlib import Path
from campaigns.store.engine import connect, writing
from reports.collect import import_file
from tests.builders.evaluations import NOW
with writing(connect(sys.argv[1])) as connection:
    outcome = import_file(connection, Path(sys.argv[2]), sys.argv[3], "analyst", NOW)
print(outcome.added, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def written(path, rows):
    """Write a file of so many rows: a thousand hours of each region since it went out, and running totals that rise."""
    out_since = datetime.fromisoformat("2026-10-08")
    with path.open("w", encoding="utf-8") as out:
        out.write("at,subject_kind,subject,metric,value,region\n")
        for row in range(rows):
            region, hour = divmod(row, 1_000)
            at = out_since + timedelta(hours=hour)
            out.write(f"{at.isoformat()}Z,release,wave1/fr-FR/fr-social,views,{hour},r{region}\n")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def places(request, tmp_path):
    """Return a function that gives the address of a new database which holds the campaign."""
    opened = []

    def place(number):
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'{number}.db'}"
        else:
            if reason := postgres.why_not():
                pytest.skip(reason)
            opened.append(postgres.fresh())
            url = opened[-1].__enter__()
        engine = connect(url)
        assert Reading.__tablename__ in SQLModel.metadata.tables
        with writing(engine) as connection:
            SQLModel.metadata.create_all(connection)
            apply_campaign(connection, document())
        engine.dispose()
        return url

    yield place
    for each in opened:
        each.__exit__(None, None, None)


def test_ten_times_the_rows_take_hardly_more_memory(places, tmp_path):
    """Rows come and go in portions, on both databases: what grows is the database, not the process."""
    peaks = []
    for number, rows in enumerate((FEW, MANY)):
        path = tmp_path / f"{rows}.csv"
        written(path, rows)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, places(number), str(path), CAMPAIGN],
            env=os.environ | {"PYTHONPATH": str(HOUSE)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        added, peak = map(int, done.stdout.split())
        assert added == rows
        peaks.append(peak)
    assert peaks[1] - peaks[0] < GROWTH, peaks
