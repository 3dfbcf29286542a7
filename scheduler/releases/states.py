"""
The life of a release, in one table.

    draft ──sign──▶ scheduled ──claim──▶ claimed ──begin──▶ sending ──accept──▶ published
      │ ◀─void, withdraw─ │ ▲ ◀──release────┘                  │                   │
      ├──refuse──▶ refused ──void──▶ draft                     ├──retry──▶ scheduled
      │               │                                        ├──fail──▶ failed ──reschedule──▶ scheduled
      └──expire/cancel┴──▶ expired, cancelled                  ├──hand_over──▶ handed_over ──confirm──▶ published
                                                               └──lose──▶ uncertain ──confirm, deny, reschedule──▶
    published ──retract──▶ retracting ──vanish──▶ retracted (or ──remain──▶ published)
                           retracting ──begin, retry──▶ retracting: an attempt, as often as it takes

Nothing here touches the database, the clock or the network. The ledger asks, then writes.
"""

from enum import StrEnum

from campaigns.errors import Refused


class State(StrEnum):
    """Where a release is, and what that means for the next decision."""

    DRAFT = "draft"  #: Not every partner has signed.
    SCHEDULED = "scheduled"  #: Signed; waits for its instant, or for the gate.
    CLAIMED = "claimed"  #: One daemon holds it; nothing has left.
    SENDING = "sending"  #: It may be on the wire; only recovery may take it over.
    PUBLISHED = "published"  #: The channel gave a receipt, or a person saw it there.
    RETRACTING = "retracting"  #: To be taken down; the engine tries until the channel confirms it.
    RETRACTED = "retracted"  #: Taken down, as far as the channel can say.
    REFUSED = "refused"  #: A partner said no; an edit makes it a draft again.
    EXPIRED = "expired"  #: Its window closed before it left.
    CANCELLED = "cancelled"  #: Withdrawn before it left.
    FAILED = "failed"  #: The channel said no. A person decides.
    HANDED_OVER = "handed_over"  #: A person posts it, then says where.
    UNCERTAIN = "uncertain"  #: The answer was lost. Never re-sent by a machine.


class Move(StrEnum):
    """What can happen to a release."""

    SIGN = "sign"  #: the last partner signed
    VOID = "void"  #: an edit changed what goes out
    REFUSE = "refuse"  #: a partner refused it
    WITHDRAW = "withdraw"  #: a partner took its approval back before it left
    CANCEL = "cancel"  #: withdrawn by a person, or its entry went away
    EXPIRE = "expire"  #: its window closed, or a late policy skipped it
    CLAIM = "claim"  #: a daemon took a lease
    RELEASE = "release"  #: given back before anything left: gate, rate, lease over
    BEGIN = "begin"  #: an attempt is on record and the wire may be touched
    ACCEPT = "accept"  #: the channel gave a receipt
    RETRY = "retry"  #: the channel was busy or unreachable; nothing was accepted
    FAIL = "fail"  #: the channel refused it
    LOSE = "lose"  #: the answer was lost
    HAND_OVER = "hand_over"  #: a person posts it
    CONFIRM = "confirm"  #: it is there: seen by a look-up or by a person
    DENY = "deny"  #: it is not there and shall not be
    RESCHEDULE = "reschedule"  #: it is not there; send it
    RETRACT = "retract"  #: a partner wants it down
    VANISH = "vanish"  #: it is down: the channel confirmed it, or a person saw it
    REMAIN = "remain"  #: a person says that it stays


_S, _M = State, Move

