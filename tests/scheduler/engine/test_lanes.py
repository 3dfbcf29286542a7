"""Lanes let so many releases of a channel be begun at a time; each channel has its own."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from random import Random

import pytest

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


def test_a_quick_channel_gets_a_wider_lane_and_a_slow_answer_narrows_it():
    """Each quick answer makes room for one more, up to the widest; the first that is not makes it as it was."""

    async def work() -> None:
        lanes = Lanes(lambda: None, abreast=2, widest=4)
        for claim in claims_of("feed", 20):
            lanes.put(claim)
        group = await lanes.take()
        for claim in group:
            lanes.leave(claim, quick=True)
        group = await lanes.take()
        assert len(group) == lanes.width("feed") == 4
        lanes.leave(group[0], quick=True)
        assert lanes.width("feed") == 4
        assert lanes.width("another") == 2
        lanes.leave(group[1], quick=None)
        assert lanes.width("feed") == 4
        lanes.leave(group[2], quick=False)
        assert lanes.width("feed") == 2

    run(work())


def test_a_lane_that_widens_says_that_it_has_room():
    """A channel that is crowded no longer because its lane became wider says so as well: nobody waits to be told."""

    async def work() -> None:
        said: list[str] = []
        lanes = Lanes(lambda: said.append("room"), abreast=2, widest=8)
        for claim in claims_of("feed", 5):
            lanes.put(claim)
        out = await lanes.take()
        assert (lanes.crowded(), said) == ({"feed"}, [])
        lanes.leave(out[0], quick=True)
        assert (lanes.crowded(), said) == ({"feed"}, [])
        lanes.leave(out[1], quick=True)

        assert (lanes.crowded(), said) == (frozenset(), ["room"])

    run(work())


def test_a_wide_lane_begins_together_what_it_can():
    """Of a lane that was widened nothing begins before a half has left, so that groups are large."""

    async def work() -> None:
        lanes = Lanes(lambda: None, abreast=2, widest=8)
        out: list[Claim] = []
        for claim in claims_of("feed", 100):
            lanes.put(claim)
        while lanes.width("feed") < 8:
            out += await lanes.take()
            while len(out) > lanes.width("feed") // 2:
                lanes.leave(out.pop(), quick=True)

        out += await lanes.take()
        assert len(out) == 8
        for _ in range(3):
            lanes.leave(out.pop(), quick=True)
        turn = asyncio.create_task(lanes.take())
        await asyncio.sleep(0)
        assert not turn.done()
        lanes.leave(out.pop(), quick=True)
        assert len(await turn) == 4

    run(work())


@pytest.mark.parametrize("seed", range(20))
def test_nothing_stands_still(seed: int):
    """However claims come and leave, quickly or not, each one's turn comes, and no lane is fuller than it is wide."""
    dice = Random(seed)  # noqa: S311 (an order, not a secret)

    async def work() -> None:
        lanes = Lanes(lambda: None, abreast=dice.choice([1, 3, 4]), widest=dice.choice([1, 8, 16]))
        coming = [claim for each in ("a", "b", "c") for claim in claims_of(each, 60)]
        dice.shuffle(coming)
        many, begun, out = len(coming), Counter[str](), list[Claim]()
        taking = asyncio.create_task(lanes.take())
        while sum(begun.values()) < many:
            act = dice.random()
            if coming and act < 0.4:
                lanes.put(coming.pop())
            elif out and (act < 0.8 or not coming):
                lanes.leave(out.pop(dice.randrange(len(out))), quick=dice.choice([True, True, True, False, None]))
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
            if not coming and not out:
                await taking  # nothing else will happen: whoever waits now must be let out
            if taking.done():
                group = taking.result()
                begun.update(claim.id for claim in group)
                out += group
                for channel, number in Counter(claim.channel for claim in group).items():
                    abreast = sum(claim.channel == channel for claim in out)
                    assert number <= abreast <= lanes.width(channel)
                taking = asyncio.create_task(lanes.take())
        taking.cancel()
        assert set(begun.values()) == {1}

    run(work())
