"""The end of a loop: nothing that it held stays open."""

import asyncio
import socket

import pytest

from scheduler.engine import loops


@pytest.fixture
def loop():
    """Give a loop that is not running."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


def test_a_connection_that_is_closing_is_closed(loop):
    """Whoever closes a connection in the last turn of the loop leaves no socket behind."""
    ours, theirs = socket.socketpair()

    async def last() -> None:
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        loop.call_soon(transport.close)

    loop.run_until_complete(last())
    assert ours.fileno() != -1
    loops.close(loop)

    assert ours.fileno() == -1
    assert theirs.recv(1) == b""
    theirs.close()


def test_what_is_left_is_cancelled_and_ends_as_it_wants(loop):
    """A task that nobody awaits gets the turns that its own end needs."""
    ended = []

    async def forgotten() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("well")

    async def start() -> None:
        ended.append(asyncio.create_task(forgotten()))
        await asyncio.sleep(0)

    loop.run_until_complete(start())
    loops.close(loop)

    assert ended[1:] == ["well"]
    assert loop.is_closed()


def test_a_task_that_goes_on_after_being_cancelled_is_cancelled_again(loop):
    """What takes the first request for a fault of its work, and waits for more, does not keep the loop open."""
    asked = []

    async def stubborn() -> None:
        while len(asked) < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                asked.append("to end")

    async def start() -> None:
        asyncio.create_task(stubborn()).set_name("stubborn")
        await asyncio.sleep(0)

    loop.run_until_complete(start())
    loops.close(loop)

    assert asked == ["to end", "to end"]
    assert loop.is_closed()
