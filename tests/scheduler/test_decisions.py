"""What a person decides about one release: late, retry, resolve and retract, and what follows in the engine."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from campaigns import clock
from campaigns.errors import Refused
from scheduler import decisions
from scheduler.publisher import Capabilities
from scheduler.releases.retract_codes import Code
from tests.builders import campaigns
from tests.builders.engine_room import EngineRoom, lost, unknown_again
from tests.builders.workspaces import Workspace

HOUR = timedelta(hours=1)
NAME = "r1/en-GB/uk-outbox"


@pytest.fixture
def late(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Give a workspace, the current folder, with a signed release that is an hour late and asks."""
    due = clock.now() - HOUR
    workspace.apply(campaigns.campaign(at=due), now=due - HOUR)
    workspace.approve()
    monkeypatch.chdir(workspace.folder)
    return workspace


@pytest.fixture
def room(late: Workspace, engine_rooms: Callable[[Workspace], EngineRoom]) -> Iterator[EngineRoom]:
    """Give its engine room, on a channel that can do nothing."""
    made = engine_rooms(late)
    made.capabilities = lambda _kind, _options: Capabilities()
    return made


def test_a_late_release_waits_until_somebody_says_send(room: EngineRoom):
    """Nothing late goes out by itself; one word sends it, at once."""
    assert room.send() == []
    assert "late, and its policy is to ask" in room.workspace.row()["reason"]
    decisions.answer_late(NAME, send=True, actor="ana")

    assert len(room.send()) == 1
    (event,) = room.workspace.events("release.late")
    assert (event["actor"], event["why"]) == ("ana", "Send it late.")


def test_a_skipped_release_is_over(room: EngineRoom):
    """`--skip` ends it for good: the next apply neither brings it back nor stumbles over it."""
    decisions.answer_late(NAME, send=False, actor="ana")
    changes = {"title": {"en-GB": "Another title"}, "adjustments": [campaigns.adjustment()]}
    room.workspace.apply(campaigns.campaign(at=room.workspace.row()["due_at"], **changes))

    assert room.workspace.states() == {"r1": "expired"}
    assert room.send() == []


@pytest.mark.parametrize("state", ["draft", "published", "expired", "uncertain"])
def test_only_what_is_scheduled_can_be_late(late: Workspace, state: str):
    """An answer that would change nothing is refused, not swallowed."""
    late.set("r1", state=state)
    with pytest.raises(Refused, match=f"is {state}; there is nothing to answer for"):
        decisions.answer_late(NAME, send=True, actor="ana")


def test_what_is_early_is_not_late(late: Workspace):
    """A release that is still to come needs no answer."""
    late.set("r1", due_at=clock.now() + HOUR)
    with pytest.raises(Refused, match="it is not late"):
        decisions.answer_late(NAME, send=False, actor="ana")


def uncertain(room: EngineRoom) -> None:
    """Send the release, and lose its answer."""
    decisions.answer_late(NAME, send=True, actor="ana")
    (permit,) = room.send()
    room.finish(permit, lost())
    room.journal.write([(permit.claim.id, permit.digest, "unknown")], clock.now())


RESOLVED = [
    pytest.param("confirm", "published", 0, id="seen there"),
    pytest.param("deny", "failed", 0, id="not there, and shall not be"),
    pytest.param("reschedule", "sending", 1, id="not there, to be sent"),
]


@pytest.mark.parametrize(("move", "state", "sent"), RESOLVED)
def test_a_person_settles_what_no_machine_can(room: EngineRoom, move: str, state: str, sent: int):
    """The word of somebody who looked ends the doubt, one way or the other."""
    uncertain(room)
    decisions.resolve(NAME, move, url="https://example.org/1", actor="ana")

    assert len(room.send()) == sent
    assert room.workspace.row()["state"] == state
    assert room.workspace.row()["remote_url"] == ("https://example.org/1" if move == "confirm" else None)


