"""The statement's one form."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import NotTrusted
from campaigns.signoff import statement
from campaigns.signoff.statement import Statement, Subject

AT = datetime(2027, 1, 11, 9, 0, 0, 1, tzinfo=UTC)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
WORDS = st.text(st.characters(codec="utf-8"))
SUBJECTS = st.dictionaries(WORDS.filter(bool), DIGESTS, min_size=1, max_size=5)


@given(
    campaign=WORDS.filter(bool),
    partner=WORDS.filter(bool),
    answer=st.sampled_from(["approve", "refuse"]),
    reason=WORDS,
    subjects=SUBJECTS,
    at=st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (bounds are naive)
)
def test_what_is_made_is_read_back(campaign, partner, answer, reason, subjects, at):
    """Any decision survives the way into bytes and back, subjects sorted by id."""
    listed = [Subject(name, digest) for name, digest in subjects.items()]
    payload = statement.make(campaign, partner, answer, reason, listed, at)
    expected = tuple(sorted(listed, key=lambda each: each.id))
    assert statement.parse(payload) == Statement(campaign, partner, answer, reason, at, expected)


@given(reason=st.text(), name=WORDS.filter(bool))
def test_its_bytes_are_those_of_rfc_8785(reason, name):
    """Whatever letters it holds, the statement's bytes are what the rfc8785 package writes for it."""
    import json

    try:
        payload = statement.make("c", "uk", "refuse", reason, [Subject(name, "0" * 64)], AT)
    except NotTrusted:
        with pytest.raises(rfc8785.CanonicalizationError):
            rfc8785.dumps([reason, name])
    else:
        assert rfc8785.dumps(json.loads(payload)) == payload


@given(payload=st.binary())
def test_no_bytes_make_it_stumble(payload):
    """Bytes that are no statement are refused in words."""
    with pytest.raises(NotTrusted):
        statement.parse(payload)


def test_its_order_does_not_depend_on_ours():
    """Two capitals that list the same subjects in another order, in another zone, sign the same bytes."""
    subjects = [Subject("r2", "b" * 64), Subject("r1", "a" * 64)]
    paris = AT.astimezone(timezone(timedelta(hours=1)))
    ours = statement.make("c", "uk", "approve", "", subjects, AT)
    assert ours == statement.make("c", "uk", "approve", "", reversed(subjects), paris)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"subjects": []}, "names nothing", id="no-subject"),
        pytest.param({"subjects": [Subject("r", "a" * 64), Subject("r", "b" * 64)]}, "twice", id="subject-twice"),
        pytest.param({"subjects": [Subject("r", "A" * 64)]}, "sha256", id="digest-in-capitals"),
        pytest.param({"subjects": [Subject("", "a" * 64)]}, "without an id", id="subject-without-id"),
        pytest.param({"decision": "perhaps"}, "neither", id="neither-yes-nor-no"),
        pytest.param({"campaign": ""}, "names no campaign", id="no-campaign"),
        pytest.param({"reason": "\ud800"}, "not Unicode", id="lone-surrogate"),
    ],
)
def test_nothing_is_made_that_could_not_be_read(changes, why):
    """What `parse` would refuse, `make` refuses first, before anybody signs it."""
    given_ = {
        "campaign": "c",
        "partner": "uk",
        "decision": "approve",
        "reason": "",
        "subjects": [Subject("r", "a" * 64)],
    }
    with pytest.raises(NotTrusted, match=why):
        statement.make(**{**given_, **changes}, at=AT)


def test_a_decision_has_an_instant():
    """A naive time is a fault of the caller."""
    with pytest.raises(ValueError, match="naive"):
        statement.make("c", "uk", "approve", "", [Subject("r", "a" * 64)], AT.replace(tzinfo=None))


def test_reading_approvals_loads_no_trust_machinery():
    """`status` starts without tuf, securesystemslib and cryptography."""
    code = (
        "import sys; import campaigns.signoff.approvals, campaigns.signoff.statement, campaigns.signoff.trust;"
        "print([m for m in sys.modules if m.split('.')[0] in {'tuf', 'securesystemslib', 'cryptography'}])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
