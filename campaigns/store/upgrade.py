"""Bring a database to this code's version, and hold the tables against the migrations."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from campaigns.errors import DatabaseFault
from campaigns.store.engine import connect, shown, version, writing
from campaigns.store.head import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None, metadata: MetaData | None = None) -> Config:
    """Return alembic's configuration; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def newest() -> str:
    """Return the newest migration on disk."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def upgrade(url: str, ready: Callable[[Connection], None] | None = None) -> tuple[str | None, str]:
    """
    Run the migrations that the database lacks, in one transaction, and return (before, after).

    *ready* is asked first, in the same transaction, where tables are changed that may be in use; it raises to refuse.

    Raises:
        DatabaseFault: If the database is newer than this code, or cannot be reached.
    """
    engine = connect(url)
    try:
        before = version(engine)
        if before is not None and before > HEAD:
            message = f"The database {shown(engine)} is at version {before}, newer than this code ({HEAD})."
            raise DatabaseFault(message, "Update Cordiale on this machine; an older one must not write here.")
        with writing(engine) as connection:
            if ready is not None and before is not None and before != HEAD:
                ready(connection)
            command.upgrade(configuration(connection), "head")
    finally:
        engine.dispose()
    return before, HEAD


def differences(connection: Connection, metadata: MetaData) -> list[str]:
    """Return what differs between the tables as migrated and *metadata*: nothing, in a healthy house."""
    from alembic.autogenerate import compare_metadata

    context = MigrationContext.configure(connection)
    return [str(each) for each in compare_metadata(context, metadata)]
