"""The daemon: a burst goes out once, whatever the channel answers, and what is known is kept through every stop."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from campaigns import clock
from campaigns.errors import EnvironmentFault
from campaigns.signoff import verified
from campaigns.store.engine import writing
from scheduler import progress
from scheduler.daemon import Daemon
from scheduler.engine import hold
from scheduler.engine.claims import Permit
from scheduler.engine.duties import Duty
from scheduler.engine.recovery import Recovered
from scheduler.engine.sending import Sender
from scheduler.machine import machine_name
from scheduler.signals import stop_on_signals
from tests.builders import burst
from tests.builders.workspaces import Workspace
from tests.servers.http_sink import HttpSink

PATIENCE = 120.0  #: seconds that a test waits for what should take one


@contextmanager
def running(workspace: Workspace) -> Iterator[Daemon]:
    """Run a daemon on *workspace*; stop it at the end."""
    daemon = Daemon(workspace.settings, workspace.database)
    daemon.start()
    try:
        yield daemon
    finally:
        assert daemon.stop()


def wait_for(daemon: Daemon, condition: Callable[[], bool]) -> None:
    """Wait until *condition*, at most `PATIENCE`."""
    timer = threading.Timer(PATIENCE, daemon.stopping.set)
    timer.start()
    try:
        daemon.wait(condition, every=0.05)
        assert condition()
    finally:
        timer.cancel()


def run(workspace: Workspace, until: Callable[[], bool] | None = None) -> None:
    """Run a daemon until nothing more can go out without a person, or until *until*."""
    with running(workspace) as daemon:
        wait_for(daemon, until or (lambda: progress.settled(daemon)))


def tally(workspace: Workspace) -> dict[str, int]:
    return progress.counts(workspace.database)


@pytest.fixture
def bursts(ground: Path) -> Iterator[Callable[..., Workspace]]:
    """Give a function that makes a burst in the test's folder."""
    made: list[Workspace] = []

    def make(n: int, kind: str, server: str | None = None, options: Any = None, **more: Any) -> Workspace:
        made.append(burst.build(ground, n, kind, server, options or {}, **more))
        return made[-1]

    yield make
    for workspace in made:
        workspace.database.dispose()


def test_a_burst_goes_out_once(bursts, database_url: str):
    """Every release is in the outbox exactly once, with its receipt in the table and its line in the journal."""
    workspace = bursts(60, "outbox", database_url=database_url)
    run(workspace)
    folders = [json.loads(path.read_text()) for path in (workspace.folder / "outbox").glob("*/headers.json")]
    rows = workspace.rows().values()

    assert tally(workspace) == {"published": 60}
    assert sorted(each["release"] for each in folders) == sorted(row["id"] for row in rows)
    assert all(row["remote_id"] and row["published_at"] for row in rows)
    assert {each["outcome"] for each in workspace.attempts()} == {"published"}
    assert (workspace.settings.trust / "local" / "journal.jsonl").read_text().count('"published"') == 60


def test_many_releases_share_a_transaction(bursts, database_url: str, monkeypatch: pytest.MonkeyPatch):
    """What begins at once is one transaction, and so is what ends while the last one is written: on both databases."""
    workspace = bursts(60, "outbox", database_url=database_url)
    opened, closed = 0, 0
    begun: list[Permit] = []
    answered: list[Permit] = []
    moved = threading.Condition()
    begin, answer = Sender._begin, Sender._answer

    def kept(sender: Sender, group: Any) -> list[Permit]:
        begun.extend(permits := begin(sender, group))
        return permits

    async def noted(sender: Sender, permit: Permit) -> Any:
        said = await answer(sender, permit)
        with moved:
            answered.append(permit)
            moved.notify()
        return said

    def note(_connection, _cursor, statement: str, *_rest: Any) -> None:
        nonlocal opened, closed
        opened += statement.startswith("INSERT INTO attempt")
        if statement.startswith("UPDATE attempt"):
            closed += 1
            with moved:  # as on a slow disk: all that has begun ends meanwhile
                assert moved.wait_for(lambda: len(answered) == len(begun), PATIENCE)

    monkeypatch.setattr(Sender, "_begin", kept)
    monkeypatch.setattr(Sender, "_answer", noted)
    event.listen(workspace.database, "before_cursor_execute", note)
    run(workspace)

    assert tally(workspace) == {"published": 60}
    assert 0 < opened <= 20
    assert 0 < closed <= 2 * opened


