"""Cordiale as a contender: the same burst, signed, in its table; gate, journal and events as always."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from campaigns import clock
from campaigns.store.engine import connect, reading, writing
from scheduler.releases.ledger import ATTEMPT, RELEASE
from tests.benchmarks import rig
from tests.builders import burst, postgres
from tests.builders import shared as tickets

WORKER = ("worker", "--name", "hands")
PLANNER = ("run", "--engine", "procrastinate")
LATER, SOON = timedelta(days=1), timedelta(seconds=2)


class Burst:
    """*n* signed releases for a sink at *url*, made once, copied for each round. *shared*: on PostgreSQL."""

    def __init__(self, folder: Path, n: int, url: str, *, shared: bool) -> None:
        self.folder, self._n, self._shared = folder, n, shared
        self._stack = ExitStack()
        self._url = self._stack.enter_context(tickets.fresh()) if shared else ""
        options = {"deduplicates": True}
        made = burst.build(folder, n, "webhook", f"{url}/hook", options, database_url=self._url, monitor="")
        made.database.dispose()

    def close(self) -> None:
        """Drop what was made on a server."""
        self._stack.close()

    @contextmanager
    def waiting(self, number: str, *commands: tuple[str, ...]) -> Iterator[datetime]:
        """Let *commands* wait for a copy, and give the instant at which it is due; see that each went out once."""
        folder = self.folder.with_name(f"{self.folder.name}-{number}")
        shutil.copytree(self.folder, folder)
        with ExitStack() as stack:
            url = f"sqlite:///{folder / 'cordiale.db'}"
            if self._shared:
                url = stack.enter_context(postgres.copied(self._url))
            settings = (folder / "cordiale.toml").read_text("utf-8").splitlines()
            lines = [f'database_url = "{url}"', *(each for each in settings if not each.startswith("database_url"))]
            (folder / "cordiale.toml").write_text("\n".join(lines) + "\n", "utf-8")
            database = connect(url)
            stack.callback(database.dispose)
            _move(database, clock.now() + LATER)
            with ExitStack() as processes:
                for command in commands:
                    processes.enter_context(rig.running(rig.cordiale(*command), folder, rig.PUBLISHES))
                due = clock.now() + SOON
                _move(database, due)
                yield due
            with reading(database) as connection:
                counted = connection.execute(select(RELEASE.c.state, func.count()).group_by(RELEASE.c.state))
                states = {state: number for state, number in counted}  # noqa: C416 (rows are no pairs)
                attempts = connection.execute(select(func.count()).select_from(ATTEMPT)).scalar_one()
        assert (states, attempts) == ({"published": self._n}, self._n)


def _move(database: Engine, at: datetime) -> None:
    """Let every release be looked at from *at* on: what was signed, its due instant, stays."""
    with writing(database) as connection:
        connection.execute(RELEASE.update().values(next_at=at))
