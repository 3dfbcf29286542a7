"""The parts that a text message travels in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.counting import gsm, utf16
from content.preview import bubbles


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a" * 160, [160], id="one-whole"),
        pytest.param("a" * 161, [153, 8], id="one-more"),
        pytest.param("خ" * 70, [70], id="arabic-whole"),
        pytest.param("خ" * 71, [67, 4], id="arabic-one-more"),
        pytest.param("a" * 152 + "€" + "a" * 10, [152, 11], id="escape-pair-stays-together"),
        pytest.param("خ" * 66 + "🤝" + "خ" * 10, [66, 11], id="surrogate-pair-stays-together"),
    ],
)
def test_a_long_message_is_cut_where_the_network_cuts_it(text, lengths):
    """A single message holds more than a part of a longer one, and no pair is torn."""
    assert [len(part) for part in bubbles.split(text)] == lengths


@given(st.text(alphabet="a€[خ🤝\n ", max_size=500))
def test_the_parts_are_the_message_and_as_many_as_are_paid_for(text):
    """Joined they are the text; there are as many as the counter says; each fits."""
    parts = bubbles.split(text)

    assert "".join(parts) == text
    assert len(parts) == gsm.segments(text).parts
    if gsm.segments(text).encoding == "ucs-2" and len(parts) > 1:
        assert max(utf16.units(part) for part in parts) <= 67