def test_signatures_are_verified_before_it_says_that_it_publishes(bursts, monkeypatch: pytest.MonkeyPatch):
    """Both envelopes are read while it starts, on the thread that starts it: no release waits for that."""
    workspace = bursts(3, "outbox")
    monkeypatch.setattr(verified, "_CACHE", verified._Cache())
    readers: list[threading.Thread] = []

    def note(_connection, _cursor, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT approval.envelope"):
            readers.append(threading.current_thread())

    event.listen(workspace.database, "before_cursor_execute", note)
    run(workspace)

    assert tally(workspace) == {"published": 3}
    assert readers == [threading.current_thread()] * 2


@pytest.mark.parametrize("fault", ["timeout-after", "reset-after", "500-posted", "malformed-json"])
def test_a_lost_answer_is_sent_again_where_the_receiver_deduplicates(bursts, http_sink: HttpSink, fault: str):
    """The same key, and one effect: the receiver tells that it has it."""
    workspace = bursts(3, "webhook", f"{http_sink.url}/hook", {"deduplicates": True}, lease=3.0)
    http_sink.misbehave(fault, 1)
    run(workspace)

    assert tally(workspace) == {"published": 3}
    assert len(http_sink.effects) == 3
    assert sorted(each["outcome"] for each in workspace.attempts()) == ["published"] * 3 + ["unknown"]


@pytest.mark.parametrize("fault", ["reset-after", "500-posted"])
def test_a_lost_answer_waits_for_a_person_where_it_does_not(bursts, http_sink: HttpSink, fault: str):
    """Nothing is sent a second time: one release is uncertain, the others are published."""
    http_sink.deduplicates = False
    workspace = bursts(3, "webhook", f"{http_sink.url}/hook")
    http_sink.misbehave(fault, 1)
    run(workspace)

    assert tally(workspace) == {"published": 2, "uncertain": 1}
    assert len(http_sink.effects) == 3


def test_a_refused_release_fails_alone(bursts, http_sink: HttpSink):
    """422 is a no to one release: a person sees it, the others go out."""
    workspace = bursts(3, "webhook", f"{http_sink.url}/hook")
    http_sink.misbehave("422", 1)
    run(workspace)

    assert tally(workspace) == {"published": 2, "failed": 1}


def test_a_refused_credential_fails_nothing(bursts, http_sink: HttpSink):
    """401 opens the channel's breaker: all its releases wait, none fails, and the row says why."""
    workspace = bursts(5, "webhook", f"{http_sink.url}/hook")
    http_sink.misbehave("401")
    run(workspace, until=lambda: bool(workspace.events("release.retry")))
    with writing(workspace.database) as connection:
        (paused,) = connection.execute(text("SELECT channel, open_until, why FROM channel_state")).all()

    assert tally(workspace) == {"scheduled": 5}
    assert (paused.channel, bool(paused.open_until), "401" in paused.why) == ("uk-webhook", True, True)
    assert http_sink.effects == []


def test_a_missing_secret_fails_nothing_either(bursts, http_sink: HttpSink):
    """A secret that is not there is a fault of this machine: the channel waits, the campaign does not fail."""
    workspace = bursts(3, "webhook", f"{http_sink.url}/hook")
    (workspace.folder / "secrets" / "burst").unlink()
    run(workspace, until=lambda: bool(workspace.events("release.retry")))

    assert tally(workspace) == {"scheduled": 3}


def test_a_busy_channel_is_tried_again(bursts, http_sink: HttpSink):
    """A connection that is refused or cut before anything left costs a pause, and no release."""
    workspace = bursts(2, "webhook", f"{http_sink.url}/hook", {"deduplicates": True})
    http_sink.misbehave("reset-before", 1)
    run(workspace)

    assert tally(workspace) == {"published": 2}
    assert len(http_sink.effects) == 2


def test_what_is_held_settles_and_goes_out_after_resume(bursts):
    """A daemon that waits for people alone is done; when they lift the hold, everything goes."""
    workspace = bursts(5, "outbox")
    with writing(workspace.database) as connection:
        hold.place(
            connection,
            workspace.settings.trust,
            scope="all",
            target="",
            partner="fr",
            reason="x",
            at=workspace.row()["due_at"],
        )
    run(workspace)
    assert tally(workspace) == {"scheduled": 5}

    with running(workspace) as daemon:
        with writing(workspace.database) as connection:
            (row,) = hold.standing(connection, workspace.settings.trust)
            for partner in ("uk", "fr"):
                agreed = {"partner": partner, "person": partner, "envelope": "{}", "partners": ("uk", "fr")}
                hold.resume(connection, workspace.settings.trust, hold=row, at=row["placed_at"], **agreed)
                (row,) = hold.standing(connection, workspace.settings.trust) or [row]
        wait_for(daemon, lambda: tally(workspace) == {"published": 5})


def test_the_clock_survives_a_database_that_fails(bursts):
    """While the table does not answer nothing is claimed; when it does, everything goes out."""
    workspace = bursts(5, "outbox")
    with writing(workspace.database) as connection:
        connection.execute(text("ALTER TABLE release RENAME TO elsewhere"))
    daemon = Daemon(workspace.settings, workspace.database)
    daemon._recover = lambda **_: Recovered()  # a start that came just before
    daemon.start()
    try:
        with writing(workspace.database) as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO release"))
        wait_for(daemon, lambda: tally(workspace) == {"published": 5})
    finally:
        daemon.stop()
    assert len(workspace.attempts()) == 5


def test_two_daemons_do_not_share_a_workspace(bursts):
    """The journal belongs to one process; the second one is told so, and leaves the first alone."""
    workspace = bursts(1, "outbox")
    with running(workspace), pytest.raises(EnvironmentFault, match="Another process publishes from this workspace"):
        Daemon(workspace.settings, workspace.database).start()
    with running(workspace):
        assert machine_name(workspace.settings.trust) == machine_name(workspace.settings.trust)


def test_a_daemon_that_cannot_start_lets_the_journal_go(bursts, monkeypatch: pytest.MonkeyPatch):
    """A failed start leaves no lock behind."""
    workspace = bursts(1, "outbox")

    def fail(*_: object, **__: object) -> None:
        message = "no"
        raise EnvironmentFault(message)

    daemon = Daemon(workspace.settings, workspace.database)
    monkeypatch.setattr("scheduler.daemon.recover", fail)
    with pytest.raises(EnvironmentFault):
        daemon.start()
    monkeypatch.undo()
    run(workspace)

    assert tally(workspace) == {"published": 1}


def test_a_damaged_journal_keeps_publishing_off(bursts):
    """What this machine knows cannot be read: nothing goes out until somebody has looked."""
    workspace = bursts(1, "outbox")
    path = workspace.settings.trust / "local" / "journal.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"r": "x"}\n')
    with pytest.raises(EnvironmentFault, match="Line 1 of the send journal"):
        Daemon(workspace.settings, workspace.database).start()

    assert tally(workspace) == {"scheduled": 1}


def test_a_clock_that_leaps_ahead_pauses_publishing(bursts, monkeypatch: pytest.MonkeyPatch):
    """An early release cannot be undone: after a leap nothing more is claimed until the daemon is started again."""
    workspace = bursts(3, "outbox")
    workspace.set("r3", next_at=clock.now() + timedelta(seconds=90))
    with running(workspace) as daemon:
        wait_for(daemon, lambda: tally(workspace).get("published") == 2)
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=120))
        wait_for(daemon, lambda: bool(daemon.paused))
        monkeypatch.setattr(clock, "now", real)

        assert daemon._free_slots() == 0
    assert tally(workspace) == {"published": 2, "scheduled": 1}


