"""Planners and workers on one PostgreSQL database: tickets are hints, the release table decides."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from campaigns import clock
from campaigns.errors import DatabaseFault, EnvironmentFault, UsageError
from campaigns.settings import Alerts
from campaigns.store.engine import connect, reading, writing
from campaigns.store.glance import through
from campaigns.store.head import HEAD
from scheduler import standing
from scheduler.crew import Planner, Worker
from scheduler.daemon import Daemon
from scheduler.engine import crew, tickets
from scheduler.engine.claims import Claim
from scheduler.engine.taking import Taker
from scheduler.releases.journal import Journal
from tests.builders import burst, postgres, shared
from tests.builders.commands import process
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import SIGNING_KEY, Workspace
from tests.servers.http_sink import HttpSink

pytestmark = pytest.mark.postgres
PATIENCE = 120.0
N = 40


@pytest.fixture(scope="module")
def shared_url() -> Iterator[str]:
    """Give a database with all tables, those of tickets as well."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with shared.fresh() as url:
        yield url


@pytest.fixture
def made(shared_url: str, tmp_path: Path, http_sink: HttpSink) -> Iterator[Workspace]:
    """Give a workspace with a burst for a webhook that deduplicates."""
    workspace = burst.build(
        tmp_path / "w", N, "webhook", f"{http_sink.url}/hook", {"deduplicates": True}, database_url=shared_url
    )
    yield workspace
    with writing(workspace.database) as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    workspace.database.dispose()
    postgres.empty(shared_url)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give a stack that stops what was started, the last first."""
    with ExitStack() as found:
        yield found


def started(stack: ExitStack, daemon: Daemon) -> Daemon:
    daemon.start()
    stack.callback(daemon.stop)
    return daemon


def until(daemon: Daemon, happened: Callable[[], bool]) -> None:
    """Wait until *happened*, at most `PATIENCE`."""
    timer = threading.Timer(PATIENCE, daemon.asked.put, [0])
    timer.start()
    daemon.wait(happened, every=0.02)
    timer.cancel()
    assert happened()


def worker(made: Workspace, name: str = "worker") -> Worker:
    return Worker(made.settings, made.database, name=name)


def planner(made: Workspace, name: str = "") -> Planner:
    return Planner(made.settings, made.database, name=name)


def published(made: Workspace) -> int:
    return sum(state == "published" for state in made.states().values())


def jobs(made: Workspace) -> int:
    with reading(made.database) as connection:
        return int(connection.execute(text("SELECT COUNT(*) FROM procrastinate_jobs")).scalar_one())


def crew_of(made: Workspace) -> dict[str, str]:
    with reading(made.database) as connection:
        return {each["role"]: each["doing"] for each in standing.crew(through(connection), clock.now())}


def begun_by(made: Workspace, name: str) -> int:
    path = made.settings.trust / "local" / f"journal{name}.jsonl"
    return path.read_text().count('"begun"') if path.exists() else 0


def test_workers_publish_what_a_planner_claims(made: Workspace, stack: ExitStack, http_sink: HttpSink):
    """The planner hands everything over, two workers publish each release once, and no ticket is left."""
    for name in ("one", "two"):
        started(stack, worker(made, name))
    plans = started(stack, planner(made))
    until(plans, lambda: published(made) == N)

    assert len({effect.key for effect in http_sink.effects}) == len(http_sink.effects) == N
    assert begun_by(made, "") == 0
    assert begun_by(made, "-one") + begun_by(made, "-two") == N
    assert crew_of(made)["planner"] == "hands over to 2 workers"
    until(plans, lambda: jobs(made) == 0)


def test_a_planner_alone_publishes_itself_and_hands_over_when_a_worker_comes(made: Workspace, stack: ExitStack):
    """Without workers nothing waits for one; the crew says so; one that comes is used from then on."""
    plans = started(stack, planner(made))
    until(plans, lambda: published(made) == N)
    alone = crew_of(made)
    started(stack, worker(made))
    until(plans, lambda: plans._executor.free_slots() > 0 and "1 worker" in plans._executor.doing)
    for entry in ("r1", "r2"):
        made.set(entry, state="scheduled", next_at=clock.now(), published_at=None)
    until(plans, lambda: published(made) == N)

    assert alone == {"planner": "publishes itself: no worker is seen"}
    assert begun_by(made, "") == N
    assert jobs(made) == 0


def test_a_claim_and_its_tickets_are_kept_together(made: Workspace):
    """The ticket is written on the connection of the claim: rolled back there is none, committed there is one."""
    held, hand = [Claim(row["id"], 1, row["channel"]) for row in made.rows().values()], tickets.manager()
    connection = made.database.connect().execution_options(writing=True)
    with connection, connection.begin() as transaction:
        assert tickets.defer(connection, held, 1, hand) == 1
        transaction.rollback()
    assert jobs(made) == 0
    with writing(made.database) as connection:
        tickets.defer(connection, held, 1, hand)

    assert jobs(made) == 1


def test_many_claims_are_cut_into_tickets(made: Workspace):
    """Every worker has its part, no ticket is longer than 256 releases, and none is tiny."""
    held, hand = [Claim(f"r{n}", 1, "c") for n in range(600)], tickets.manager()
    with writing(made.database) as connection:
        cut = [tickets.defer(connection, held[:size], among, hand) for size, among in ((600, 1), (600, 4), (20, 4))]

    assert cut == [3, 4, 2]


ODD = [
    pytest.param(lambda held: [*held, *held], N, id="a ticket twice"),
    pytest.param(lambda held: [Claim(each.id, each.fence - 1, each.channel) for each in held], 0, id="an old fence"),
    pytest.param(lambda held: [Claim(each.id, each.fence + 1, each.channel) for each in held], 0, id="a fence to come"),
    pytest.param(lambda _held: [Claim("nobody", 1, "burst")], 0, id="a release that is not there"),
]


@pytest.mark.parametrize(("change", "sent"), ODD)
def test_an_odd_ticket_moves_nothing(made: Workspace, stack: ExitStack, http_sink: HttpSink, change, sent: int):
    """A duplicate, a zombie or a false ticket begins nothing but what its fence still holds, and that once."""
    room = EngineRoom(made, Journal(made.settings.trust / "elsewhere"), token="planner")
    held = room.claim(limit=N)
    with writing(made.database) as connection:
        for _ in range(2):
            tickets.defer(connection, change(held), 1, tickets.manager())
    works = started(stack, worker(made))
    until(works, lambda: jobs(made) == 0 and published(made) == sent and not works._executor.in_hand())

    assert len(http_sink.requests) == sent


def test_a_ticket_that_comes_late_takes_what_still_stands(made: Workspace):
    """Its claims are renewed where their fence holds; what was claimed anew meanwhile is let go, and not touched."""
    room = EngineRoom(made, Journal(made.settings.trust / "elsewhere"), token="planner")
    held = room.claim(limit=N)
    anew = {claim.id for claim in held[::2]}
    with writing(made.database) as connection:
        moved = text("UPDATE release SET fence = fence + 1 WHERE id = ANY(:ids)")
        connection.execute(moved, {"ids": sorted(anew)})
    before = {row["id"]: row["lease_until"] for row in made.rows().values()}
    works = worker(made)
    works.lease *= 2
    kept = works._keep(held)
    after = {row["id"]: row["lease_until"] for row in made.rows().values()}

    assert kept == held[1::2]
    assert {release for release in before if after[release] > before[release]} == {claim.id for claim in kept}
    assert {release for release in before if after[release] == before[release]} == anew


def test_a_ticket_that_waits_for_room_renews_its_claims(made: Workspace, shared_url: str):
    """While there is no room they are renewed; when none stands any more the ticket goes, and nothing is taken."""
    held = [Claim(row["id"], 1, row["channel"]) for row in made.rows().values()]
    asked, taken, gone = [], [], threading.Event()

    def keep(claims: Sequence[Claim]) -> list[Claim]:
        asked.append(len(claims))
        return list(claims) if len(asked) < 3 else []

    def take(claims: Sequence[Claim]) -> None:
        taken.extend(claims)
        gone.set()

    taker = Taker(make_url(shared_url), lambda: 0, keep, take, 0.01)
    with writing(made.database) as connection:
        tickets.defer(connection, held, 1, tickets.manager())
    taker.start()
    try:
        assert gone.wait(PATIENCE)
    finally:
        taker.stop()

    assert asked == [N, N, N]
    assert taken == []


def test_a_lost_ticket_costs_a_lease(shared_url: str, tmp_path: Path, http_sink: HttpSink, stack: ExitStack):
    """Claims whose ticket is gone go back when their lease is over, and are published all the same."""
    made = burst.build(tmp_path / "w", 3, "webhook", f"{http_sink.url}/hook", {}, database_url=shared_url, lease=1.0)
    EngineRoom(made, Journal(made.settings.trust / "elsewhere"), token="gone").claim()
    with writing(made.database) as connection:
        connection.execute(text("UPDATE release SET lease_until = :at"), {"at": "2020-01-01T00:00:00.000000Z"})
    started(stack, worker(made))
    plans = started(stack, planner(made))
    try:
        until(plans, lambda: published(made) == 3)
        assert len(http_sink.effects) == 3
    finally:
        stack.close()
        made.database.dispose()
        postgres.empty(shared_url)


def test_old_tickets_are_taken_away(made: Workspace):
    """What nobody took goes in time; a new one stays."""
    with writing(made.database) as connection:
        tickets.defer(connection, [Claim("r1", 1, "c")], 1, tickets.manager())
        assert tickets.forget_old(connection, 3600) == 0
        connection.execute(text("UPDATE procrastinate_events SET at = at - INTERVAL '2 hours'"))
        assert tickets.forget_old(connection, 3600) == 1


def test_a_worker_that_is_cut_off_takes_tickets_again(made: Workspace, stack: ExitStack, http_sink: HttpSink):
    """The database drops all connections of a worker in the middle of its work: it goes on, and nothing is doubled."""
    works = started(stack, worker(made))
    plans = started(stack, planner(made))
    until(plans, lambda: published(made) >= 5)
    with made.database.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{cut} AND pid <> pg_backend_pid()"))
    until(plans, lambda: published(made) == N)

    assert works._taker.alive()
    assert len(http_sink.effects) == N


def test_two_processes_of_one_name_are_refused(made: Workspace, stack: ExitStack):
    """A journal has one process; another one needs another name, which must fit into a file's."""
    started(stack, worker(made))
    with pytest.raises(EnvironmentFault, match="Another process publishes"):
        worker(made).start()
    with pytest.raises(UsageError, match="cannot be the name"):
        worker(made, "../x")


