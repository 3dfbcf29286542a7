"""The executor lets go of whatever it was given, whoever brought it and whenever."""

import threading
from datetime import timedelta

import pytest
from apscheduler.triggers.date import DateTrigger

from campaigns import clock
from scheduler import roster
from scheduler.engine.claims import Claim
from scheduler.engine.desk import Desk
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.heart import Heart
from scheduler.engine.jobstore import ClaimJob
from scheduler.engine.sending import Workshop
from scheduler.engine.tally import Tally
from scheduler.engine.timer import Timer
from tests.builders.engine_room import EngineRoom

PATIENCE = 300.0
EACH, CHANNELS = 400, ("uk-outbox", "fr-outbox", "uk-mail")


@pytest.mark.parametrize("threads", [1, 4])
def test_what_several_threads_bring_is_all_let_go(engine_room: EngineRoom, threads: int):
    """
    Claims that come while others are fetched, begun or let go wait for nobody: each is looked at and let go.

    The table knows none of these releases, so that the gate lets none out, and what is measured is the way in and out.
    """
    made = engine_room.workspace
    desk = Desk(made.settings, loopback_only=True)
    shop = Workshop(
        made.database,
        engine_room.room,
        engine_room.journal,
        made.settings.media,
        timedelta(seconds=30),
        desk.publisher,
        roster.capabilities,
    )
    executor = PublishExecutor(shop, desk, capacity=10_000)
    timer = Timer(Heart("the timer"), Tally())
    timer.add_executor(executor, "default")
    timer.start()

    def bring(thread: int) -> None:
        for number in range(EACH):
            claim = Claim(f"none-{thread}-{number}", 1, CHANNELS[number % len(CHANNELS)])
            if number % 2:
                executor.take([claim])
            else:
                executor.submit_job(ClaimJob(timer, "default", claim, DateTrigger(clock.now())), [clock.now()])

    try:
        bringing = [threading.Thread(target=bring, args=(number,)) for number in range(threads)]
        for each in bringing:
            each.start()
        for each in bringing:
            each.join()
        assert executor.drain(PATIENCE), f"{len(executor.in_hand())} are still in hand"
        assert executor.fault is None
    finally:
        timer.shutdown(wait=True)
