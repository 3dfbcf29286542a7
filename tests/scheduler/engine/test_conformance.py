"""
What APScheduler's own suite asks of every job store, asked of ours; and where ours differs, on purpose.

The shapes are those of its `tests/test_jobstores.py`: look up, list, due, next, add, update, remove.
"""

from datetime import timedelta
from typing import Any, Self

import pytest
from apscheduler.executors.base import MaxInstancesReachedError
from apscheduler.job import Job
from apscheduler.jobstores.base import BaseJobStore, ConflictingIdError, JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import text

from campaigns import clock
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.jobstore import ReleaseJobStore
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
FUTURE = clock.now().replace(microsecond=0) + HOUR


@pytest.fixture
def signed(shared: Workspace) -> Workspace:
    """Give a workspace with three signed releases of the future."""
    shared.apply(campaigns.campaign(3, at=FUTURE))
    shared.approve()
    return shared


@pytest.fixture
def store(signed: Workspace) -> ReleaseJobStore:
    """Give the store, started as APScheduler does it."""
    made = ReleaseJobStore(
        signed.database, owner="me:1", lease=timedelta(seconds=30), batch=100, free_slots=lambda: 100
    )
    made.start(BackgroundScheduler(timezone="UTC"), "default")
    return made


def ids(workspace: Workspace, *entries: str) -> list[str]:
    return [workspace.row(entry)["id"] for entry in entries]


def releases(jobs: list[Job]) -> list[str]:
    return [job.args[0] for job in jobs]


def test_it_is_a_store_of_apscheduler(store: ReleaseJobStore):
    """Through its own base class: nothing abstract is left, and it knows its scheduler and its alias."""
    assert isinstance(store, BaseJobStore)
    assert ReleaseJobStore.__abstractmethods__ == frozenset()
    assert repr(store) == "<ReleaseJobStore>"
    assert (store._alias, type(store._scheduler)) == ("default", BackgroundScheduler)


def test_a_job_is_found_by_its_id(signed: Workspace, store: ReleaseJobStore):
    """The job of a release carries scheduler and store, as the base class asks; an unknown id gives None."""
    row = signed.row("r1")
    job = store.lookup_job(row["id"])

    assert (job.args[0], job.next_run_time) == (row["id"], row["next_at"])
    assert (job._scheduler, job._jobstore_alias) == (store._scheduler, "default")
    assert store.lookup_job("nobody") is None


def test_all_jobs_come_soonest_first(signed: Workspace, store: ReleaseJobStore):
    """Sorted by next run time, to the microsecond."""
    for entry, microseconds in (("r1", 402), ("r2", 400), ("r3", 401)):
        signed.set(entry, next_at=FUTURE + timedelta(microseconds=microseconds))

    assert releases(store.get_all_jobs()) == ids(signed, "r2", "r3", "r1")


def test_due_jobs_come_soonest_first_and_no_others(signed: Workspace, store: ReleaseJobStore):
    """What is not due stays; what is differs by microseconds and keeps its order."""
    past = clock.now() - timedelta(seconds=1)
    assert store.get_due_jobs(clock.now()) == []
    signed.set("r1", next_at=past + timedelta(microseconds=2))
    signed.set("r3", next_at=past + timedelta(microseconds=1))

    assert releases(store.get_due_jobs(clock.now())) == ids(signed, "r3", "r1")


def test_the_next_run_time_is_the_earliest(signed: Workspace, store: ReleaseJobStore):
    """Of several that come within the tick, the first one counts."""
    now = clock.now()
    for entry, ahead in (("r1", 900), ("r2", 700), ("r3", 800)):
        signed.set(entry, next_at=now + timedelta(milliseconds=ahead))

    assert store.get_next_run_time() == now + timedelta(milliseconds=700)


def test_a_job_is_added_once(signed: Workspace, store: ReleaseJobStore):
    """An id that is taken is a conflict; an id that is no release is refused: `apply` makes releases."""
    (scheduled,) = ids(signed, "r1")
    with pytest.raises(ConflictingIdError):
        store.add_job(type("J", (), {"id": scheduled}))
    with pytest.raises(JobLookupError):
        store.add_job(type("J", (), {"id": "nobody"}))


def test_one_job_that_cannot_be_read_harms_no_other(signed: Workspace, store: ReleaseJobStore):
    """A row that somebody damaged is left out of every list, and the clock looks again in a moment."""
    sound = sorted(ids(signed, "r1", "r3"))
    with signed.transaction() as connection:
        connection.execute(text("UPDATE release SET next_at = 'never' WHERE entry = 'r2'"))

    assert releases(store.get_all_jobs()) == sound
    assert store.lookup_job(sound[0]) is not None
    assert store.get_next_run_time() > clock.now()


@pytest.mark.parametrize(
    ("method", "argument"),
    [("update_job", "job"), ("remove_job", "id"), ("update_job", "no job"), ("remove_job", "no")],
)
def test_update_and_remove_differ_on_purpose(signed: Workspace, store: ReleaseJobStore, method: str, argument: str):
    """
    APScheduler's stores obey, and raise JobLookupError for what they do not know; ours does nothing, and is silent.

    It is called after every submit: obeying would lose what a retry has rescheduled meanwhile, and raising would lose
    the rest of the batch until its leases are over.
    """
    before, (release,) = signed.rows(), ids(signed, "r1")
    job = store.lookup_job(release)
    arguments: dict[str, Any] = {"job": job, "id": job.id, "no job": type("J", (), {"id": "nobody"}), "no": "nobody"}
    getattr(store, method)(arguments[argument])

    assert signed.rows() == before


def test_removing_everything_differs_on_purpose(signed: Workspace, store: ReleaseJobStore):
    """`remove_all_jobs` would cancel a campaign at one careless call: it is refused, and nothing changes."""
    with pytest.raises(JobLookupError):
        store.remove_all_jobs()

    assert len(store.get_all_jobs()) == 3


def test_due_jobs_differ_on_purpose(signed: Workspace, store: ReleaseJobStore):
    """APScheduler's stores give what is due until it is removed; ours claims, so that nobody is given it twice."""
    signed.set("r1", next_at=clock.now() - timedelta(seconds=1))

    assert len(store.get_due_jobs(clock.now())) == 1
    assert store.get_due_jobs(clock.now()) == []


def test_an_executor_runs_a_job_once_at_a_time(signed: Workspace, store: ReleaseJobStore):
    """As APScheduler asks of executors: a second submit of the same job is refused, and it is held once."""

    class Quiet:
        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None:
            """Keep nothing."""

    signed.set("r1", next_at=clock.now() - timedelta(seconds=1))
    (job,) = store.get_due_jobs(clock.now())
    executor = PublishExecutor(None, Quiet(), capacity=10)
    executor._scheduler, executor._lock = store._scheduler, store._scheduler._create_lock()
    executor.submit_job(job, [clock.now()])
    with pytest.raises(MaxInstancesReachedError):
        executor.submit_job(job, [clock.now()])

    assert (len(executor.in_hand()), executor.free_slots()) == (1, 9)
    executor._loop.close()
