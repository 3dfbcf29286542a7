"""A leaf is canonical, and tells nothing of words that were erased."""

from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.audit import leaf

WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
ROW = st.fixed_dictionaries(
    {"act": WORDS, "subject": WORDS} | {name: st.none() | WORDS for name in ("campaign", "before", "after")}
)


@settings(max_examples=60, deadline=None)
@given(ROW, st.integers(1, 10**12), st.fixed_dictionaries(dict.fromkeys(leaf.FIELDS, WORDS)))
def test_a_leaf_is_in_the_canonical_form(row, number, hidden):
    """The fast encoder writes what RFC 8785 says, whatever the words."""
    expected = rfc8785.dumps({"v": 1, "n": number, "at": "2027-01-11T09:00:00.000000Z", **row, **hidden})

    assert leaf.encode(number, "2027-01-11T09:00:00.000000Z", row, hidden) == expected


@pytest.mark.parametrize("field", leaf.FIELDS)
def test_erasing_leaves_the_leaf_as_it_was(field):
    """What the leaf holds for a field is the same before and after its words are erased."""
    value, salt = '{"by":"Ana Díaz"}', "00" * leaf.SALT
    before = leaf.shown(field, value, salt)
    left = leaf.erased(field, value, salt)

    assert before == "sha256:" + sha256(bytes(leaf.SALT) + value.encode()).hexdigest()
    assert leaf.shown(field, left, None) == before
    assert leaf.is_erased(field, left, None)
    assert not leaf.is_erased(field, left, salt)
    assert "Ana" not in left


@pytest.mark.parametrize("field", leaf.FIELDS)
def test_what_says_nothing_of_anybody_stands_in_the_clear(field):
    """The engine, no reason and no detail need no salt; other words without one are damage."""
    assert leaf.shown(field, leaf.NOTHING[field], None) == {"actor": "engine", "why": "", "detail": ""}[field]
    for words in ("ana", "sha256:abc", "sha256:" + "x" * 64):
        with pytest.raises(ValueError, match="without a salt"):
            leaf.shown(field, words, None)