def test_a_clock_that_leaps_ten_years_ends_no_window(bursts, monkeypatch: pytest.MonkeyPatch):
    """By such a clock every window has closed and every lease is over: nothing expires, nothing is taken over."""
    workspace = bursts(2, "outbox")
    until = clock.now() + timedelta(hours=1)
    for entry in ("r1", "r2"):
        workspace.set(entry, next_at=until, not_after=until)
    workspace.set("r2", state="claimed", owner="another:x", lease_until=until)
    with running(workspace) as daemon:
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=3653))
        daemon._keep_house()
        monkeypatch.setattr(clock, "now", real)

        assert "jumped ahead" in daemon.paused
        assert tally(workspace) == {"scheduled": 1, "claimed": 1}


def test_a_signal_ends_the_wait(bursts):
    """SIGTERM finishes what is in hand and returns."""
    workspace = bursts(1, "outbox")
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with running(workspace) as daemon:
            stop_on_signals(daemon)
            signal.raise_signal(signal.SIGTERM)
            daemon.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert daemon.stopping.is_set()


def test_a_loop_that_died_ends_the_wait(bursts):
    """A daemon that can publish nothing any more does not look alive."""
    workspace = bursts(1, "outbox")
    daemon = Daemon(workspace.settings, workspace.database)
    daemon.start()
    try:
        daemon._executor.fault = RuntimeError("it broke")
        with pytest.raises(EnvironmentFault, match="it broke"):
            daemon.wait(every=0.01)
    finally:
        daemon.stop()


