"""A glance at SQLite without SQLAlchemy sees what SQLAlchemy sees, writes nothing, and leaves faults to the engine."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from campaigns import clock
from campaigns.errors import DatabaseFault
from campaigns.store import glance
from campaigns.store.engine import open_database, reading
from scheduler import status
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace


@pytest.fixture
def booked(tmp_path: Path) -> Iterator[Workspace]:
    """Give a workspace with releases, some of them signed."""
    made = workspaces.make(tmp_path)
    made.apply(campaigns.campaign(3))
    made.approve()
    made.apply(campaigns.campaign(4))
    yield made
    made.database.dispose()


def test_both_ways_see_the_same(booked: Workspace):
    """`status` says the same of a database, whichever way it is asked."""
    now = clock.now()
    with glance.glance(booked.settings.database_url) as ask:
        quickly = status.gather(ask, now, booked.settings.trust)
    with reading(booked.database) as connection:
        through = status.gather(glance.through(connection), now, booked.settings.trust)

    assert quickly == through
    assert quickly.counts == {"voices": {"draft": 1, "scheduled": 3}}


def test_a_glance_writes_nothing(booked: Workspace):
    """A glance is no way around the writers of the tables."""
    import sqlite3

    opened = glance._opened(booked.settings.database_url)
    assert opened is not None
    with closing(opened), pytest.raises(sqlite3.OperationalError, match="readonly"):
        opened.execute("UPDATE release SET state = 'published'")

    assert set(booked.states().values()) == {"draft", "scheduled"}


def test_a_glance_is_one_moment(booked: Workspace):
    """What is written between two questions of one glance is not seen by the second."""
    question = "SELECT COUNT(*) AS n FROM release WHERE state = :state"
    with glance.glance(booked.settings.database_url) as ask:
        before = ask(question, {"state": "scheduled"})
        booked.set("r1", state="held_back")
        after = ask(question, {"state": "scheduled"})

    assert before == after == [{"n": 3}]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("sqlite:///{folder}/absent.db", "There is no database at", id="absent"),
        pytest.param("sqlite:///{folder}/cordiale.toml", "is not a SQLite database", id="no database"),
        pytest.param("nonsense", "The database URL cannot be read", id="no URL"),
    ],
)
def test_faults_have_the_engines_words(booked: Workspace, url: str, message: str):
    """What cannot be looked at is refused as `open_database` refuses it."""
    url = url.format(folder=booked.folder)
    with pytest.raises(DatabaseFault, match=message):
        open_database(url)
    with pytest.raises(DatabaseFault, match=message), glance.glance(url) as ask:
        ask("SELECT 1", {})


def test_another_version_is_refused(booked: Workspace):
    """A database that this code was not written for is not even looked at."""
    with booked.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseFault, match="newer than this code"), glance.glance(booked.settings.database_url) as ask:
        ask("SELECT 1", {})