TRANSITIONS: dict[tuple[State, Move], State] = {
    (_S.DRAFT, _M.SIGN): _S.SCHEDULED,
    (_S.DRAFT, _M.VOID): _S.DRAFT,
    (_S.DRAFT, _M.REFUSE): _S.REFUSED,
    (_S.DRAFT, _M.EXPIRE): _S.EXPIRED,
    (_S.DRAFT, _M.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _M.VOID): _S.DRAFT,
    (_S.SCHEDULED, _M.REFUSE): _S.REFUSED,
    (_S.SCHEDULED, _M.WITHDRAW): _S.DRAFT,
    (_S.SCHEDULED, _M.EXPIRE): _S.EXPIRED,
    (_S.SCHEDULED, _M.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _M.CLAIM): _S.CLAIMED,
    (_S.CLAIMED, _M.RELEASE): _S.SCHEDULED,
    (_S.CLAIMED, _M.VOID): _S.DRAFT,
    (_S.CLAIMED, _M.WITHDRAW): _S.DRAFT,
    (_S.CLAIMED, _M.EXPIRE): _S.EXPIRED,
    (_S.CLAIMED, _M.BEGIN): _S.SENDING,
    (_S.CLAIMED, _M.FAIL): _S.FAILED,
    (_S.CLAIMED, _M.LOSE): _S.UNCERTAIN,
    (_S.CLAIMED, _M.CONFIRM): _S.PUBLISHED,
    (_S.SENDING, _M.ACCEPT): _S.PUBLISHED,
    (_S.SENDING, _M.RETRY): _S.SCHEDULED,
    (_S.SENDING, _M.FAIL): _S.FAILED,
    (_S.SENDING, _M.LOSE): _S.UNCERTAIN,
    (_S.SENDING, _M.HAND_OVER): _S.HANDED_OVER,
    (_S.HANDED_OVER, _M.CONFIRM): _S.PUBLISHED,
    (_S.HANDED_OVER, _M.DENY): _S.FAILED,
    (_S.UNCERTAIN, _M.CONFIRM): _S.PUBLISHED,
    (_S.UNCERTAIN, _M.DENY): _S.FAILED,
    (_S.UNCERTAIN, _M.RESCHEDULE): _S.SCHEDULED,
    (_S.FAILED, _M.RESCHEDULE): _S.SCHEDULED,
    (_S.FAILED, _M.CANCEL): _S.CANCELLED,
    (_S.REFUSED, _M.VOID): _S.DRAFT,
    (_S.REFUSED, _M.CANCEL): _S.CANCELLED,
    # An entry that comes back after it was taken out is a draft again, never sent on old signatures.
    (_S.CANCELLED, _M.VOID): _S.DRAFT,
    (_S.PUBLISHED, _M.RETRACT): _S.RETRACTING,
    # Of a thread some parts may be out whatever became of the rest.
    (_S.DRAFT, _M.RETRACT): _S.RETRACTING,
    (_S.SCHEDULED, _M.RETRACT): _S.RETRACTING,
    (_S.REFUSED, _M.RETRACT): _S.RETRACTING,
    (_S.FAILED, _M.RETRACT): _S.RETRACTING,
    (_S.CANCELLED, _M.RETRACT): _S.RETRACTING,
    # Each attempt to take it down is begun under a lease, and tried again until the channel has confirmed.
    (_S.RETRACTING, _M.BEGIN): _S.RETRACTING,
    (_S.RETRACTING, _M.RETRY): _S.RETRACTING,
    (_S.RETRACTING, _M.VANISH): _S.RETRACTED,
    (_S.RETRACTING, _M.REMAIN): _S.PUBLISHED,
}

EDITABLE = frozenset({State.DRAFT, State.REFUSED, State.SCHEDULED})  #: what `apply` may touch
FINAL = frozenset({State.EXPIRED, State.RETRACTED})  #: nothing follows
#: A release that is here needs a person.
NEEDS_A_PERSON = frozenset({State.FAILED, State.UNCERTAIN, State.HANDED_OVER, State.REFUSED})


class IllegalMove(Refused):
    """The release is not in a state that allows this."""


def allowed(state: State) -> list[Move]:
    """Return what may happen next, in the order of the table."""
    return [move for (origin, move) in TRANSITIONS if origin is state]


def advance(state: State, move: Move) -> State:
    """
    Return where *move* leads from *state*.

    Raises:
        IllegalMove: If the table has no such row.
    """
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        possible = ", ".join(allowed(state)) or "nothing; this state is final"
        message = f"Cannot {move} a release that is {state}."
        raise IllegalMove(message, f"Possible now: {possible}.") from None


def origins(move: Move) -> list[State]:
    """Return the states that *move* may start from."""
    return [state for (state, each) in TRANSITIONS if each is move]
