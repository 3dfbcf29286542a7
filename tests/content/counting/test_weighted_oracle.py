# ruff: noqa: RUF001 (other alphabets are the cases)
"""The length of a post on X, against another implementation of its rules: the package twitter-text-parser."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twitter_text import parse_tweet

from content.counting.weighted import weighted_length

PIECES = st.sampled_from(
    [
        "Daesh lost its ground.",
        "خسر داعش أرضه",
        "دَاعِش",
        "l’État «islamique»",
        "e\u0301",
        "…",
        "\u202f",
        "\u2066",
        "\u2069",
        "\u200f",
        "\u200c",
        "烟",
        "👍🏽",
        "🇬🇧",
        "🇫🇷🇬🇧",
        "👨\u200d👩\u200d👧\u200d👦",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        " https://example.org/daesh?utm_source=x",
        " https://example.com/تقرير",
        " gov.uk ",
        " http://foobar.پاکستان/",
        " info@example.org",
        "#داعش،",
        "@UKAgainstDaesh",
        "(",
        ")",
        ".",
        "،",
        "/",
        "-",
        "\n",
        " ",
        " ",
        "a",
        "7",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=12).map("".join))
def test_weighs_as_the_reference_parser_does(text: str) -> None:
    """Whatever is put beside whatever, both say the same."""
    assert weighted_length(text) == parse_tweet(text).weightedLength
