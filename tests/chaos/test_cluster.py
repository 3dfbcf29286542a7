"""The same report from a real Dask cluster of two workers, one of which is killed while it holds results."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from distributed import wait

from campaigns.store.engine import writing
from reports.assessment.evaluation import evaluate
from reports.collect import import_file
from reports.presentation import page
from reports.records import archive, engines
from reports.records.newest import newest_of
from tests.builders import evaluations
from tests.builders.evaluations import CAMPAIGN, NOW, csv_file
from tests.house import tree

pytestmark = pytest.mark.chaos

READINGS = "at,subject_kind,subject,metric,value,country\n" + "".join(
    f"2026-10-{day},release,{name},{metric},{day * factor},{country}\n"
    for day in range(12, 30)
    for name in ("wave1/fr-FR/fr-social", "wave1/en-GB/uk-partners", "wave2/fr-FR/fr-social")
    for factor, metric in ((100, "impressions"), (7, "likes"), (40, "reach"))
    for country in ("", "NA")
)


def start(stack: ExitStack, *words: str) -> subprocess.Popen[bytes]:
    """Start one of Dask's own programs on loopback; it ends with *stack*."""
    command = [sys.executable, "-m", *words, "--host", "127.0.0.1", "--no-dashboard"]
    process = stack.enter_context(
        subprocess.Popen(command, cwd=tree.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    stack.callback(process.kill)
    return process


@pytest.mark.timeout(300)
def test_a_worker_killed_on_the_way_changes_nothing(tmp_path: Path) -> None:
    """Half of the partial results are lost with the worker that holds them; the report comes out byte for byte."""
    engine = evaluations.database(tmp_path)
    with ExitStack() as stack:
        connection = stack.enter_context(writing(engine))
        stack.callback(engine.dispose)
        evaluations.apply_campaign(connection, evaluations.document())
        import_file(connection, csv_file(tmp_path, READINGS), CAMPAIGN, "analyst", NOW)
        archive.write(connection, tmp_path / "archive")
        wanted = page.page(evaluate(connection, CAMPAIGN), "en", None)

        address = tmp_path / "scheduler.json"
        start(stack, "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(address))
        workers = [
            start(
                stack, "distributed.cli.dask_worker", "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny",
                "--name", name,
            )
            for name in ("one", "two")
        ]  # fmt: skip
        while not address.is_file() or not address.read_text("utf-8").endswith("}"):
            workers[0].poll()
        scheduler = json.loads(address.read_text("utf-8"))["address"]
        cluster = engines.Clustered(tmp_path / "archive", scheduler)
        stack.callback(cluster.close)
        cluster.client.wait_for_workers(2, timeout=120)
        assert page.page(evaluate(connection, CAMPAIGN, engine=cluster), "en", None) == wanted

        parts = [[str(path)] for path in archive.files(tmp_path / "archive")]
        futures = cluster.client.map(newest_of, parts, campaign=CAMPAIGN, pure=False)
        with cluster.client.as_current():
            wait(futures)
        held = {name: len(keys) for name, keys in cluster.client.has_what().items()}
        assert len(held) == 2
        assert min(held.values()) > 0
        workers[1].kill()
        workers[1].wait()
        found = engines._ordered(cluster._together(futures, engines.newer))
        whole = engines.Archived(tmp_path / "archive").newest(CAMPAIGN)
        assert found.equals(whole)
        assert page.page(evaluate(connection, CAMPAIGN, engine=cluster), "en", None) == wanted
