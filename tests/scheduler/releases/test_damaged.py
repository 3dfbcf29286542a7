"""One damaged row harms its own release: that one waits, says why and how to mend it; the others go out."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaigns import clock
from campaigns.store.engine import reading, writing
from scheduler import status
from scheduler.engine import hold
from scheduler.releases.evidence import EvidenceRoom
from scheduler.releases.find import find
from scheduler.releases.gate import judge
from scheduler.releases.states import State
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
NAME = "r1/en-GB/uk-outbox"


@pytest.fixture
def engine_room(shared: Workspace, engine_rooms: Callable[[Workspace], EngineRoom]) -> EngineRoom:
    """Give two signed releases, both due."""
    due = (clock.now() + 48 * HOUR).replace(microsecond=0)
    shared.apply(campaigns.campaign(2, at=due))
    shared.approve()
    return engine_rooms(shared)


def damage(workspace: Workspace, statement: str, **values: object) -> None:
    with writing(workspace.database) as connection:
        connection.execute(text(statement), values)


OF_THE_RELEASE = [
    pytest.param("findings", "[{", id="findings that are no JSON"),
    pytest.param("findings", "5", id="findings that are a number"),
    pytest.param("findings", '{"a": 1}', id="findings that are a mapping"),
    pytest.param("findings", '[{"check": "x"}]', id="a finding without a severity"),
    pytest.param("findings", "[" * 5000, id="findings nested without end"),
    pytest.param("audiences", "readers", id="audiences that are no JSON"),
    pytest.param("audiences", "[7]", id="an audience that is a number"),
    pytest.param("due_at", "soon", id="an instant that is none"),
    pytest.param("due_at", "2027-13-45T99:00:00.000000Z", id="an absurd instant"),
    pytest.param("due_at", "0001-01-01T00:00:00+23:59", id="an instant before time"),
    pytest.param("due_at", "2027-01-01T00:00:00", id="an instant without a zone"),
    pytest.param("key_since", "", id="an empty instant"),
    pytest.param("outgoing", "", id="no bytes"),
    pytest.param("outgoing", "{}", id="bytes that say nothing"),
    pytest.param("outgoing", '{"v":[]}', id="bytes of a strange version"),
    pytest.param("digest", "", id="no digest"),
]


@pytest.mark.parametrize(("column", "value"), OF_THE_RELEASE)
def test_a_damaged_release_waits_alone(engine_room: EngineRoom, column: str, value: str):
    """It is refused with a cure that `why` and `status` show; the release beside it leaves in the same pass."""
    workspace = engine_room.workspace
    row = workspace.row("r1")
    due = row["due_at"]
    damage(workspace, f"UPDATE release SET {column} = :value WHERE id = :id", value=value, id=row["id"])  # noqa: S608 (a column of the table above)

    assert [permit.outgoing.name for permit in engine_room.send(due)] == ["r2/en-GB/uk-outbox"]
    with reading(workspace.database) as connection:
        found = find(connection, NAME)
        verdict = judge(found, engine_room.room.gather(connection, [found], due), due)
        shown = status.gather(_ask(connection), due + timedelta(minutes=2), workspace.settings.trust)
    broken = [each for each in verdict.conditions if not each.holds]
    assert broken
    assert all(each.cure for each in broken)
    assert found["state"] == State.SCHEDULED
    assert found["reason"] == broken[0].evidence
    assert NAME in {each["name"] for each in (*shown.late, *shown.damaged)}
    assert not shown.healthy


def _ask(connection):
    from campaigns.store.glance import through

    return through(connection)


def test_applying_afresh_mends_a_damaged_row(engine_room: EngineRoom):
    """The cure that is named works: the row is written anew, a draft that everybody signs again."""
    workspace = engine_room.workspace
    row = workspace.row("r1")
    damage(workspace, "UPDATE release SET findings = '[{' WHERE id = :id", id=row["id"])
    workspace.apply(campaigns.campaign(2, at=row["due_at"]), afresh=True)
    workspace.approve()

    assert len(engine_room.send(row["due_at"])) == 2


def test_a_state_that_is_none_is_shown_and_not_touched(engine_room: EngineRoom):
    """Nobody knows whether it went out: it stands in `status` until a person has looked."""
    workspace = engine_room.workspace
    due = workspace.row("r1")["due_at"]
    damage(workspace, "UPDATE release SET state = 'launched' WHERE entry = 'r1'")

    assert len(engine_room.send(due)) == 1
    with reading(workspace.database) as connection:
        shown = status.gather(_ask(connection), due, workspace.settings.trust)
        verdict = judge(find(connection, NAME), engine_room.room.gather(connection, [], due), due)
    assert [each["name"] for each in shown.damaged] == [NAME]
    assert "state cannot be read" in verdict.reason


def test_a_release_that_was_moved_behind_its_signatures_is_shown(engine_room: EngineRoom):
    """A row whose instant is not the signed one would wait for ever and never be late: `status` says so."""
    workspace = engine_room.workspace
    due = workspace.row("r1")["due_at"]
    damage(workspace, "UPDATE release SET due_at = '9999-01-01T00:00:00.000000Z', next_at = due_at WHERE entry = 'r1'")
    with reading(workspace.database) as connection:
        shown = status.gather(_ask(connection), due - HOUR, workspace.settings.trust)

    assert [each["name"] for each in shown.damaged] == [NAME]


A_BREAKER = "INSERT INTO channel_state (channel, next_free_at, open_until, why, failures, trips) VALUES "
A_HOLD = "INSERT INTO hold (scope, target, id, partner, placed_at, reason, resumed_by) VALUES "
ELSEWHERE = [
    pytest.param(
        A_HOLD + "('channel', 'another', 'h', 'fr', 'never', 'x', '{')",
        2,
        id="a hold on another",
    ),
    pytest.param(
        A_HOLD + "('planet', '', 'h', 'fr', 'never', 'x', '{')",
        0,
        id="a hold on who knows what",
    ),
    pytest.param(A_BREAKER + "('another', 'soon', 'never', 'x', 0, 0)", 2, id="the breaker of another channel"),
    pytest.param(A_BREAKER + "('uk-outbox', NULL, '1', 'x', 0, 0)", 0, id="the breaker of this channel"),
    pytest.param(
        'INSERT INTO blackout (campaign, id, position, partner, start, "end", zone, reason, exceptions) '
        "VALUES ('voices', 'b', 0, 'us', 'then', 'later', 'Moon', '', '[')",
        2,
        id="another partner's blackout",
    ),
    pytest.param("UPDATE approval SET received_at = 'once', campaign = '', reason = ''", 2, id="approvals' columns"),
    pytest.param(
        "INSERT INTO approval SELECT 'zz', campaign, partner, person, decision, reason, '{', received_at "
        "FROM approval LIMIT 1",
        2,
        id="an envelope that is none",
    ),
    pytest.param(
        "INSERT INTO approval_subject SELECT approval, 'x', digest, 'yesterday', '' FROM approval_subject LIMIT 1",
        2,
        id="a void at no instant",
    ),
    pytest.param(
        "INSERT INTO attempt (release, part, fence, act, key, started_at, detail) "
        "SELECT id, 0, 0, 'publish', 'k', 'once', '' FROM release WHERE entry = 'r1'",
        2,
        id="an attempt at no instant",
    ),
]


@pytest.mark.parametrize(("statement", "leaving"), ELSEWHERE)
def test_damage_elsewhere_stops_what_it_speaks_of(engine_room: EngineRoom, statement: str, leaving: int):
    """A damaged hold, breaker, blackout, approval or attempt raises nothing, and keeps back only what it may mean."""
    workspace = engine_room.workspace
    due = workspace.row("r1")["due_at"]
    damage(workspace, statement)

    assert len(engine_room.send(due)) == leaving


def test_a_value_of_another_type_is_damage(workspace: Workspace, engine_rooms: Callable[[Workspace], EngineRoom]):
    """SQLite keeps bytes where text should be; the row waits, and nothing is raised."""
    due = (clock.now() + 48 * HOUR).replace(microsecond=0)
    workspace.apply(campaigns.campaign(2, at=due))
    workspace.approve()
    room = engine_rooms(workspace)
    row = workspace.row("r1")
    for column in ("author", "bytes_digest", "tries", "digest", "outgoing"):
        damage(workspace, f"UPDATE release SET {column} = :raw WHERE entry = 'r1'", raw=b"\xff\x00")  # noqa: S608 (a column named above)
        permits = room.send(due)
        assert "r1/en-GB/uk-outbox" not in {permit.outgoing.name for permit in permits}
        assert column in _reason(workspace)
        damage(workspace, f"UPDATE release SET {column} = :good WHERE entry = 'r1'", good=row[column])  # noqa: S608 (the same)
        workspace.set("r1", next_at=due)


def _reason(workspace: Workspace) -> str:
    with reading(workspace.database) as connection:
        return find(connection, NAME)["reason"]


def test_a_damaged_hold_can_be_shown(engine_room: EngineRoom):
    """`status` lists a hold whose list of partners is damaged."""
    workspace = engine_room.workspace
    with writing(workspace.database) as connection:
        hold.place(
            connection, workspace.settings.trust, scope="all", target="", partner="fr", reason="x", at=clock.now()
        )
        connection.execute(text("UPDATE hold SET resumed_by = '{'"))
    with reading(workspace.database) as connection:
        assert [each["resumed_by"] for each in status.holds(_ask(connection), workspace.settings.trust)] == [[]]


def test_what_nobody_foresaw_keeps_its_release_back(engine_room: EngineRoom):
    """The gate answers for every row, whatever it holds: it never raises."""
    workspace = engine_room.workspace
    row = workspace.row("r1")
    room = EvidenceRoom(workspace.settings.trust, engine_room.journal)
    with reading(workspace.database) as connection:
        evidence = room.gather(connection, [row], row["due_at"])
    for strange in ({**row, "findings": None}, {**row, "digest": None}, {**row, "tries": None}, {"id": "x"}):
        verdict = judge(strange, evidence, row["due_at"])
        assert json.dumps([each.evidence for each in verdict.conditions])
        assert any(not each.holds and each.cure for each in verdict.conditions) or strange.get("tries", 0) is None
