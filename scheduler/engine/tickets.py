"""
Tickets: which claims a worker shall publish, in Procrastinate's own tables of the same PostgreSQL database.

A ticket is a hint. Leases and fences stay in the release table, so one that is lost, comes twice, or comes back from
the dead moves nothing: what it names is begun by its fence or not at all. It is deferred on the very connection that
claims, so that claim and ticket are kept together or not at all.

Procrastinate's tables have its own versions: the newest of its migrations that was run stands as the comment of its
table of jobs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text

from campaigns.errors import DatabaseFault, MissingExtra
from campaigns.store.engine import shown
from scheduler.engine.claims import Claim

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

QUEUE = "cordiale"
TASK = "cordiale.publish"
MOST, FEWEST = 256, 16  #: releases in a ticket
_VERSION = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
#: Tickets that nobody takes any more: their claims have long gone back. The event rows go with them.
_OLD = text("""
DELETE FROM procrastinate_jobs WHERE queue_name = :queue AND id IN (
    SELECT job_id FROM procrastinate_events WHERE type = 'deferred' AND at < clock_timestamp() - :age * INTERVAL '1 s')
""")


def manager() -> "JobManager":
    """
    Return Procrastinate's hand on tickets; it opens no connection of its own.

    Raises:
        MissingExtra: If Procrastinate is not installed.
    """
    try:
        from procrastinate import SyncPsycopgConnector
        from procrastinate.manager import JobManager
    except ModuleNotFoundError:
        what = "Procrastinate"
        raise MissingExtra(what, "postgres") from None
    return JobManager(SyncPsycopgConnector())


def defer(connection: Connection, held: Sequence[Claim], among: int, hand: "JobManager") -> int:
    """
    Write tickets for *held* in the transaction of *connection*, and return how many.

    They are cut so that *among* workers have some each, and none is longer than `MOST`.
    """
    from procrastinate.jobs import Job

    size = max(FEWEST, min(MOST, -(-len(held) // max(among, 1))))
    jobs = [
        Job(
            queue=QUEUE,
            task_name=TASK,
            lock=None,
            queueing_lock=None,
            task_kwargs={"claims": [[each.id, each.fence, each.channel] for each in held[start : start + size]]},
        )
        for start in range(0, len(held), size)
    ]
    if jobs:
        hand.batch_defer_jobs(jobs, connection=_driver(connection))
    return len(jobs)


def forget_old(connection: Connection, seconds: float) -> int:
    """Take tickets away that were written more than *seconds* ago, and return how many."""
    return int(connection.execute(_OLD, {"queue": QUEUE, "age": seconds}).rowcount)


def _driver(connection: Connection) -> Any:
    """Return psycopg's own connection under SQLAlchemy's, in the same transaction."""
    return connection.connection.driver_connection


def newest() -> str:
    """Return the newest migration of the Procrastinate that is installed."""
    return max(path.stem for path in _migrations())


def _migrations() -> list[Path]:
    try:
        from procrastinate.schema import SchemaManager
    except ModuleNotFoundError:
        what = "Procrastinate"
        raise MissingExtra(what, "postgres") from None
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def version(connection: Connection) -> str | None:
    """Return the newest migration that the tables of tickets have had; None where there are no such tables."""
    if not connection.execute(_THERE).scalar_one():
        return None
    return str(connection.execute(_VERSION).scalar_one() or "")


def upgrade(connection: Connection) -> tuple[str | None, str]:
    """
    Make the tables of tickets, or bring them to the installed version, and return (before, after).

    Raises:
        DatabaseFault: If they are newer than the Procrastinate that is installed, or of an unknown version.
        MissingExtra: If it is not installed.
    """
    from procrastinate.schema import SchemaManager

    before, after = version(connection), newest()
    if before == after:
        return before, after
    if before is None:
        words = [SchemaManager.get_schema()]
    elif not before or before > after:
        message = "The tables of tickets are of another Procrastinate than the one that is installed."
        raise DatabaseFault(message, "Install the same version on every machine: `make` takes it from the lock.")
    else:
        words = [path.read_text("utf-8") for path in _migrations() if path.stem > before]
    for each in words:
        _driver(connection).execute(each)
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{after}'")
    return before, after


def require(database: Engine, connection: Connection) -> None:
    """
    Ask that tickets can be written and taken here.

    Raises:
        DatabaseFault: If the database is not PostgreSQL, or its tables of tickets are absent or of another version.
        MissingExtra: If Procrastinate is not installed.
    """
    if database.dialect.name != "postgresql":
        message = f"Several machines need PostgreSQL, and this workspace has {shown(database)}."
        raise DatabaseFault(message, "Set CORDIALE_DATABASE_URL, or publish from this machine alone: `cordiale run`.")
    wanted, found = newest(), version(connection)
    if found != wanted:
        is_what = "has no tables of tickets" if found is None else f"has tables of tickets of version {found}"
        message = f"The database {shown(database)} {is_what}; this machine needs version {wanted}."
        raise DatabaseFault(message, "Run `cordiale db upgrade`, with the same version of Cordiale on every machine.")
