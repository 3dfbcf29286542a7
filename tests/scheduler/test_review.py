"""Sign-off: two capitals on two machines sign the same bytes, and an approval covers nothing but those."""

from pathlib import Path

import pytest

from campaigns import clock
from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import envelope, keys, statement
from campaigns.signoff.statement import Subject
from scheduler.bundle import pack as bundles
from scheduler.review import docket
from scheduler.review.decide import Effect, decide
from tests.builders import campaigns
from tests.builders.workspaces import Workspace
from tests.scheduler.capitals import DUE, EDITED, document, imported, made_bundle, signed_elsewhere


@pytest.fixture
def booked(workspace: Workspace) -> Workspace:
    """Give a workspace with two drafts."""
    workspace.apply(document())
    return workspace


def test_two_capitals_sign_on_two_machines(booked: Workspace, tmp_path: Path):
    """A bundle goes out, a signature comes back: what was signed without a database is scheduled where there is one."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    signed = signed_elsewhere(booked, pack, "fr", tmp_path)

    assert imported(booked, signed) == Effect("voices", "fr", "fr-officer", waiting=2)
    assert booked.approve("uk") == [Effect("voices", "uk", "uk-officer", scheduled=2)]
    assert set(booked.states().values()) == {"scheduled"}
    assert imported(booked, signed).scheduled == 2


def test_an_edit_makes_a_signature_stale(booked: Workspace, tmp_path: Path):
    """What was edited while the bundle travelled is not covered; what was not edited is."""
    signed = signed_elsewhere(booked, made_bundle(booked, tmp_path / "for-paris.zip"), "fr", tmp_path)
    booked.apply(document(messages=EDITED))

    assert imported(booked, signed) == Effect("voices", "fr", "fr-officer", waiting=1, stale=1)
    assert [each.scheduled for each in booked.approve("uk")] == [1]
    assert booked.states() == {"r1": "draft", "r2": "scheduled"}


def test_a_stranger_signs_nothing(booked: Workspace, tmp_path: Path):
    """A key that no partner has is refused where the trust file is, whoever it claims to be."""
    pack = made_bundle(booked, tmp_path / "for-paris.zip")
    stranger = keys.new(tmp_path / "keys", "eve")
    signed = bundles.sign(bundles.read(pack)[0], "fr", stranger.path, "approve", "")

    with pytest.raises(NotTrusted):
        imported(booked, signed)
    assert set(booked.states().values()) == {"draft"}


def test_nobody_signs_for_another_partner(booked: Workspace):
    """Each partner's key speaks for that partner."""
    found = {"campaign": "voices", "partner": "fr", "decision": "approve", "reason": ""}
    with pytest.raises(NotTrusted):
        decide(booked.database, booked.settings.trust, key=booked.key("uk"), **found)

    assert booked.events("release.sign") == []


def test_a_refusal_takes_releases_out_with_its_reason(booked: Workspace):
    """A partner's no is heard at once, in the table and in the log; an edit makes them drafts again."""
    effect = booked.decide("fr", "refuse", reason="The figure is old.")

    assert effect == Effect("voices", "fr", "fr-officer", refused=2)
    assert booked.states() == {"r1": "refused", "r2": "refused"}
    assert {(each["actor"], each["why"]) for each in booked.events("release.refuse")} == {
        ("fr-officer", "The figure is old.")
    }
    with pytest.raises(Refused, match="Nothing of voices waits for fr"):
        booked.decide("fr", "refuse", reason="again")
    booked.apply(document(messages=EDITED))
    assert booked.states() == {"r1": "draft", "r2": "refused"}


def test_a_refusal_stops_what_was_scheduled(booked: Workspace):
    """A signed release that has not left can still be refused by either partner."""
    booked.approve()

    assert booked.decide("uk", "refuse", reason="Stop.").refused == 2
    assert set(booked.states().values()) == {"refused"}


def test_an_approval_of_what_was_refused_says_so(booked: Workspace, tmp_path: Path):
    """One partner's signature does not overrule the other's refusal."""
    signed = signed_elsewhere(booked, made_bundle(booked, tmp_path / "for-paris.zip"), "fr", tmp_path)
    booked.decide("uk", "refuse", reason="No.")

    assert imported(booked, signed) == Effect("voices", "fr", "fr-officer", barred=2)
    assert set(booked.states().values()) == {"refused"}


def test_an_old_refusal_cannot_be_played_again(booked: Workspace, tmp_path: Path):
    """After an edit and back to the same bytes, an envelope of before refuses nothing."""
    signed = signed_elsewhere(booked, made_bundle(booked, tmp_path / "for-paris.zip"), "fr", tmp_path, "refuse")
    imported(booked, signed)
    booked.apply(document(messages=EDITED))
    booked.apply(document())

    assert imported(booked, signed) == Effect("voices", "fr", "fr-officer", refused=1, stale=1)
    assert booked.states() == {"r1": "draft", "r2": "refused"}


def test_the_author_approves_nothing_of_their_own(workspace: Workspace):
    """What an officer wrote, another officer of the same partner must sign; the author's signature does not count."""
    workspace.apply(document(), author="uk-officer")

    assert workspace.approve("uk", "fr") == [
        Effect("voices", "uk", "uk-officer", own=2),
        Effect("voices", "fr", "fr-officer", waiting=2),
    ]
    with workspace.transaction() as connection:
        found = docket.items(connection, workspace.trust(), "voices")
    assert [(item.signed, item.missing) for item in found] == [({"fr": "fr-officer"}, ("uk",))] * 2
    assert set(workspace.states().values()) == {"draft"}


def test_what_a_check_blocks_is_not_signed(workspace: Workspace):
    """A partner is not asked to sign what cannot go out; the refusal names the check's message."""
    long = campaigns.message(1, wording={"en-GB": "Daesh lost. " * 200})
    mastodon = campaigns.channel("mastodon", server="https://social.example", credential="x")
    workspace.apply(campaigns.campaign(1, at=DUE, channels=[mastodon], messages=[long]), vet=None)
    with pytest.raises(Refused, match=r"^1 release of voices cannot be signed: a check blocks it"):
        workspace.approve("uk")


def test_a_resumption_is_no_approval(booked: Workspace):
    """An envelope that lifts a hold says nothing about releases."""
    row = booked.row()
    subjects = [Subject(row["id"], row["digest"])]
    payload = statement.make("voices", "uk", "resume", "", subjects, clock.now())
    with pytest.raises(NotTrusted, match="which is not about releases"):
        imported(booked, envelope.sign(payload, keys.load_signer(booked.key("uk"))))


def test_a_partner_outside_the_campaign_has_no_say(tmp_path: Path, ground: Path):
    """The trust file may know more partners than a campaign has; they neither approve nor refuse it."""
    from tests.builders import workspaces

    made = workspaces.make(ground, partners=("uk", "fr", "de"))
    made.apply(document())
    row = made.row()
    payload = statement.make("voices", "de", "refuse", "no", [Subject(row["id"], row["digest"])], clock.now())
    signed = envelope.sign(payload, keys.load_signer(made.key("de")))

    assert imported(made, signed) == Effect("voices", "de", "de-officer", stale=1)
    with pytest.raises(Refused, match="Nothing of voices waits for de"):
        made.decide("de", "refuse", reason="no")
    made.database.dispose()


def test_an_unknown_campaign_is_named(booked: Workspace):
    """A campaign that is not there is refused with the next command."""
    with pytest.raises(Refused, match="There is no campaign voice with releases") as refused:
        booked.approve("uk", campaign="voice")

    assert "cordiale apply" in refused.value.hint
    assert "Known here: voices." in refused.value.hint
