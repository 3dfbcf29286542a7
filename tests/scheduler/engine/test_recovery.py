"""Recovery: what a dead daemon left is taken over once, by what the channel can do, and never sent blindly."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns import clock
from scheduler.publisher import Capabilities
from scheduler.releases import ledger
from scheduler.releases.journal import Journal, Outcome
from scheduler.releases.ledger import Step
from scheduler.releases.states import Move
from tests.builders import campaigns
from tests.builders.engine_room import LEASE, EngineRoom, unknown_again
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
DUE = (clock.now() + HOUR).replace(microsecond=0)
OVER = DUE + LEASE + SECOND
ABSORBS = Capabilities(absorbs_key=timedelta.max)
LOOKS_UP = Capabilities(can_look_up=True)
NEITHER = Capabilities()


@pytest.fixture
def room(engine_room: EngineRoom) -> EngineRoom:
    """Give the engine room with one signed release, on a channel that can do nothing."""
    engine_room.capabilities = lambda _kind, _options: NEITHER
    engine_room.workspace.apply(campaigns.campaign(at=DUE, entries={"if_late": {"after": "1d", "then": "send"}}))
    engine_room.workspace.approve()
    return engine_room


def counts(found) -> dict[str, int]:
    names = ("given_back", "resent", "uncertain", "published", "expired")
    return {name: getattr(found, name) for name in names if getattr(found, name)} | (
        {"look_up": len(found.look_up)} if found.look_up else {}
    )


def test_a_claim_that_ran_out_is_given_back(room: EngineRoom):
    """Nothing had left: it is scheduled again, and the next claim has another fence."""
    room.claim(DUE)

    assert counts(room.recover(DUE + LEASE)) == {}
    assert counts(room.recover(OVER)) == {"given_back": 1}
    assert room.workspace.row()["state"] == "scheduled"
    assert room.claim(OVER)[0].fence == 2


SENDING = [
    pytest.param(ABSORBS, {"resent": 1}, "scheduled", "unknown", id="the channel absorbs the key"),
    pytest.param(LOOKS_UP, {"look_up": 1}, "sending", None, id="the channel can be asked"),
    pytest.param(NEITHER, {"uncertain": 1}, "uncertain", "unknown", id="neither"),
]


@pytest.mark.parametrize(("can", "expected", "state", "outcome"), SENDING)
def test_what_was_on_the_wire_follows_the_channel(
    room: EngineRoom, can: Capabilities, expected: dict[str, int], state: str, outcome: str | None
):
    """The journal says begun: it may be out, and the channel's abilities decide."""
    room.capabilities = lambda _kind, _options: can
    room.send(DUE)

    assert counts(room.recover(OVER)) == expected
    assert room.workspace.row()["state"] == state
    assert [each["outcome"] for each in room.workspace.attempts()] == [outcome]


def test_what_the_journal_never_saw_begin_had_not_left(room: EngineRoom):
    """Killed between the table and the journal: nothing had left, on any channel, and it goes out again."""
    room.begin(room.claim(DUE), DUE, journal=False)

    assert counts(room.recover(OVER)) == {"given_back": 1}
    assert [each["outcome"] for each in room.workspace.attempts()] == ["absent"]
    assert len(room.send(OVER)) == 1


def test_an_attempt_after_a_refused_one_had_not_left_either(room: EngineRoom):
    """The journal's last word is `not`, of the attempt before: this one never was on the wire."""
    from tests.builders.engine_room import busy

    (permit,) = room.send(DUE)
    room.finish(permit, busy(DUE + SECOND), DUE)
    room.journal.write([(permit.claim.id, permit.digest, "not")], DUE)
    room.begin(room.claim(DUE + SECOND), DUE + SECOND, journal=False)

    assert counts(room.recover(OVER + SECOND)) == {"given_back": 1}


@pytest.fixture
def beside(room: EngineRoom, tmp_path: Path) -> Iterator[EngineRoom]:
    """Give the engine room of another machine on the same table, with a journal of its own."""
    other = EngineRoom(room.workspace, Journal(tmp_path / "elsewhere").open(), capabilities=room.capabilities)
    other.machine = "another"
    yield other
    other.journal.close()


def test_another_machines_release_is_never_taken_for_unsent(room: EngineRoom, beside: EngineRoom):
    """Our journal says nothing about another machine's: that one has a lease more to say so, then a person decides."""
    room.send(DUE)

    assert counts(beside.recover(OVER + LEASE - 2 * SECOND)) == {}
    assert counts(beside.recover(OVER + LEASE)) == {"uncertain": 1}


