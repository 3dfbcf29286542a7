# ruff: noqa: RUF001 (other alphabets are the cases)
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


#: 3GPP TS 23.038, section 6.2.1: the alphabet by code, sixteen a line; the escape (1B) is no character.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
#: Section 6.2.1.1: code after the escape -> character.
EXTENSION = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
ROOM = {"gsm-7": (160, 153), "ucs-2": (70, 67)}
TEXT = st.text(st.sampled_from([*sorted(BASIC | EXTENDED), *"çخ’😀👍"]), max_size=400)


def split(text: str, encoding: str) -> list[list[int]]:
    """Split *text* into parts as a sender does, each a list of how many units its characters take."""
    width = {each: 2 if each in EXTENDED else 1 for each in BASIC | EXTENDED}
    units = [width[each] if encoding == "gsm-7" else len(each.encode("utf-16-le")) // 2 for each in text]
    single, joined = ROOM[encoding]
    if sum(units) <= single:
        return [units] if units else []
    parts: list[list[int]] = [[]]
    for each in units:
        if sum(parts[-1]) + each > joined:
            parts.append([])
        parts[-1].append(each)
    return parts


def test_the_alphabet_is_that_of_the_standard() -> None:
    """Every code of both tables has its character, and no other character is in them."""
    assert len(TABLE) == 128
    assert set(TABLE) - {"\x1b"} == BASIC
    assert set(EXTENSION.values()) == EXTENDED


@given(TEXT)
def test_a_sender_needs_as_many_parts(text: str) -> None:
    """Parts are what a sender gets who never splits a pair; they hold all units."""
    found = segments(text)
    parts = split(text, found.encoding)
    assert (found.parts, found.units) == (len(parts), sum(map(sum, parts)))


@given(TEXT, TEXT)
def test_more_text_never_takes_fewer_parts(first: str, second: str) -> None:
    """A longer text takes at least as many parts; and two messages at least as many as one of both in one alphabet."""
    both = segments(first + second)
    assert both.parts >= max(segments(first).parts, segments(second).parts)
    if segments(first).encoding == segments(second).encoding == both.encoding:
        assert both.parts <= segments(first).parts + segments(second).parts + 1


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
