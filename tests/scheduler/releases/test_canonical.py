"""The quick way to see whether bytes are canonical gives the answer of RFC 8785, whatever the bytes are."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scheduler.releases.canonical import decode, encode

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(10**18), 10**18) | st.floats(-1e15, 1e15)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def by_the_standard(raw: bytes) -> bool:
    """Return what RFC 8785 says: an integer beyond 2**53 has no canonical form."""
    try:
        return rfc8785.dumps(json.loads(raw)) == raw
    except rfc8785.CanonicalizationError:
        return False


def quickly(raw: bytes) -> bool:
    try:
        return decode(raw)[1]
    except rfc8785.CanonicalizationError:
        return False


@given(values, st.booleans(), st.booleans())
def test_the_quick_answer_is_the_standards(value: Any, sort: bool, escape: bool):
    """However a value is spelled, it is canonical if and only if RFC 8785 would spell it so."""
    raw = json.dumps(value, sort_keys=sort, ensure_ascii=escape, separators=(",", ":")).encode()

    assert quickly(raw) == by_the_standard(raw)


@given(values)
def test_what_we_write_is_what_the_standard_writes(value: Any):
    """Quick or not, the bytes are those of RFC 8785; what has no canonical form is refused by both."""
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            encode(value)
        return

    assert encode(value) == expected


@given(values)
def test_what_the_standard_writes_is_canonical(value: Any):
    """What RFC 8785 writes is taken, and reads as what it says."""
    try:
        raw = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        return

    assert decode(raw) == (json.loads(raw), True)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        pytest.param(b'{"a":1}', True, id="an object"),
        pytest.param(b'{"a":1,"a":1}', False, id="a key twice"),
        pytest.param(b'{"b":1,"a":1}', False, id="keys out of order"),
        pytest.param(b'{"a":-0}', False, id="minus nought"),
        pytest.param(b'{"a":1.0}', False, id="a whole number with a fraction"),
        pytest.param(b'{"a":0.5}', True, id="a fraction"),
        pytest.param(b'"\\u007f"', False, id="a needless escape"),
        pytest.param(b'"\x7f"', True, id="delete"),
        pytest.param(b'"\\u001f"', True, id="a control character"),
        pytest.param(b'"\\u001F"', False, id="a control character in upper case"),
        pytest.param('{"\U0001f600":1,"\uffff":1}'.encode(), True, id="keys as UTF-16 sorts them"),
        pytest.param('{"\uffff":1,"\U0001f600":1}'.encode(), False, id="keys as code points sort"),
        pytest.param('"\u2028"'.encode(), True, id="a line separator"),
    ],
)
def test_spellings(raw: bytes, canonical: bool):
    """Each row is one way in which JSON encoders differ."""
    assert quickly(raw) == by_the_standard(raw) == canonical
