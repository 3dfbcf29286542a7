"""Large campaigns: what loading costs beyond parsing, planning beyond loading, and applying beyond inserting."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import insert, select

from campaigns.documents import load
from campaigns.store.engine import reading, writing
from scheduler.releases.ledger import RELEASE
from tests.benchmarks import large
from tests.builders import workspaces

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_BENCH") == "short"
MESSAGES = 600 if SHORT else 10_000  #: x 3 locales x 3 channels
MEGABYTES = 2 if SHORT else 10
ROUNDS = 3 if SHORT else 5
NOW = datetime(2027, 6, 1, tzinfo=UTC)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of *work*: others on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def test_loading_against_bare_parsing(tmp_path: Path) -> None:
    """All complaints, references, times and advice of a large file, beside parsing and validating it bare."""
    path = tmp_path / "large.yaml"
    text = large.document(MEGABYTES * 1_000, words=45)
    path.write_text(text, "utf-8")
    command = [sys.executable, "-m", "tests.benchmarks.load_beside_bare", str(path), str(ROUNDS)]
    rounds = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ratio = median(ours / theirs for ours, theirs in rounds)
    ours, theirs = (median(each[n] for each in rounds) for n in (0, 1))

    print(  # noqa: T201 (figures)
        f"\nLoad {len(text.encode()) / 1e6:.1f} MB: {ours:.2f} s, bare ryaml and pydantic {theirs:.2f} s, "
        f"ratio {ratio:.2f} (target 1.5, {'met' if ratio <= 1.5 else 'missed'})"
    )
    assert len(load.load([path])[0].document.messages) == MEGABYTES * 1_000


def test_planning_and_applying(tmp_path: Path) -> None:
    """A plan without changes beside loading alone, and applying beside inserting the same rows bare."""
    path = tmp_path / "large.yaml"
    path.write_text(large.document(MESSAGES), "utf-8")
    made = workspaces.make(tmp_path / "workspace")
    document = load.load([path])[0].document
    applied = seconds(lambda: made.apply(document, now=NOW))
    with reading(made.database) as connection:
        rows = [dict(row) for row in connection.execute(select(RELEASE)).mappings()]
    inserted = _insert(tmp_path / "bare", rows)

    def no_change() -> None:
        assert made.plan(load.load([path])[0].document, now=NOW).empty

    rounds = [(seconds(no_change), seconds(lambda: load.load([path]))) for _ in range(ROUNDS)]
    ratio = median(planned / loaded for planned, loaded in rounds)
    planned, loaded = (median(each[n] for each in rounds) for n in (0, 1))
    doubted = seconds(lambda: made.plan(document, now=NOW, afresh=True))
    made.database.dispose()

    print(  # noqa: T201 (figures)
        f"\n{MESSAGES:,} messages x 3 locales x 3 channels, {len(rows):,} releases.\n"
        f"Plan without changes, loading included: {planned:.2f} s, loading {loaded:.2f} s, "
        f"ratio {ratio:.2f} (target 1.5, {'met' if ratio <= 1.5 else 'missed'}); "
        f"every release looked at: {doubted:.1f} s\n"
        f"Apply (render, check, digest, book): {len(rows) / applied:,.0f} rows/s; bare insert of the same rows "
        f"{len(rows) / inserted:,.0f} rows/s, ratio {inserted / applied:.3f}"
    )
    assert len(rows) == 9 * MESSAGES


def _insert(folder: Path, rows: list[dict[str, object]]) -> float:
    """Return the time of inserting *rows* into an empty database, in one transaction."""
    made = workspaces.make(folder)

    def work() -> None:
        with writing(made.database) as connection:
            connection.execute(insert(RELEASE), rows)

    took = seconds(work)
    made.database.dispose()
    shutil.rmtree(folder)
    return took
