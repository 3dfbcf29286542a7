"""Procrastinate alone, on PostgreSQL: a job a post, its own worker, coroutines."""

import asyncio
from datetime import datetime
from pathlib import Path

import aiohttp
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from tests.benchmarks.contenders import job

POLL = 0.1  #: seconds between two looks at what became due; its default is 5


def address(folder: Path) -> str:
    """Return the database that the measurement made for it."""
    return (folder / "database.txt").read_text("utf-8").replace("postgresql+psycopg:", "postgresql:")


def schedule(folder: Path, at: datetime) -> None:
    """Make its tables, and defer a job for each post, in one statement."""
    app = App(connector=SyncPsycopgConnector(conninfo=address(folder)))
    with app.open():
        app.schema_manager.apply_schema()
        deferrer = app.configure_task("post", schedule_at=at)
        deferrer.batch_defer(
            *({"url": url, "headers": headers, "body": body} for url, headers, body in job.posts(folder))
        )


def work(folder: Path) -> None:
    """Run its worker."""

    async def forever() -> None:
        client: aiohttp.ClientSession = job.session()
        app = App(connector=PsycopgConnector(conninfo=address(folder), max_size=job.ABREAST))

        @app.task(name="post")
        async def post(url: str, headers: dict[str, str], body: str) -> None:
            await job.post(client, url, headers, body)

        async with app.open_async(), client:
            job.ready()
            await app.run_worker_async(concurrency=job.ABREAST, fetch_job_polling_interval=POLL, delete_jobs="always")

    asyncio.run(forever())


if __name__ == "__main__":
    job.run(schedule, work)
