"""Lanes let so many releases of a channel be begun at a time; each channel has its own."""

import asyncio
from collections.abc import Coroutine

from scheduler.engine.claims import Claim
from scheduler.engine.lanes import Lanes


def claims_of(channel: str, number: int) -> list[Claim]:
    return [Claim(f"{channel}-{n}", 1, channel) for n in range(number)]


def run(work: Coroutine[None, None, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await work

    asyncio.run(bounded())


def test_no_more_are_abreast_than_the_lane_is_wide():
    """What `take` gives out never exceeds the width; each one that leaves makes room for the next, in order."""

    async def work() -> None:
        lanes, waiting = Lanes(lambda: None, abreast=3), claims_of("feed", 5)
        for claim in waiting:
            lanes.put(claim)
        assert await lanes.take() == waiting[:3]

        turn = asyncio.create_task(lanes.take())
        await asyncio.sleep(0)
        assert not turn.done()
        lanes.leave(waiting[1])
        assert await turn == waiting[3:4]

    run(work())


def test_a_slow_channel_does_not_stop_another():
    """A full lane keeps its own claims waiting, and nobody else's."""

    async def work() -> None:
        lanes = Lanes(lambda: None, abreast=2)
        for claim in claims_of("slow", 4):
            lanes.put(claim)
        assert len(await lanes.take()) == 2
        swift = claims_of("swift", 2)
        for claim in swift:
            lanes.put(claim)

        assert await lanes.take() == swift

    run(work())


def test_what_waits_can_be_taken_away():
    """`clear` gives back what waits, once, and what is out keeps its place."""

    async def work() -> None:
        lanes, waiting = Lanes(lambda: None, abreast=1), claims_of("feed", 3)
        for claim in waiting:
            lanes.put(claim)
        out = await lanes.take()

        assert lanes.clear() == waiting[1:]
        assert lanes.clear() == []
        late = Claim("feed-late", 1, "feed")
        lanes.put(late)
        lanes.leave(out[0])
        assert await lanes.take() == [late]

    run(work())


def test_a_crowded_channel_says_when_it_has_room_again():
    """A channel is crowded while as many wait as may be abreast; when fewer do, that is said once."""

    async def work() -> None:
        said: list[str] = []
        lanes = Lanes(lambda: said.append("room"), abreast=2)
        for claim in claims_of("slow", 4):
            lanes.put(claim)
        lanes.put(Claim("swift-0", 1, "swift"))
        assert lanes.crowded() == {"slow"}

        out = await lanes.take()
        assert (lanes.crowded(), said) == ({"slow"}, [])
        lanes.leave(out[0])
        await lanes.take()
        assert (lanes.crowded(), said) == (frozenset(), ["room"])

    run(work())
