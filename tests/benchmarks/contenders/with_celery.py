"""Celery on Redis: a task a post with an ETA, acknowledged late; a pool of threads."""

from datetime import datetime
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready

from tests.benchmarks.contenders import job


def made(folder: Path) -> Celery:
    """Return the application; its keys stand under the folder's name."""
    app = Celery("contender", broker=job.REDIS)
    app.conf.update(
        broker_transport_options={"global_keyprefix": f"{folder.name}:"},
        task_acks_late=True,
        task_ignore_result=True,
        worker_enable_remote_control=False,
    )
    return app


def schedule(folder: Path, at: datetime) -> None:
    """Send a task for each post."""
    app = made(folder)
    with app.producer_pool.acquire(block=True) as producer:
        for each in job.posts(folder):
            app.send_task("post", args=each, eta=at, producer=producer)


def work(folder: Path) -> None:
    """Run a worker."""
    app, poster = made(folder), job.Poster()
    app.task(name="post")(poster.post)
    worker_ready.connect(lambda **_: job.ready(), weak=False)
    quiet = ("--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat")
    app.worker_main(["worker", "--pool", "threads", "--concurrency", str(job.ABREAST), *quiet])


if __name__ == "__main__":
    job.run(schedule, work)
