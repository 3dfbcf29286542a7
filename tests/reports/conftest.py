"""A campaign in a database, ready to be measured."""

import pytest

from campaigns.store.engine import connect, writing
from tests.builders import evaluations, postgres


@pytest.fixture
def engine(tmp_path):
    """Return a database that holds the campaign and its releases."""
    made = evaluations.database(tmp_path)
    with writing(made) as connection:
        evaluations.apply_campaign(connection, evaluations.document())
    yield made
    made.dispose()


@pytest.fixture
def connection(engine):
    """Return a connection inside one transaction."""
    with writing(engine) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared(request, tmp_path):
    """Return an empty database, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        made = evaluations.database(tmp_path)
        yield made
        made.dispose()
        return
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as url:
        made = connect(url)
        yield made
        made.dispose()
