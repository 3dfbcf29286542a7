"""Our own fields of the trust file: what is read, what is refused, and what stays absent."""

from datetime import UTC, datetime

import pytest

from campaigns.errors import NotTrusted
from campaigns.signoff import terms
from campaigns.signoff.terms import Known
from campaigns.signoff.trust_files import DeclaredChannel

KNOWN = Known(("fr", "uk"), {"k1": "uk", "k2": "fr", "k3": "operators"})
FEED = {"id": "fr-feed", "kind": "feed", "account": "Stop Daech", "issuer": "fr", "server": None}


def own(**changes):
    given = {
        "rehearsal_only": False,
        "persons": {"k1": "ana", "k2": "luc", "k3": "ops"},
        "channels": [FEED],
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def test_what_is_absent_means_what_it_always_meant():
    """A file from before a field was invented reads as it did: no key ends before its trust."""
    found = terms.read(own(), KNOWN)
    assert (found.rehearsal_only, dict(found.persons)["k1"], dict(found.expires)) == (False, "ana", {})
    assert found.channels == frozenset({DeclaredChannel(**FEED)})


def test_a_key_may_end_before_its_trust():
    """The end of a single key is an instant by its id."""
    found = terms.read(own(expires={"k3": "2027-04-30T00:00:00Z"}), KNOWN)
    assert dict(found.expires) == {"k3": datetime(2027, 4, 30, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param(None, "whether it is a rehearsal", id="nothing"),
        pytest.param([], "whether it is a rehearsal", id="a-list"),
        pytest.param(own(rehearsal_only=...), "whether it is a rehearsal", id="no-rehearsal-flag"),
        pytest.param(own(rehearsal_only=0), "whether it is a rehearsal", id="zero-for-no"),
        pytest.param(own(persons=...), "who its persons are", id="no-persons"),
        pytest.param(own(channels=...), "which channels are agreed", id="no-channels"),
        pytest.param(own(admin="eve"), "more than this version", id="field-that-nobody-agreed-on"),
        pytest.param(own(persons={"k1": "ana", "k2": "luc"}), "person of every key", id="operator-without-a-name"),
        pytest.param(
            own(persons={"k1": "ana", "k2": "ana", "k3": "ops"}), "two partners, uk and fr", id="one-for-two-partners"
        ),
        pytest.param(
            own(persons={"k1": "ana", "k2": "luc", "k3": "\uff21na "}),  # fullwidth A
            "of the operators and of uk",
            id="operator-and-signatory-typed-differently",
        ),
        pytest.param(own(persons={"k1": "ana", "k2": 7, "k3": "ops"}), "without a name", id="name-a-number"),
        pytest.param(own(expires={}), "ends keys", id="no-end-spelled-out"),
        pytest.param(own(expires=[]), "ends keys", id="ends-a-list"),
        pytest.param(own(expires={"k9": "2027-04-30T00:00:00Z"}), "does not hold", id="end-of-a-strange-key"),
        pytest.param(own(expires={"k1": "2027-04-30"}), "not an instant", id="a-day"),
        pytest.param(own(expires={"k1": "2027-04-30T02:00:00+02:00"}), "not an instant", id="another-spelling"),
        pytest.param(own(expires={"k1": 1}), "not an instant", id="a-number"),
        pytest.param(own(expires={"k1": None}), "not an instant", id="null"),
    ],
)
def test_what_cannot_be_meant_is_refused(fields, why):
    """A field that is missing, unknown, empty or spelled in another way is refused with a cure."""
    with pytest.raises(NotTrusted, match=why) as refused:
        terms.read(fields, KNOWN)
    assert refused.value.hint
