"""The timer goes on whatever a store, a duty or a listener does, and duties come round."""

import threading
from datetime import timedelta

import pytest
from apscheduler.events import EVENT_JOB_SUBMITTED
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import STATE_RUNNING
from sqlalchemy.exc import OperationalError

from campaigns import clock
from campaigns.errors import CordialeError
from scheduler.engine import timer as timers
from scheduler.engine.duties import Duty, Rounds
from scheduler.engine.heart import Heart
from scheduler.engine.tally import Tally
from scheduler.engine.timer import Timer

PATIENCE = 120.0
FAULTS = [
    pytest.param(OperationalError("SELECT 1", {}, Exception("gone")), id="SQLAlchemyError"),
    pytest.param(CordialeError("The database does not answer."), id="CordialeError"),
    pytest.param(OSError(28, "No space left on device"), id="OSError"),
    pytest.param(RuntimeError("nobody foresaw it"), id="any exception"),
]


class Flaky(MemoryJobStore):
    """Raises once in the methods that it is told to."""

    def __init__(self, method: str, fault: Exception) -> None:
        super().__init__()
        self.left = [fault]
        real = getattr(self, method)

        def once(*words: object) -> object:
            if self.left:
                raise self.left.pop()
            return real(*words)

        setattr(self, method, once)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch):
    """Give a timer that comes back at once after a fault, with its heart and its tally; stopped at the end."""
    monkeypatch.setattr(timers, "AFTER_A_FAULT", 0.01)
    heart, tally = Heart("the timer"), Tally()
    timer = Timer(heart, tally)
    timer.jobstore_retry_interval = 0.01
    yield timer, heart, tally
    if timer.running:
        timer.shutdown(wait=False)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["get_due_jobs", "get_next_run_time", "update_job"])
def test_no_method_of_a_store_stops_the_timer(made, method: str, fault: Exception):
    """Whatever raises in a round, the next round comes, and the work is done."""
    timer, _, tally = made
    store, twice = Flaky(method, fault), threading.Event()
    seen: list[int] = []

    def work() -> None:
        seen.append(1)
        if len(seen) == 2:
            twice.set()

    timer.add_jobstore(store, "default")
    timer.start()
    timer.add_job(work, "interval", seconds=0.02, misfire_grace_time=None)

    assert twice.wait(PATIENCE)
    assert store.left == []
    assert timer.alive()
    assert tally.passes > 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_removes_nothing_does_not_either(made, fault: Exception):
    """A job that ran for the last time cannot be taken out: it is done once, and others come round."""
    timer, _, tally = made
    store, later = Flaky("remove_job", fault), threading.Event()
    seen: list[str] = []
    timer.add_jobstore(store, "default")
    timer.start()
    timer.add_job(lambda: seen.append("once"), "date", run_date=clock.now(), misfire_grace_time=None, id="once")
    timer.add_job(later.set, "date", run_date=clock.now() + timedelta(seconds=0.1), misfire_grace_time=None)

    assert later.wait(PATIENCE)
    assert store.left == []
    assert timer.alive()
    assert "once" in seen
    assert tally.faults()["pass"] >= 1


#: What people and other threads ask of a store, beside the rounds of the timer: method -> how the timer is asked.
ASKED = {
    "add_job": lambda timer: timer.add_job(int, "date", run_date=clock.now() + timedelta(hours=1)),
    "lookup_job": lambda timer: timer.get_job("x"),
    "get_all_jobs": lambda timer: timer.get_jobs(),
    "remove_job": lambda timer: timer.remove_job("x"),
    "remove_all_jobs": lambda timer: timer.remove_all_jobs(),
}


@pytest.mark.parametrize("method", ASKED)
def test_whoever_asked_hears_the_fault_and_the_timer_goes_on(made, method: str):
    """What a store raises at somebody else's question is that one's, and keeps no lock that a round needs."""
    timer, _, _ = made
    store, done = MemoryJobStore(), threading.Event()
    timer.add_jobstore(store, "default")
    timer.start()
    setattr(store, method, raises)
    with pytest.raises(RuntimeError, match="gone"):
        ASKED[method](timer)
    delattr(store, method)
    timer.add_job(done.set, "date", run_date=clock.now(), misfire_grace_time=None)

    assert done.wait(PATIENCE)
    assert timer.alive()


def raises(*_words: object, **_more: object) -> None:
    message = "gone"
    raise RuntimeError(message)


def test_a_listener_that_raises_does_not_either(made):
    """APScheduler tells listeners inside the round: one that fails costs its own news alone."""
    timer, heart, _ = made
    done = threading.Event()

    def fail(_: object) -> None:
        message = "no"
        raise RuntimeError(message)

    timer.add_listener(fail, EVENT_JOB_SUBMITTED)
    timer.start()
    timer.add_job(done.set, "date")

    assert done.wait(PATIENCE)
    assert timer.alive()
    assert heart.age() < PATIENCE


def test_a_round_that_fails_is_counted_and_beats(made):
    """The heart tells of a thread that goes round; the tally tells of the rounds that failed."""
    timer, heart, tally = made
    heart._last -= 100.0
    timer._jobstores = {"broken": Flaky("get_next_run_time", RuntimeError("no"))}
    timer._process_jobs()

    assert (tally.faults(), tally.last_pass) == ({"pass": 1}, None)
    assert heart.age() < 50.0


def test_a_clock_that_is_set_back_within_a_round_does_not_hold_up_the_next(made):
    """However far off the next instant looks, the timer goes round soon, and sees what time it is."""
    timer, _, _ = made
    timer.start(paused=True)
    timer.add_job(print, "date", run_date=clock.now() + timedelta(hours=1))
    with timer._jobstores_lock:
        timer.state = STATE_RUNNING

    assert timer._process_jobs() <= timers.LONGEST


def test_a_duty_that_fails_harms_no_other(made):
    """Each duty comes round again; a fault is counted under its name."""
    timer, _, tally = made
    again = threading.Event()
    left = [CordialeError("not now"), RuntimeError("nobody foresaw it")]

    def fail_twice() -> None:
        if left:
            raise left.pop()
        again.set()

    rounds, duty = Rounds(tally), Duty("collection", timedelta(seconds=1), fail_twice)
    rounds.start(timer, [duty])
    for _ in range(2):
        rounds.perform(duty)

    assert tally.faults() == {"duty collection": 2}
    assert tally.standing() == {"duty collection": "not now"}
    timer.start()
    assert again.wait(PATIENCE)


def test_a_fault_that_stands_is_logged_now_and_then(monkeypatch: pytest.MonkeyPatch):
    """A database that is gone for an hour is sixty lines, not ten thousand; another fault is said at once."""
    tally, now = Tally(), [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    said = []
    for second in range(130):
        now[0] = 100.0 + second
        said.append(tally.fault("database", "gone" if second < 125 else "locked"))
    tally.well("database")

    assert [second for second, each in enumerate(said) if each] == [0, 60, 120, 125]
    assert tally.standing() == {}
    assert tally.faults() == {"database": 130}
