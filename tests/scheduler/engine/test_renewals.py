"""Leases are renewed without waiting for anybody: whoever has a row in hand just now gives it a lease, or ends it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from campaigns import clock
from campaigns.store.engine import writing
from scheduler.engine.claims import Claim
from scheduler.releases import ledger
from tests.builders import campaigns, postgres, workspaces
from tests.builders.engine_room import LEASE, EngineRoom
from tests.builders.workspaces import Workspace

NOW = clock.now().replace(microsecond=0)
LATER = NOW + 2 * LEASE
N = 3


@pytest.fixture
def claimed(engine_room: EngineRoom) -> list[Claim]:
    """Give three claims, in the order of their ids."""
    workspace = engine_room.workspace
    workspace.apply(campaigns.campaign(N, at=NOW), now=NOW - timedelta(hours=1))
    workspace.approve()
    return sorted(engine_room.claim(NOW), key=lambda each: each.id)


def pairs(held: list[Claim]) -> list[tuple[str, int]]:
    return [(each.id, each.fence) for each in held]


def leases(made: Workspace) -> dict[str, bool]:
    """Return release -> whether its lease was renewed."""
    return {row["id"]: row["lease_until"] == LATER for row in made.rows().values()}


def without_patience(connection: Connection) -> None:
    """Let whoever waits for a lock give up at once, and say so."""
    connection.execute(text("SET LOCAL lock_timeout = '1ms'"))


def test_only_what_stands_is_renewed(engine_room: EngineRoom, claimed: list[Claim]):
    """A claim that was taken anew since is another's, and one that has begun is kept by renewing it, not as a claim."""
    first, second, third = pairs(claimed)
    made = engine_room.workspace
    engine_room.begin([claimed[1]], NOW)
    held = [(first[0], first[1] - 1), second, third]
    with writing(made.database) as connection:
        assert ledger.keep(connection, held, LATER) == {third}
    assert leases(made) == {first[0]: False, second[0]: False, third[0]: True}
    with writing(made.database) as connection:
        assert ledger.renew(connection, held, LATER) == 2
    assert leases(made) == {first[0]: False, second[0]: True, third[0]: True}


@pytest.mark.postgres
def test_nobody_is_waited_for(ground: Path, postgres_url: str, engine_rooms):
    """While a group begins, its claims and older ones of the same releases are renewed past it, the others at once."""
    made = workspaces.make(ground, database_url=postgres_url)
    made.apply(campaigns.campaign(N, at=NOW), now=NOW - timedelta(hours=1))
    made.approve()
    held = pairs(sorted(engine_rooms(made).claim(NOW), key=lambda each: each.id))
    stale = (held[0][0], held[0][1] - 1)
    with writing(made.database) as beginning:
        ledger.current(beginning, [held[0][0]], lock=True)
        with writing(made.database) as connection:
            without_patience(connection)
            assert ledger.renew(connection, [stale, *held], LATER) == N - 1
        with writing(made.database) as connection:
            without_patience(connection)
            assert ledger.keep(connection, [stale, *held], LATER) == set(held)
    done = leases(made)
    made.database.dispose()
    postgres.empty(postgres_url)

    assert done == {release: release != held[0][0] for release, _ in held}
