"""One writer for releases: every move is in the table of states, in the event log, and nowhere else."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from campaigns import clock
from campaigns.store.engine import writing
from scheduler.releases import ledger
from scheduler.releases.ledger import Step
from scheduler.releases.states import TRANSITIONS, IllegalMove, Move, State
from tests.builders import campaigns, workspaces
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)


@pytest.fixture
def booked(shared: Workspace) -> Workspace:
    """Give a workspace with three drafts, on each database."""
    shared.apply(campaigns.campaign(3, at=clock.now() + HOUR))
    return shared


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = workspaces.make(tmp_path_factory.mktemp("ledger") / "workspace")
    made.apply(campaigns.campaign(3, at=clock.now() + HOUR))
    yield made
    made.database.dispose()


def do(workspace: Workspace, *steps: Step) -> ledger.Moved:
    with writing(workspace.database) as connection:
        return ledger.move(connection, steps, clock.now())


def step(workspace: Workspace, move: Move, entry: str = "r1", **more) -> Step:
    return Step(workspace.row(entry)["id"], move, **more)


def test_a_move_writes_its_state_its_reason_and_one_event(booked: Workspace):
    """What happened, to what, from where to where, by whom and why: one row of the log a move."""
    before = len(booked.events())
    do(booked, step(booked, Move.REFUSE, actor="ana", why="An old figure.", detail={"page": 3}))
    (event,) = booked.events()[before:]

    assert (booked.row()["state"], booked.row()["reason"]) == ("refused", "An old figure.")
    assert (event["act"], event["subject"], event["campaign"]) == ("release.refuse", booked.row()["id"], "voices")
    assert (event["before"], event["after"], event["actor"]) == ("draft", "refused", "ana")
    assert (event["why"], event["detail"]) == ("An old figure.", {"page": 3})


def test_a_person_who_asks_for_the_impossible_is_refused(booked: Workspace):
    """A step without a fence is a person's: the refusal says what is possible, and nothing of the batch is kept."""
    with pytest.raises(IllegalMove):
        do(booked, step(booked, Move.SIGN, "r2"), step(booked, Move.ACCEPT, "r1"))

    assert set(booked.states().values()) == {"draft"}
    assert not booked.events("release.sign")


@pytest.mark.parametrize("fence", [0, 2], ids=["an older claim", "a claim that never was"])
def test_a_stale_fence_writes_nothing(booked: Workspace, fence: int):
    """A holder whose claim is over moves nothing, and is told so."""
    booked.set("r1", state="claimed", fence=1, owner="x", lease_until=clock.now())
    before = booked.row(), len(booked.events())
    stale = step(booked, Move.BEGIN, fence=fence)

    assert do(booked, stale) == ledger.Moved({}, (stale,))
    assert (booked.row(), len(booked.events())) == before


def test_a_fenced_step_from_another_state_is_stale(booked: Workspace):
    """The engine's steps are never refused: what no longer applies comes back."""
    stale = step(booked, Move.ACCEPT, fence=0)

    assert do(booked, stale).stale == (stale,)
    assert booked.row()["state"] == "draft"


def test_an_unknown_release_is_stale(booked: Workspace):
    """A release that is not there harms no other."""
    lost = Step("nobody", Move.SIGN)

    moved = do(booked, lost, step(booked, Move.SIGN))

    assert moved.stale == (lost,)
    assert booked.row()["state"] == "scheduled"


def test_two_steps_of_one_release_follow_each_other(booked: Workspace):
    """The second step starts where the first one led, in the table and in the log."""
    do(booked, step(booked, Move.SIGN, why="one"), step(booked, Move.CANCEL, why="two"))

    assert (booked.row()["state"], booked.row()["reason"]) == ("cancelled", "two")
    assert [(each["before"], each["after"]) for each in booked.events()[-2:]] == [
        ("draft", "scheduled"),
        ("scheduled", "cancelled"),
    ]


def test_a_step_cannot_write_another_state_than_its_move(booked: Workspace):
    """What is written beside a move never overrules where it leads."""
    do(booked, step(booked, Move.SIGN, sets={"state": "published"}))

    assert booked.row()["state"] == "scheduled"


