"""What is coming up in the trust files, told without verifying them."""

from datetime import timedelta

import pytest

from campaigns.signoff import drafts
from campaigns.signoff.ahead import notices
from campaigns.signoff.rotation import Change, rotated
from campaigns.signoff.trust_files import ROOT, TARGETS, read


def files(alliance):
    return read(alliance.trust_folder / ROOT, "root"), read(alliance.trust_folder / TARGETS, "targets")


@pytest.mark.parametrize(
    ("days", "said"),
    [(31, []), (29, ["ends in 29 days"]), (1, ["ends in 1 day."]), (0, ["ended at"]), (-5, ["ended at"])],
)
def test_an_end_is_told_ahead(alliance, days, said):
    """From thirty days before the trust ends it is told of; afterwards, that it has ended."""
    alliance.write(*alliance.draft(expires=alliance.now + timedelta(days=days)))
    found = notices(alliance.trust_folder, alliance.now)
    assert [each in sentence for each, sentence in zip(said, found, strict=True)] == [True] * len(said)


def test_the_end_of_a_single_key_is_told_ahead(alliance):
    """The first end counts, be it the trust's or a key's."""
    alliance.write(*alliance.draft(expires=alliance.now + timedelta(days=300)))
    assert notices(alliance.trust_folder, alliance.now) == []
    change = Change(ends={"ana": alliance.now + timedelta(days=3)})
    alliance.write(*rotated(*files(alliance), change))
    assert "ends in 3 days" in notices(alliance.trust_folder, alliance.now)[0]


def test_a_draft_that_waits_is_told_of(alliance):
    """Nobody forgets a change that was proposed."""
    alliance.write(*alliance.draft(expires=alliance.now + timedelta(days=300)))
    drafts.propose(alliance.trust_folder, *rotated(*files(alliance), Change(remove=["bea"])))
    assert notices(alliance.trust_folder, alliance.now) == [
        "A change of the trust file waits for signatures. See: cordiale trust show --draft"
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"signed": 7}', '{"signed": {"expires": 7}}', "\xff"])
def test_what_cannot_be_read_says_nothing(alliance, text):
    """It is a glance: damage is told by what verifies."""
    for name in (ROOT, TARGETS):
        (alliance.trust_folder / name).write_text(text, "latin-1")
    assert notices(alliance.trust_folder, alliance.now) == []
