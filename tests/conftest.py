"""What every test may ask for (the servers of `tests/servers`), and what a skipped test means."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from campaigns.audit import log
from campaigns.signoff import ended
from scheduler import credentials
from scheduler.releases import owed
from tests.builders import postgres

# A machine that does ten other things is slow, and no example fails for that. The rest is as Hypothesis has it.
settings.register_profile("cordiale", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cordiale")

MEMORY = Path("/dev/shm")
ROOM = 4 << 30  #: bytes that must be free there; a run needs a tenth

pytest_plugins = ["tests.servers.fixtures", "tests.skips"]


def pytest_configure(config: pytest.Config) -> None:
    """Wait for no disk, except where that is measured or a process is killed over it: each commit asks for one."""
    if "not bench" not in config.option.markexpr:
        return
    postgres.DURABLE = False
    if MEMORY.is_dir():
        there = os.statvfs(MEMORY)
        if there.f_bavail * there.f_frsize >= ROOM and not there.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection(session: pytest.Session) -> None:
    """Collect no garbage while tests are loaded: all that comes then stays."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the garbage collector look at what tests make, and no longer at all that was loaded for them."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _keep_what_stays() -> Iterator[None]:
    """Look through what the tests of one file left once, and no longer at it during those of the next."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _forget_secrets() -> Iterator[None]:
    """Let no secret of one test stay concealed in the next: it reads what errors say."""
    concealed, pattern = set(credentials._concealed), list(credentials._pattern)
    yield
    credentials._concealed.clear()
    credentials._concealed.update(concealed)
    credentials._pattern[:] = pattern


@pytest.fixture(autouse=True)
def _forget_what_this_machine_saw() -> None:
    """Let no workspace remember the refusals and the debts of one that stood in the same folder before it."""
    ended._KNOWN.clear()
    owed._KNOWN.clear()


@pytest.fixture(autouse=True)
def _forget_what_was_written() -> None:
    """Let no command of this test remember the events of another test's database as its own."""
    log.WRITTEN.clear()
