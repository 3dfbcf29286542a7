"""The clock that machines share: PostgreSQL's where they share a database, this machine's where they do not."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from campaigns import clock

STOPPED = 30  #: seconds after which the database gives up on a process that was stopped in the middle of a transaction
_ASK = text("SELECT clock_timestamp(), set_config('idle_in_transaction_session_timeout', :limit, true)")


def now(connection: Connection) -> datetime:
    """
    Return this instant, as every process on this database sees it.

    On PostgreSQL the transaction is bounded as well: a process that is stopped inside it holds its locks for
    `STOPPED` seconds at most, and finds the transaction undone when it goes on.
    """
    if connection.dialect.name != "postgresql":
        return clock.now()
    found: datetime = connection.execute(_ASK, {"limit": f"{STOPPED}s"}).one()[0]
    return found.astimezone(UTC)
