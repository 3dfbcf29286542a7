"""
Ten thousand direct writes to the database, and a daemon's pass after every twenty: nothing unsigned, nothing twice.

The intruder of `tests.builders.rewriting` may write, change and delete any row of any table, and knows what would let
something out. The pass is the engine's own: claim, begin, send over loopback HTTP, finish, recover. The files beside
the trust files are what an intruder in the database does not have.
"""

import asyncio
import json
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from campaigns import clock
from campaigns.errors import CordialeError
from campaigns.signoff import ended
from campaigns.store.engine import writing
from scheduler import roster
from scheduler.engine import claims, hold
from scheduler.engine.claims import Claim
from scheduler.engine.desk import Desk
from scheduler.engine.recovery import recover
from scheduler.engine.sending import Sender, Workshop
from scheduler.machine import machine_name
from scheduler.releases import owed
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.journal import Journal
from scheduler.review.selection import Selection
from tests.builders import campaigns, rewriting, workspaces
from tests.builders.workspaces import Workspace
from tests.servers.http_sink import HttpSink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

SHORT = os.environ.get("CORDIALE_CHAOS") == "short"
WRITES = 400 if SHORT else 10_000
AT_ONCE = 10 if SHORT else 20  #: writes before each pass
PASSES = 2  #: over one database, before it is put back as it was
LEASE = timedelta(seconds=30)
HOUR = timedelta(hours=1)
GOOD = ("r1", "r2", "r3", "r4")  #: signed by both partners, and due


@dataclass
class Ground:
    """A workspace as it was before anybody wrote into its database, and what may leave it."""

    workspace: Workspace
    sink: HttpSink
    signed: dict[str, str]  #: release -> its text
    old: list[dict[str, Any]]  #: bytes that both had signed before an edit
    restore: Callable[[], None]
    intruder: Engine


@dataclass
class Told:
    """What became of all the writes."""

    did: Counter[str] = field(default_factory=Counter)
    passes: int = 0
    posts: int = 0
    unsigned: list[Any] = field(default_factory=list)
    doubled: list[Any] = field(default_factory=list)


