"""A hold stands whether or not the database answers, and daemons honour it; lifting it shows first what would go."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.errors import DatabaseFault, EnvironmentFault, Refused
from campaigns.store import engine
from campaigns.store.engine import writing
from scheduler import progress, stopping
from scheduler.daemon import Daemon
from scheduler.engine import held, hold
from scheduler.releases import points
from scheduler.releases.evidence import held_file
from scheduler.releases.journal import ClosedJournal
from scheduler.releases.points import Point
from tests.builders import burst, campaigns, workspaces
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
NOWHERE = "postgresql+psycopg://postgres@127.0.0.1:1/none"  #: nothing listens there: the connection is refused
N = 3


@pytest.fixture
def ready(ground: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Give a workspace, as the current folder, with signed releases that are not due yet."""
    for name in [each for each in os.environ if each.startswith("CORDIALE_")]:
        monkeypatch.delenv(name)
    made = burst.build(ground, N, "outbox", None, {}, database_url=database_url)
    put_off(made, HOUR)
    monkeypatch.chdir(ground)
    yield made
    made.database.dispose()


def put_off(made: Workspace, by: timedelta) -> None:
    with made.transaction() as connection:
        connection.execute(hold.RELEASE.update().values(next_at=clock.now() + by))


def unreachable(made: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the database answer no command: locked on SQLite, refusing connections on PostgreSQL. Return how it ends."""
    if made.database.dialect.name == "postgresql":
        monkeypatch.setenv("CORDIALE_DATABASE_URL", NOWHERE)
        return lambda: monkeypatch.delenv("CORDIALE_DATABASE_URL")
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(made.folder / "cordiale.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def test_a_hold_without_a_database_stops_the_daemon(ready: Workspace, monkeypatch: pytest.MonkeyPatch):
    """The running daemon reads the held-file: what falls due afterwards does not begin, and the table then hears."""
    daemon = Daemon(ready.settings, ready.database)
    daemon.start()
    try:
        again = unreachable(ready, monkeypatch)
        done = stopping.stop("all", "", "fr", "attack in Nice")
        again()
        put_off(ready, -HOUR)
        daemon.wait(lambda: len(ready.events("release.release")) >= N, every=0.05)
        daemon._adopt_holds()
    finally:
        daemon.stop()

    assert isinstance(done.database, DatabaseFault)
    assert done.certain
    assert progress.counts(ready.database) == {"scheduled": N}
    assert [each["subject"] for each in ready.events("hold.adopt")] == [done.id]
    assert "fr holds all: attack in Nice" in ready.row()["reason"]


def test_what_the_journal_says_is_on_the_wire_is_kept(ready: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Where the table cannot be asked the send journal is, and the hold remembers what it said."""
    release = ready.row()["id"]
    local = ready.settings.trust / "local"
    local.mkdir(exist_ok=True)
    (local / "journal.jsonl").write_text(f'{{"r": "{release}", "d": "x", "o": "begun", "at": "now"}}\n')
    again = unreachable(ready, monkeypatch)
    done = stopping.stop("all", "", "fr", "x")
    again()
    found = stopping.before_resuming("")

    assert done.begun == [release]
    assert found.hold["on_the_wire"] == [release]


def test_a_hold_waits_for_the_journal_of_what_has_just_begun(ready: Workspace, monkeypatch: pytest.MonkeyPatch):
    """It comes between the table's word and the journal's: it returns after both, and all that began can be listed."""
    told: list[tuple[bool, set[str]]] = []
    said = {"id": "h", "scope": "all", "target": "", "partner": "fr", "reason": "x"}

    def place() -> None:
        certain = held.add(ready.settings.trust, said)
        told.append((certain, set(ClosedJournal(ready.settings.trust).open().releases())))

    holder = threading.Thread(target=place)

    def reached(point: Point) -> None:
        if point is Point.BEGUN and holder.ident is None:
            holder.start()
            holder.join(0.5)  # with the barrier open it would be back long before

    monkeypatch.setattr(points, "reached", reached)
    put_off(ready, -HOUR)
    daemon = Daemon(ready.settings, ready.database)
    daemon.start()
    try:
        daemon.wait(lambda: bool(told), every=0.05)
    finally:
        daemon.stop()

    began = {each["release"] for each in ready.attempts()}
    assert began
    assert told == [(True, began)]


def test_a_damaged_database_can_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the file is no database any more the hold stands; when a sound one is back, nothing goes out of it."""
    made = burst.build(tmp_path / "w", N, "outbox", None, {})
    made.database.dispose()
    path = made.folder / "cordiale.db"
    whole = path.read_bytes()
    path.write_bytes(b"\x00garbage" * 1000)
    monkeypatch.chdir(made.folder)
    done = stopping.stop("campaign", "burst", "uk", "x")
    path.write_bytes(whole)
    daemon = Daemon(made.settings, made.database)
    daemon.start()
    try:
        daemon.wait(lambda: progress.settled(daemon), every=0.05)
    finally:
        daemon.stop()

    assert isinstance(done.database, DatabaseFault)
    assert progress.counts(made.database) == {"scheduled": N}
    made.database.dispose()


def test_a_held_file_that_cannot_be_read_holds_everything(ready: Workspace):
    """It fails closed: the running daemon begins nothing until somebody has looked."""
    held_file(ready.settings.trust).write_text("[{")
    put_off(ready, -HOUR)
    daemon = Daemon(ready.settings, ready.database)
    daemon.start()
    try:
        daemon.wait(lambda: len(ready.events("release.release")) >= N, every=0.05)
    finally:
        daemon.stop()

    assert progress.counts(ready.database) == {"scheduled": N}


def test_a_hold_on_nothing_leaves_nothing_behind(ready: Workspace):
    """A name that is misspelt is refused, and does not stay in the held-file."""
    with pytest.raises(Refused, match="nothing was held"):
        stopping.stop("campaign", "brust", "fr", "x")

    assert held.read(ready.settings.trust) == []


def test_a_stranger_holds_nothing(ready: Workspace):
    """Only partners of the trust file hold; where that file does not hold itself, stopping works all the same."""
    with pytest.raises(Refused, match="de is not a partner"):
        stopping.stop("all", "", "de", "x")
    (ready.settings.trust / "targets.json").write_text("{}")
    done = stopping.stop("all", "", "de", "x")

    assert "trust" in done.unchecked


def test_where_neither_takes_it_nothing_is_said_to_be_held(ready: Workspace, monkeypatch: pytest.MonkeyPatch):
    """No false comfort: neither the file nor the table has it, so the command fails, and says how to stop."""
    again = unreachable(ready, monkeypatch)
    (ready.settings.trust / "local" / "held.edit").unlink(missing_ok=True)
    (ready.settings.trust / "local" / "held.edit").mkdir(parents=True)
    with pytest.raises(EnvironmentFault, match="Nothing was held") as refused:
        stopping.stop("all", "", "fr", "x")
    again()

    assert "cordiale run" in refused.value.hint


def test_add_waits_for_who_is_just_beginning(tmp_path: Path):
    """It says so where somebody stays inside; else it returns when the last one has left."""
    one = {"id": "h1", "scope": "all", "target": "", "partner": "fr", "reason": "x"}
    inside, leave = threading.Event(), threading.Event()

    def begin() -> None:
        with held.beginning(tmp_path):
            inside.set()
            leave.wait(240)

    thread = threading.Thread(target=begin)
    thread.start()
    inside.wait(240)
    assert held.add(tmp_path, one, patience=0.02) is False
    leave.set()
    assert held.add(tmp_path, {**one, "id": "h2"}) is True
    thread.join()

    assert [each["id"] for each in held.read(tmp_path) or []] == ["h1", "h2"]


def test_holds_at_once_are_all_kept(tmp_path: Path):
    """Several people stop at the same moment: the file has every hold."""
    made = [{"id": f"h{n}", "scope": "all", "target": "", "partner": "fr", "reason": "x"} for n in range(8)]
    threads = [threading.Thread(target=held.add, args=(tmp_path, each)) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each["id"] for each in held.read(tmp_path) or []) == sorted(each["id"] for each in made)


def test_two_persons_lift_for_one_partner_where_its_role_asks_for_two(ready: Workspace):
    """The threshold of the trust file is kept: the second word of the same person is the first one again."""
    stopping.stop("all", "", "fr", "x")

    def agree(partner: str, person: str) -> list[str]:
        with writing(ready.database) as connection:
            (row,) = hold.standing(connection, ready.settings.trust)
            return hold.resume(
                connection,
                ready.settings.trust,
                hold=row,
                partner=partner,
                person=person,
                partners=("fr", "uk"),
                thresholds={"uk": 2},
                envelope="{}",
                at=clock.now(),
            )

    assert agree("fr", "amelie") == ["uk"]
    assert agree("uk", "jane") == ["uk"]
    assert agree("uk", "jane") == ["uk"]
    assert agree("uk", "john") == []


def test_lifting_spreads_what_is_overdue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The last signature lets out the first of each channel at once and the others one by one, also after a restart."""
    made = workspaces.make(tmp_path / "w")
    due = clock.now() - HOUR
    entries = {"if_late": {"after": "2d", "then": "ask"}}
    made.apply(campaigns.campaign(4, at=due, entries=entries), now=due - HOUR)
    made.approve()
    monkeypatch.chdir(made.folder)
    stopping.stop("channel", "uk-outbox", "fr", "x")
    found = stopping.before_resuming("")
    assert [each.what for each in found.overdue] == ["send"] * 4
    assert progress.counts(made.database) == {"scheduled": 4}
    assert stopping.resume(found, "fr", made.key("fr")) == ["uk"]
    assert stopping.resume(stopping.before_resuming(""), "uk", made.key("uk")) == []
    for _ in range(2):
        daemon = Daemon(made.settings, made.database)
        daemon.start()
        try:
            daemon.wait(lambda: progress.counts(made.database).get("published", 0) == 1, every=0.05)
        finally:
            daemon.stop()
    rows = sorted(made.rows().values(), key=lambda row: row["next_at"])

    assert [row["state"] for row in rows] == ["published"] + ["scheduled"] * 3
    instants = [row["next_at"] for row in rows[1:]]
    gaps = {round((after - before).total_seconds()) for before, after in pairwise(instants)}
    assert gaps == {30}
    assert "2 of 4 on uk-outbox, not before" in rows[1]["reason"]
    made.database.dispose()
