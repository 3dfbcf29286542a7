"""The end of an event loop that lives in a thread of its own, and what waits on one in a queue."""

import asyncio
from typing import TypeVar

T = TypeVar("T")
ASK = 0.5  #: seconds after which a task that is still there is cancelled once more


def close(loop: asyncio.AbstractEventLoop) -> None:
    """
    Cancel what is left on *loop*, let connections that are closing close, and close it; call it on its own thread.

    A connection is closed only in the turn after the one that asked for it: a loop that ends at once leaves its
    sockets to the garbage collector. Threads that it still waits for keep it from nothing.
    """
    loop.run_until_complete(_end(loop))
    loop.close()


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    every = rest = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    while rest:
        for task in rest:
            task.cancel()
        # One that took it for a fault of its work, as those of a pool of connections do, goes on, and is asked again.
        _, rest = await asyncio.wait(rest, timeout=ASK)
    await asyncio.gather(*every, return_exceptions=True)
    await loop.shutdown_asyncgens()
    await asyncio.sleep(0)


async def drain(queue: "asyncio.Queue[T]") -> list[T]:
    """Wait for one item, then take all that are there."""
    items = [await queue.get()]
    while not queue.empty():
        items.append(queue.get_nowait())
    return items