def test_several_machines_need_postgresql(tmp_path: Path):
    """SQLite is one machine's: a planner on it is refused with what to do instead."""
    made = burst.build(tmp_path / "w", 1, "outbox", None, {})
    with pytest.raises(DatabaseFault, match="Several machines need PostgreSQL"):
        planner(made).start()
    made.database.dispose()


def test_tables_of_tickets_have_a_version(shared_url: str, made: Workspace):
    """Absent, older and newer tables are told apart; bringing them up to date twice changes nothing."""
    with writing(made.database) as connection:
        assert tickets.upgrade(connection) == (tickets.newest(), tickets.newest())
        connection.exec_driver_sql("COMMENT ON TABLE procrastinate_jobs IS '02.00.00_01_old'")
        with pytest.raises(DatabaseFault, match="version 02"):
            tickets.require(made.database, connection)
        connection.exec_driver_sql("COMMENT ON TABLE procrastinate_jobs IS '99.00.00_01_new'")
        with pytest.raises(DatabaseFault, match="another Procrastinate"):
            tickets.upgrade(connection)
        connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{tickets.newest()}'")
        tickets.require(made.database, connection)
    with postgres.fresh() as url:
        bare = connect(url)
        with reading(bare) as connection:
            assert tickets.version(connection) is None
        bare.dispose()


