"""Backup while it runs, restore without republishing, and upgrades that wait for what is in flight."""

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.errors import CordialeError, EnvironmentFault, Refused
from campaigns.store import backup as backups
from campaigns.store import upgrade
from campaigns.store.backup import back_up, checksum_of, prove, put_back
from campaigns.store.engine import connect, reading
from campaigns.store.head import HEAD
from scheduler import in_flight, progress
from scheduler.daemon import Daemon
from scheduler.engine.claims import claim
from tests.builders import burst, postgres, workspaces
from tests.builders.workspaces import Workspace

NOW = clock.now()


def own(folder: Path, url: str, n: int = 2) -> Workspace:
    """Build a burst over a database of the test's own: it is replaced, so that no engine may be kept for it."""
    return burst.build(folder, n, "outbox", None, {}, database_url=url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path):
    """Give a workspace with two due releases on a database of its own."""
    if request.param == "sqlite":
        made = own(tmp_path / "w", "")
        yield made
        made.database.dispose()
        return
    if why := postgres.why_not():
        pytest.skip(why)
    with postgres.fresh() as url:
        made = own(tmp_path / "w", url)
        yield made
        made.database.dispose()
        workspaces.opened.cache_clear()


def published(place: Workspace) -> None:
    """Run a daemon until both are out."""
    daemon = Daemon(place.settings, place.database)
    daemon.start()
    try:
        daemon.wait(lambda: progress.counts(place.database).get("published") == 2, every=0.05)
    finally:
        assert daemon.stop()
    place.database.dispose()


def fault(act: object) -> CordialeError:
    with pytest.raises(CordialeError) as caught:
        act()
    return caught.value


def test_a_backup_is_whole_and_proves_itself(place: Workspace, tmp_path: Path):
    """Made while the database is open; its checksum is what sha256sum reads; its tables are of this version."""
    target = tmp_path / "backups" / "one.db"
    with reading(place.database) as connection:
        connection.execute(text("SELECT 1"))
        made = back_up(place.settings.database_url, target)

    assert made == prove(target, place.settings.database_url)
    assert made.version == HEAD
    assert checksum_of(target).read_text() == f"{hashlib.sha256(target.read_bytes()).hexdigest()}  one.db\n"
    assert target.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in target.parent.iterdir()} == {"one.db", "one.db.sha256"}


def test_what_was_sent_is_not_sent_again_after_a_restore(place: Workspace, tmp_path: Path):
    """The backup is of before the burst; both go out; the older database comes back, and nothing goes out twice."""
    url, target = place.settings.database_url, tmp_path / "before"
    back_up(url, target)
    published(place)
    place.database.dispose()
    kept = put_back(prove(target, url), url, NOW)
    restored = place.states()
    daemon = Daemon(place.settings, place.database)
    daemon.start()
    try:
        passes = daemon.tally.passes
        daemon.wait(lambda: daemon.tally.passes > passes + 2 and not daemon._executor.in_hand(), every=0.05)
    finally:
        assert daemon.stop()

    assert restored == {"r1": "scheduled", "r2": "scheduled"}
    assert len(list((place.folder / "outbox").glob("*/headers.json"))) == 2
    assert set(place.states().values()) <= {"published", "scheduled"}
    if place.database.dialect.name == "sqlite":
        aside = connect(f"sqlite:///{kept}")
        assert progress.counts(aside) == {"published": 2}
        aside.dispose()
    else:
        schema = kept.split()[1]
        with reading(place.database) as connection:
            found = connection.execute(text(f"SELECT state, COUNT(*) FROM {schema}.release GROUP BY state")).all()  # noqa: S608
        assert [tuple(each) for each in found] == [("published", 2)]
        again = tmp_path / "again"
        back_up(url, again)
        place.database.dispose()
        put_back(prove(again, url), url, NOW + timedelta(seconds=1))


