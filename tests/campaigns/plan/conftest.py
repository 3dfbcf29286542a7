"""A real SQLite file, as `db upgrade` makes it, for the tests of plan."""

import pytest

from campaigns.store.engine import open_database, reading
from campaigns.store.upgrade import upgrade


@pytest.fixture(scope="module", name="engine")
def _engine(tmp_path_factory):
    """Give an engine on a database without campaigns."""
    url = f"sqlite:///{tmp_path_factory.mktemp('plan') / 'cordiale.db'}"
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture(name="connection")
def _connection(engine):
    """Give a connection in a transaction of which nothing is kept."""
    with reading(engine) as connection:
        yield connection
