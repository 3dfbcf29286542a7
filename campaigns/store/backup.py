"""
A copy of the whole database in one file, and back again.

SQLite is copied with VACUUM INTO, PostgreSQL with pg_dump: each sees one state of the database while others write.
Beside the file stands FILE.sha256, as `sha256sum --check` reads it. A restore throws nothing away: what it replaces
is kept.

The send journal and the memory of the trust files are no part of it: they must never be older than the world.
"""

import hashlib
import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from campaigns.errors import EnvironmentFault, Refused
from campaigns.store import postgres_dump
from campaigns.store.engine import connect, shown, version
from campaigns.store.head import BUSY_SECONDS, HEAD

BLOCK = 1 << 20


@dataclass(frozen=True)
class Backup:
    """A file that holds a database."""

    path: Path
    digest: str  #: sha256, hex
    version: str  #: of the tables in it
    size: int  #: bytes


def back_up(url: str, target: Path) -> Backup:
    """
    Write the database at *url* to *target*, while others may go on writing to it.

    Raises:
        Refused: If *target* is there already.
        EnvironmentFault: If the database cannot be read, or the file not be written; no half file is left.
    """
    engine = connect(url)
    try:
        found = _version(engine)
        _take_name(target)
        digest = _written(engine, target)
    finally:
        engine.dispose()
    return Backup(target, digest, found, target.stat().st_size)


def _take_name(target: Path) -> None:
    """Make *target* an empty file, so that nobody else takes the name meanwhile."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        message = f"{target} is there already, and a backup replaces nothing."
        raise Refused(message, "Name another file, such as one with the date in it.") from None
    except OSError as error:
        raise _unwritable(target, error) from None


def _written(engine: Engine, target: Path) -> str:
    """Write the database to *target* and its checksum beside it, and return that; both or neither are there."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        _dump(engine, draft)
        draft.chmod(0o600)
        _check(draft, sqlite=engine.dialect.name == "sqlite")
        digest = _settle(draft)
        checksum_of(target).write_text(f"{digest}  {target.name}\n", "utf-8")
        _settle(checksum_of(target))
        draft.replace(target)
    except OSError as error:
        _forget(draft, target, checksum_of(target))
        raise _unwritable(target, error) from None
    except BaseException:
        _forget(draft, target, checksum_of(target))
        raise
    return digest


def checksum_of(target: Path) -> Path:
    """Return the file that holds the checksum of *target*."""
    return target.with_name(f"{target.name}.sha256")


def prove(file: Path, url: str, *, unchecked: bool = False) -> Backup:
    """
    Return what *file* holds, after its checksum and the database in it were proved.

    Raises:
        Refused: If it is not what was written, not for the kind of database at *url*, or newer than this code.
        EnvironmentFault: If it cannot be read.
    """
    sqlite = connect(url).dialect.name == "sqlite"
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
            opened.seek(0)
            start = opened.read(16)
        wanted = checksum_of(file).read_text("utf-8").split()[:1] if checksum_of(file).exists() else []
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Name a file that `cordiale db backup` wrote.") from None
    if not wanted and not unchecked:
        message = f"There is no checksum {checksum_of(file)}, so nobody can say whether {file} is whole."
        raise Refused(message, "Put it back beside the backup, or say --unchecked.")
    if wanted and wanted != [digest]:
        message = f"{file} is not what was written: its checksum is another one."
        raise Refused(message, "Take another copy of the backup; this one was changed or cut off.")
    if sqlite != start.startswith(b"SQLite format 3"):
        message = f"{file} does not hold a {'SQLite' if sqlite else 'PostgreSQL'} database."
        raise Refused(message, "A backup goes back into the kind of database it came from.")
    found = _check(file, sqlite=sqlite)
    if found > HEAD:
        message = f"{file} is of version {found}, newer than this code ({HEAD})."
        raise Refused(message, "Update Cordiale on this machine first.")
    return Backup(file, digest, found, file.stat().st_size)


