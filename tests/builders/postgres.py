"""PostgreSQL for tests: a new database a session, made by the migrations, emptied for each test, dropped at the end."""

import os
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine, create_engine, delete, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from campaigns.store.upgrade import upgrade

VARIABLE = "CORDIALE_TEST_POSTGRES"
DEFAULT = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
HOW_TO = (
    "PostgreSQL does not answer at {}. Start one there that trusts user postgres "
    f"(`.ci/run` does), or name another in {VARIABLE}."
)

SWEEPERS: dict[str, Engine] = {}  #: by the URL of the database that each one empties
DURABLE = True  #: whether a commit waits for the disk; tests that neither measure nor cut the power need not


def server() -> URL:
    """Return the server's URL, as a user that may create databases."""
    return make_url(os.environ.get(VARIABLE) or DEFAULT)


def why_not() -> str:
    """Return why PostgreSQL cannot be used, and how to get it; "" when it can."""
    try:
        engine = create_engine(server(), connect_args={"connect_timeout": 3})
        with engine.connect():
            pass
        engine.dispose()
    except (SQLAlchemyError, ModuleNotFoundError):
        return HOW_TO.format(server().render_as_string(hide_password=True))
    return ""


@contextmanager
def fresh() -> Iterator[str]:
    """Give the URL of a new database with all tables, and drop it at the end."""
    with bare() as url:
        upgrade(url)
        yield url


def copied(url: str) -> AbstractContextManager[str]:
    """Give the URL of a new copy of a database that nobody is connected to, and drop it at the end."""
    return bare(template=str(make_url(url).database))


@contextmanager
def bare(template: str = "template1") -> Iterator[str]:
    """Give the URL of a new database without any table, and drop it at the end."""
    name = f"cordiale_test_{uuid.uuid4().hex[:12]}"
    _run(server(), f"CREATE DATABASE {name} TEMPLATE {template}")
    if not DURABLE:
        _run(server(), f"ALTER DATABASE {name} SET synchronous_commit = off")
    url = server().set(database=name).render_as_string(hide_password=False)
    try:
        yield url
    finally:
        if (sweeper := SWEEPERS.pop(url, None)) is not None:
            sweeper.dispose()
        _run(server(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def empty(url: str) -> None:
    """Take every row out, events too: the tables' owner may set aside the trigger that guards them."""
    statements = [str(delete(table)) for table in reversed(SQLModel.metadata.sorted_tables)]
    guard = "ALTER TABLE event {} TRIGGER USER"
    if url not in SWEEPERS:
        SWEEPERS[url] = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)
    with SWEEPERS[url].connect() as connection:  # one question for all: each has its price, and every test asks
        connection.exec_driver_sql("; ".join([guard.format("DISABLE"), *statements, guard.format("ENABLE")]))


def _run(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
