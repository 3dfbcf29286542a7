"""
A quick look at the database: a few SELECTs, without loading SQLAlchemy where SQLite's own module will do.

SQLAlchemy takes longer to load than everything else that `status` does. A SQLite database that is there and of
this code's version is asked directly; anything else (PostgreSQL, a fault) goes through `store.engine`, which knows
the words for it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from campaigns.store.head import BUSY_SECONDS, HEAD

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection

#: Asks one SELECT with named parameters (`:name`), and returns its rows as dictionaries.
Ask = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]

_SCHEME = "sqlite:///"


@contextmanager
def glance(url: str) -> Iterator[Ask]:
    """
    Give a function that asks the database at *url*: one consistent view, and nothing can be written.

    Raises:
        DatabaseFault: If it is absent, locked, older or newer than the code.
    """
    database = _opened(url)
    if database is not None:
        with closing(database):
            yield _asking(database)
        return
    from campaigns.store.engine import open_database, reading

    with reading(open_database(url)) as connection:
        yield through(connection)


def through(connection: "Connection") -> Ask:
    """Return the same function over a connection of `store.engine`."""
    from sqlalchemy import text

    return lambda statement, values: [dict(row) for row in connection.execute(text(statement), values).mappings()]


def _asking(database: "sqlite3.Connection") -> Ask:
    import sqlite3

    from campaigns.errors import DatabaseFault

    def ask(statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            found = database.execute(statement, dict(values))
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]
        except sqlite3.DatabaseError as error:
            message = f"The database does not answer: {error}."
            raise DatabaseFault(
                message, "Look at it with `cordiale db check`; if it is damaged, restore a backup."
            ) from error

    return ask


def _opened(url: str) -> "sqlite3.Connection | None":
    """Return a reading transaction on a sound SQLite file; None where `store.engine` must look."""
    name = url.removeprefix(_SCHEME)
    if name == url or not name or "?" in name or name.startswith(":") or not Path(name).is_file():
        return None
    import sqlite3

    try:
        database = sqlite3.connect(f"file:{quote(name)}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error:
        return None
    try:
        database.execute("PRAGMA query_only=ON")
        database.execute("BEGIN")
        version = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        database.close()
        return None
    if version != (HEAD,):
        database.close()
        return None
    return database
