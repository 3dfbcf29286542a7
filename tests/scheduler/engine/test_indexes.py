"""No statement of a pass reads the whole release table: the databases are asked how they would run each of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from campaigns import clock
from campaigns.audit.log import Fact, append
from campaigns.audit.memory import Memory
from campaigns.store.engine import reading
from campaigns.store.glance import through
from scheduler import progress, status
from scheduler.engine import hold, paces, retraction
from scheduler.releases import ledger
from tests.builders import backlog, campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

NOW = clock.now().replace(microsecond=0)
HOUR = timedelta(hours=1)
ROWS = 4000
FEW = re.compile(r"USING (COVERING )?INDEX release_lease")
CHANNELS = [
    campaigns.channel(rate="20/s"),
    campaigns.channel(id="fr-outbox", issuer="fr", account="@faits", pace="100/d"),
    campaigns.channel(id="uk-more", account="@more"),
]


@pytest.fixture
def crowded_room(engine_room: EngineRoom) -> EngineRoom:
    """Give the engine room of a workspace with thousands of releases, three of which are due."""
    workspace = engine_room.workspace
    releases = [campaigns.entry(n, NOW, channels=[CHANNELS[3 - n]["id"]]) for n in (1, 2, 3)]
    workspace.apply(campaigns.campaign(3, channels=CHANNELS, releases=releases), now=NOW - HOUR)
    workspace.approve()
    backlog.year(workspace, ROWS, NOW)
    return engine_room


@contextmanager
def statements(database: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Give the statements that are sent while the context lasts, with their parameters."""
    found: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        found.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database, "before_cursor_execute", note)


def plans(workspace: Workspace, found: list[tuple[str, Any]], of: str = "release") -> list[str]:
    """Return how the database would run each statement in *found* that reads the table *of*."""
    explain = "EXPLAIN " if workspace.database.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    told = []
    with reading(workspace.database) as connection:
        for statement, parameters in found:
            if of in statement and statement.lstrip().startswith(("SELECT", "WITH")):
                rows = connection.exec_driver_sql(explain + statement, parameters).all()
                told.append("\n".join(str(row[-1]) for row in rows))
    return told


def whole(plan: str) -> bool:
    """Return whether *plan* walks through the table, or through an index that is not of a few rows alone."""
    lines = [line.strip(" ->") for line in plan.splitlines()]
    return any(
        line.startswith("Seq Scan on release") or (line.startswith(("SCAN release", "SCAN r")) and not FEW.search(line))
        for line in lines
    )


def expire(room: EngineRoom) -> None:
    room.recover(NOW)


def take_down(room: EngineRoom) -> None:
    with room.workspace.transaction() as connection:
        retraction.take(connection, owner="one", lease=HOUR, limit=1, now=NOW)


def account(room: EngineRoom) -> None:
    with room.workspace.transaction() as connection:
        paces.left(connection, paces.Account(("fr-outbox",), ("100/d",)), NOW)


def next_due(room: EngineRoom) -> None:
    with reading(room.workspace.database) as connection:
        ledger.next_due(connection, NOW, NOW + HOUR)


PASSES = [
    pytest.param(lambda room: room.claim(NOW), {"release_lane", "release_said"}, id="claim"),
    pytest.param(next_due, {"release_due"}, id="next run time"),
    pytest.param(expire, {"release_lease", "release_open"}, id="recovery and expiry"),
    pytest.param(take_down, {"release_lease"}, id="what is to come down"),
    pytest.param(account, {"release_said", "release_lease", "release_settled"}, id="what an account carried"),
]


@pytest.mark.parametrize(("act", "indexes"), PASSES)
def test_a_pass_reads_by_index(crowded_room: EngineRoom, act: Callable[[EngineRoom], object], indexes: set[str]):
    """Claim, next look, recovery and expiry find their few rows by a partial index, however many there are."""
    with statements(crowded_room.workspace.database) as found:
        act(crowded_room)
    told = plans(crowded_room.workspace, found)

    assert not [plan for plan in told if whole(plan)]
    assert indexes <= {name for name in indexes for plan in told if name in plan}, told


def test_what_is_new_in_the_log_is_found_by_its_number(engine_room: EngineRoom):
    """However long the log is, and before the database has any statistics of it: each duty asks for what is new."""
    workspace, seen = engine_room.workspace, Memory(engine_room.workspace.settings.trust)
    with workspace.transaction() as connection:
        append(connection, [Fact("engine", "release.claim", f"r{n}") for n in range(ROWS)], NOW)
    assert seen.catch_up(workspace.database) == ""
    with statements(workspace.database) as found:
        assert seen.catch_up(workspace.database) == ""
    told = plans(workspace, found, "event")

    assert all("event_pkey" in plan or "USING INTEGER PRIMARY KEY" in plan or plan == "SCAN event" for plan in told)
    assert not [plan for plan in told if "Seq Scan" in plan or "TEMP B-TREE" in plan], told
    assert len(told) >= 2


@pytest.mark.parametrize(("scope", "target"), [("campaign", "other"), ("channel", "uk-more"), ("partner", "fr")])
def test_a_hold_reads_by_index(crowded_room: EngineRoom, scope: str, target: str):
    """To hold, and to claim beside a hold on thousands that are due, reads what is due and what is on the wire."""
    workspace = crowded_room.workspace
    for entry, channel in (("r1", "uk-more"), ("r2", "fr-outbox")):
        backlog.fill(workspace, ROWS, entry=entry, campaign="other", channel=channel, next_at=NOW - HOUR)
    backlog.settle(workspace)
    with statements(workspace.database) as found:
        with workspace.transaction() as connection:
            said = {"scope": scope, "target": target, "partner": "uk", "reason": "Wait."}
            hold.place(connection, crowded_room.room.folder, **said, at=NOW)
        taken = crowded_room.claim(NOW)
    told = plans(workspace, found)

    assert taken
    assert not [plan for plan in told if whole(plan)]
    assert {name for name in ("release_lane", "release_lease") for plan in told if name in plan} == {
        "release_lane",
        "release_lease",
    }


def test_counts_by_state_read_no_row(crowded_room: EngineRoom):
    """How many releases each campaign has in each state stands in an index: what they say is not read for it."""
    workspace = crowded_room.workspace
    if workspace.database.dialect.name == "postgresql":
        with workspace.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM release")
    with statements(workspace.database) as found, reading(workspace.database) as connection:
        through(connection)(status._COUNTS, {})
    if workspace.database.dialect.name == "postgresql":  # what others hold open may keep it from trusting the index
        with reading(workspace.database) as connection:
            for way in ("seqscan", "bitmapscan"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            told = connection.exec_driver_sql("EXPLAIN " + found[0][0], found[0][1]).all()
        plan = "\n".join(str(row[-1]) for row in told)
    else:
        (plan,) = plans(workspace, found)

    assert "Index Only Scan using release_counts" in plan or "USING COVERING INDEX release_counts" in plan
    assert progress.counts(workspace.database)["published"] == ROWS * 8 // 10
