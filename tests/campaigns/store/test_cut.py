"""A connection that breaks inside a transaction is a fault of the database with a cure, and the next is made anew."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from campaigns.errors import DatabaseFault
from campaigns.store.engine import connect, reading, until_commit, writing
from tests.builders import postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def database() -> Iterator[Engine]:
    """Give an empty PostgreSQL database."""
    if why := postgres.why_not():
        pytest.skip(why)
    with postgres.bare() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


def cut(connection: Connection) -> None:
    """End the session of *connection* from another one, as a network that breaks does."""
    mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    other = create_engine(connection.engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as ending:
        ending.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": mine})
    other.dispose()


@pytest.mark.parametrize("opened", [reading, writing])
def test_a_transaction_that_is_cut_says_so(database: Engine, opened: Any):
    """Whoever was inside is told that the database does not answer: who waits for that tries again."""

    def ask(breaks: bool) -> None:
        with opened(database) as connection:
            if breaks:
                cut(connection)
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1

    with pytest.raises(DatabaseFault, match="does not answer"):
        ask(breaks=True)
    ask(breaks=False)


def test_a_transaction_that_is_cut_at_its_end_keeps_nothing(database: Engine):
    """The commit fails and says so; of what was written, and of what was to be done last, nothing is left."""
    last: list[list[str]] = []

    def write(word: str, *, breaks: bool) -> None:
        with writing(database) as connection:
            connection.exec_driver_sql("CREATE TABLE thing (id INTEGER)")
            things = until_commit(connection, note)
            assert things == []
            things.append(word)
            if breaks:
                cut(connection)

    def note(_connection: Connection, things: list[str]) -> None:
        last.append(list(things))

    with pytest.raises(DatabaseFault, match="does not answer"):
        write("first", breaks=True)
    write("second", breaks=False)

    assert last == [["first"], ["second"]]
