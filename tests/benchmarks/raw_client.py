"""
The raw client: posts the bodies of a burst with aiohttp and nothing else. What the engine is measured against.

As a process: `python -m tests.benchmarks.raw_client WORKSPACE [DATABASE]` prints the seconds from the first request to
the last answer, and with `--cpu` those of the processor. Bodies, headers and signatures are made before the clock
starts; nothing is recorded, retried or guarded.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp
from sqlalchemy import select

from campaigns import clock
from campaigns.settings import Settings
from campaigns.store.engine import connect, reading
from scheduler.publisher import Delivery, Endpoint
from scheduler.publishers.webhook import Webhook
from scheduler.releases.identity import idempotency_key
from scheduler.releases.ledger import RELEASE
from scheduler.releases.outgoing import parse
from scheduler.transport.web import A_HOST

Post = tuple[str, dict[str, str], bytes]


class _Listening:
    """Stands where the transport does, and keeps what would be posted."""

    def __init__(self) -> None:
        self.posts: list[Post] = []

    async def http(self, method: str, url: str, *, headers: dict[str, str], data: bytes) -> "_Listening":
        del method
        self.posts.append((url, headers, data))
        return self

    status, body = 200, b""


async def bodies(folder: Path, url: str = "") -> list[Post]:
    """Return what the webhook publisher would post for each scheduled release, in a workspace's file or at *url*."""
    settings = Settings(root=folder, database_url=url or f"sqlite:///{folder / 'cordiale.db'}")
    ear = _Listening()
    database = connect(settings.database_url)
    with reading(database) as connection:
        rows = connection.execute(select(RELEASE).where(RELEASE.c.state == "scheduled")).mappings().all()
    database.dispose()
    for row in rows:
        outgoing = parse(row["outgoing"])
        publisher = Webhook(Endpoint.of(outgoing), ear, settings)  # type: ignore[arg-type]
        key = idempotency_key(row["id"], row["digest"])
        await publisher.publish(Delivery(outgoing, key, row["digest"], now=clock.now()))
    return ear.posts


async def post_all(posts: list[Post]) -> float:
    """Post them, as many abreast as the engine's client has connections to one host, and return the seconds."""
    connector = aiohttp.TCPConnector(limit_per_host=A_HOST, limit=A_HOST)
    waiting = iter(posts)

    async with aiohttp.ClientSession(connector=connector) as session:

        async def worker() -> None:
            for url, headers, data in waiting:
                async with session.post(url, headers=headers, data=data) as answer:
                    json.loads(await answer.read())

        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(A_HOST)))
        return time.perf_counter() - began


if __name__ == "__main__":
    words = [each for each in sys.argv[1:] if each != "--cpu"]
    made = asyncio.run(bodies(Path(words[0]), *words[1:]))
    before = time.process_time()
    seconds = asyncio.run(post_all(made))
    sys.stdout.write(f"{seconds:.6f}\n")
    if "--cpu" in sys.argv:
        sys.stdout.write(f"{time.process_time() - before:.6f}\n")
