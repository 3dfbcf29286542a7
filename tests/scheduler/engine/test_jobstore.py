"""The release table as APScheduler sees it: jobs come out of claims, and nothing APScheduler does loses one."""

import threading
from datetime import datetime, timedelta

import pytest
from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import text

from campaigns import clock
from scheduler.engine import hold
from scheduler.engine import shared as shared_clock
from scheduler.engine.jobstore import TICK, ReleaseJobStore
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)


class Collector(BaseExecutor):
    """Takes jobs and runs none; `full` is set when it has three."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[str] = []
        self.full = threading.Event()

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        assert run_times
        self.jobs.append(job.id)
        self._run_job_success(job.id, [])
        if len(self.jobs) == 3:
            self.full.set()


def store_of(workspace: Workspace, slots: int = 100, batch: int = 100) -> ReleaseJobStore:
    return ReleaseJobStore(
        workspace.database, owner="me:1", lease=timedelta(seconds=30), batch=batch, free_slots=lambda: slots
    )


@pytest.fixture
def due(shared: Workspace) -> Workspace:
    """Give a workspace with three signed releases that were due a second ago."""
    at = clock.now().replace(microsecond=0) - timedelta(seconds=1)
    shared.apply(campaigns.campaign(3, at=at, entries={"if_late": {"after": "1d", "then": "send"}}), now=at - HOUR)
    shared.approve()
    return shared


@pytest.fixture
def store(due: Workspace) -> ReleaseJobStore:
    """Give a job store whose scheduler is not running."""
    made = store_of(due)
    made.start(BackgroundScheduler(timezone="UTC"), "default")
    return made


def test_due_jobs_are_claims(due: Workspace, store: ReleaseJobStore):
    """What APScheduler gets is claimed for it, and not given twice."""
    assert len(store.get_due_jobs(clock.now())) == 3
    assert set(due.states().values()) == {"claimed"}
    assert store.get_due_jobs(clock.now()) == []


def test_apscheduler_dispatches_each_release_once(due: Workspace):
    """APScheduler removes a job after it submits it: the release stays, claimed."""
    executor, scheduler = Collector(), BackgroundScheduler(timezone="UTC")
    scheduler.add_executor(executor, "default")
    scheduler.add_jobstore(store_of(due), "default")
    scheduler.start()
    assert executor.full.wait(120)
    scheduler.wakeup()
    scheduler.shutdown()

    assert sorted(executor.jobs) == sorted(f"{row['id']}:1" for row in due.rows().values())
    assert set(due.states().values()) == {"claimed"}


@pytest.mark.parametrize(("slots", "batch", "expected"), [(2, 100, 2), (100, 1, 1), (0, 100, 0), (-1, 100, 0)])
def test_no_more_is_claimed_than_there_is_room_for(
    due: Workspace, store: ReleaseJobStore, slots: int, batch: int, expected: int
):
    """Memory follows the batch: a full executor claims nothing."""
    store._free_slots, store._batch = (lambda: slots), batch

    assert len(store.get_due_jobs(clock.now())) == expected


def test_the_next_look_is_the_next_instant_or_a_second_from_now(workspace: Workspace):
    """It wakes in time for what is due within a second, and never sleeps longer than one."""
    now = clock.now()
    store = store_of(workspace)
    far = store.get_next_run_time()
    soon = now.replace(microsecond=0) + timedelta(seconds=2)
    workspace.apply(campaigns.campaign(at=soon, entries={"if_late": {"after": "1d", "then": "send"}}))
    workspace.approve()
    workspace.set("r1", next_at=(wanted := clock.now() + timedelta(milliseconds=700)))

    assert TICK - timedelta(milliseconds=500) < far - now <= TICK + timedelta(seconds=5)
    assert store.get_next_run_time() == wanted


def test_what_falls_due_during_a_claim_is_looked_at_at_once(due: Workspace, store: ReleaseJobStore):
    """The claim has not seen it, and no other second passes; what is held, and was due before, wakes nobody."""
    due.set("r2", next_at=clock.now() + HOUR)
    with due.transaction() as connection:
        values = {"scope": "channel", "target": due.row()["channel"], "partner": "uk", "reason": "x"}
        hold.place(connection, due.settings.trust, **values, at=clock.now())
    before = clock.now()
    assert store.get_due_jobs(before) == []
    assert store.get_next_run_time() >= before + TICK

    falls_due = clock.now()
    due.set("r2", next_at=falls_due)
    assert falls_due <= store.get_next_run_time() < falls_due + TICK / 10
    assert store.get_due_jobs(clock.now()) == []
    assert store.get_next_run_time() > clock.now()


def test_the_clock_of_the_database_decides_and_ours_waits(due: Workspace, store: ReleaseJobStore, monkeypatch):
    """Where the shared clock is behind ours, the next look comes when it has reached the instant."""
    behind = timedelta(seconds=20)
    monkeypatch.setattr(shared_clock, "now", lambda _: clock.now() - behind)
    for entry in ("r1", "r2", "r3"):
        due.set(entry, next_at=clock.now() + HOUR)
    assert store.get_due_jobs(clock.now()) == []
    there = clock.now() - behind + TICK / 2
    due.set("r3", next_at=there)

    assert abs(store.get_next_run_time() - (there + behind)) < TICK / 10


@pytest.mark.parametrize("full", [True, False])
def test_room_that_comes_right_after_a_claim_is_not_left_for_a_second(due: Workspace, store: ReleaseJobStore, full):
    """A planner is woken by nobody: what a claim left out for want of room is looked for again as if it still were."""
    store._when_full, channel = timedelta(0), due.row()["channel"]
    store._free_slots = lambda: 0 if full else 100
    store._crowded = lambda: frozenset([channel])
    assert store.get_due_jobs(clock.now()) == []
    store._free_slots, store._crowded = (lambda: 100), frozenset

    assert store.get_next_run_time() <= clock.now()
    assert len(store.get_due_jobs(clock.now())) == 3


def test_a_rate_wakes_it_as_well(due: Workspace):
    """A channel that may speak again in half a second is not left waiting for the tick."""
    from scheduler.engine import rates

    wanted = clock.now() + timedelta(milliseconds=600)
    with due.transaction() as connection:
        rates.reserve(connection, "uk-outbox", wanted)

    assert store_of(due).get_next_run_time() == wanted


def test_a_table_that_does_not_answer_gives_nothing_this_time(due: Workspace):
    """The clock keeps running when the database fails: no job, another look in a second, no exception."""
    store = store_of(due)
    with due.transaction() as connection:
        connection.execute(text("ALTER TABLE release RENAME TO elsewhere"))
    try:
        now = clock.now()
        assert store.get_due_jobs(now) == []
        assert store.get_next_run_time() >= now
    finally:
        with due.transaction() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO release"))

    assert store.get_next_run_time() >= now


def test_add_job_schedules_what_was_signed(shared: Workspace):
    """`add_job` is the ledger's `sign`: a job of that id is a release that now waits for its instant."""
    shared.apply(campaigns.campaign(at=DUE))
    store, release = store_of(shared), shared.row()["id"]
    store._scheduler = None
    assert store.lookup_job(release) is None
    store.add_job(type("Job", (), {"id": release}))

    assert shared.row()["state"] == "scheduled"


def test_looking_changes_nothing(due: Workspace, store: ReleaseJobStore):
    """`lookup_job` and `get_all_jobs` show what is scheduled, and claim nothing."""
    wanted = {row["id"] for row in due.rows().values()}

    assert {job.args[0] for job in store.get_all_jobs()} == wanted
    assert store.lookup_job(due.row()["id"]).args[:2] == (due.row()["id"], 0)
    assert set(due.states().values()) == {"scheduled"}


def test_removing_and_updating_change_nothing(due: Workspace, store: ReleaseJobStore):
    """APScheduler calls both after every submit; a store that obeyed would lose what a retry had rescheduled."""
    before = due.rows()
    for job in store.get_all_jobs():
        store.update_job(job)
        store.remove_job(job.id)
    with pytest.raises(JobLookupError):
        store.remove_all_jobs()

    assert due.rows() == before
