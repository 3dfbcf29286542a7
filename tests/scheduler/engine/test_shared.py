"""A process that is stopped in the middle of a transaction keeps the others waiting for a while, and not for ever."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from campaigns.errors import DatabaseFault
from campaigns.store.engine import reading, writing
from scheduler.daemon import Daemon
from scheduler.engine import catch_up, held, shared
from scheduler.engine.hold import LOCK
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal
from tests.builders import postgres, workspaces
from tests.builders.workspaces import Workspace

pytestmark = pytest.mark.postgres

PATIENCE = 300.0
BOUND = "idle_in_transaction_session_timeout"


@pytest.fixture
def many(ground: Path, postgres_url: str) -> Iterator[Workspace]:
    """Give a workspace on PostgreSQL."""
    made = workspaces.make(ground, database_url=postgres_url)
    yield made
    made.database.dispose()
    postgres.empty(postgres_url)


def take(connection: Connection) -> None:
    """Take the lock without which no release begins, on any machine."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def test_a_stopped_process_gives_its_locks_up(many: Workspace, monkeypatch: pytest.MonkeyPatch):
    """The others go on when the database has given it up; it finds its transaction undone, and says why."""
    monkeypatch.setattr(shared, "STOPPED", 1)
    others = threading.Event()

    def wait() -> None:
        with writing(many.database) as connection:
            take(connection)
            others.set()

    waiting = threading.Thread(target=wait)

    def stand_still() -> None:
        with writing(many.database) as connection:
            shared.now(connection)
            take(connection)
            waiting.start()
            assert others.wait(PATIENCE)
            connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseFault, match="does not answer"):
        stand_still()
    waiting.join(PATIENCE)
    with reading(many.database) as connection:
        assert connection.execute(text(f"SHOW {BOUND}")).scalar() == "0"


def adopt(made: Workspace) -> None:
    """Write a hold that stands in the held-file alone into the table, as a daemon does in its round."""
    held.add(made.settings.trust, {"id": "h", "scope": "all", "target": "", "partner": "uk", "reason": "Wait."})
    Daemon(made.settings, made.database)._adopt_holds()


def start(made: Workspace) -> None:
    """Spread what fell due in an outage, as a daemon does when it starts."""
    journal = Journal(made.settings.trust)
    catch_up.after_an_outage(made.database, EvidenceRoom(made.settings.trust, journal), made.settings)


@pytest.mark.parametrize("act", [adopt, start])
def test_what_a_daemon_writes_is_bounded(many: Workspace, act: Callable[[Workspace], None]):
    """The rarer transactions of a daemon take the same locks, and are bounded like those of every second."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(many.database, "before_cursor_execute", note)
    try:
        act(many)
    finally:
        event.remove(many.database, "before_cursor_execute", note)
    writes = [number for number, each in enumerate(said) if each.startswith(("INSERT", "UPDATE", "SELECT pg_advisory"))]
    bounded = [number for number, each in enumerate(said) if BOUND in each]

    assert bounded
    assert all(number > bounded[0] for number in writes)
