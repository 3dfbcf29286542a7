"""Figures: every release counted once, from indexes alone, and not more often than it is worth."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.clock import instant_text
from campaigns.store.engine import reading
from campaigns.store.glance import through
from scheduler.releases.states import State
from scheduler.watch import figures
from tests.builders import campaigns
from tests.builders.workspaces import Workspace

STATES = [each.value for each in State]


def fill(workspace: Workspace) -> Workspace:
    """Give *workspace* one release in each state, all of them past their instant."""
    now = clock.now()
    workspace.apply(campaigns.campaign(len(STATES), at=now.replace(microsecond=0) + timedelta(hours=2)))
    for number, state in enumerate(STATES, 1):
        past = now - timedelta(minutes=5)
        workspace.set(f"r{number}", state=state, due_at=past, next_at=past, lease_until=past)
    return workspace


@pytest.fixture
def one_each(shared: Workspace) -> Workspace:
    """Give a workspace with one release in each state, on each database."""
    return fill(shared)


def counted(workspace: Workspace) -> figures.Figures:
    with reading(workspace.database) as connection:
        return figures.count(through(connection), clock.now())


def test_every_state_is_counted(one_each: Workspace):
    """One release in each state: one is counted in each, and those that should have left are late."""
    found = counted(one_each)

    assert found.states == dict.fromkeys(STATES, 1)
    assert (found.due, found.late, found.attention()) == (1, 4, 5)  # draft, scheduled, claimed, sending


def test_every_count_comes_from_an_index(workspace: Workspace):
    """SQLite reads no row of the table for what grows with it: a million rows cost some tenths of a second."""
    values = {"late": instant_text(clock.now()), "now": instant_text(clock.now())}
    plans = {}
    with reading(fill(workspace).database) as connection:
        for name in ("_OPEN", "_SETTLED", "_DUE"):
            statement = text(f"EXPLAIN QUERY PLAN {getattr(figures, name)}")
            rows = connection.execute(statement, {k: v for k, v in values.items() if f":{k}" in statement.text})
            plans[name] = " ".join(row.detail for row in rows)

    assert "COVERING INDEX release_open" in plans["_OPEN"]
    assert "COVERING INDEX release_settled" in plans["_SETTLED"]
    assert "INDEX release_due (next_at<?)" in plans["_DUE"]


def test_the_longer_a_count_takes_the_later_comes_the_next(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Counting may take a share of the time, and no more: an idle daemon with a million rows stays idle."""
    counter, moments = figures.Counter(workspace.database), iter([0.0, 0.1, 19.0, 21.0, 21.2])
    monkeypatch.setattr(clock, "monotonic", lambda: next(moments))
    seen = []
    for _ in range(3):
        counter.refresh()
        seen.append(counter.last)

    assert seen[0] is seen[1]
    assert seen[1] is not seen[2]
