"""A hold is asked for while the database breaks under a daemon that sends: it stands, and nothing begins after it."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.builders import burst, postgres
from tests.builders.workspaces import Workspace
from tests.chaos import kills
from tests.chaos.processes import BOUND, ROOT, Daemon, Sink

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

N = 400
COMPLAINS = (
    "claim failed",
    "begin failed",
    "outcomes wait",
    "does not answer",
)  #: what the daemon logs of its database


def damage(made: Workspace) -> Callable[[], None]:
    """Overwrite the SQLite file and its write-ahead log in place, as a dying disk does; nothing brings them back."""
    noise = random.Random(6)  # noqa: S311 (the same noise every time)
    for name in ("cordiale.db", "cordiale.db-wal"):
        with (made.folder / name).open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            file.write(noise.randbytes(size))
    return lambda: None


def refuse(made: Workspace) -> Callable[[], None]:
    """Let PostgreSQL end every session of the database and take no new one; return what lets it answer again."""
    name = make_url(made.settings.database_url).database
    server = create_engine(postgres.server(), isolation_level="AUTOCOMMIT")
    ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")

    def allow(*, yes: bool) -> None:
        with server.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}"))
            if not yes:
                connection.execute(ended, {"name": name})
        server.dispose()

    allow(yes=False)
    return lambda: allow(yes=True)


def begun(made: Workspace) -> int:
    """Return how many releases the send journal says were begun."""
    lines = (made.settings.trust / "local" / "journal.jsonl").read_bytes().split(b"\n")[:-1]
    return sum(json.loads(line)["o"] == "begun" for line in lines)


def test_a_hold_over_a_broken_database_stops_the_daemon(tmp_path, database_url):
    """Whatever became of the database, what the command says is true: from its return on no release begins."""
    with (
        Sink(tmp_path / "ledger.jsonl", deduplicates=True) as sink,
        kills.closing(
            burst.build(
                tmp_path / "w", N, "webhook", f"{sink.url}/hook", {"deduplicates": True}, database_url=database_url
            )
        ) as made,
        Daemon(made.folder) as daemon,
    ):
        assert daemon.until(lambda: sink.count() >= N // 10), daemon.said()
        made.database.dispose()
        mend = (refuse if database_url else damage)(made)
        words = [sys.executable, ROOT / "main.py", "hold", "--as", "fr", "--reason", "attack in Nice", "--wait", "0"]
        held = subprocess.run(words, cwd=made.folder, capture_output=True, text=True, timeout=BOUND, check=False)
        at_return = begun(made)
        try:
            assert daemon.until(lambda: any(each in daemon.said() for each in COMPLAINS)), daemon.said()
        finally:
            mend()
        if database_url:
            assert daemon.until(lambda: bool(made.events("hold.adopt"))), daemon.said()
            assert daemon.until(lambda: "sending" not in made.states().values()), daemon.said()
            left = set(made.states().values())
        daemon.kill()
        ever, out = begun(made), sink.count()
    kind = "a PostgreSQL that refuses" if database_url else "an overwritten SQLite file"
    print(f"\nHold over {kind}: exit {held.returncode}; {at_return} of {N} had begun, {ever - at_return} after it")  # noqa: T201 (figures)

    assert held.returncode == 3, held.stdout + held.stderr
    assert "Everything is held by fr" in held.stdout
    assert ever == at_return < N
    assert out <= at_return
    if database_url:
        assert left <= {"published", "scheduled", "claimed"}
