"""Rehearsal trust: the whole road at once, and never beyond loopback and files."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.errors import NotTrusted, Refused
from campaigns.signoff import envelope, keys, rehearsal, statement, trust
from campaigns.signoff.trust_files import DeclaredChannel

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("partners", [("uk",), ("uk", "fr"), tuple(f"p{n:02}" for n in range(74))], ids=len)
def test_every_partner_gets_a_person_whose_signature_counts(tmp_path, partners):
    """One partner works as well as seventy-four, and each one's key signs for it alone."""
    made = rehearsal.make(tmp_path / "trust", tmp_path / "keys", partners, now=NOW)
    assert made.rehearsal_only
    assert made.partners == tuple(sorted(partners))
    for partner in partners:
        signer = keys.load_signer(tmp_path / "keys" / f"{rehearsal.key_name(partner)}.key")
        payload = statement.make("c", partner, "approve", "", [statement.Subject("r", "a" * 64)], NOW)
        found = envelope.verify(envelope.sign(payload, signer), made)
        assert (found.partner, found.person) == (partner, f"{partner}-officer")


def test_it_declares_every_channel_of_its_partners(tmp_path):
    """In a rehearsal any channel counts as declared, but not one of somebody else's."""
    made = rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk", "fr"], "*", NOW)
    asked = {"id": "x", "kind": "feed", "account": "a", "server": None}
    assert made.declares(**asked, issuer="uk")
    assert not made.declares(**asked, issuer="de")


def test_it_may_declare_channels_one_by_one(tmp_path):
    """Given channels, only they are declared."""
    feed = DeclaredChannel("f", "feed", "A", "uk")
    made = rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk"], [feed], NOW)
    assert made.declares(id="f", kind="feed", account="A", issuer="uk", server=None)
    assert not made.declares(id="g", kind="feed", account="A", issuer="uk", server=None)


def test_it_ends_after_a_year(tmp_path):
    """A forgotten rehearsal stops by itself."""
    rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk"], now=NOW)
    assert trust.load(tmp_path / "trust", NOW + timedelta(days=364)).rehearsal_only
    with pytest.raises(NotTrusted, match="expired"):
        trust.load(tmp_path / "trust", NOW + timedelta(days=365))


def test_it_overwrites_nothing(tmp_path):
    """Where there are trust files or keys already, they stay."""
    rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk"], now=NOW)
    with pytest.raises(Refused, match="already a trust file"):
        rehearsal.make(tmp_path / "trust", tmp_path / "other", ["uk"], now=NOW)
    with pytest.raises(Refused, match="already a key"):
        rehearsal.make(tmp_path / "fresh", tmp_path / "keys", ["uk"], now=NOW)
    assert not (tmp_path / "other").exists()


def test_a_partner_cannot_take_the_name_of_a_tuf_role(tmp_path):
    """A partner called root would be mistaken for the root role, so it is refused in words."""
    with pytest.raises(Refused, match="cannot be called root"):
        rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["root"], now=NOW)


def test_a_rehearsal_has_an_operator_who_approves_nothing(tmp_path):
    """The operator's public key is given by its id with its person's name, and is no partner's."""
    made = rehearsal.make(tmp_path / "trust", tmp_path / "keys", ["uk", "fr"])
    pair = keys.read_public(tmp_path / "keys" / "operator.pub")
    assert {keyid: (each.name, each.public.hex()) for keyid, each in made.operators.items()} == {
        pair.keyid: ("operator", pair.public["keyval"]["public"])
    }
    assert (made.role_of(pair.keyid), made.partners) == (None, ("fr", "uk"))
    payload = statement.make("voices", "uk", "approve", "", [statement.Subject("r", "a" * 64)], made.expires)
    with pytest.raises(NotTrusted, match="signed with the operators' key of operator"):
        envelope.verify(envelope.sign(payload, keys.load_signer(pair.path)), made)
