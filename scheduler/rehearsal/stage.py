"""
The stage of a rehearsal: a folder with a copy of the database, of the trust files and of what this machine remembers.

Nothing of the real workspace is written to. `trust/local` is copied before the database, so that the copy never looks
like a backup that is older than what the machine remembers.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from campaigns import clock
from campaigns.errors import EnvironmentFault, Refused
from campaigns.settings import Alerts, Mail, Settings
from campaigns.signoff import rehearsal as made_up
from campaigns.store.engine import connect, open_database, reading, writing
from campaigns.store.upgrade import upgrade
from scheduler.releases import ledger
from scheduler.releases.ledger import RELEASE, Step
from scheduler.releases.outgoing import parse
from scheduler.releases.states import Move, State
from scheduler.review import decide

FOLDER = "rehearsal"
MARK = ".cordiale-rehearsal"  #: says that a folder was made by a rehearsal, and may be made again
CHUNK = 500  #: rows copied at a time
NOT_COPIED = ("*.tmp", "machine", "alive*.json")  #: of the trust folder: a stage is a machine of its own


@dataclass(frozen=True)
class Stage:
    """Where a rehearsal plays."""

    settings: Settings
    workspace: Settings  #: the real one: read, never written
    database: Engine
    as_if_signed: bool

    @property
    def folder(self) -> Path:
        """The folder that people open afterwards."""
        return self.settings.root


@contextmanager
def set_up(workspace: Settings, *, as_if_signed: bool) -> Iterator[Stage]:
    """
    Make the stage anew and give it; what was sent stays there to be looked at.

    Raises:
        Refused: If there is a folder of that name that no rehearsal made, or another rehearsal plays there.
    """
    folder = workspace.root.resolve() / FOLDER
    with _alone(folder):
        _clear(folder)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        shutil.copytree(workspace.trust, folder / "trust", ignore=shutil.ignore_patterns(*NOT_COPIED))
        url = f"sqlite:///{folder / 'cordiale.db'}"
        _copy(workspace.database_url, url)
        workspace.media.mkdir(exist_ok=True)
        (folder / "media").symlink_to(workspace.media.resolve())
        changed = {"root": folder, "database_url": url, "mail": Mail(), "alerts": Alerts(), "monitor": ""}
        settings = workspace.model_copy(update=changed)
        database = open_database(url)
        try:
            if as_if_signed:
                _sign(settings, database)
            yield Stage(settings, workspace, database, as_if_signed)
        finally:
            database.dispose()
            shutil.rmtree(folder / "keys", ignore_errors=True)  # they signed for this rehearsal, and nothing else


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    if folder.exists() and not (folder / MARK).exists() and any(folder.iterdir()):
        message = f"The folder {folder.name} holds something that no rehearsal made."
        raise Refused(message, "Move it away; a rehearsal makes this folder anew each time.")
    try:
        folder.mkdir(exist_ok=True)
        mark = (folder / MARK).open("a")
    except OSError as error:
        message = f"The folder {folder} cannot be written: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to write there.") from error
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Another rehearsal plays in {folder.name} now."
            raise Refused(message, "Wait until it has ended.") from None
        yield


def _clear(folder: Path) -> None:
    for each in folder.iterdir():
        if each.name == MARK:
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _copy(source: str, target: str) -> None:
    """Copy a database as of one moment, SQLite or PostgreSQL, into a new SQLite file."""
    engine = open_database(source)
    try:
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None, "SQLite's driver gives its connection"  # noqa: S101 (an invariant of the pool)
                raw.execute("VACUUM INTO ?", (target.removeprefix("sqlite:///"),))
            return
        upgrade(target)
        copy = connect(target)
        try:
            with reading(engine) as here, writing(copy) as there:
                for table in SQLModel.metadata.sorted_tables:
                    if engine.dialect.has_table(here, table.name):
                        there.execute(table.delete())
                        for rows in here.execute(select(table)).mappings().partitions(CHUNK):
                            there.execute(table.insert(), [dict(row) for row in rows])
        finally:
            copy.dispose()
    finally:
        engine.dispose()


def _sign(settings: Settings, database: Engine) -> None:
    """
    Put made-up keys and a trust file of theirs in place of the copied one, and sign everything that is open.

    The gate is the same: it reads this trust file. Neither leaves the stage, and the file is for rehearsal only.
    """
    now = clock.now()
    with reading(database) as connection:
        open_ = select(RELEASE).where(RELEASE.c.state.in_([State.DRAFT.value, State.SCHEDULED.value]))
        rows = [dict(row) for row in connection.execute(open_).mappings()]
    outgoing = [parse(row["outgoing"]) for row in rows]
    partners = sorted({partner for each in outgoing for partner in (*each.partners, each.issuer)})
    if not partners:
        return
    for path in settings.trust.glob("*.json"):
        path.unlink()
    for name in ("highest.json", "ended.json"):
        (settings.trust / "local" / name).unlink(missing_ok=True)
    made_up.make(settings.trust, settings.root / "keys", partners, "*", now)
    with writing(database) as connection:
        why = "Rehearsed as if signed."
        steps = [Step(row["id"], Move.VOID, why=why) for row in rows if row["state"] == State.SCHEDULED]
        ledger.move(connection, steps, now)
    for campaign in sorted({each.campaign for each in outgoing}):
        for partner in sorted(
            {one for each in outgoing if each.campaign == campaign for one in (*each.partners, each.issuer)}
        ):
            key = settings.root / "keys" / f"{made_up.key_name(partner)}.key"
            try:
                decide.decide(
                    database, settings.trust, campaign=campaign, partner=partner, key=key, decision="approve", reason=""
                )
            except Refused:  # nothing of it waits for this partner: a check blocks it, and the table at the end says so
                continue
