"""What has been claimed, is late, or may have left is not edited: not at once, and not by a detour."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.errors import Refused
from scheduler.releases.booking import Kind, ledger
from scheduler.releases.find import find, history
from scheduler.releases.show import lines
from scheduler.releases.states import State
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.releases.two_releases import DUE, HOUR, OTHER_WORDS, document, entries, kinds, midway


@pytest.fixture
def signed(workspace: Workspace) -> Workspace:
    """Give a workspace with two signed releases."""
    workspace.apply(document())
    workspace.approve()
    return workspace


FROZEN = [
    pytest.param({"at": campaigns.wall(DUE + 5 * HOUR)}, "at", id="at"),
    pytest.param({"zone": "Europe/Paris"}, "zone", id="zone"),
    pytest.param({"repeat": "FREQ=DAILY;COUNT=2"}, "repeat", id="repeat"),
    pytest.param({"variant": "a"}, "variant", id="variant"),
]


@pytest.mark.parametrize(("change", "word"), FROZEN)
@pytest.mark.parametrize("edited", [False, True], ids=["at once", "after an edit of its words"])
def test_an_entry_that_was_claimed_is_frozen(signed: Workspace, change: dict[str, str], word: str, *, edited: bool):
    """Once a release of an entry was claimed, no edit of its time, zone, repeat or variant is taken."""
    signed.set("r1", fence=1)
    if edited:
        signed.apply(midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))
    with pytest.raises(Refused, match=f"entry r1 has begun to go out, so its {word} cannot change"):
        signed.apply(midway(releases=entries(**change)))


CURES = [
    pytest.param({}, {"at": campaigns.wall(DUE + HOUR)}, f"Write at: {campaigns.wall(DUE)} and add another", id="at"),
    pytest.param({}, {"fold": 1}, "Take fold: out and add another entry.", id="a fold that was not there"),
    pytest.param(
        {"repeat": "FREQ=DAILY;COUNT=3"},
        {"repeat": "FREQ=DAILY;COUNT=4", "variant": "a"},
        "Write repeat: FREQ=DAILY;COUNT=3, take variant: out, end it with `until:` and add another entry.",
        id="a repeat",
    ),
]


@pytest.mark.parametrize(("first", "change", "cure"), CURES)
def test_the_refusal_says_what_to_write_again(workspace: Workspace, first: Any, change: Any, cure: str):
    """The plan says that the entry is frozen, what it was, and how to get what was meant; a repeat can be ended."""
    workspace.apply(document(releases=entries(**first)))
    name = next(name for name in workspace.rows() if name.startswith("r1"))
    workspace.set(name, fence=1, state="published")
    (frozen, *_) = workspace.plan(midway(releases=entries(**{**first, **change}))).refusals

    assert frozen.message.startswith("Release entry r1 has begun to go out, so its ")
    assert cure in frozen.hint


ZONES = [
    pytest.param({"zone": "Europe/Paris"}, id="of the campaign"),
    pytest.param(
        {"audiences": [{"id": "readers", "locales": ["en-GB"], "timezone": "Europe/Paris"}]}, id="of its audiences"
    ),
]


@pytest.mark.parametrize("change", ZONES)
def test_a_frozen_entry_keeps_the_zone_it_has_from_elsewhere(workspace: Workspace, change: Any):
    """An entry without a zone of its own is not moved by the campaign's zone or its audiences' either."""
    repeating = entries(repeat="FREQ=DAILY;COUNT=3")
    workspace.apply(document(releases=repeating))
    workspace.set(f"r1@{campaigns.wall(DUE).replace('-', '').replace(':', '')}", fence=1, state="published")
    with pytest.raises(Refused, match="entry r1 has begun to go out, so its zone cannot change") as refused:
        workspace.apply(midway(releases=repeating, **change))
    assert refused.value.hint.startswith("Write zone: UTC, end it")
    mended = [{**repeating[0], "zone": "UTC"}, repeating[1]]

    assert workspace.apply(midway(releases=mended, **change)).of(Kind.HISTORY) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"at": campaigns.wall(DUE + 5 * HOUR)}, id="at"),
        pytest.param({"zone": "Europe/Paris"}, id="zone"),
        pytest.param({"repeat": "FREQ=DAILY;COUNT=2"}, id="repeat"),
    ],
)
def test_taking_an_entry_out_does_not_thaw_it(signed: Workspace, change: dict[str, str]):
    """A claimed entry that was taken out comes back as it was, or not under its old id."""
    signed.set("r1", fence=1)
    signed.apply(midway(releases=entries()[1:]))
    with pytest.raises(Refused, match="r1 went out before it was taken out"):
        signed.apply(midway(releases=entries(**change)))

    assert kinds(signed.apply(midway())) == {"r1": "changed", "r2": "kept"}


def test_no_edit_counts_the_fence_back(signed: Workspace):
    """Claims are counted for ever: a holder of an old claim must never match a new one."""
    signed.set("r1", fence=3, tries=2)
    signed.apply(midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))

    assert (signed.row("r1")["fence"], signed.row("r1")["tries"]) == (3, 2)


def test_the_wording_of_a_claimed_entry_may_still_change(signed: Workspace):
    """Frozen is when, not what: the gate and the partners see to the words."""
    signed.set("r1", fence=1)
    signed.apply(midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))

    assert signed.states()["r1"] == "draft"


def test_what_is_late_must_be_answered_before_it_is_edited(signed: Workspace):
    """The refusal of an edit of a late release names the command that gets past it, and that command does."""
    edited = midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)])
    with pytest.raises(Refused, match="which is past") as refused:
        signed.apply(edited, now=DUE + timedelta(minutes=30))
    signed.set("r1", state="expired")

    assert "cordiale late r1/en-GB/uk-outbox" in refused.value.hint
    assert kinds(signed.apply(edited, now=DUE + timedelta(minutes=30))) == {"r1": "history", "r2": "kept"}


LEFT = ["claimed", "sending", "published", "retracting", "retracted", "expired", "failed", "handed_over", "uncertain"]


@pytest.mark.parametrize("state", LEFT)
def test_what_has_begun_to_leave_is_history(signed: Workspace, state: str):
    """Neither an edit nor a removal touches a release that is past editing."""
    signed.set("r1", state=state)
    before = signed.row("r1")
    edited = signed.apply(midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))
    gone = signed.apply(midway(messages=[campaigns.message(1), campaigns.message(2)], releases=entries()[1:]))

    assert kinds(edited)["r1"] == kinds(gone)["r1"] == "history"
    assert signed.row("r1") == before
    assert gone.of(Kind.HISTORY)[0].why == f"The document no longer asks for it, but it is {state}: its history stays."
    assert State(state).value in edited.of(Kind.HISTORY)[0].why or state == "expired"


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_what_may_have_gone_out_is_history(signed: Workspace, change: str):
    """A release that waits to be sent again after a lost answer is neither edited nor cancelled."""
    row = signed.row("r1")
    signed.set("r1", tries=1, key_since=DUE)
    attempt = {
        "release": row["id"],
        "part": 0,
        "fence": 1,
        "act": "publish",
        "key": "k",
        "started_at": DUE,
        "detail": "",
    }
    with signed.transaction() as connection:
        connection.execute(ledger.ATTEMPT.insert(), {**attempt, "outcome": "unknown"})
    if change == "edited":
        made = signed.apply(midway(messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))
    else:
        made = signed.apply(midway(releases=entries()[1:]))

    assert kinds(made)["r1"] == "history"
    assert signed.states()["r1"] == "scheduled"


def test_a_message_that_was_published_keeps_its_history(signed: Workspace):
    """Taken out of the document, its row, its attempt and its events stay, and it is found by its name."""
    row = signed.row("r1")
    attempt = {
        "release": row["id"],
        "part": 0,
        "fence": 1,
        "act": "publish",
        "key": "k",
        "started_at": DUE,
        "detail": "",
    }
    with signed.transaction() as connection:
        connection.execute(ledger.ATTEMPT.insert(), {**attempt, "outcome": "published"})
    signed.set("r1", state="published", fence=1, tries=1, published_at=DUE)
    row = signed.row("r1")
    planned = signed.plan(midway(messages=[campaigns.message(2)], releases=entries()[1:]))
    signed.apply(midway(messages=[campaigns.message(2)], releases=entries()[1:]))
    with signed.transaction() as connection:
        found = find(connection, "r1/en-GB/uk-outbox")
        acts = [each["act"] for each in history(connection, row["id"])]

    assert "  release r1/en-GB/uk-outbox stays as it is. The document no longer asks for it, but it is published" in (
        "\n".join(lines(planned))
    )
    assert signed.row("r1") == found == row
    assert [each["release"] for each in signed.attempts()] == [row["id"]]
    assert acts == ["release.book", "approval.approve", "approval.approve", "release.sign"]
