"""Start-up is part of the product: what a quick command must not load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
HEAVY = {
    "pandas",
    "numpy",
    "matplotlib",
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "jinja2",
    "aiohttp",
    "tuf",
    "apscheduler",
}
#: Runs the command in a process and prints which top-level packages it loaded.
PROBE = """
import sys
import main
sys.argv = ["cordiale", *sys.argv[1:]]
main.main()
sys.stderr.write("\\nLOADED " + " ".join(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded(*words: str, cwd: Path) -> set[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CORDIALE_")}
    environment["PYTHONPATH"] = str(HOUSE)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.fixture(name="workspace", scope="module")
def _workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace as `init` makes it."""
    folder = tmp_path_factory.mktemp("startup") / "hello"
    command = [sys.executable, str(HOUSE / "main.py"), "init", str(folder)]
    subprocess.run(command, capture_output=True, timeout=240, check=True)
    return folder


def test_the_version_loads_nothing(workspace):
    """`--version` answers before it loads the command line's library."""
    assert not loaded("--version", cwd=workspace) & (HEAVY | {"typer", "click", "rich", "pydantic"})


def test_status_loads_what_it_shows_and_no_more(workspace):
    """On SQLite `status` needs neither the ORM nor anything that renders, signs, publishes or reports."""
    assert not loaded("status", cwd=workspace) & HEAVY


@pytest.mark.parametrize("words", [("check", "campaigns"), ("releases",), ("schema",)], ids=" ".join)
def test_no_command_loads_pandas_that_does_not_report(workspace, words):
    """Pandas costs a second; only reports pay it."""
    assert not loaded(*words, cwd=workspace) & {"pandas", "matplotlib"}
