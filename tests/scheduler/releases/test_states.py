"""The life of a release is one table, and the table is what we think it is."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.releases.states import (
    EDITABLE,
    FINAL,
    NEEDS_A_PERSON,
    TRANSITIONS,
    IllegalMove,
    Move,
    State,
    advance,
    allowed,
    origins,
)

EVERY = [(state, move) for state in State for move in Move]
#: What may follow each state, written out once more: a change of the table is a change of the rules.
TABLE = {
    State.DRAFT: {
        "sign": "scheduled",
        "void": "draft",
        "refuse": "refused",
        "expire": "expired",
        "cancel": "cancelled",
        "retract": "retracting",
    },
    State.SCHEDULED: {
        "void": "draft",
        "refuse": "refused",
        "withdraw": "draft",
        "expire": "expired",
        "cancel": "cancelled",
        "claim": "claimed",
        "retract": "retracting",
    },
    State.CLAIMED: {
        "release": "scheduled",
        "void": "draft",
        "withdraw": "draft",
        "expire": "expired",
        "begin": "sending",
        "fail": "failed",
        "lose": "uncertain",
        "confirm": "published",
    },
    State.SENDING: {
        "accept": "published",
        "retry": "scheduled",
        "fail": "failed",
        "lose": "uncertain",
        "hand_over": "handed_over",
    },
    State.PUBLISHED: {"retract": "retracting"},
    State.RETRACTING: {"begin": "retracting", "retry": "retracting", "vanish": "retracted", "remain": "published"},
    State.RETRACTED: {},
    State.REFUSED: {"void": "draft", "cancel": "cancelled", "retract": "retracting"},
    State.EXPIRED: {},
    State.CANCELLED: {"void": "draft", "retract": "retracting"},
    State.FAILED: {"reschedule": "scheduled", "cancel": "cancelled", "retract": "retracting"},
    State.HANDED_OVER: {"confirm": "published", "deny": "failed"},
    State.UNCERTAIN: {"confirm": "published", "deny": "failed", "reschedule": "scheduled"},
}


@pytest.mark.parametrize(("state", "move"), EVERY, ids=[f"{state}-{move}" for state, move in EVERY])
def test_every_move_from_every_state(state: State, move: Move):
    """A move leads where the table says, and nowhere else."""
    expected = TABLE[state].get(move.value)

    if expected is None:
        with pytest.raises(IllegalMove) as refused:
            advance(state, move)
        assert state.value in refused.value.message
        assert all(each in refused.value.hint for each in TABLE[state])
    else:
        assert advance(state, move) == expected


@pytest.mark.parametrize("state", State)
def test_allowed_names_what_advance_takes(state: State):
    """The hint of a refusal is the truth."""
    assert {move.value for move in allowed(state)} == set(TABLE[state])


@pytest.mark.parametrize("move", Move)
def test_origins_are_the_states_a_move_starts_from(move: Move):
    """`origins` reads the same table from the other side; no move is without one."""
    assert set(origins(move)) == {state for state, moves in TABLE.items() if move.value in moves} != set()


def _reachable(start: State) -> set[State]:
    found, queue = {start}, deque([start])
    while queue:
        state = queue.popleft()
        for move in allowed(state):
            if (after := advance(state, move)) not in found:
                found.add(after)
                queue.append(after)
    return found


def test_every_state_can_be_reached_from_a_draft():
    """No state is an island."""
    assert _reachable(State.DRAFT) == set(State)


@pytest.mark.parametrize("state", State)
def test_only_final_states_lead_nowhere(state: State):
    """Nothing gets stuck: what is not final has a way on."""
    assert (not allowed(state)) == (state in FINAL)


@pytest.mark.parametrize("state", sorted(NEEDS_A_PERSON), ids=str)
def test_what_needs_a_person_can_end(state: State):
    """A person's word leads out of every state that waits for one."""
    assert _reachable(state) & {State.PUBLISHED, State.CANCELLED}


def test_nothing_on_the_wire_is_editable():
    """`apply` cannot touch what may have left."""
    left = {State.SENDING, State.PUBLISHED, State.UNCERTAIN, State.HANDED_OVER, State.RETRACTING, State.RETRACTED}

    assert not EDITABLE & left


def test_only_begin_leads_to_the_wire():
    """The one way into `sending` is `begin`, and the one way to it is a claim."""
    assert [key for key, after in TRANSITIONS.items() if after is State.SENDING] == [(State.CLAIMED, Move.BEGIN)]
    assert [key for key, after in TRANSITIONS.items() if after is State.CLAIMED] == [(State.SCHEDULED, Move.CLAIM)]


@given(st.lists(st.sampled_from(list(Move)), max_size=60))
def test_no_walk_sends_a_draft_without_a_signature(moves: list[Move]):
    """On any road, what is on the wire was signed after its last edit, refusal or withdrawal."""
    state, signed = State.DRAFT, False
    for move in moves:
        if (state, move) in TRANSITIONS:
            state = advance(state, move)
            signed = state not in {State.DRAFT, State.REFUSED, State.CANCELLED} and (signed or move is Move.SIGN)
        if state in {State.SCHEDULED, State.CLAIMED, State.SENDING}:
            assert signed