def test_what_was_not_there_can_be_tried_again(room: EngineRoom):
    """`resolve --absent`, then `retry`: the release goes out, and nobody asks a third time."""
    uncertain(room)
    decisions.resolve(NAME, "deny", url=None, actor="ana")
    decisions.retry(NAME, actor="ana")

    assert len(room.send()) == 1


@pytest.mark.parametrize("again", [False, True], ids=["to be sent", "not there, then tried again"])
def test_what_a_restored_table_forgot_is_settled_by_a_person_too(room: EngineRoom, again: bool):
    """The journal knows of an attempt and the table of none: asked once, and then sent, not asked for ever."""
    uncertain(room)
    room.workspace.set("r1", state="scheduled", tries=0, key_since=None, fence=0, next_at=clock.now())
    assert room.send() == []
    assert room.workspace.row()["state"] == "uncertain"
    decisions.resolve(NAME, "deny" if again else "reschedule", url=None, actor="ana")
    if again:
        decisions.retry(NAME, actor="ana")

    assert len(room.send()) == 1


@pytest.mark.parametrize("state", ["scheduled", "published", "failed"])
def test_only_an_open_outcome_is_resolved(late: Workspace, state: str):
    """Nobody overrules what is known."""
    late.set("r1", state=state)
    with pytest.raises(Refused, match="nothing to resolve"):
        decisions.resolve(NAME, "confirm", url=None, actor="ana")


def test_what_was_handed_over_is_settled_by_its_person(late: Workspace):
    """What a person posts is confirmed or denied; a machine does not send it beside them."""
    late.set("r1", state="handed_over")
    with pytest.raises(Refused, match="handed to a person") as refused:
        decisions.resolve(NAME, "reschedule", url=None, actor="ana")

    assert "--absent" in refused.value.hint
    assert decisions.resolve(NAME, "deny", url=None, actor="ana") == "failed"
    decisions.retry(NAME, actor="ana")
    assert late.states() == {"r1": "scheduled"}


@pytest.mark.parametrize("state", ["draft", "scheduled", "published", "uncertain", "expired"])
def test_only_what_failed_is_retried(late: Workspace, state: str):
    """A retry sends again; it is refused wherever that might be twice."""
    late.set("r1", state=state)
    with pytest.raises(Refused, match="nothing to retry"):
        decisions.retry(NAME, actor="ana")


def published(room: EngineRoom) -> None:
    from scheduler.daemon import Daemon
    from scheduler.progress import settled

    room.journal.close()
    decisions.answer_late(NAME, send=True, actor="ana")
    daemon = Daemon(room.workspace.settings, room.workspace.database)
    daemon.start()
    try:
        daemon.wait(lambda: settled(daemon), every=0.05)
    finally:
        daemon.stop()
    assert room.workspace.states() == {"r1": "published"}


def test_a_stranger_takes_nothing_down(room: EngineRoom):
    """Only partners of the trust file act."""
    published(room)
    with pytest.raises(Refused, match="de is not a partner"):
        decisions.retract(NAME, partner="de", code=Code.OTHER, words="x")

    assert room.workspace.row()["state"] == "published"


def test_what_is_not_out_cannot_be_taken_down(late: Workspace):
    """A release that has not left is held or cancelled, not retracted."""
    with pytest.raises(Refused, match="nothing to retract"):
        decisions.retract(NAME, partner="fr", code=Code.OTHER, words="x")


def test_what_may_have_gone_out_cannot_be_skipped(room: EngineRoom):
    """After a lost answer nobody may say that it never left, before the channel or a person has looked."""
    room.capabilities = lambda _kind, _options: Capabilities(absorbs_key=timedelta.max)
    decisions.answer_late(NAME, send=True, actor="ana")
    (permit,) = room.send()
    room.finish(permit, unknown_again(clock.now()))

    with pytest.raises(Refused, match="may have gone out"):
        decisions.answer_late(NAME, send=False, actor="ana")
    assert room.workspace.states() == {"r1": "scheduled"}
