"""Dramatiq on Redis: a delayed message a post; its own worker, an async actor."""

import signal
from datetime import datetime
from pathlib import Path

import aiohttp
import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO

from campaigns import clock
from tests.benchmarks.contenders import job


def made(folder: Path) -> tuple[RedisBroker, dramatiq.Actor]:
    """Return the broker and the actor; its keys stand under the folder's name."""
    broker = RedisBroker(url=job.REDIS, namespace=folder.name)
    broker.add_middleware(AsyncIO())
    clients: list[aiohttp.ClientSession] = []

    async def post(url: str, headers: dict[str, str], body: str) -> None:
        if not clients:  # inside the loop that will use it
            clients.append(job.session())
        await job.post(clients[0], url, headers, body)

    return broker, dramatiq.actor(post, actor_name="post", broker=broker)


def schedule(folder: Path, at: datetime) -> None:
    """Send a message for each post."""
    _, post = made(folder)
    for each in job.posts(folder):
        delay = (at - clock.now()).total_seconds() * 1000
        post.send_with_options(args=each, delay=max(0, int(delay)))


def work(folder: Path) -> None:
    """Run a worker."""
    broker, _ = made(folder)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    worker = dramatiq.Worker(broker, worker_threads=job.ABREAST)
    worker.start()
    job.ready()
    signal.sigwait({signal.SIGTERM})
    worker.stop()


if __name__ == "__main__":
    job.run(schedule, work)
