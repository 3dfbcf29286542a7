"""Characters of texts, found in the file that writes them."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.documents import scalars
from campaigns.documents.positions import Places

LETTERS = st.text(st.sampled_from("ab{}'\"\\:# \n\té|داعش\u2066"), max_size=60)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        pytest.param("w: one {{ x }} two", (1, 8), id="plain"),
        pytest.param("w: one\n  two {{ x }}", (2, 7), id="plain-folded"),
        pytest.param("w: one\n\n\n  two {{ x }}", (4, 7), id="plain-with-empty-lines"),
        pytest.param("w: 'it''s {{ x }}'", (1, 11), id="single-quotes"),
        pytest.param('w: "a \\"b\\" \\u00e9 {{ x }}"', (1, 20), id="double-quotes"),
        pytest.param('w: "a \\\n   {{ x }}"', (2, 4), id="escaped-line-end"),
        pytest.param("w: |\n  one\n\n  {{ x }}\n", (4, 3), id="literal"),
        pytest.param("w: |2-  # said\n\n   one {{ x }}\n", (3, 8), id="literal-indented"),
        pytest.param("w: >\n  one\n  {{ x }}\n\n  two\n", (3, 3), id="folded"),
        pytest.param("w: >-\n  one\n    more\n\n  {{ x }}\n", (5, 3), id="folded-around-indented"),
        pytest.param("w: &a |\n  {{ x }}\n", (2, 3), id="anchored"),
        pytest.param("w: |\r\n  one\r\n  {{ x }}\r\n", (3, 3), id="windows"),
        pytest.param("# خسر\nw: خسر {{ x }}", (2, 8), id="arabic"),
    ],
)
def test_a_place_in_a_text_is_found_in_its_file(written: str, place: tuple[int, int]) -> None:
    """Whatever the style of a text, a place in it is one in the file."""
    value = yaml.safe_load(written)["w"]
    found = Places(written, "a.yaml").within(("w",), value, value.index("{{"))
    assert (found.line, found.column) == place


def test_an_alias_is_its_own_place() -> None:
    """A text that an alias repeats is complained of where the alias stands."""
    written = "v: &a one {{ x }}\nw: *a\n"
    assert str(Places(written, "a.yaml").within(("w",), "one {{ x }}", 4)) == "a.yaml:2:4"


@settings(max_examples=300, deadline=None)
@given(LETTERS, st.sampled_from([None, "'", '"', "|", ">"]), st.sampled_from([12, 40, 200]), st.booleans())
def test_what_is_found_is_the_character(text: str, style: str | None, width: int, unicode: bool) -> None:
    """For any text in any style, the place of a character holds that character, or nothing is said."""
    written = yaml.safe_dump({"w": text}, default_style=style, width=width, allow_unicode=unicode)
    value = yaml.safe_load(written)["w"] or ""
    root = Places(written, "a.yaml").tree.items["w"]
    begin = scalars.starts(written)[root.line - 1] + root.column - 1
    for at, letter in enumerate(value if isinstance(value, str) else ""):
        place = scalars.offset(written, begin, value, at)
        if letter.isalpha() and letter.isascii():
            assert place is None or written[place] == letter
