"""No two living processes go by one name on a shared database: whoever comes second is refused, and told what to do."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from campaigns.errors import DatabaseFault, EnvironmentFault
from campaigns.store.engine import reading, writing
from campaigns.store.glance import through
from scheduler import standing
from scheduler.engine import crew, shared
from scheduler.machine import machine_name
from scheduler.presence import Presence
from tests.builders import burst, postgres
from tests.builders.commands import process
from tests.builders.workspaces import Workspace
from tests.chaos.processes import Daemon
from tests.servers.http_sink import HttpSink

pytestmark = pytest.mark.postgres
N = 2
LEASE = 60.0  #: seconds: longer than a test takes on the slowest machine
NEVER_OLD = datetime(2099, 1, 1, tzinfo=UTC)


@contextmanager
def burst_at(url: str, folder: Path, http_sink: HttpSink) -> Iterator[Workspace]:
    """Give a workspace whose channel can neither absorb a key nor be asked: what goes out twice is there twice."""
    http_sink.deduplicates = False
    made = burst.build(folder, N, "webhook", f"{http_sink.url}/hook", {}, database_url=url, lease=LEASE)
    try:
        yield made
    finally:
        made.database.dispose()
        postgres.empty(url)


@pytest.fixture
def made(postgres_url: str, tmp_path: Path, http_sink: HttpSink) -> Iterator[Workspace]:
    with burst_at(postgres_url, tmp_path / "first", http_sink) as found:
        yield found


def clone(made: Workspace, folder: Path) -> Path:
    """Copy a workspace as a cloned disk has it: the identity of the copy says that it is where it was made."""
    machine_name(made.settings.trust)
    shutil.copytree(made.folder, folder, ignore=shutil.ignore_patterns("daemon.log"))
    file = folder / "trust" / "local" / "machine"
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "folder": str((folder / "trust").resolve())}))
    return folder


def alter(made: Workspace, **values: object) -> int:
    with writing(made.database) as connection:
        return connection.execute(update(crew.CREW).values(values)).rowcount


def seen(made: Workspace) -> list[str]:
    with reading(made.database) as connection:
        return [each["role"] for each in standing.crew(through(connection), shared.now(connection)) if each["seen"]]


def test_a_clone_of_a_living_machine_is_refused(made: Workspace, tmp_path: Path, http_sink: HttpSink):
    """While one process has releases on the wire, its clone takes nothing over and sends nothing; one goes on."""
    http_sink.misbehave("timeout-before")
    with Daemon(made.folder) as first:
        assert first.until(lambda: len(http_sink.requests) == N), first.said()
        copy = clone(made, tmp_path / "copy")
        refused = process(copy, "run", "--until-done", "--quiet")
        asked = len(http_sink.requests)
        states = Counter(made.states().values())
        assert first.process.poll() is None, first.said()
        (copy / "trust" / "local" / "machine").unlink()
        with Daemon(copy) as other:
            assert other.until(other.publishing), other.said()
            beside = seen(made)
            assert other.terminate() == 0, other.said()

    assert refused.returncode == EnvironmentFault.exit_code, refused.stderr
    assert "Another process goes by the name of this machine" in refused.stderr
    assert str(Path("trust", "local", "machine")) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (asked, states) == (N, {"sending": N})
    assert beside == ["daemon", "daemon"]


def test_a_process_ends_when_another_takes_its_name(made: Workspace, http_sink: HttpSink):
    """Two clones of a running machine give signs of life in one place: who finds another's there stops, and says so."""
    with Daemon(made.folder) as daemon:
        assert daemon.until(lambda: bool(seen(made))), daemon.said()
        assert alter(made, host="elsewhere", seen_at=NEVER_OLD) == 1
        assert daemon.ends() == EnvironmentFault.exit_code, daemon.said()
        said = daemon.said()

    assert "Another process goes by the name of this machine, on elsewhere" in said
    assert "Traceback" not in said
    assert len(http_sink.effects) <= N


def test_a_machine_comes_back_at_once_after_a_crash(made: Workspace, http_sink: HttpSink):
    """The journal's lock proves a former process of the same place dead: nobody waits for its last sign to grow old."""
    http_sink.misbehave("timeout-before")
    with Daemon(made.folder) as first:
        assert first.until(lambda: len(http_sink.requests) == N), first.said()
        first.kill()
    http_sink.misbehave(None)
    again = process(made.folder, "run", "--until-done", "--quiet")

    assert again.returncode == 0, again.stderr
    assert seen(made) == []
    assert set(made.states().values()) == {"uncertain"}  # its journal says that they were begun


def test_a_daemon_is_seen_until_it_stops(made: Workspace):
    """`status` lists a daemon of a shared database, as it does planners and workers; it leaves when it stops."""
    with Daemon(made.folder) as daemon:
        assert daemon.until(lambda: seen(made) == ["daemon"]), daemon.said()
        listed = process(made.folder, "status").stdout
        assert daemon.terminate() == 0, daemon.said()

    assert "Daemon " in listed
    assert seen(made) == []


def presence(made: Workspace) -> Presence:
    return Presence(made.database, made.settings.trust, "", crew.ALONE)


@pytest.mark.parametrize(
    ("old", "entered"),
    [
        pytest.param(timedelta(0), False, id="just now"),
        pytest.param(standing.UNSEEN + timedelta(seconds=1), True, id="eleven seconds ago"),
        pytest.param(-timedelta(hours=1), False, id="by a clock ahead of this one"),
    ],
)
def test_another_boot_waits_until_its_name_is_unseen(made: Workspace, old: timedelta, *, entered: bool):
    """After a restart of the machine nothing proves the last process dead but that it is not seen any more."""
    one, two = presence(made), presence(made)
    one.enter()
    file = made.settings.trust / "local" / "alive.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "place": ["another boot", *said["place"][1:]]}))
    with reading(made.database) as connection:
        alter(made, seen_at=shared.now(connection) - old)
    if not entered:
        with pytest.raises(EnvironmentFault, match="Another process goes by the name"):
            two.enter()
        return
    assert two.enter() == one.machine
    one.beat(1, "publishes")
    assert "Another process goes by the name" in one.fault
    one.leave()
    two.beat(1, "publishes")
    assert (two.fault, seen(made)) == ("", ["daemon"])


def test_a_sign_that_was_not_answered_is_not_another_s(made: Workspace, monkeypatch: pytest.MonkeyPatch):
    """The connection breaks when a sign of life is kept, and when it is not: the next one stands in its place."""
    one = presence(made)
    one.enter()
    beat = crew.beat

    def breaks(*args: object, **more: object) -> bool:
        beat(*args, **more)  # type: ignore[arg-type]
        message = "The database went away."
        raise DatabaseFault(message, "Start it.")

    monkeypatch.setattr(crew, "beat", breaks)
    for _ in range(2):
        with pytest.raises(DatabaseFault):
            one.beat(1, "publishes")
    monkeypatch.setattr(crew, "beat", beat)
    tried = one._told[1]
    alter(made, seen_at=tried)  # the first one was kept, and not answered
    one.beat(1, "publishes")

    assert (one.fault, len(one._told)) == ("", 1)


def test_a_row_that_is_gone_is_written_anew(made: Workspace):
    """A database that was restored has forgotten who publishes: each is seen again at its next sign of life."""
    one = presence(made)
    one.enter()
    with writing(made.database) as connection:
        connection.execute(crew.CREW.delete())
    one.beat(1, "publishes")

    assert (one.fault, seen(made)) == ("", ["daemon"])