def test_the_crew_forgets_who_left(made: Workspace, stack: ExitStack):
    """A process that stops well leaves at once; one that is not seen any more does not count."""
    works = worker(made)
    works.start()
    assert crew_of(made) == {"worker": "publishes"}
    works.stop()
    assert crew_of(made) == {}
    gone = crew.Member("gone", crew.WORKER, "host", 10, "publishes")
    with writing(made.database) as connection:
        assert crew.enter(connection, gone, clock.now() - timedelta(minutes=1))
        assert crew.workers(connection, clock.now()) == []


def test_a_worker_that_stops_leaves_nothing_behind(made: Workspace, stack: ExitStack, http_sink: HttpSink):
    """SIGTERM in the middle of a burst: what is on the wire ends, the rest is given back, and others publish it."""
    first = worker(made, "first")
    first.start()
    plans = started(stack, planner(made))
    until(plans, lambda: published(made) >= 3)
    assert first.stop()
    owners = {row["owner"] for row in made.rows().values() if row["state"] in {"claimed", "sending"}}
    until(plans, lambda: published(made) == N)

    assert not [each for each in owners if each and ".first:" in each]
    assert len(http_sink.effects) == N
    until(plans, lambda: "no worker is seen" in plans._executor.doing)


@pytest.mark.parametrize("kind", [Planner, Worker])
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside another"])
def test_only_an_outage_is_caught_up_with(made: Workspace, monkeypatch: pytest.MonkeyPatch, kind, *, beside: bool):
    """A planner that comes alone spreads what fell due while none ran; one that joins others leaves it as it is."""
    monkeypatch.setattr(Daemon, "_catch_up", lambda _: ["what is overdue"])
    if beside:
        member = crew.Member("other", crew.PLANNER, "host", 10, "publishes")
        with writing(made.database) as connection:
            assert crew.enter(connection, member, clock.now())

    assert bool(kind(made.settings, made.database)._catch_up()) == (kind is Planner and not beside)


