"""The databases that chaos is let loose on: a SQLite file, and a PostgreSQL database of the test's own."""

import os
import uuid
from collections.abc import Iterator

import pytest

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"  #: where CORDIALE_TEST_POSTGRES names no other


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give "" for a SQLite file in the workspace, or the URL of a new PostgreSQL database, dropped afterwards."""
    if request.param == "sqlite":
        yield ""
        return
    psycopg = pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    server = os.environ.get("CORDIALE_TEST_POSTGRES", SERVER)
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer: {str(error).splitlines()[0]}")
    name = f"cordiale_chaos_{uuid.uuid4().hex[:12]}"
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            url = f"{server.rpartition('/')[0]}/{name}"
            from campaigns.store.upgrade import upgrade

            upgrade(url)
            yield url
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
