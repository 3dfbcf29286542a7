"""Duties come round by the time that passes: no step of the clock keeps them waiting, or makes them up turn by turn."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job

from scheduler.engine.duties import DutyStore, Every
from scheduler.engine.heart import Heart
from scheduler.engine.tally import Tally
from scheduler.engine.timer import Timer

NOW = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=10)
STEPS = [
    pytest.param(timedelta(0), False, id="not yet"),
    pytest.param(PAUSE, True, id="in its turn"),
    pytest.param(timedelta(hours=1), True, id="an hour ahead"),
    pytest.param(timedelta(days=3653), True, id="ten years ahead"),
    pytest.param(timedelta(hours=-1), True, id="an hour back"),
    pytest.param(timedelta(days=-3653), True, id="ten years back"),
]


@pytest.mark.parametrize(("by", "due"), STEPS)
def test_a_step_of_the_clock_costs_one_turn(by: timedelta, due: bool):
    """After any step the duty is done once at the next look, and from then on in its pause."""
    timer = Timer(Heart("the timer"), Tally())
    timer.add_jobstore(DutyStore(), "duties")
    timer.start(paused=True)
    try:
        job: Job = timer.add_job(
            print, Every(PAUSE), id="recovery", jobstore="duties", next_run_time=NOW + PAUSE, misfire_grace_time=None
        )
        store = timer._jobstores["duties"]
        found = store.get_due_jobs(NOW + by)
        runs = job._get_run_times(NOW + by)

        assert [each.id for each in found] == (["recovery"] if due else [])
        assert len(runs) == due
        assert job.trigger.get_next_fire_time(None, NOW + by) == NOW + by + PAUSE
    finally:
        timer.shutdown()
