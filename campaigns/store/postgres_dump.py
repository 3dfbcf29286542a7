"""
PostgreSQL's own tools, for a backup and back: pg_dump and pg_restore. The password goes by the environment alone.

A restore first renames the schema `public`, so that the tables that were there stay in the database under another
name; where the dump cannot be read back whole, the schema gets its name again and nothing has changed.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from campaigns.errors import EnvironmentFault, Refused
from campaigns.store.engine import shown, writing

_OTHERS = """
SELECT COUNT(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_MARK = "COPY public.alembic_version (version_num) FROM stdin;"


def dump(engine: Engine, target: Path) -> None:
    """
    Write the database to *target* in pg_dump's custom format.

    Raises:
        EnvironmentFault: If pg_dump is missing or fails.
    """
    words = ["--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=replaced_*", f"--file={target}"]
    _run(engine, "pg_dump", *words)


def version_in(file: Path) -> str:
    """
    Return the version of the tables in the dump *file*.

    Raises:
        Refused: If it is not a whole dump of a Cordiale database.
        EnvironmentFault: If pg_restore is missing.
    """
    said = _call([_tool("pg_restore"), "--data-only", "--table=alembic_version", "--file=-", str(file)], {})
    rows = said.stdout.partition(_MARK)[2].split()
    if said.returncode or not rows or rows[0] == "\\.":
        why = said.stderr.strip().splitlines()[-1:] or ["it has no Cordiale tables"]
        message = f"{file} is no whole dump of a Cordiale database: {why[0]}."
        raise Refused(message, "Take another copy of the backup.")
    return rows[0]


def restore(engine: Engine, file: Path, kept: str) -> str:
    """
    Put the dump *file* into the schema `public`, and return the schema in which what was there is kept.

    Raises:
        Refused: If others are connected, or this user may not rename the schema.
        EnvironmentFault: If the dump cannot be read back; what was there is there again.
    """
    try:
        with writing(engine) as connection:
            _alone(connection, engine)
            connection.execute(text(f'ALTER SCHEMA public RENAME TO "{kept}"'))
            connection.execute(text("CREATE SCHEMA public"))
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0]
        message = f"The tables of {shown(engine)} cannot be put aside: {said}."
        raise Refused(message, "Use a user that owns the database; nothing was changed.") from None
    engine.dispose()
    try:
        with tempfile.TemporaryDirectory() as folder:
            contents = Path(folder) / "contents"
            listed = _call([_tool("pg_restore"), "--list", str(file)], {}).stdout.splitlines()
            contents.write_text("\n".join(each for each in listed if " SCHEMA - public " not in each), "utf-8")
            _run(
                engine,
                "pg_restore",
                "--no-owner",
                "--no-privileges",
                "--single-transaction",
                "--exit-on-error",
                f"--use-list={contents}",
                file=file,
            )
    except BaseException:
        with writing(engine) as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text(f'ALTER SCHEMA "{kept}" RENAME TO public'))
        raise
    return f"schema {kept} of {shown(engine)}"


def _alone(connection: Connection, engine: Engine) -> None:
    others = connection.execute(text(_OTHERS)).scalar()
    if others:
        message = f"{others} other connection{'s' if others > 1 else ''} to {shown(engine)} are open."
        raise Refused(message, "Stop every `cordiale run`, `worker` and whoever else is in there, then restore again.")


def _run(engine: Engine, tool: str, *words: str, file: Path | None = None) -> None:
    url = engine.url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    said = _call([_tool(tool), *words, f"--dbname={url}", *([str(file)] if file else [])], secret)
    if said.returncode:
        why = said.stderr.strip().splitlines()[:1] or [f"it ended with {said.returncode}"]
        message = f"{tool} failed on {shown(engine)}: {why[0]}"
        raise EnvironmentFault(message, "Mend what it names; the database is as it was, and no file was left.")


def _call(command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **more}, capture_output=True, text=True, errors="replace", check=False
    )


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed here."
        raise EnvironmentFault(message, "Install PostgreSQL's client programs of the server's version or newer.")
    return found
