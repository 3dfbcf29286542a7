"""A witness signs growth alone, and remembers before it signs."""

from datetime import UTC, datetime

import pytest

from campaigns.audit.checkpoint import Checkpoint, check, sign
from campaigns.audit.merkle import consistency, root_of, subtrees_of
from campaigns.audit.witness import Memory, witness
from campaigns.errors import EnvironmentFault, NotTrusted, Refused
from tests.builders.logs import FR, KEYS, OPERATOR, ORIGIN, STRANGER, checkpoint, entries, entry

AT = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)


@pytest.fixture
def seen(tmp_path):
    return Memory(tmp_path / "local" / "witness-fr.json")


def ask(seen, log, given=None, *, proofs=None, **more):
    """Ask fr to witness *log*; return what it signed."""
    given = given or checkpoint(log, witnesses=[])
    subtree = subtrees_of([each.hash for each in proofs or log])
    made = witness(
        given,
        check(given, KEYS),
        seen,
        lambda old, new: consistency(old, new, subtree),
        partner="fr",
        public=FR.public,
        sign=FR.sign,
        at=AT,
        **more,
    )
    return check(made, KEYS)


def test_growth_is_witnessed(seen):
    """A log that only grows is signed each time, the same one again as well."""
    for size in (3, 3, 7, 64, 65):
        assert ask(seen, entries(size)).witnessed == {"fr": AT}
    assert seen.last(ORIGIN).size == 65


def test_a_shrunk_log_is_refused(seen):
    """A log that ends before what was seen was cut or restored."""
    ask(seen, entries(7))
    with pytest.raises(Refused, match=r"has seen 7: the log was cut"):
        ask(seen, entries(3))
    assert seen.last(ORIGIN).size == 7


@pytest.mark.parametrize("size", [7, 9])
def test_a_rewritten_log_is_refused(seen, size):
    """Whoever holds the database and an operator's key still cannot rewrite what was seen."""
    ask(seen, entries(7))
    other = [entry(2, after="refused") if each.number == 2 else each for each in entries(size)]
    with pytest.raises(Refused, match="rewritten"):
        ask(seen, other)
    assert seen.last(ORIGIN).root == root_of(each.hash for each in entries(7))


def test_a_false_proof_is_refused(seen):
    """A proof of another log proves nothing."""
    ask(seen, entries(7))
    with pytest.raises(Refused, match="does not add"):
        ask(seen, entries(9), proofs=[entry(number, after="x") for number in range(1, 10)])


def test_what_no_operator_signed_is_not_witnessed(seen):
    """A witness is second to an operator."""
    with pytest.raises(NotTrusted, match="No operator"):
        ask(seen, entries(3), checkpoint(entries(3), by=STRANGER, witnesses=[]))
    assert seen.origins() == []


def test_a_log_after_a_restore_is_witnessed_when_the_partner_agrees(seen):
    """A log that goes on under a new name needs a word of its own."""
    ask(seen, entries(7))
    log = entries(3)
    given = sign(
        Checkpoint(f"{ORIGIN}/restored-1", 3, root_of(each.hash for each in log)), OPERATOR.public, OPERATOR.sign
    )
    with pytest.raises(Refused, match="older database was restored"):
        ask(seen, log, given)
    assert ask(seen, log, given, restored=True).witnessed == {"fr": AT}
    assert ask(seen, log, given).witnessed == {"fr": AT}


@pytest.mark.parametrize("damage", ["", "[]", '{"a": {"size": "1", "root": "00"}}', '{"a": {"size": 1}}'])
def test_a_damaged_memory_signs_nothing(seen, damage):
    """What cannot be remembered cannot be compared with."""
    ask(seen, entries(3))
    seen.path.write_text(damage)
    with pytest.raises(NotTrusted, match="damaged"):
        ask(seen, entries(4))


def test_nothing_is_signed_that_is_not_remembered(tmp_path):
    """The memory is on disk before a signature leaves."""
    (tmp_path / "local").write_text("in the way")
    with pytest.raises(EnvironmentFault, match="cannot remember"):
        ask(Memory(tmp_path / "local" / "witness-fr.json"), entries(3))
