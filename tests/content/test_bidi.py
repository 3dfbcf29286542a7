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


def test_embeddings_and_overrides_are_forbidden() -> None:
    """Controls that leak are named with their place; isolates and marks are not."""
    assert bidi.forbidden_controls("a\u202eb\u2066c\u2069\u200e") == [
        (1, "RIGHT-TO-LEFT OVERRIDE"),
        (6, "LEFT-TO-RIGHT MARK"),
    ]
