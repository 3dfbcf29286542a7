"""PostgreSQL for tests: a fresh database each, copied from one that the migrations made; dropped afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from campaigns.store.upgrade import upgrade

VARIABLE = "CORDIALE_TEST_POSTGRES"
DEFAULT = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
HOW_TO = (
    "PostgreSQL does not answer at {}. Start one there that trusts user postgres "
    f"(`.ci/run` does), or name another in {VARIABLE}."
)


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
def fresh(template: str = "") -> Iterator[str]:
    """Give the URL of a new database, a copy of *template* or with tables made anew; drop it at the end."""
    name = f"cordiale_test_{uuid.uuid4().hex[:12]}"
    _run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    url = server().set(database=name).render_as_string(hide_password=False)
    try:
        if not template:
            upgrade(url)
        yield url
    finally:
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(statement: str) -> None:
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
