"""A skipped test is a failed one where everything must run."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SUITE = '''
import pytest

def test_fine():
    """Passes."""

@pytest.mark.skipif(True, reason="needs PostgreSQL on 127.0.0.1:5432")
def test_needs_a_server():
    """Is skipped."""

@pytest.mark.xfail(reason="known")
def test_known_fault():
    """Fails as expected, which is not skipping."""
    assert False
'''


def session(folder: Path, suite: str, *options: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_some.py").write_text(suite)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.skips",
        "-p",
        "no:cacheprovider",
        "-q",
        *options,
        str(folder),
    ]
    env = {"PYTHONPATH": str(ROOT), "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.parametrize(
    "options", [pytest.param((), id="one process"), pytest.param(("-p", "xdist.plugin", "-n", "2"), id="two workers")]
)
def test_a_skip_fails_the_session_in_ci_and_says_why(tmp_path, options):
    """With CI set, one skipped test makes the session fail, with its name, its reason and the way out."""
    done = session(tmp_path, SUITE, *options, ci="true")

    assert done.returncode == 1
    assert "test_some.py::test_needs_a_server: needs PostgreSQL on 127.0.0.1:5432" in done.stdout
    assert "`.ci/run` as root installs" in done.stdout
    assert "test_known_fault:" not in done.stdout


def test_a_whole_file_that_is_skipped_counts_too(tmp_path):
    """A module that skips itself while it is collected does not slip through."""
    suite = 'import pytest\n\npytest.skip("needs unicode-data", allow_module_level=True)\n'

    done = session(tmp_path, suite, ci="true")

    assert done.returncode == 1
    assert "test_some.py: needs unicode-data" in done.stdout


@pytest.mark.parametrize("ci", ["", "false"])
def test_elsewhere_a_skip_is_a_skip(tmp_path, ci):
    """On a developer's machine what cannot run is skipped, and the rest counts."""
    done = session(tmp_path, SUITE, ci=ci)

    assert done.returncode == 0
    assert "1 passed, 1 skipped, 1 xfailed" in done.stdout
