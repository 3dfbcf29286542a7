"""What happened to a release, in the words of people: who approved it when, and whose approval an edit ended."""

import json
from datetime import timedelta

import pytest

from campaigns import clock
from scheduler.releases import acts, find
from scheduler.releases.states import Move
from tests.builders import campaigns
from tests.builders.commands import process
from tests.builders.workspaces import Workspace

DUE = (clock.now() + timedelta(days=2)).replace(microsecond=0)
NAME = "r1/en-GB/uk-outbox"
OTHER_WORDS = {"wording": {"en-GB": "Daesh has lost both of its villages."}}


def test_each_signature_is_seen_and_whose_approval_an_edit_ended(shared: Workspace):
    """The history names the partner of every decision, in order, though they stand under the campaign in the log."""
    shared.apply(campaigns.campaign(2, at=DUE))
    shared.approve("uk")
    shared.decide("fr", "refuse", reason="not like this")
    shared.apply(campaigns.campaign(2, at=DUE, messages=[campaigns.message(1, **OTHER_WORDS), campaigns.message(2)]))
    with shared.transaction() as connection:
        told = [(each["words"], each["actor"]) for each in find.history(connection, shared.row("r1")["id"])]

    assert told[:4] == [
        ("booked", "amina"),
        ("uk approved it", "uk-officer"),
        ("fr refused it", "fr-officer"),
        ("refused", "fr-officer"),
    ]
    assert told[4] == ("changed, to be signed again", "amina")
    assert ("the approval of uk ended", "amina") in told[5:]


def test_why_shows_words_and_codes(workspace: Workspace):
    """`why` says what an official understands, the code of the log beside it; as JSON both have a key."""
    workspace.apply(campaigns.campaign(1, at=DUE))
    workspace.approve()
    shown = process(workspace.folder, "why", NAME).stdout
    past = json.loads(process(workspace.folder, "why", NAME, "--json").stdout)["history"]

    assert "approval.approve     uk approved it  uk-officer" in shown
    assert "release.sign         draft -> scheduled  signed by every partner  fr-officer" in shown
    assert [(each["act"], each["partner"]) for each in past] == [
        ("release.book", ""),
        ("approval.approve", "uk"),
        ("approval.approve", "fr"),
        ("release.sign", ""),
    ]


@pytest.mark.parametrize("move", list(Move))
def test_every_move_has_words(move: Move):
    """No move of a release is shown by its code alone."""
    assert acts.in_words(f"release.{move}")