def test_a_backup_replaces_nothing(place: Workspace, tmp_path: Path):
    """A name that is taken is refused, and what stands there stays."""
    target = tmp_path / "one.db"
    target.write_text("mine")

    assert "is there already" in str(fault(lambda: back_up(place.settings.database_url, target)))
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:-100]), "its checksum is another", id="cut off"),
        pytest.param(lambda file: checksum_of(file).unlink(), "There is no checksum", id="no checksum"),
        pytest.param(lambda file: file.unlink(), "cannot be read", id="gone"),
        pytest.param(
            lambda file: (
                file.write_bytes(b"something else"),
                checksum_of(file).write_text(hashlib.sha256(b"something else").hexdigest()),
            ),
            "does not hold a",
            id="something else",
        ),
    ],
)
def test_a_file_that_is_no_backup_is_refused(place: Workspace, tmp_path: Path, harm: object, said: str):
    """Nothing takes the database's place that was not proved whole; the database is as it was."""
    if place.database.dialect.name == "postgresql" and said.startswith("does not hold"):
        said = "is no whole dump"
    target = tmp_path / "one.db"
    back_up(place.settings.database_url, target)
    harm(target)

    assert said in str(fault(lambda: prove(target, place.settings.database_url)))
    assert place.states() == {"r1": "scheduled", "r2": "scheduled"}


def test_a_database_in_use_is_not_replaced(place: Workspace, tmp_path: Path):
    """While somebody works with it, a restore is refused, and says what to stop."""
    target, url = tmp_path / "one.db", place.settings.database_url
    back_up(url, target)
    found = prove(target, url)
    with reading(place.database) as connection:
        connection.execute(text("SELECT COUNT(*) FROM release"))
        refused = fault(lambda: put_back(found, url, NOW))

    assert isinstance(refused, Refused)
    assert "Stop every" in refused.hint
    assert place.states() == {"r1": "scheduled", "r2": "scheduled"}


def test_a_damaged_database_is_kept_and_replaced(tmp_path: Path):
    """A file that is no database any more is why there are backups: it is put aside as it is."""
    place = own(tmp_path / "w", "")
    url, target, file = place.settings.database_url, tmp_path / "one.db", tmp_path / "w" / "cordiale.db"
    back_up(url, target)
    place.database.dispose()
    file.write_bytes(b"garbage" * 1000)
    kept = put_back(prove(target, url), url, NOW)

    assert Path(kept).read_bytes().startswith(b"garbage")
    assert place.states() == {"r1": "scheduled", "r2": "scheduled"}
    place.database.dispose()


def test_a_disk_that_is_full_leaves_no_half_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What cannot be written whole is not there."""
    place = own(tmp_path / "w", "")

    def full(_: object, draft: Path) -> None:
        draft.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_dump", full)
    said = fault(lambda: back_up(place.settings.database_url, tmp_path / "b" / "one.db"))
    place.database.dispose()

    assert isinstance(said, EnvironmentFault)
    assert list((tmp_path / "b").iterdir()) == []


def test_tools_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whoever has no pg_dump reads what to install."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    from campaigns.store import postgres_dump

    assert "client programs" in fault(lambda: postgres_dump._tool("pg_dump")).hint


def older(place: Workspace) -> None:
    """Say in the database that it is of the version before, without changing a table."""
    with place.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def test_an_upgrade_waits_for_what_is_in_flight(place: Workspace):
    """A daemon of the old code could not write down what it has sent: refused until it has landed."""
    now = clock.now()
    with place.transaction() as connection:
        claim(connection, owner="me:1", lease=timedelta(seconds=30), limit=1, now=now)
    older(place)
    refused = fault(lambda: upgrade.upgrade(place.settings.database_url, in_flight.refuse))
    with reading(place.database) as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    with place.transaction() as connection:
        connection.execute(
            text("UPDATE release SET lease_until = '2020-01-01T00:00:00.000000Z' WHERE state = 'claimed'")
        )
        in_flight.refuse(connection)

    assert "A release is in flight" in refused.message
    assert "Stop `cordiale run`" in refused.hint
    assert version == "0001"
