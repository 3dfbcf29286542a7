"""A partner takes its approval back: at once, by a signed word, and never after it has left."""

import pytest

from campaigns import clock
from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Subject
from scheduler.releases.ledger import Step, move
from scheduler.releases.states import Move, State
from scheduler.review.decide import Effect, decide, record, withdraw
from scheduler.review.selection import Selection
from scheduler.review.withdrawal import OUT
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import DUE, EDITED, document

FIRST = Selection(releases=("r1",))


@pytest.fixture
def signed(shared: Workspace) -> Workspace:
    """Give a workspace with two scheduled releases, on each database."""
    shared.apply(document())
    shared.approve()
    return shared


def test_an_approval_is_taken_back_at_once(signed: Workspace):
    """The release is a draft again in the same transaction, with who and why in the log; the other one stays."""
    effect = signed.withdraw("fr", reason="The court has ruled.", pick=FIRST)
    (event,) = signed.events("release.withdraw")

    assert effect == Effect("voices", "fr", "fr-officer", withdrawn=1)
    assert signed.states() == {"r1": "draft", "r2": "scheduled"}
    assert (event["actor"], event["before"], event["after"]) == ("fr-officer", "scheduled", "draft")
    assert "The court has ruled." in signed.row("r1")["reason"]


def test_taking_it_back_twice_does_no_more(signed: Workspace):
    """The second time is no fault, signs nothing and changes nothing."""
    signed.withdraw("fr", pick=FIRST)
    before = signed.events()

    assert signed.withdraw("fr", pick=FIRST) is None
    assert signed.events() == before


def test_what_was_taken_back_can_be_given_again(signed: Workspace):
    """A later approval of the same bytes counts; the envelope of the withdrawal played again does not undo it."""
    asked = {"campaign": "voices", "partner": "fr", "key": signed.key("fr"), "reason": "", "pick": FIRST}
    _, _, taken = withdraw(signed.database, signed.settings.trust, **asked)
    signed.decide("fr", "approve", pick=FIRST)

    assert signed.states()["r1"] == "scheduled"
    assert record(signed.database, signed.trust(), taken, clock.now()) == Effect("voices", "fr", "fr-officer", stale=1)
    assert signed.states()["r1"] == "scheduled"


def test_a_plan_tells_no_loss_of_what_was_taken_back(signed: Workspace):
    """An edit ends the approvals that stand: of the partner that withdrew its own there is none left to end."""
    signed.withdraw("fr", pick=FIRST)
    [change] = [each for each in signed.plan(document(messages=EDITED)).releases if each.voids]
    signed.apply(document(messages=EDITED))
    (event,) = signed.events("release.void")

    assert change.voids == ("uk",)
    assert event["detail"]["voids"] == ["uk"]


def test_an_old_approval_does_not_come_back(signed: Workspace):
    """After the withdrawal, the envelope of before approves nothing any more."""
    given = {"campaign": "voices", "partner": "fr", "key": signed.key("fr"), "decision": "approve", "reason": ""}
    signed.apply(document(messages=EDITED))
    _, approved = decide(signed.database, signed.settings.trust, pick=FIRST, **given)
    signed.withdraw("fr", pick=FIRST)

    effect = record(signed.database, signed.trust(), approved, clock.now())
    assert (effect.scheduled, effect.waiting, effect.stale) == (0, 0, 1)


@pytest.mark.parametrize("state", sorted(State), ids=str)
def test_what_has_left_is_out_of_reach(signed: Workspace, state: State):
    """On the wire, with a person, out or perhaps out: refused, with the way to take it down; before that, it works."""
    signed.set("r1", state=state.value)
    if state in OUT:
        with pytest.raises(Refused, match="left already, or may have") as refused:
            signed.withdraw("fr", pick=FIRST)
        assert "cordiale retract" in refused.value.hint
        assert signed.row("r1")["state"] == state
    elif state in {State.CANCELLED, State.EXPIRED}:
        with pytest.raises(Refused, match="nothing to withdraw"):
            signed.withdraw("fr", pick=FIRST)
    else:
        assert signed.withdraw("fr", pick=FIRST).withdrawn == 1
        expected = "draft" if state in {State.SCHEDULED, State.CLAIMED} else state
        assert signed.row("r1")["state"] == expected


def test_a_release_that_leaves_meanwhile_refuses_the_whole(signed: Workspace):
    """A withdrawal signed elsewhere that comes too late for one of its releases is not kept at all."""
    subjects = [Subject(row["id"], row["digest"]) for row in signed.rows().values()]
    payload = statement.make("voices", "fr", "withdraw", "too late", subjects, clock.now())
    late = envelope.sign(payload, keys.load_signer(signed.key("fr")))
    signed.set("r1", state="sending")

    with pytest.raises(Refused, match="left already"):
        record(signed.database, signed.trust(), late, clock.now())
    assert signed.states() == {"r1": "sending", "r2": "scheduled"}
    assert signed.withdraw("fr").withdrawn == 1


def test_what_was_claimed_begins_no_more(signed: Workspace, engine_rooms):
    """A daemon that holds the claim already finds its release a draft, and sends nothing."""
    signed.set("r1", due_at=clock.now(), next_at=clock.now())
    with signed.transaction() as connection:
        move(connection, [Step(signed.row("r1")["id"], Move.CLAIM)], clock.now())
    signed.withdraw("fr", pick=FIRST)
    with signed.transaction() as connection:
        moved = move(connection, [Step(signed.row("r1")["id"], Move.BEGIN, fence=0)], DUE)

    assert moved.done == {}
    assert signed.row("r1")["state"] == "draft"


def test_one_partner_takes_nothing_back_for_another(signed: Workspace):
    """Each partner's key ends that partner's approval alone, and only where there is one."""
    with pytest.raises(NotTrusted):
        withdraw(
            signed.database, signed.settings.trust, campaign="voices", partner="fr", key=signed.key("uk"), reason="x"
        )
    assert set(signed.states().values()) == {"scheduled"}
    signed.apply(document(messages=EDITED))
    with pytest.raises(Refused, match="nothing to withdraw"):
        signed.withdraw("uk", pick=FIRST)
