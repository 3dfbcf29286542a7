"""Huey on SQLite, each commit on the disk: its own consumer, threads."""

from datetime import datetime
from functools import partial
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer

from tests.benchmarks.contenders import job

WORKERS = 8  #: more of them only wait for one another's lock on the file


def made(folder: Path, poster: job.Poster | None = None) -> tuple[SqliteHuey, object]:
    """Return the queue and its task."""
    huey = SqliteHuey("contender", filename=str(folder / "huey.db"), fsync=True, results=False, utc=True)

    def post(url: str, headers: dict[str, str], body: str) -> None:
        assert poster is not None
        poster.post(url, headers, body)

    return huey, huey.task(name="post")(post)


def schedule(folder: Path, at: datetime) -> None:
    """Schedule a task for each post."""
    _, post = made(folder)
    for each in job.posts(folder):
        post.schedule(args=each, eta=at)


def work(folder: Path) -> None:
    """Run the consumer; it looks at its schedule once a second, the least that it allows."""
    huey, _ = made(folder, job.Poster())
    huey.on_startup(name="ready")(partial(_once, []))
    Consumer(huey, workers=WORKERS, periodic=False, initial_delay=0.01, max_delay=0.05, scheduler_interval=1).run()


def _once(said: list[bool]) -> None:
    if not said:
        said.append(True)
        job.ready()


if __name__ == "__main__":
    job.run(schedule, work)
