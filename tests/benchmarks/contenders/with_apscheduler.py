"""APScheduler with its own SQLAlchemyJobStore on SQLite: a date job a post, coroutines on its asyncio scheduler."""

import asyncio
from datetime import datetime
from pathlib import Path

import aiohttp
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, event

from tests.benchmarks.contenders import job

LATE = {"misfire_grace_time": None}  #: the default drops what is a second late
_CLIENT: list[aiohttp.ClientSession] = []


async def post(url: str, headers: dict[str, str], body: str) -> None:
    """Be what the store names."""
    await job.post(_CLIENT[0], url, headers, body)


def store(folder: Path) -> SQLAlchemyJobStore:
    """Return its store, with the journal that our own table has: WAL, each commit on the disk."""
    engine = create_engine(f"sqlite:///{folder / 'apscheduler.db'}")

    @event.listens_for(engine, "connect")
    def _durable(connection, _record) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return SQLAlchemyJobStore(engine=engine)


def schedule(folder: Path, at: datetime) -> None:
    """Add a job for each post."""
    scheduler = BackgroundScheduler(jobstores={"default": store(folder)}, timezone="UTC")
    scheduler.start(paused=True)
    name = "tests.benchmarks.contenders.with_apscheduler:post"
    for each in job.posts(folder):
        scheduler.add_job(name, "date", run_date=at, args=each, **LATE)
    scheduler.shutdown()


def work(folder: Path) -> None:
    """Run what is due."""

    async def forever() -> None:
        # Its own module under its own name: `-m` has made this one `__main__`.
        from tests.benchmarks.contenders import with_apscheduler

        with_apscheduler._CLIENT.append(job.session())
        scheduler = AsyncIOScheduler(
            jobstores={"default": store(folder)},
            executors={"default": AsyncIOExecutor()},
            job_defaults=LATE,
            timezone="UTC",
        )
        scheduler.start()
        job.ready()
        await asyncio.Event().wait()

    asyncio.run(forever())


if __name__ == "__main__":
    job.run(schedule, work)
