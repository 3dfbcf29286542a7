"""Text messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.counting.gsm import BASIC, EXTENDED, Segments, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Segments("gsm-7", 0, 0), id="empty"),
        pytest.param("a" * 160, Segments("gsm-7", 160, 1), id="one-full-part"),
        pytest.param("a" * 161, Segments("gsm-7", 161, 2), id="two-parts"),
        pytest.param("a" * 306, Segments("gsm-7", 306, 2), id="two-full-parts"),
        pytest.param("a" * 307, Segments("gsm-7", 307, 3), id="three-parts"),
        pytest.param("€" * 80, Segments("gsm-7", 160, 1), id="euro-takes-two"),
        pytest.param("a" * 152 + "€" + "a" * 7, Segments("gsm-7", 161, 2), id="escape-pair-may-not-straddle"),
        pytest.param("a" * 152 + "€" + "a" * 151, Segments("gsm-7", 305, 2), id="pair-moves-to-the-second-part"),
        pytest.param("a" * 152 + "€" + "a" * 152, Segments("gsm-7", 306, 3), id="and-pushes-one-into-a-third"),
        pytest.param("ç", Segments("ucs-2", 1, 1), id="small-c-cedilla-is-not-gsm"),
        pytest.param("Ç", Segments("gsm-7", 1, 1), id="capital-c-cedilla-is"),
        pytest.param("خ" * 70, Segments("ucs-2", 70, 1), id="arabic-one-part"),
        pytest.param("خ" * 71, Segments("ucs-2", 71, 2), id="arabic-two-parts"),
        pytest.param("😀" * 35, Segments("ucs-2", 70, 1), id="emoji-takes-two"),
        pytest.param("خ" * 66 + "😀" + "خ" * 66, Segments("ucs-2", 134, 3), id="surrogates-may-not-straddle"),
    ],
)
def test_segments(text: str, expected: Segments) -> None:
    """Alphabet, units and parts are those of 3GPP TS 23.038 and 23.040."""
    assert segments(text) == expected


def test_alphabet_has_the_size_of_the_standard() -> None:
    """The default alphabet has 127 characters beside the escape, and the extension table ten."""
    assert (len(BASIC), len(EXTENDED)) == (127, 10)


@given(st.text(st.sampled_from(sorted(BASIC | EXTENDED)), max_size=700))
def test_parts_hold_all_units(text: str) -> None:
    """As many parts are sent as hold the units, and at most one unit a part is left empty before the last."""
    found = segments(text)
    if found.parts > 1:
        assert 152 * (found.parts - 1) < found.units <= 153 * found.parts
    else:
        assert found.units <= 160
