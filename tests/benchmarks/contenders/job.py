"""
The job that every contender does: post the bytes of one release, made beforehand, with the raw measurement's client.

Each contender is a module with two functions, run as two processes that share nothing but what it keeps:

    python -m tests.benchmarks.contenders.with_NAME schedule FOLDER AT   put every post of FOLDER/posts.json down for AT
    python -m tests.benchmarks.contenders.with_NAME work FOLDER          do what is due, until SIGTERM; says "ready"
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from scheduler.transport.web import A_HOST

if TYPE_CHECKING:
    from redis import Redis

Post = tuple[str, dict[str, str], str]  #: URL, headers, body

ABREAST = A_HOST  #: posts that a contender has on the wire at a time: as many as the client has connections
VARIABLE = "CORDIALE_TEST_REDIS"
REDIS = os.environ.get(VARIABLE) or "redis://127.0.0.1:6379/13"


def posts(folder: Path) -> list[Post]:
    """Return what is to be posted."""
    return [(url, headers, body) for url, headers, body in json.loads((folder / "posts.json").read_text("utf-8"))]


def session() -> aiohttp.ClientSession:
    """Return the client; call it on the loop that will use it."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=A_HOST, limit_per_host=A_HOST))


async def post(client: aiohttp.ClientSession, url: str, headers: dict[str, str], body: str) -> None:
    """Do the job."""
    async with client.post(url, headers=headers, data=body.encode()) as answer:
        json.loads(await answer.read())


class Poster:
    """The client on a loop and a thread of its own, for contenders whose workers are threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._client = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    async def _open(self) -> aiohttp.ClientSession:
        return session()

    def post(self, url: str, headers: dict[str, str], body: str) -> None:
        """Do the job, and wait for it."""
        asyncio.run_coroutine_threadsafe(post(self._client, url, headers, body), self._loop).result()


def redis() -> "Redis":
    """Return a client of the server that Celery and Dramatiq use."""
    from redis import Redis

    return Redis.from_url(REDIS, socket_connect_timeout=3, decode_responses=True)


def why_no_redis() -> str:
    """Return why Redis cannot be used, and how to get it; "" when it can."""
    from redis.exceptions import RedisError

    try:
        with redis() as client:
            client.ping()
    except RedisError:
        return f"Redis does not answer at {REDIS}. Start one there (`.ci/run` does), or name another in {VARIABLE}."
    return ""


def durability() -> str:
    """Return when that server writes to the disk, by its own settings."""
    with redis() as client:
        if client.config_get("appendonly")["appendonly"] == "yes":
            return f"appended to a file, fsync {client.config_get('appendfsync')['appendfsync']}"
        return "in memory, saved now and then" if client.config_get("save")["save"] else "in memory alone"


def ready() -> None:
    """Say that what is due will be done from now on."""
    os.write(1, b"ready\n")  # Celery takes `sys.stdout` for its log


def run(schedule: Callable[[Path, datetime], object], work: Callable[[Path], object]) -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["schedule", folder, at]:
            schedule(Path(folder), datetime.fromtimestamp(float(at), UTC))
        case ["work", folder]:
            work(Path(folder))
        case other:
            sys.exit(f"schedule FOLDER AT, or work FOLDER; not {other}")
