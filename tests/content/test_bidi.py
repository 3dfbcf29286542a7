"""Direction."""

import pytest

from content import bidi


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Daesh", "ltr", id="latin"),
        pytest.param("داعش", "rtl", id="arabic"),
        pytest.param("2014، داعش", "rtl", id="digits-are-weak"),
        pytest.param("@UKfacts داعش", "ltr", id="handle-first"),
        pytest.param("\u2066@UKfacts\u2069 داعش", "rtl", id="isolates-do-not-count"),
        pytest.param("🇬🇧 داعش", "ltr", id="regional-indicators-are-strong"),
        pytest.param("1, 2, 3", None, id="none"),
    ],
)
def test_first_strong_character_decides(text: str, expected: str | None) -> None:
    """The first strong character outside isolates decides the direction."""
    assert bidi.first_strong(text) == expected


def test_each_line_is_isolated_by_itself() -> None:
    """An isolate ends with its line, and an empty line needs none."""
    assert bidi.isolate("a\n\nb", "rtl") == "\u2067a\u2069\n\n\u2067b\u2069"
    assert bidi.balanced(bidi.isolate("a\nb", "auto"))


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        pytest.param("\u2066a\u2069", True, id="closed"),
        pytest.param("\u2066a", False, id="open"),
        pytest.param("a\u2069", False, id="closed-only"),
        pytest.param("\u2066a\nb\u2069", False, id="over-two-lines"),
        pytest.param("\u2067\u2066a\u2069\u2069", True, id="nested"),
    ],
)
def test_balance(text: str, sound: bool) -> None:
    """Every isolate closes on its own line."""
    assert bidi.balanced(text) is sound


def test_every_control_has_its_place() -> None:
    """Isolates, marks, embeddings and overrides are all found."""
    assert list(bidi.controls("a\u202eb\u2066c\u2069\u200e")) == [
        (1, "\u202e"),
        (3, "\u2066"),
        (5, "\u2069"),
        (6, "\u200e"),
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("a\u2069 \u2066b", [1, 3], id="the-wrong-way-round"),
        pytest.param("\u2066a\n\u2067b\u2069", [0], id="open-at-the-end-of-its-line"),
        pytest.param("x\n\u2069", [2], id="second-line"),
    ],
)
def test_each_half_of_a_pair_has_its_place(text: str, places: list[int]) -> None:
    """What is no pair is named with its place in the whole text."""
    assert list(bidi.unbalanced(text)) == places
