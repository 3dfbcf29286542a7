"""A PostgreSQL database that several machines share: all tables, those of tickets as well."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaigns.store.engine import connect, writing
from scheduler.engine import tickets
from tests.builders import postgres


@contextmanager
def fresh() -> Iterator[str]:
    """Give the URL of a new database that planners and workers can use, and drop it at the end."""
    with postgres.fresh() as url:
        database = connect(url)
        with writing(database) as connection:
            tickets.upgrade(connection)
        database.dispose()
        yield url
