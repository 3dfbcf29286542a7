"""Workspaces for tests of the scheduler, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.signoff import ended
from scheduler.releases.journal import Journal
from tests.builders import postgres, workspaces
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give a PostgreSQL database with all tables, one for each worker."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as url:
        yield url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give "" for a SQLite file in the workspace, then the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    postgres.empty(url)


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder for a workspace: the same one for every test of a worker, so that its engine is the same too."""
    folder = tmp_path_factory.getbasetemp() / "ground"
    yield folder
    if folder.exists():  # a test that was skipped for want of a server made nothing
        shutil.rmtree(folder)
    ended._KNOWN.pop(folder.absolute() / ended.FILE, None)  # what the next test remembers there is another file


@pytest.fixture
def workspace(ground: Path) -> Iterator[Workspace]:
    """Give a workspace of two partners on SQLite."""
    made = workspaces.make(ground)
    yield made
    made.database.dispose()


@pytest.fixture
def shared(ground: Path, database_url: str) -> Iterator[Workspace]:
    """Give a workspace of two partners, on each database in turn."""
    made = workspaces.make(ground, database_url=database_url)
    yield made
    made.database.dispose()


@pytest.fixture
def engine_rooms() -> Iterator[Callable[[Workspace], EngineRoom]]:
    """Give a function that opens the engine room of a workspace; the journals are closed at the end."""
    journals: list[Journal] = []

    def enter(workspace: Workspace, **more: object) -> EngineRoom:
        journals.append(Journal(workspace.settings.trust).open())
        return EngineRoom(workspace, journals[-1], **more)

    yield enter
    for journal in journals:
        journal.close()


@pytest.fixture
def engine_room(shared: Workspace, engine_rooms: Callable[[Workspace], EngineRoom]) -> EngineRoom:
    """Give the engine room of `shared`: the same engine tests on each database."""
    return engine_rooms(shared)