def test_a_worker_of_another_version_takes_nothing(made: Workspace, stack: ExitStack):
    """Tables that were upgraded under a worker are not its own any more: planners stop counting on it, and say so."""
    works = started(stack, worker(made))
    with writing(made.database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        works._beat()
        with reading(made.database) as connection:
            found = crew.workers(connection, clock.now())
        assert (works._free_slots(), found) == (0, [])
        assert "newer than this code" in crew_of(made)["worker"]
    finally:
        with writing(made.database) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})


def test_db_upgrade_makes_the_tables_of_tickets(tmp_path: Path):
    """On PostgreSQL `db upgrade` makes them, twice changes nothing, and `db check` says which version they have."""
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.bare() as url:
        (tmp_path / "cordiale.toml").write_text(f'database_url = "{url}"\n')
        first, again = (process(tmp_path, "db", "upgrade") for _ in range(2))
        check = process(tmp_path, "db", "check")

    assert f"The tables of tickets are at version {tickets.newest()}: they are there now." in first.stdout
    assert f"The tables of tickets are at version {tickets.newest()}.\n" in again.stdout
    assert f"Its tables of tickets are at version {tickets.newest()}, as this machine needs." in check.stdout
    assert (first.returncode, again.returncode, check.returncode) == (0, 0, 0)


def test_two_planners_send_one_alert(made: Workspace, stack: ExitStack, http_sink: HttpSink):
    """What both see one tells, the one that is there longest; when it leaves, the other speaks."""
    (made.folder / "secrets" / "hook").write_text(SIGNING_KEY)
    (made.folder / "secrets" / "hook").chmod(0o600)
    alerts = Alerts(webhook=f"{http_sink.url}/alerts", webhook_credential="hook", gap=0)
    folders = [made.settings, made.settings.model_copy(update={"root": copied(made.folder)})]
    for row in made.rows():
        made.set(row, state="failed", reason="It was refused.")
    pair = [Planner(each.model_copy(update={"alerts": alerts}), made.database) for each in folders]

    def told() -> list[str]:
        for each in pair:
            each.watch.count()
            each.watch._tell()
        sent = [each for each in http_sink.requests if each.path == "/alerts"]
        return [each["key"] for one in sent for each in one.json()["data"]["new"]]

    for each in pair:
        started(stack, each)
    once = told()
    assert [each._leads() for each in pair] == [True, False]
    assert len(once) == len(set(once)) == 1
    assert told() == once
    pair[0].stop()
    assert [each._leads() for each in pair] == [False, True]
    assert told() == [*once, *once]


def copied(folder: Path) -> Path:
    """Return a second workspace with the same trust and secrets, and no journal: another machine."""
    other = folder.with_name("other")
    for name in ("trust", "secrets", "media"):
        shutil.copytree(folder / name, other / name, ignore=shutil.ignore_patterns("local"))
    return other
