"""A workspace on disk: settings, rehearsal trust and keys, a database with its tables; apply, approve, look."""

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from campaigns import clock
from campaigns.audit.log import EVENT
from campaigns.documents import schema
from campaigns.settings import Settings
from campaigns.signoff import rehearsal
from campaigns.signoff.trust import Trust, TrustStore
from campaigns.store.engine import connect, reading, writing
from campaigns.store.upgrade import upgrade
from scheduler import roster
from scheduler.engine.claims import Claim
from scheduler.releases import booking
from scheduler.releases.booking import Plan
from scheduler.releases.ledger import ATTEMPT, RELEASE
from scheduler.review import decide
from scheduler.review.decide import Effect
from scheduler.review.selection import EVERYTHING, Selection

AUTHOR = "amina"  #: who writes what is applied; signs nothing
SIGNING_KEY = "whsec_" + "Y29yZGlhbGU" * 4 + "\n"  #: of webhooks, in every workspace


@dataclass
class Workspace:
    """A folder with all that publishing needs, and its open database."""

    settings: Settings
    database: Engine

    @property
    def folder(self) -> Path:
        return self.settings.root

    def key(self, partner: str) -> Path:
        """Return the private key of *partner*'s demo person."""
        return self.folder / "keys" / f"{rehearsal.key_name(partner)}.key"

    def trust(self, now: datetime | None = None) -> Trust:
        return TrustStore(self.settings.trust).current(now or clock.now())

    def apply(
        self, *documents: schema.Campaign, now: datetime | None = None, author: str = AUTHOR, **more: Any
    ) -> Plan:
        """Apply *documents* as *author* at *now*, as the command does."""
        at = now or clock.now()
        return booking.apply(
            self.database, documents, self.settings, author=author, now=at, vet=more.pop("vet", roster.vet), **more
        )

    def plan(self, *documents: schema.Campaign, now: datetime | None = None, author: str = AUTHOR, **more: Any) -> Plan:
        """Return what applying *documents* would do."""
        with reading(self.database) as connection:
            return booking.plan(connection, documents, self.settings, author=author, now=now or clock.now(), **more)

    def approve(self, *partners: str, campaign: str = "voices", pick: Selection = EVERYTHING) -> list[Effect]:
        """Sign everything of *campaign* that waits, for each of *partners* (uk and fr where none is named)."""
        return [self.decide(partner, "approve", campaign=campaign, pick=pick) for partner in partners or ("uk", "fr")]

    def decide(
        self, partner: str, decision: Any, *, campaign: str = "voices", reason: str = "", pick: Selection = EVERYTHING
    ) -> Effect:
        """Sign *decision* for *partner* over what waits in *campaign*, as far as *pick* picks it."""
        effect, _ = decide.decide(
            self.database,
            self.settings.trust,
            campaign=campaign,
            partner=partner,
            key=self.key(partner),
            decision=decision,
            reason=reason,
            pick=pick,
        )
        return effect

    def withdraw(self, partner: str, *, reason: str = "", pick: Selection = EVERYTHING) -> Effect | None:
        """Sign the end of *partner*'s approval of what *pick* picks; None where it was ended before."""
        asked = {"campaign": "voices", "partner": partner, "key": self.key(partner), "reason": reason, "pick": pick}
        return decide.withdraw(self.database, self.settings.trust, **asked)[0]

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the releases, by the entry that asked for them (and `entry@occurrence` where it repeats)."""
        with reading(self.database) as connection:
            found = connection.execute(select(RELEASE).order_by(RELEASE.c.due_at, RELEASE.c.id)).mappings()
            return {"@".join(filter(None, (row["entry"], row["occurrence"]))): dict(row) for row in found}

    def row(self, entry: str = "r1") -> dict[str, Any]:
        return self.rows()[entry]

    def states(self) -> dict[str, str]:
        """Return entry -> state."""
        return {entry: row["state"] for entry, row in self.rows().items()}

    def under_way(self) -> bool:
        """Return whether any release may still leave, or is leaving."""
        moving = select(RELEASE.c.id).where(RELEASE.c.state.in_(["scheduled", "claimed", "sending"])).limit(1)
        with reading(self.database) as connection:
            return connection.execute(moving).first() is not None

    def attempts(self) -> list[dict[str, Any]]:
        with reading(self.database) as connection:
            return [dict(row) for row in connection.execute(select(ATTEMPT).order_by(ATTEMPT.c.id)).mappings()]

    def events(self, act: str = "") -> list[dict[str, Any]]:
        """Return the event log, oldest first; only *act* where it is given."""
        statement = select(EVENT).order_by(EVENT.c.seq)
        with reading(self.database) as connection:
            found = connection.execute(statement.where(EVENT.c.act == act) if act else statement).mappings()
            return [dict(row) for row in found]

    def set(self, entry: str, **values: Any) -> None:
        """Write *values* into a release behind the ledger's back, as whoever can write the database might."""
        with writing(self.database) as connection:
            connection.execute(RELEASE.update().where(RELEASE.c.id == self.row(entry)["id"]).values(values))

    @contextmanager
    def transaction(self) -> Any:
        with writing(self.database) as connection:
            yield connection

    def claim_of(self, entry: str = "r1") -> Claim:
        row = self.row(entry)
        return Claim(row["id"], row["fence"])