def test_a_second_signal_leaves_the_rest_to_recovery(bursts, http_sink: HttpSink):
    """What is on the wire is waited for; a second signal waits no longer, and the next run recovers it."""
    workspace = bursts(1, "webhook", f"{http_sink.url}/hook", {"deduplicates": True})
    http_sink.misbehave("timeout-after", 1)
    daemon = Daemon(workspace.settings, workspace.database)
    daemon.start()
    wait_for(daemon, lambda: tally(workspace) == {"sending": 1})
    daemon.asked.put(signal.SIGTERM)

    assert daemon.stop() is False
    assert tally(workspace) == {"sending": 1}
    run(workspace)
    assert tally(workspace) == {"published": 1}
    assert len(http_sink.effects) == 1


def test_what_is_claimed_between_two_looks_is_not_settled(bursts, engine_rooms, monkeypatch: pytest.MonkeyPatch):
    """Counted as scheduled, then looked for among the scheduled and not found: it is on its way, not done."""
    workspace = bursts(1, "outbox")
    daemon = Daemon(workspace.settings, workspace.database)
    look = progress._can_go

    def between(asked: Daemon) -> bool:
        assert len(engine_rooms(workspace).claim()) == 1
        return look(asked)

    monkeypatch.setattr(progress, "_can_go", between)

    assert not progress.settled(daemon)
    assert tally(workspace) == {"claimed": 1}


def test_leases_of_what_waits_are_renewed(bursts, http_sink: HttpSink):
    """What waits for its turn, or is sent within its budget, stays ours; what has outlived it is anybody's."""
    workspace = bursts(2, "webhook", f"{http_sink.url}/hook", {"deduplicates": True})
    http_sink.misbehave("timeout-after", 2)
    daemon = Daemon(workspace.settings, workspace.database)
    daemon.start()

    def leases() -> dict[str, Any]:
        return {row["id"]: row["lease_until"] for row in workspace.rows().values()}

    wait_for(daemon, lambda: tally(workspace) == {"sending": 2} and len(daemon._executor._sender.begun) == 2)
    before = leases()
    first, second = sorted(daemon._executor._held, key=lambda claim: claim.id)
    daemon._renew()
    fresh = leases()
    daemon._executor._sender.begun[first] -= daemon.lease.total_seconds() / 2
    daemon._executor._sender.begun[second] -= daemon.lease.total_seconds() * 4
    daemon._renew()
    after = leases()
    daemon.asked.put(signal.SIGTERM)
    daemon.stop()

    assert fresh == before
    assert after[first.id] > before[first.id]
    assert after[second.id] == before[second.id]


def test_a_duty_of_a_higher_floor_comes_round(bursts):
    """Whoever mounts the daemon adds duties: they run beside publishing, and a fault of theirs harms nothing."""
    workspace, done = bursts(1, "outbox"), threading.Event()

    def collect() -> None:
        done.set()
        message = "the source does not answer"
        raise EnvironmentFault(message)

    daemon = Daemon(workspace.settings, workspace.database, [Duty("collection", timedelta(seconds=1), collect)])
    daemon.start()
    try:
        wait_for(daemon, lambda: done.is_set() and tally(workspace) == {"published": 1})
    finally:
        assert daemon.stop()


def test_a_thread_that_stands_still_ends_the_wait(bursts):
    """The daemon does not look alive while its timer hangs: the wait ends, and stopping waits for nothing."""
    workspace = bursts(1, "outbox")
    daemon = Daemon(workspace.settings, workspace.database)
    daemon.start()
    daemon.watchdog.fault = "The timer has stood still for 120 s."
    try:
        with pytest.raises(EnvironmentFault, match="The timer has stood still"):
            daemon.wait(every=0.01)
    finally:
        scheduler = daemon._scheduler
        daemon.watchdog.stop()
        daemon.stop()
        scheduler.shutdown()
