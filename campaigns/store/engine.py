"""The one door to the database: open it, read in a snapshot, write in one transaction."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from campaigns.errors import DatabaseFault, MissingExtra
from campaigns.store.head import BUSY_SECONDS, HEAD

_LAST = "cordiale.last"  #: under which a connection keeps what is done before its commit
_Last = Callable[[Connection, list[Any]], None]
_TURNS: WeakKeyDictionary[Engine, threading.RLock] = WeakKeyDictionary()  #: SQLite engine -> whose turn it is to write


#: How long PostgreSQL's client waits for a server that is gone without a word (seconds; the last in milliseconds).
PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def connect(url: str) -> Engine:
    """
    Return an engine for *url* without looking at what is there.

    SQLite: WAL, `synchronous=FULL`, foreign keys, recursive triggers (or INSERT OR REPLACE would slip past
    the append-only triggers), and our own BEGIN, so that a writing transaction is exclusive from its start.

    Raises:
        DatabaseFault: If *url* is not a database URL.
        MissingExtra: If it names PostgreSQL and the driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
            event.listen(engine, "connect", _sqlite_connection)
            event.listen(engine, "begin", _sqlite_begin)
            _TURNS[engine] = threading.RLock()
            return engine
        return create_engine(parsed, pool_pre_ping=True, connect_args=PATIENCE)
    except ModuleNotFoundError:
        what = "PostgreSQL"
        raise MissingExtra(what, "postgres") from None
    except (ArgumentError, NoSuchModuleError):
        message = "The database URL cannot be read."
        hint = "Write sqlite:///cordiale.db or postgresql://user@host/name in cordiale.toml or CORDIALE_DATABASE_URL."
        raise DatabaseFault(message, hint) from None


def _sqlite_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def open_database(url: str) -> Engine:
    """
    Return an engine for a database that is there and of this code's version.

    Raises:
        DatabaseFault: If it is absent, locked, older or newer than the code.
    """
    engine = connect(url)
    try:
        _require_this_version(engine)
    except DatabaseFault:
        engine.dispose()
        raise
    return engine


def _require_this_version(engine: Engine) -> None:
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and path != ":memory:" and not os.path.exists(path):  # noqa: PTH110 (pathlib would cost start-up for one question)
        message = f"There is no database at {path}."
        raise DatabaseFault(
            message, "Make it with `cordiale db upgrade`, or a whole workspace with `cordiale init DIR`."
        )
    found = version(engine)
    if found is None:
        message = f"The database {shown(engine)} has no Cordiale tables."
        raise DatabaseFault(message, "Make them with `cordiale db upgrade`.")
    if found < HEAD:
        message = f"The database {shown(engine)} is at version {found}; this code needs {HEAD}."
        raise DatabaseFault(message, "Back it up, then run `cordiale db upgrade`.")
    if found > HEAD:
        message = f"The database {shown(engine)} is at version {found}, newer than this code ({HEAD})."
        raise DatabaseFault(message, "Update Cordiale on this machine; an older one must not write here.")


def shown(engine: Engine) -> str:
    """Return the database's address without its password."""
    return engine.url.render_as_string(hide_password=True)


def version(engine: Engine) -> str | None:
    """Return the migration the database is at; None when it holds none of our tables."""
    with reading(engine) as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def other_version(connection: Connection) -> str:
    """Return how the tables differ from what this code needs, asked within a transaction; "" where they do not."""
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found == HEAD:
        return ""
    if found is not None and found > HEAD:
        return f"The database is at version {found}, newer than this code ({HEAD}): update Cordiale and start again."
    return f"The database is at version {found}; this code needs {HEAD}: run `cordiale db upgrade`."


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database throughout; nothing it writes is kept."""
    snapshot = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _named_faults(engine), engine.connect().execution_options(**snapshot) as connection:
        yield connection
        connection.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """
    Give a connection inside one transaction: all of it is kept, or nothing.

    On SQLite it is BEGIN IMMEDIATE: no other writer is inside at the same time.
    """
    with (
        _turn(engine),
        _named_faults(engine),
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        acts: dict[_Last, list[Any]] = {}
        kept = connection.info  # a connection that breaks cannot be asked for it any more
        kept[_LAST] = acts
        try:
            yield connection
            for act, things in acts.items():
                act(connection, things)
        finally:
            kept.pop(_LAST, None)


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """
    Let the threads of this process write to a SQLite file one after the other, each as soon as it can.

    SQLite itself looks for the lock of another writer again after a pause that grows up to a tenth of a second.
    """
    lock = _TURNS.get(engine)
    if lock is None:
        yield
        return
    mine = lock.acquire(timeout=BUSY_SECONDS)  # who waited in vain asks SQLite, which says what is wrong
    try:
        yield
    finally:
        if mine:
            lock.release()


def until_commit(connection: Connection, act: _Last) -> list[Any] | None:
    """
    Return the list that *act* is given as the last thing before the transaction of `writing` commits.

    The same list for the same *act*; a rollback forgets it. None on a connection that `writing` did not give.
    """
    acts: dict[_Last, list[Any]] | None = connection.info.get(_LAST)
    return None if acts is None else acts.setdefault(act, [])


@contextmanager
def _named_faults(engine: Engine) -> Iterator[None]:
    """Say what the database's own error means, and what to do about it; our own mistakes pass as they are."""
    try:
        yield
    except NoFreeConnection as error:
        message = f"The database {shown(engine)} has no free connection."
        raise DatabaseFault(message, "Wait a little; if it stays so, look for what keeps its connections.") from error
    except (DataError, IntegrityError, NotSupportedError, ProgrammingError) as error:
        if error.connection_invalidated:
            raise _fault(engine, error) from error
        raise
    except DBAPIError as error:  # OperationalError, and what SQLite says of a damaged file
        raise _fault(engine, error) from error


def _fault(engine: Engine, error: DBAPIError) -> DatabaseFault:
    said = str(error.orig).splitlines()[0] if error.orig else str(error)
    name = shown(engine)
    for mark, message, hint in (
        (
            "locked",
            "is locked by another process",
            "Wait for it to finish, or find it with `fuser`; nothing was changed.",
        ),
        ("disk is full", "cannot grow: the disk is full", "Free some space; nothing was changed."),
        ("disk I/O", "cannot be read or written", "Look at the disk: its free space, its health; nothing was changed."),
        ("readonly", "is read-only", "Give this user the right to write the file and its folder."),
        ("not a database", "is not a SQLite database", "Name the right file in cordiale.toml, or restore a backup."),
        ("malformed", "is damaged", "Stop what writes to it, and restore a backup."),
        ("unable to open", "cannot be opened", "Check that its folder exists and may be written."),
    ):
        if mark in said:
            return DatabaseFault(f"The database {name} {message}.", hint)
    return DatabaseFault(f"The database {name} does not answer: {said}.", "Start it, or correct CORDIALE_DATABASE_URL.")
