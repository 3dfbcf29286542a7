"""A channel is asked about a few lost answers at a time, however many there are."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from scheduler import roster
from scheduler.engine.desk import Desk
from scheduler.engine.executor import PublishExecutor
from scheduler.engine.heart import Heart
from scheduler.engine.sending import ASKED, Workshop
from scheduler.engine.tally import Tally
from scheduler.engine.timer import Timer
from scheduler.publisher import Delivery, Receipt
from scheduler.publishers.webhook import Webhook
from tests.builders import burst
from tests.builders.engine_room import EngineRoom

PATIENCE = 300.0
N = 40


class Slow(Webhook):
    """A receiver that can be asked, and takes its time."""

    asking = most = 0
    asked: ClassVar[Counter[str]] = Counter()

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Say that the release is there, after others had time to ask as well."""
        kind = type(self)
        kind.asking += 1
        kind.most = max(kind.most, kind.asking)
        kind.asked[delivery.key] += 1
        for _ in range(20):  # others come in meanwhile, if they may
            await asyncio.sleep(0)
        kind.asking -= 1
        return Receipt(delivery.key)


def test_many_lost_answers_are_asked_about_in_turn(tmp_path: Path, engine_rooms: Callable[..., EngineRoom]):
    """All at once would each be too slow to end in time, again and again; in turn each of them ends."""
    made = burst.build(tmp_path / "w", N, "webhook", "http://127.0.0.1:9/hook", {})
    room = engine_rooms(made)
    lost = room.send()
    desk = Desk(made.settings, loopback_only=True)
    lease = timedelta(seconds=30)
    shop = Workshop(
        made.database,
        room.room,
        room.journal,
        made.settings.media,
        lease,
        lambda endpoint: Slow(endpoint, desk._transport, made.settings),
        roster.capabilities,
    )
    executor = PublishExecutor(shop, desk, capacity=100)
    timer = Timer(Heart("the timer"), Tally())
    timer.add_executor(executor, "default")
    timer.start()
    try:
        executor.look_up(lost)
        assert executor.drain(PATIENCE), f"{len(executor.in_hand())} are still in hand"
    finally:
        timer.shutdown(wait=True)

    assert len(lost) == N
    assert Slow.asked == Counter(permit.key for permit in lost)
    assert Slow.most == ASKED
    assert Counter(made.states().values()) == {"published": N}
    made.database.dispose()
