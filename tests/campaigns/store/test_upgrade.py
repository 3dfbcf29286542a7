"""Tests for campaigns.store: versions, transactions, and the event log that only grows."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from campaigns import clock
from campaigns.audit.log import EVENT, Fact, append
from campaigns.documents.schema import Campaign
from campaigns.errors import DatabaseFault
from campaigns.plan import rows, stored
from campaigns.store import upgrade
from campaigns.store.engine import HEAD, connect, open_database, reading, version, writing
from tests.builders import postgres
from tests.builders.documents import sound

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(name="url", params=KINDS)
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database with all tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'cordiale.db'}"
        upgrade.upgrade(url)
        yield url
        return
    if reason := postgres.why_not():
        pytest.skip(reason)
    with postgres.fresh() as url:
        yield url


def test_the_code_names_the_newest_migration():
    """`HEAD` is what `db upgrade` brings a database to."""
    assert upgrade.newest() == HEAD


def test_tables_as_migrated_are_the_tables_as_written(url):
    """No row class says otherwise than the migrations, on either database."""
    for noun in ("approval", "audience", "budget", "campaign", "channel", "event", "message", "objective"):
        import_module(f"campaigns.models.{noun}")
    for noun in ("strategy", "window"):
        import_module(f"campaigns.models.{noun}")
    for module in (
        "scheduler.releases.models",
        "scheduler.review.models",
        "scheduler.notices.models",
        "scheduler.shown.models",
        "reports.models",
        "reports.referrals.models",
    ):
        import_module(module)
    engine = open_database(url)
    with reading(engine) as connection:
        assert upgrade.differences(connection, SQLModel.metadata) == []
    engine.dispose()


@pytest.fixture(name="older", params=KINDS)
def _older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database as the first version made it."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / 'cordiale.db'}"
        elif reason := postgres.why_not():
            pytest.skip(reason)
        else:
            url = stack.enter_context(postgres.bare())
        engine = connect(url)
        with writing(engine) as connection:
            command.upgrade(upgrade.configuration(connection), "0001")
        engine.dispose()
        yield url


def test_a_campaign_of_the_first_version_is_kept(older):
    """Rows that the first version wrote mean after the upgrade what they meant before."""
    document = Campaign.model_validate(sound())
    nouns = rows.rows(document)
    engine = connect(older)
    with writing(engine) as connection:
        tables = MetaData()
        tables.reflect(connection)

        def put(name: str, *found: dict[str, Any]) -> None:
            known = tables.tables[name].columns.keys()
            for row in found:
                kept = {key: value for key, value in row.items() if key in known}
                written = {key: json.dumps(v) if isinstance(v, dict | list) else v for key, v in kept.items()}
                connection.execute(insert(tables.tables[name]), written)

        told = {"author": "amina", "revision": 1, "applied_at": "2026-01-01T00:00:00.000000Z"}
        put("campaign", {**rows.campaign_row(document), **told})
        for noun in ("objective", "kpi", "audience", "channel", "message", "blackout"):
            put(noun, *({**row, "author": "amina"} for row in nouns[noun].values()))
        put("release_entry", *nouns["release"].values())
        put("campaign_channel", {"campaign": document.campaign, "channel": document.channels[0].id, "position": 0})
    engine.dispose()

    assert upgrade.upgrade(older) == ("0001", HEAD)
    engine = open_database(older)
    with reading(engine) as connection:
        assert stored.read(connection, document.campaign) == document
    engine.dispose()


def test_upgrading_twice_changes_nothing(url):
    """A database of this version is left alone."""
    assert upgrade.upgrade(url) == (HEAD, HEAD)


@pytest.mark.parametrize(("found", "said"), [("0000", "db upgrade"), ("9999", "Update Cordiale")])
def test_another_version_is_refused_with_the_cure(url, found, said):
    """An older or a newer database is not touched."""
    engine = connect(url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    engine.dispose()

    with pytest.raises(DatabaseFault) as caught:
        open_database(url)

    assert said in caught.value.hint


def test_a_missing_file_is_not_made_by_looking(tmp_path):
    """Opening what is not there says how to make it, and makes nothing."""
    path = tmp_path / "none.db"

    with pytest.raises(DatabaseFault, match="no database"):
        open_database(f"sqlite:///{path}")

    assert not path.exists()


def test_a_transaction_that_fails_leaves_nothing(url):
    """All of it is kept, or nothing."""
    engine = connect(url)

    def act() -> None:
        with writing(engine) as connection:
            append(connection, [Fact("amina", "campaign.apply", "c")], clock.now())
            raise KeyError

    with pytest.raises(KeyError):
        act()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM event")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_events_are_neither_changed_nor_deleted(url, statement):
    """The database itself refuses."""
    engine = connect(url)
    with writing(engine) as connection:
        append(connection, [Fact("amina", "campaign.apply", "c")], clock.now())

    def act() -> None:
        with writing(engine) as connection:
            connection.execute(text(statement))

    with pytest.raises(DBAPIError, match="append-only"):
        act()
    engine.dispose()


def test_replacing_an_event_is_refused_too(tmp_path):
    """SQLite's INSERT OR REPLACE does not slip past the triggers."""
    url = f"sqlite:///{tmp_path / 'cordiale.db'}"
    upgrade.upgrade(url)
    engine = connect(url)
    with writing(engine) as connection:
        append(connection, [Fact("amina", "campaign.apply", "c")], clock.now())
    row = {"seq": 1, "at": clock.now(), "actor": "x", "act": "x", "subject": "x", "why": "", "detail": {}, "leaf": ""}

    def act() -> None:
        with writing(engine) as connection:
            connection.execute(insert(EVENT).prefix_with("OR REPLACE"), row)

    with pytest.raises(DBAPIError, match="append-only"):
        act()
    engine.dispose()


def test_a_locked_database_is_named_not_waited_for_for_ever(tmp_path, monkeypatch):
    """Another writer inside: the fault says so, and what to do."""
    url = f"sqlite:///{tmp_path / 'cordiale.db'}"
    upgrade.upgrade(url)
    monkeypatch.setattr("campaigns.store.engine.BUSY_SECONDS", 0.1)
    engine = connect(url)
    other = sqlite3.connect(tmp_path / "cordiale.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def act() -> None:
        with writing(engine):
            pytest.fail("there are two writers inside")

    with pytest.raises(DatabaseFault, match="locked"):
        act()
    other.close()
    engine.dispose()


def test_the_version_of_an_empty_database_is_none(tmp_path):
    """A file without our tables has no version."""
    engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")

    assert version(engine) is None
    engine.dispose()