def test_a_machine_that_was_cut_off_says_in_time_that_nothing_left(room: EngineRoom, beside: EngineRoom):
    """Its begin was kept, it never heard so, and nothing left: it is back within the lease that the others leave it."""
    room.begin(room.claim(DUE), DUE, journal=False)

    assert counts(beside.recover(OVER)) == {}
    assert counts(room.recover(OVER + SECOND)) == {"given_back": 1}
    assert len(room.send(OVER + SECOND)) == 1


BACK = [
    pytest.param((), {"given_back": 1}, "scheduled", ["absent"], id="nothing left"),
    pytest.param(("begun", "not"), {"given_back": 1}, "scheduled", ["absent"], id="the channel did not take it"),
    pytest.param(("begun", "published"), {"published": 1}, "published", ["published"], id="it was published"),
    pytest.param(("begun",), {}, "uncertain", ["unknown"], id="nobody can tell"),
    pytest.param(("begun", "unknown"), {}, "uncertain", ["unknown"], id="the answer was lost"),
]


@pytest.mark.parametrize(("words", "expected", "state", "outcomes"), BACK)
def test_a_machine_that_comes_back_settles_what_others_gave_up_on(
    room: EngineRoom, beside: EngineRoom, words: tuple[Outcome, ...], expected, state: str, outcomes: list[str]
):
    """However late it comes: its journal alone knows whether anything left, and where it knows, nobody is asked."""
    (permit,) = room.begin(room.claim(DUE), DUE, journal=False)
    room.journal.write([(permit.claim.id, permit.digest, word) for word in words], DUE)
    assert counts(beside.recover(OVER + LEASE)) == {"uncertain": 1}

    assert counts(beside.recover(OVER + LEASE)) == {}
    assert counts(room.recover(OVER + HOUR, in_hand=[permit.claim.id])) == {}
    assert counts(room.recover(OVER + HOUR)) == expected
    assert (room.workspace.row()["state"], room.workspace.row()["owner"] is None) == (state, bool(expected))
    assert [each["outcome"] for each in room.workspace.attempts()] == outcomes
    assert len(room.send(OVER + HOUR)) == (state == "scheduled")


def test_what_a_person_settled_is_settled(room: EngineRoom, beside: EngineRoom):
    """A machine that comes back does not touch what somebody decided on meanwhile."""
    room.begin(room.claim(DUE), DUE, journal=False)
    beside.recover(OVER + LEASE)
    with room.workspace.transaction() as connection:
        ledger.move(connection, [Step(room.workspace.row()["id"], Move.CONFIRM, "uk", "seen there")], OVER + LEASE)

    assert counts(room.recover(OVER + HOUR)) == {}
    assert room.workspace.row()["state"] == "published"


def test_a_look_up_that_died_is_looked_up_again(room: EngineRoom):
    """A release that is being looked up is no claim of ours: its journal may be another machine's."""
    room.capabilities = lambda _kind, _options: LOOKS_UP
    room.begin(room.claim(DUE), DUE)
    room.journal._last.clear()
    room.machine, mine = "another", room.machine
    assert counts(room.recover(OVER)) == {"look_up": 1}

    assert counts(room.recover(OVER + LEASE + SECOND)) == {"look_up": 1}
    assert room.workspace.row()["owner"] == "another:look-up" != mine


def test_a_channel_that_stays_silent_ends_with_a_person(room: EngineRoom):
    """Look-ups go on for an hour; then somebody must look."""
    room.capabilities = lambda _kind, _options: LOOKS_UP
    room.send(DUE)
    assert counts(room.recover(OVER)) == {"look_up": 1}

    assert counts(room.recover(DUE + HOUR + SECOND)) == {"uncertain": 1}


@pytest.mark.parametrize(
    ("can", "expected"),
    [
        pytest.param(NEITHER, {"published": 1}, id="published it is"),
        pytest.param(ABSORBS, {"published": 1}, id="no need to send it again"),
        pytest.param(LOOKS_UP, {"look_up": 1}, id="looked up for its address"),
    ],
)
def test_the_journals_receipt_counts(room: EngineRoom, can: Capabilities, expected: dict[str, int]):
    """Killed between the journal and the table: what was published is not in doubt."""
    room.capabilities = lambda _kind, _options: can
    (permit,) = room.send(DUE)
    room.journal.write([(permit.claim.id, permit.digest, "published")], DUE)

    assert counts(room.recover(OVER)) == expected
    assert room.workspace.row()["state"] == ("sending" if "look_up" in expected else "published")


def test_a_starting_daemon_takes_over_what_its_machine_held(room: EngineRoom):
    """The journal's lock proves the former daemon dead: nobody waits for its lease."""
    room.claim(DUE)

    assert counts(room.recover(DUE + SECOND)) == {}
    assert counts(room.recover(DUE + SECOND, starting=True)) == {"given_back": 1}


