"""Differences word by word: nothing is lost, nothing is hidden, and every script is read by its own words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.releases.outgoing import OutgoingMedia, OutgoingPart
from scheduler.review.differences import Difference, Piece, between, tokens, words
from scheduler.review.show import marked
from tests.builders.outgoings import outgoing

TEXTS = st.text(alphabet="ab1 ,.\n\u0639\u0631\u0628\u064b\u200c\u200f@#/", max_size=40)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str):
    """What stayed and what went is the earlier text, what stayed and what came is the later one, to the character."""
    found = words(before, after)

    assert "".join(each.text for each in found if each.kind != "in") == before
    assert "".join(each.text for each in found if each.kind != "out") == after
    assert "".join(tokens(before)) == before
    assert (before == after) == all(each.kind == "same" for each in found)


CASES = [
    pytest.param("74 partners", "75 partners", [("out", "74"), ("in", "75"), ("same", " partners")], id="a-figure"),
    pytest.param("1,000 men", "1,001 men", [("out", "1,000"), ("in", "1,001"), ("same", " men")], id="a-long-figure"),
    pytest.param(
        "\u0643\u062a\u0628\u064e \u0627\u0644\u0648\u0644\u062f",
        "\u0643\u062a\u0628\u064f \u0627\u0644\u0648\u0644\u062f",
        [
            ("out", "\u0643\u062a\u0628\u064e"),
            ("in", "\u0643\u062a\u0628\u064f"),
            ("same", " \u0627\u0644\u0648\u0644\u062f"),
        ],
        id="an-arabic-vowel-sign-belongs-to-its-word",
    ),
    pytest.param(
        "\u0662\u066c\u0660\u0660\u0660",
        "\u0663\u066c\u0660\u0660\u0660",
        [("out", "\u0662\u066c\u0660\u0660\u0660"), ("in", "\u0663\u066c\u0660\u0660\u0660")],
        id="an-arabic-figure",
    ),
    pytest.param(
        "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645",
        "\u0645\u06cc\u062e\u0648\u0631\u0645",
        [("out", "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645"), ("in", "\u0645\u06cc\u062e\u0648\u0631\u0645")],
        id="a-joiner-belongs-to-its-word",
    ),
    pytest.param("a b c d", "a x y d", [("same", "a "), ("out", "b c"), ("in", "x y"), ("same", " d")], id="two-words"),
    pytest.param(
        "l\u2019\u00e9tat",
        "l\u2019\u00c9tat",
        [("out", "l\u2019\u00e9tat"), ("in", "l\u2019\u00c9tat")],
        id="an-elision",
    ),
    pytest.param(
        "see https://a.example/x?y=1",
        "see https://a.example/x?y=2",
        [("same", "see "), ("out", "https://a.example/x?y=1"), ("in", "https://a.example/x?y=2")],
        id="an-address",
    ),
]


@pytest.mark.parametrize(("before", "after", "pieces"), CASES)
def test_a_word_is_what_a_reader_takes_for_one(before: str, after: str, pieces: list[tuple[str, str]]):
    """Figures, addresses, vowel signs and joiners are not torn apart."""
    assert [(each.kind, each.text) for each in words(before, after)] == pieces


def test_an_invisible_character_is_named_where_it_comes():
    """Nobody signs a mark that they could not see come in."""
    (line,) = marked(Difference("text", "", words("gov", "g\u202eov"), prose=True), "ltr")

    assert "<U+202E>" in line


def test_right_to_left_lines_keep_their_marks_in_place():
    """The line is isolated as a whole, and every changed word inside its marks."""
    pieces = (Piece("same", "\u0647\u0644 "), Piece("out", "\u062a\u0642\u0644\u0642"), Piece("in", "@facts"))
    (line,) = marked(Difference("text", "", pieces, prose=True), "rtl")

    assert line == "\u2067\u0647\u0644 [-\u2068\u062a\u0642\u0644\u0642\u2069-]{+\u2068@facts\u2069+}\u2069"


def test_only_lines_that_changed_are_shown():
    """A long text is not read again for one word."""
    found = list(marked(Difference("text", "", words("a\nb\nc", "a\nx\nc"), prose=True), "ltr"))

    assert found == ["[-b-]{+x+}"]


EVERY = {
    "audiences": ("others",),
    "locale": "en-GB",
    "variant": "b",
    "language": "en-GB",
    "direction": "ltr",
    "visibility": "unlisted",
    "content_warning": "War",
    "reply_to": "1",
    "supersedes": "2",
    "channel": "other",
    "kind": "feed",
    "server": "https://x.example",
    "account": "@others",
    "credential": "secret",
    "options": {"to": "x"},
    "issuer": "fr",
    "partners": ("uk",),
    "due": "2027-01-12T13:00:00Z",
    "not_after": "2027-01-13T13:00:00Z",
    "if_late": {"after": 1, "then": "skip"},
    "waivers": ({"check": "too-long", "because": "verbatim"},),
    "message": "m2",
    "message_kind": "breaking",
    "facets": ({"kind": "bold"},),
    "media": (OutgoingMedia("map.png", "0" * 64, "image/png", "A map."),),
    "parts": (OutgoingPart("Two.", None, None, None),),
}


@pytest.mark.parametrize("field", EVERY)
def test_whatever_is_signed_and_changes_is_shown(field: str):
    """No field of what goes out can change without a line that says so."""
    assert between(outgoing(), outgoing(**{field: EVERY[field]}))


def test_every_field_is_asked_for():
    """A field that is added to what is signed is added here; identity alone never changes."""
    assert set(vars(outgoing())) - {"v", "release", "campaign", "name"} == set(EVERY)
    assert between(outgoing(), outgoing()) == []
