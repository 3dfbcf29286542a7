"""Wires send so many releases of a channel at a time, and whatever happens to one, the others follow."""

import asyncio
from random import Random
from typing import cast

import pytest

from campaigns import clock
from scheduler.engine.claims import Claim, Permit
from scheduler.engine.wires import Wires
from scheduler.releases.outgoing import Outgoing


def permit(number: int, channel: str) -> Permit:
    """Return a permit of which the wires look at the claim alone."""
    return Permit(Claim(f"r{number}", 1, channel), cast("Outgoing", None), "", "", 1, clock.now())


@pytest.mark.parametrize("seed", range(20))
def test_every_permit_is_sent_once(seed: int):
    """However they come, take their time or break off: each is sent once, no more at a time than there are wires."""
    dice = Random(seed)  # noqa: S311 (an order, not a secret)
    most, sent, now, fullest = dice.choice([1, 2, 5]), list[str](), {"a": 0, "b": 0}, 0
    tasks = set[asyncio.Task[None]]()

    async def send(each: Permit, came: float) -> None:
        nonlocal fullest
        del came
        channel = each.claim.channel
        now[channel] += 1
        fullest = max(fullest, now[channel])
        for _ in range(dice.randrange(4)):
            await asyncio.sleep(0)
        now[channel] -= 1
        sent.append(each.claim.id)
        if dice.random() < 0.2:
            message = "it broke off"
            raise ValueError(message)

    async def work() -> None:
        wires = Wires(send, lambda work: tasks.add(asyncio.create_task(work)), most)
        for number in range(100):
            wires.put(permit(number, dice.choice("ab")))
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)

    asyncio.run(work())
    assert sorted(sent) == sorted(f"r{number}" for number in range(100))
    assert fullest <= most
