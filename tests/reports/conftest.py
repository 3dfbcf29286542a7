"""A campaign in a database, ready to be measured."""

import pytest

from campaigns.store.engine import writing
from tests.builders import evaluations


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
