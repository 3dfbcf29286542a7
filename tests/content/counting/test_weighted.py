# ruff: noqa: RUF001 (other alphabets are the cases)
"""The length of a post on X."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.counting.weighted import weighted_length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("Daesh lost its ground.", 22, id="plain-english"),
        pytest.param("خسر داعش أرضه.", 14, id="plain-arabic"),
        pytest.param("د\u064eا", 3, id="a-vowel-sign-counts"),
        pytest.param("烟花三月", 8, id="chinese-counts-two"),
        pytest.param("e\u0301", 1, id="counted-in-nfc"),
        pytest.param("…", 2, id="ellipsis-counts-two"),
        pytest.param("’", 1, id="apostrophe-counts-one"),
        pytest.param("\u2066a\u2069", 5, id="isolates-count-two-each"),
        pytest.param("\u202f", 2, id="narrow-no-break-space"),
        pytest.param("https://example.org/daesh?utm_source=x", 23, id="link"),
        pytest.param("gov.uk", 23, id="link-without-scheme"),
        pytest.param("GOV.UK.", 24, id="full-stop-after-a-link"),
        pytest.param("https://example.com/تقرير", 28, id="arabic-path-is-no-link"),
        pytest.param("see example.invalid", 19, id="unknown-top-level-domain"),
        pytest.param("info@example.org", 16, id="mail-address-is-no-link"),
        pytest.param("https://example.org،", 24, id="arabic-comma-after-a-link"),
        pytest.param("«https://example.org»", 25, id="link-in-guillemets"),
        pytest.param("http://foobar.پاکستان/", 23, id="domain-in-urdu"),
        pytest.param("foobar.پاکستان", 23, id="domain-in-urdu-without-scheme"),
        pytest.param("https://t.co/abcdefghij", 23, id="short-link"),
        pytest.param("https://t.co/" + "a" * 41, 54, id="no-short-link-is-that-long"),
        pytest.param("a.com b.org", 47, id="two-links"),
        pytest.param("_a.com", 6, id="low-line-before-is-no-link"),
        pytest.param("🇬🇧", 2, id="flag"),
        pytest.param("🇽🇽", 4, id="no-such-flag"),
        pytest.param(FAMILY, 2, id="family-is-one-emoji"),
        pytest.param("👍🏽", 2, id="skin-tone"),
        pytest.param("1\ufe0f\u20e3", 2, id="keycap"),
        pytest.param("❤\ufe0f", 2, id="heart-with-selector"),
        pytest.param("©", 1, id="copyright-sign"),
        pytest.param("©\ufe0f", 2, id="copyright-sign-as-emoji"),
        pytest.param("☺\ufe0e", 4, id="emoji-shown-as-text"),
        pytest.param("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2, id="flag-of-england"),
        pytest.param("😀\u200d😀", 5, id="joined-but-no-emoji"),
        pytest.param("🏳\ufe0f\u200d🌈", 2, id="joined-with-its-selector"),
        pytest.param("🏳\u200d🌈", 5, id="joined-without-its-selector"),
        pytest.param("🕵🏽\u200d♀\ufe0f", 2, id="joined-with-tone-and-selector"),
        pytest.param("🕵🏽\u200d♀", 5, id="joined-with-tone-and-no-selector"),
    ],
)
def test_weighs_as_x_does(text: str, length: int) -> None:
    """A text weighs what twitter-text v3 says: one or two a character, two an emoji, 23 a link."""
    assert weighted_length(text) == length


@settings(deadline=None)  # the first link compiles the list of top-level domains
@given(st.text(alphabet="abc é’خ.:/ \n", max_size=80))
def test_never_weighs_more_than_two_a_character_and_a_link(text: str) -> None:
    """No text weighs more than two a character, except for its links, each of which has a dot."""
    assert 0 <= weighted_length(text) <= 2 * len(text) + 23 * text.count(".")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ش" * 20_000 + ".com", id="one-long-arabic-word"),
        pytest.param("ش-" * 10_000 + "/a.com", id="hyphens"),
        pytest.param("a." * 10_000 + "com", id="labels"),
        pytest.param("https://a.com/" + "(a" * 9_000, id="open-brackets"),
        pytest.param("👨\u200d" * 5_000, id="joiners"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """A hostile text is counted in well under a second of processor time."""
    began = time.process_time()
    assert weighted_length(text) > 0
    assert time.process_time() - began < 0.9
