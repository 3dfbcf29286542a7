"""The databases that chaos is let loose on: a SQLite file, and a PostgreSQL database of the test's own."""

from collections.abc import Iterator

import pytest

from tests.builders import postgres
from tests.chaos.nursery import Nursery


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give "" for a SQLite file in the workspace, or the URL of a new PostgreSQL database, dropped afterwards."""
    if request.param == "sqlite":
        yield ""
        return
    if why := postgres.why_not():
        pytest.skip(why)
    with postgres.fresh() as url:
        yield url


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Give the process that forks daemons, one for all tests."""
    with Nursery(tmp_path_factory.mktemp("nursery") / "daemons.log") as found:
        yield found