def test_a_lease_ends_with_the_claim(booked: Workspace):
    """A release that nobody holds has no owner."""
    booked.set("r1", state="claimed", fence=1, owner="x", lease_until=clock.now())
    do(booked, step(booked, Move.RELEASE, fence=1))

    assert (booked.row()["owner"], booked.row()["lease_until"]) == (None, None)


def test_the_transaction_is_the_callers(booked: Workspace):
    """An error after a move undoes the move and its event together."""
    before = len(booked.events())
    with suppress(RuntimeError), writing(booked.database) as connection:
        assert ledger.move(connection, [step(booked, Move.SIGN)], clock.now()).done
        raise RuntimeError

    assert (booked.row()["state"], len(booked.events())) == ("draft", before)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"findings": "[{"}, id="findings that are no JSON"),
        pytest.param({"due_at": "soon"}, id="an instant that is none"),
        pytest.param({"state": "launched"}, id="a state that is none"),
    ],
)
def test_a_damaged_row_harms_itself_alone(booked: Workspace, damage: dict[str, str]):
    """A row that cannot be read comes no nearer to leaving; the others of its batch move."""
    ids = [row["id"] for row in booked.rows().values()]
    column, value = next(iter(damage.items()))
    with booked.database.connect() as connection:
        statement = f"UPDATE release SET {column} = :value WHERE entry = 'r2'"  # noqa: S608 (a column of the table above)
        connection.execute(text(statement), {"value": value})
        connection.commit()
    moved = do(booked, *[Step(each, Move.SIGN) for each in ids])

    assert len(moved.done) == 2
    assert len(moved.stale) == 1


MOVES = st.lists(
    st.tuples(st.sampled_from(["r1", "r2", "r3"]), st.sampled_from(list(Move)), st.booleans()), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_the_log_tells_the_whole_story(walked: Workspace, moves: list[tuple[str, Move, bool]]):
    """Any sequence of moves: as many events as moves, each from where the last one led, and the last is the state."""
    with writing(walked.database) as connection:
        connection.execute(ledger.RELEASE.update().values(state="draft", fence=7))
    mark = walked.events()[-1]["seq"]
    expected = dict.fromkeys(["r1", "r2", "r3"], State.DRAFT)
    rows, wanted = walked.rows(), []
    for entry, move, fenced in moves:
        one = Step(rows[entry]["id"], move, fence=7 if fenced else None)
        if (expected[entry], move) in TRANSITIONS:
            wanted.append((one.id, expected[entry].value, TRANSITIONS[expected[entry], move].value))
            expected[entry] = TRANSITIONS[expected[entry], move]
            do(walked, one)
        elif fenced:
            assert do(walked, one).stale == (one,)
        else:
            with pytest.raises(IllegalMove):
                do(walked, one)
    told = [(each["subject"], each["before"], each["after"]) for each in walked.events() if each["seq"] > mark]

    assert told == wanted
    assert walked.states() == {entry: state.value for entry, state in expected.items()}


def test_many_rows_move_in_one_go(tmp_path: Path):
    """More releases than one IN list holds are moved like few."""
    made = workspaces.make(tmp_path / "workspace")
    made.apply(campaigns.campaign(1, at=clock.now() + HOUR))
    row = made.row()
    with writing(made.database) as connection:
        many = [{**row, "id": f"id-{number}", "entry": f"e{number}"} for number in range(ledger.CHUNK * 2 + 1)]
        ledger.book(connection, many, "amina", clock.now())
        moved = ledger.move(connection, [Step(each["id"], Move.SIGN) for each in many], clock.now())

    assert len(moved.done) == len(many)
    assert set(made.states().values()) == {"scheduled", "draft"}
    assert len(made.events("release.sign")) == len(many)
    made.database.dispose()


def test_leases_are_renewed_together(booked: Workspace):
    """Any number of claims at a time: those that still stand under their fence, and no other."""
    until, longer = clock.now() + HOUR, clock.now() + 2 * HOUR
    for entry, state in (("r1", "claimed"), ("r2", "sending"), ("r3", "retracting")):
        booked.set(entry, state=state, fence=2, lease_until=until)
    held = [(row["id"], row["fence"]) for row in booked.rows().values()]
    with writing(booked.database) as connection:
        assert ledger.renew(connection, [(release, fence - 1) for release, fence in held], longer) == 0
        assert ledger.renew(connection, held, longer) == 2

    assert [row["lease_until"] for _, row in sorted(booked.rows().items())] == [longer, longer, until]