def test_a_starting_daemon_leaves_other_machines_alone(room: EngineRoom):
    """Another machine's lease is its own until it runs out."""
    room.claim(DUE)
    room.machine = "another"

    assert counts(room.recover(DUE + SECOND, starting=True)) == {}


def test_what_this_process_has_in_hand_is_not_taken_over(room: EngineRoom):
    """A slow answer is not a dead daemon: while it is in hand, no lease makes it anybody's."""
    (permit,) = room.send(DUE)

    assert counts(room.recover(OVER, in_hand=[permit.claim.id])) == {}
    assert room.workspace.row()["state"] == "sending"


def test_a_release_is_recovered_once(room: EngineRoom):
    """What was settled is not settled again."""
    room.send(DUE)
    room.recover(OVER)

    assert counts(room.recover(OVER + HOUR)) == {}


def test_an_unknown_publisher_stops_no_recovery(room: EngineRoom):
    """A release of a kind that is gone waits for a person; the pass goes on."""
    from scheduler import roster

    room.send(DUE)
    room.capabilities = lambda _kind, options: roster.capabilities("gone", options)

    assert counts(room.recover(OVER)) == {"uncertain": 1}


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_outlived_its_window_expires(engine_room: EngineRoom, state: str):
    """A draft and a scheduled release whose window closed are over; one second before, they are not."""
    workspace: Workspace = engine_room.workspace
    last = campaigns.wall(DUE + HOUR)
    workspace.apply(campaigns.campaign(2, at=DUE, entries={"not_after": last}))
    workspace.set("r1", state=state)

    assert counts(engine_room.recover(DUE + HOUR)) == {}
    assert counts(engine_room.recover(DUE + HOUR + SECOND)) == {"expired": 2}
    assert set(workspace.states().values()) == {"expired"}


def test_what_the_journal_knows_of_does_not_expire(room: EngineRoom):
    """A table that forgot a publication does not call it expired: the gate settles it first."""
    row = room.workspace.row()
    room.workspace.set("r1", not_after=DUE)
    room.journal.write([(row["id"], row["digest"], "begun"), (row["id"], row["digest"], "published")], DUE)

    assert counts(room.recover(OVER)) == {}
    room.send(OVER)
    assert room.workspace.row()["state"] == "published"


def test_a_resend_that_is_held_up_too_long_is_not_resent(room: EngineRoom):
    """Recovery trusted the key; when the gate opens an hour later nobody does."""
    room.capabilities = lambda _kind, _options: Capabilities(absorbs_key=HOUR)
    (permit,) = room.send(DUE)
    room.finish(permit, unknown_again(DUE + HOUR), DUE)

    assert room.send(DUE + HOUR) == []
    assert room.workspace.row()["state"] == "uncertain"


def test_nobody_asks_for_what_may_still_arrive(room: EngineRoom):
    """A look-up before the lease is over finds nothing of what its server still works on."""
    room.capabilities = lambda _kind, _options: LOOKS_UP
    room.send(DUE)

    assert counts(room.recover(DUE + SECOND, starting=True)) == {}
    assert room.workspace.row()["state"] == "sending"
    assert counts(room.recover(OVER)) == {"look_up": 1}


def test_what_may_have_gone_out_does_not_expire(room: EngineRoom):
    """Its window closed after an attempt whose answer was lost: nobody is told that it never left."""
    room.capabilities = lambda _kind, _options: ABSORBS
    room.workspace.set("r1", not_after=DUE + HOUR)
    (permit,) = room.send(DUE)
    room.finish(permit, unknown_again(DUE + HOUR), DUE)

    assert counts(room.recover(DUE + HOUR + SECOND)) == {}
    assert room.workspace.row()["state"] == "scheduled"


@pytest.mark.parametrize("then", ["ask", "skip"])
def test_what_may_have_gone_out_is_not_called_late(engine_room: EngineRoom, then: str):
    """Too late for another attempt, and the one before has no known answer: uncertain, neither expired nor waiting."""
    engine_room.capabilities = lambda _kind, _options: ABSORBS
    engine_room.workspace.apply(campaigns.campaign(at=DUE, entries={"if_late": {"after": "15m", "then": then}}))
    engine_room.workspace.approve()
    (permit,) = engine_room.send(DUE)
    engine_room.finish(permit, unknown_again(DUE + SECOND), DUE)

    assert engine_room.send(DUE + HOUR) == []
    assert engine_room.workspace.row()["state"] == "uncertain"
    assert "may have gone out" in engine_room.workspace.row()["reason"]
