# ruff: noqa: RUF001 (other alphabets are the cases)
"""Grapheme clusters, UTF-16 units, UTF-8 octets, and the units of Mastodon and Threads."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from content.counting import fediverse, graphemes, threads, utf8, utf16

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
WITHOUT_SURROGATES = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("text", "clusters"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("Raqqa", 5, id="latin"),
        pytest.param("د\u064eا", 2, id="vowel-sign-joins-its-letter"),
        pytest.param("الرقة", 5, id="arabic"),
        pytest.param("e\u0301", 1, id="combining-accent"),
        pytest.param("\r\n", 1, id="line-end"),
        pytest.param("🇬🇧🇫🇷", 2, id="two-flags"),
        pytest.param(FAMILY, 1, id="family"),
        pytest.param("\u2701\u200d\u2701", 2, id="joined-in-unicode-15-and-no-longer"),
    ],
)
def test_graphemes(text: str, clusters: int) -> None:
    """A cluster is what a reader takes for one character."""
    assert graphemes.count(text) == clusters


@given(WITHOUT_SURROGATES)
def test_short_cut_agrees_with_the_full_rule(text: str) -> None:
    """The fast path for plain text counts what the full rule counts."""
    assert graphemes.count(text) == len(regex.findall(r"\X", text))


@given(WITHOUT_SURROGATES)
def test_units_and_octets_are_those_of_the_encodings(text: str) -> None:
    """UTF-16 units are half the octets of UTF-16, and octets those of UTF-8."""
    assert utf16.units(text) * 2 == len(text.encode("utf-16-le"))
    assert utf8.octets(text) == len(text.encode("utf-8"))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("Hello", 5, id="plain"),
        pytest.param("see https://example.org/a/very/long/path?with=query", 27, id="link-is-23"),
        pytest.param("example.org", 11, id="no-scheme-no-link"),
        pytest.param("@stopdaech@social.example a", 12, id="mention-without-its-server"),
        pytest.param("write to info@example.org", 25, id="mail-address-is-no-mention"),
        pytest.param("https://example.org/تقرير", 23, id="arabic-path-belongs-to-the-link"),
        pytest.param("https://example.org/تقرير، ثم", 27, id="arabic-comma-ends-it"),
        pytest.param(f"{FAMILY}!", 2, id="graphemes"),
    ],
)
def test_mastodon(text: str, length: int) -> None:
    """On Mastodon a link with a scheme counts 23 and a mention without its server."""
    assert fediverse.length(text) == length


def test_mastodon_servers_may_reserve_another_length() -> None:
    """A server may reserve another length for a link."""
    assert fediverse.length("https://example.org/path", link=30) == 30


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("Bonjour é", 9, id="letters"),
        pytest.param("🇬🇧", 8, id="flag-is-eight-octets"),
        pytest.param("a😀", 5, id="emoji-is-four-octets"),
        pytest.param("داعش", 4, id="arabic"),
    ],
)
def test_threads(text: str, length: int) -> None:
    """On Threads an emoji counts its octets, everything else one."""
    assert threads.length(text) == length
