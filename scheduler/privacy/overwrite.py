"""What was erased leaves the database's file as well: SQLite keeps deleted bytes until they are written over."""

from sqlalchemy import Engine


def overwrite(database: Engine) -> None:
    """
    Write the file anew without the bytes of what is gone. Nothing where the database is none of SQLite's.

    PostgreSQL's own VACUUM does it there, and its write-ahead log is its keeper's.
    """
    if database.dialect.name != "sqlite":
        return
    raw = database.raw_connection()
    try:
        cursor = raw.cursor()
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            cursor.execute(statement)
        cursor.close()
    finally:
        raw.close()