def make(
    folder: Path,
    partners: tuple[str, ...] = ("uk", "fr"),
    *,
    database_url: str = "",
    secrets: Mapping[str, str] | None = None,
    channels: Any = "*",
    now: datetime | None = None,
    **options: Any,
) -> Workspace:
    """
    Make a workspace in *folder*: rehearsal keys and trust for *partners*, secrets, and a database with its tables.

    *database_url* names a database whose tables are there already; without one, it is `cordiale.db` in *folder*.
    *channels* are those that the trust file declares, *now* is when it is made (it lasts a year), *options* are
    settings, written to `cordiale.toml` as well.
    """
    for name in ("campaigns", "media"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "secrets").mkdir(mode=0o700)
    for name, value in (secrets or {}).items():
        path = folder / "secrets" / name
        path.touch(mode=0o600)
        path.write_text(value, "utf-8")
    url = database_url or f"sqlite:///{folder / 'cordiale.db'}"
    if not database_url:
        shutil.copyfile(empty_database(), folder / "cordiale.db")
        opened(url).dispose()  # a connection to the file that stood here before would see that one, and no other
    lines = [f'database_url = "{url}"', *(f"{name} = {value!r}" for name, value in options.items())]
    (folder / "cordiale.toml").write_text("\n".join(lines) + "\n", "utf-8")
    if channels == "*" and now is None:
        for name in ("trust", "keys"):
            shutil.copytree(_rehearsal(tuple(sorted(partners))) / name, folder / name)
    else:
        rehearsal.make(folder / "trust", folder / "keys", sorted(partners), channels, now or clock.now())
    return Workspace(Settings(root=folder, database_url=url, **options), opened(url))


@cache
def _rehearsal(partners: tuple[str, ...]) -> Path:
    """Return a folder with the keys and the rehearsal trust of *partners*, made once a process."""
    folder = _scratch()
    rehearsal.make(folder / "trust", folder / "keys", partners, "*", clock.now())
    return folder


@cache
def empty_database() -> Path:
    """Return a SQLite file with all tables and no rows, made once a process by the migrations themselves."""
    folder = _scratch()
    upgrade(f"sqlite:///{folder / 'cordiale.db'}")
    return folder / "cordiale.db"


def _scratch() -> Path:
    """Return a new folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="cordiale-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def copy(made: Workspace, folder: Path) -> Workspace:
    """Return a copy of *made* in *folder*: the way to many workspaces that start alike. SQLite alone."""
    made.database.dispose()  # SQLite folds its write-ahead log into the file when the last connection goes
    shutil.copytree(made.folder, folder)
    url = f"sqlite:///{folder / 'cordiale.db'}"
    (folder / "cordiale.toml").write_text(f'database_url = "{url}"\n', "utf-8")
    return Workspace(made.settings.model_copy(update={"root": folder, "database_url": url}), opened(url))


@cache
def opened(url: str) -> Engine:
    """Return the engine of *url*, the same one each time: compiling statements anew was half of a test's time."""
    return connect(url)