def test_nothing_unsigned_and_nothing_twice(tmp_path: Path, database_url: str):
    """Whatever stands in the database, only what both partners signed leaves, and once."""
    told, start = Told(), time.perf_counter()
    chance = random.Random(2027)  # noqa: S311 (the same writes each time)
    with (
        HttpSink(ledger=tmp_path / "ledger.jsonl", deduplicates=False) as sink,
        ground(tmp_path, database_url, sink) as at,
    ):
        for _ in range(WRITES // (AT_ONCE * PASSES)):
            trial(at, chance, told)
    kinds = Counter(act.split(":", maxsplit=1)[0].split()[0] for act in told.did.elements())
    spent = time.perf_counter() - start
    print(  # noqa: T201 (figures)
        f"\n{sum(told.did.values()):,} writes, {told.passes} passes, {told.posts} posts in {spent:.0f} s: "
        f"{len(told.unsigned)} unsigned, {len(told.doubled)} doubled. {dict(kinds)}"
    )

    assert told.unsigned == []
    assert told.doubled == []
    assert told.posts > told.passes / PASSES  # the others go out: of four signed ones, more than one a trial


def trial(at: Ground, chance: random.Random, told: Told) -> None:
    """Put everything back, and let the intruder and the daemon take turns."""
    at.restore()
    ended._KNOWN.clear()
    owed._KNOWN.clear()
    at.sink.effects.clear()
    for _ in range(PASSES):
        with at.intruder.connect() as connection, connection.begin():
            rewriting.unguard(connection)
            rewriter = rewriting.Rewriter(connection, chance, at.old)
            acts = [rewriter.write() for _ in range(AT_ONCE)]
        told.did.update(acts)
        asyncio.run(one_pass(at.workspace))
        told.passes += 1
    bodies = [request.json() for request in at.sink.effects]
    told.posts += len(bodies)
    told.unsigned += [body for body in bodies if at.signed.get(body["release"]) != body["text"]]
    told.doubled += [key for key, times in Counter(body["release"] for body in bodies).items() if times > 1]


async def one_pass(workspace: Workspace) -> None:
    """Do what a daemon does at its start: recover, claim all that is due, and send it; then recover again."""
    settings, database = workspace.settings, workspace.database
    journal = Journal(settings.trust).open()
    try:
        await asyncio.to_thread(recovered, workspace, journal, starting=True)
        room = EvidenceRoom(settings.trust, journal)
        async with Desk(settings, loopback_only=True) as desk:
            shop = Workshop(database, room, journal, settings.media, LEASE, desk.publisher, roster.capabilities)
            held: set[Claim] = set()
            idle = asyncio.Event()

            def done(claim: Claim) -> None:
                held.discard(claim)
                if not held:
                    idle.set()

            sender = Sender(shop, done, lambda: None)
            working = asyncio.create_task(sender.run())
            for _ in range(3):
                got = await asyncio.to_thread(claimed, workspace)
                if not got:
                    break
                idle.clear()
                held.update(got)
                for claim in got:
                    sender.take(claim)
                with suppress(TimeoutError):
                    await asyncio.wait_for(idle.wait(), 3)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            sender.close()
        await asyncio.to_thread(recovered, workspace, journal, starting=False)
    finally:
        journal.close()


def claimed(workspace: Workspace) -> list[Claim]:
    """Claim as the job store does: whatever is wrong with the table, it asks again later."""
    try:
        with writing(workspace.database) as connection:
            owner = f"{machine_name(workspace.settings.trust)}:one"
            return claims.claim(connection, owner=owner, lease=LEASE, limit=100, now=clock.now())
    except Exception:  # noqa: BLE001 (the job store logs it, and asks again)
        return []


def recovered(workspace: Workspace, journal: Journal, *, starting: bool) -> None:
    """Recover as the daemon's round does: what fails comes round again."""
    with suppress(CordialeError), writing(workspace.database) as connection:
        recover(
            connection,
            machine=machine_name(workspace.settings.trust),
            starting=starting,
            capabilities=roster.capabilities,
            journal=journal,
            lease=LEASE,
            now=clock.now(),
        )


class ground:  # noqa: N801 (a context manager, called as one)
    """Give the ground of all trials."""

    def __init__(self, folder: Path, database_url: str, sink: HttpSink) -> None:
        self._folder, self._url, self._sink = folder, database_url, sink
        self._stack = ExitStack()

    def __enter__(self) -> Ground:
        made = workspaces.make(
            self._folder / "workspace",
            secrets={"hook": workspaces.SIGNING_KEY},
            database_url=self._url,
            catch_up=0,
        )
        signed, old = populate(made, self._sink.url)
        made.database.dispose()
        intruder = create_engine(made.settings.database_url, poolclass=NullPool)
        back = shelve(made, self._folder / "shelf", intruder)
        self._stack.callback(made.database.dispose)
        return Ground(made, self._sink, signed, old, back, intruder)

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def populate(made: Workspace, url: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Make ten releases that are due: four signed by both, and six of which each must not go out for its reason."""
    due = (clock.now() - timedelta(seconds=5)).replace(microsecond=0)
    hook = campaigns.channel("webhook", server=url, credential="hook")
    other = {**hook, "id": "uk-other"}
    entries = [
        campaigns.entry(
            n, due, channels=["uk-other" if n == 10 else "uk-webhook"], if_late={"after": "30d", "then": "send"}
        )
        for n in range(1, 11)
    ]

    def document(**changes: Any) -> Any:
        return campaigns.campaign(10, at=due, channels=[hook, other], releases=entries, **changes)

    made.apply(document(), now=due - HOUR)
    both = Selection(releases=(*GOOD, "r7", "r8", "r9", "r10"))
    made.approve("uk", "fr", pick=both)
    made.approve("uk", pick=Selection(releases=("r5",)))
    made.decide("fr", "refuse", reason="old", pick=Selection(releases=("r7",)))
    before = made.row("r8")
    messages = [campaigns.message(n) for n in range(1, 11)]
    messages[7] = campaigns.message(8, wording={"en-GB": "Daesh lost what it had in the south."})
    made.apply(document(messages=messages, adjustments=[campaigns.adjustment()]), now=due - HOUR)
    row = made.row("r9")
    journal = Journal(made.settings.trust).open()
    journal.write([(row["id"], row["digest"], "begun"), (row["id"], row["digest"], "published")], clock.now())
    journal.close()
    made.set("r9", state="published", published_at=clock.now(), tries=1)
    with writing(made.database) as connection:
        hold.place(
            connection,
            made.settings.trust,
            scope="channel",
            target="uk-other",
            partner="fr",
            reason="an attack",
            at=clock.now(),
        )
    rows = made.rows()
    texts = {rows[each]["id"]: json.loads(rows[each]["outgoing"])["parts"][0]["text"] for each in GOOD}
    names = ("id", "outgoing", "digest", "bytes_digest")
    return texts, [{name: before[name] for name in names}]


def shelve(made: Workspace, shelf: Path, intruder: Engine) -> Callable[[], None]:
    """Put database and local files aside, and return what brings them back."""
    local = made.settings.trust / "local"
    shutil.copytree(local, shelf / "local")
    if intruder.dialect.name == "sqlite":
        shutil.copyfile(made.folder / "cordiale.db", shelf / "cordiale.db")
        bring_back = _files(made, shelf)
    else:
        bring_back = _rows(intruder)

    def restore() -> None:
        bring_back()
        shutil.rmtree(local)
        shutil.copytree(shelf / "local", local)

    return restore


def _files(made: Workspace, shelf: Path) -> Callable[[], None]:
    def bring_back() -> None:
        made.database.dispose()
        for name in ("cordiale.db-wal", "cordiale.db-shm"):
            (made.folder / name).unlink(missing_ok=True)
        shutil.copyfile(shelf / "cordiale.db", made.folder / "cordiale.db")

    return bring_back


def _rows(intruder: Engine) -> Callable[[], None]:
    meta = MetaData()
    with intruder.connect() as connection:
        meta.reflect(connection)
        kept = {
            name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for name, table in meta.tables.items()
        }

    def bring_back() -> None:
        with intruder.connect() as connection, connection.begin():
            rewriting.unguard(connection)
            names = ", ".join(f'"{name}"' for name in meta.tables)
            connection.execute(text(f"TRUNCATE {names}"))
            for name, rows in kept.items():
                if rows:
                    connection.execute(meta.tables[name].insert(), rows)

    return bring_back