def put_back(backup: Backup, url: str, at: datetime) -> str:
    """
    Put *backup* in the place of the database at *url*, and say where what stood there is kept; "" where nothing did.

    Raises:
        Refused: If somebody else uses the database.
        EnvironmentFault: If it cannot be written; what stood there stands there still.
    """
    engine = connect(url)
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    if engine.dialect.name != "sqlite":
        try:
            return postgres_dump.restore(engine, backup.path, f"replaced_{stamp.lower()}")
        finally:
            engine.dispose()
    place = Path(engine.url.database or "")
    kept = place.with_name(f"{place.name}.replaced-{stamp}")
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as new, backup.path.open("rb") as old:
            while block := old.read(BLOCK):
                new.write(block)
        if _settle(draft) != backup.digest:
            message = f"{backup.path} changed while it was copied."
            raise EnvironmentFault(message, "Leave it alone, and restore again.")
        was_there = place.exists()
        if was_there:
            _put_aside(place, kept)
        draft.replace(place)
        _settle_folder(place.parent)
    except OSError as error:
        raise _unwritable(place, error) from None
    finally:
        draft.unlink(missing_ok=True)
    return str(kept) if was_there else ""


def _put_aside(place: Path, kept: Path) -> None:
    """Keep the SQLite file *place* as *kept*; its own name stays taken, unless the file is damaged."""
    try:
        with closing(sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)) as old:
            mode = old.execute("PRAGMA journal_mode=DELETE").fetchone()[
                0
            ]  # folds the write-ahead log in; needs it alone
        if mode != "delete":
            raise sqlite3.OperationalError("locked")  # noqa: EM101, TRY301 (said in our words below)
        try:
            os.link(place, kept)
        except OSError:  # a file system without hard links
            _move_aside(place, kept)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            _move_aside(place, kept)
            return
        message = f"The database {place} is in use by another process."
        raise Refused(message, "Stop every `cordiale` that works with it, then restore again.") from None
    except sqlite3.DatabaseError:  # damaged: that is why a backup is wanted
        _move_aside(place, kept)


def _move_aside(place: Path, kept: Path) -> None:
    for end in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{place}{end}").rename(f"{kept}{end}")


def _version(engine: Engine) -> str:
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        message = f"There is no database at {engine.url.database}."
        raise EnvironmentFault(message, "Correct `database_url`, or run this in the workspace.")
    found = version(engine)
    if found is None:
        message = f"The database {shown(engine)} has no Cordiale tables."
        raise EnvironmentFault(message, "There is nothing to back up; see `cordiale db upgrade`.")
    return found


def _dump(engine: Engine, draft: Path) -> None:
    if engine.dialect.name != "sqlite":
        postgres_dump.dump(engine, draft)
        return
    try:
        with closing(sqlite3.connect(engine.url.database or "", timeout=BUSY_SECONDS, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(draft),))
    except sqlite3.Error as error:
        message = f"The database {shown(engine)} cannot be copied: {error}."
        raise EnvironmentFault(
            message, "Look at the disk of the backup and at the database; no file was left."
        ) from None


def _check(file: Path, *, sqlite: bool) -> str:
    """Return the version of the tables in *file*, after looking whether it is whole."""
    if not sqlite:
        return postgres_dump.version_in(file)
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            found = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        said, found = str(error), None
    if said != "ok" or found is None:
        message = f"{file} is no whole database of Cordiale: {said}."
        raise Refused(message, "Take another copy of the backup.")
    return str(found[0])


def _settle(file: Path) -> str:
    """Wait until *file* is on the disk, and return its sha256."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    _settle_folder(file.parent)
    return digest


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget(*files: Path) -> None:
    for each in files:
        with suppress(OSError):  # the first fault is the one to tell
            each.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> EnvironmentFault:
    message = f"{target} cannot be written: {error.strerror or error}."
    return EnvironmentFault(message, "Name a folder that exists and may be written, on a disk with room.")
