"""A text cut into runs and marks."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.bidi import without_controls
from content.check import Finding, Severity
from content.preview import marking

ARABIC = "خسر \u2066@UKAgainstDaesh\u2069 أرضه"
LETTERS = st.text(alphabet="ab .\n@#خ\u2066\u2069:/\u200b🇬🇧", max_size=60)


def found(*spans: tuple[int, int]) -> list[tuple[int, Finding]]:
    """Return a finding for each span, numbered from 1."""
    return [(number, Finding("some", Severity.WARN, "", "", span=span)) for number, span in enumerate(spans, 1)]


def flat(line: marking.Line, kind: str = "text") -> list[tuple[str, marking.Piece]]:
    """Return every piece with the kind of run that it stands in, the innermost."""
    return [
        pair
        for each in line
        for pair in ([(kind, each)] if isinstance(each, marking.Piece) else flat(each.inside, each.kind))
    ]


def cut(text: str, *spans: tuple[int, int], **more: Any) -> list[list[tuple[str, str, Sequence[int]]]]:
    """Return kind, text and marks of every piece, by line."""
    return [
        [(kind, piece.text, piece.marks) for kind, piece in flat(line)]
        for line in marking.lines(text, found(*spans), **more)
    ]


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        pytest.param("One two", (), [[("text", "One two", ())]], id="nothing"),
        pytest.param("", (), [[]], id="empty"),
        pytest.param("One\n\ntwo", (), [[("text", "One", ())], [], [("text", "two", ())]], id="empty-line"),
        pytest.param("One two", [(4, 7)], [[("text", "One ", ()), ("text", "two", (1,))]], id="at-the-end"),
        pytest.param(
            "abcd",
            [(0, 3), (1, 4)],
            [[("text", "a", (1,)), ("text", "bc", (1, 2)), ("text", "d", (2,))]],
            id="over-one-another",
        ),
        pytest.param(
            "ab\ncd",
            [(1, 4)],
            [[("text", "a", ()), ("text", "b", (1,))], [("text", "c", (1,)), ("text", "d", ())]],
            id="over-two-lines",
        ),
        pytest.param("ab", [(1, 1)], [[("text", "a", ()), ("text", "", (1,)), ("text", "b", ())]], id="at-a-point"),
        pytest.param(
            "ab\n\ncd",
            [(2, 4), (3, 5)],
            [[("text", "ab", ()), ("text", "", (1,))], [], [("text", "c", (2,)), ("text", "d", ())]],
            id="line-breaks",
        ),
        pytest.param("ab", [(2, 2)], [[("text", "ab", ()), ("text", "", (1,))]], id="at-the-very-end"),
        pytest.param("ab", [(1, 99)], [[("text", "a", ()), ("text", "b", (1,))]], id="beyond-the-end"),
        pytest.param(
            "See https://example.org/a now",
            [(2, 12)],
            [
                [
                    ("text", "Se", ()),
                    ("text", "e ", (1,)),
                    ("link", "https://", (1,)),
                    ("link", "example.org/a", ()),
                    ("text", " now", ()),
                ]
            ],
            id="into-a-link",
        ),
        pytest.param(
            "#StopDaesh @uk", (), [[("tag", "#StopDaesh", ()), ("text", " ", ()), ("tag", "@uk", ())]], id="tags"
        ),
        pytest.param(
            ARABIC,
            [(5, 20)],
            [[("text", "خسر ", ()), ("tag", "@UKAgainstDaesh", (1,)), ("text", " أرضه", ())]],
            id="isolated",
        ),
    ],
)
def test_a_text_is_cut_where_something_begins_or_ends(text, spans, expected):
    """Links, hashtags, handles and isolates are runs of their own; findings cut them."""
    assert cut(text, *spans) == expected


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        pytest.param("\u2068abc\u2069", "rtl", "ltr", id="as-its-first-letter"),
        pytest.param("\u2068خسر\u2069", "ltr", "rtl", id="as-its-first-arabic-letter"),
        pytest.param("\u206812\u2069", "rtl", "rtl", id="as-what-is-around"),
        pytest.param("\u2067abc\u2069", "ltr", "rtl", id="as-it-says"),
    ],
)
def test_an_isolate_runs_as_it_says(text, around, expected):
    """An isolate that leaves its direction open takes that of its first letter, or else of the text around it."""
    assert cut(text, around=around)[0][0][0] == expected


@given(text=LETTERS, spans=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4))
def test_nothing_is_lost_and_every_finding_is_shown_once(text, spans):
    """The pieces say the text without the controls that became elements; each finding begins once and ends once."""
    shown = marking.lines(text, found(*spans))
    said = "\n".join("".join(each.text for each in line) for line in shown)
    pieces = [piece for line in shown for _, piece in flat(line)]

    assert without_controls(said) == without_controls(text)
    for number in range(1, len(spans) + 1):
        assert [number in piece.begins for piece in pieces].count(True) == 1
        assert [number in piece.ends for piece in pieces].count(True) == 1


@given(
    text=LETTERS.filter(lambda text: "\n" not in text),
    spans=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=3),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
@example(text=":::\u2066\u2066:\u2069\u2069", spans=[], cuts=[6])  # a cut between the ends of two isolates
def test_windows_of_a_text_say_together_what_the_whole_says(text, spans, cuts):
    """A text that is shown in parts loses nothing at their seams, and no finding begins in two of them."""
    places = sorted({0, len(text), *(min(each, len(text)) for each in cuts)})
    shown = [line for pair in pairwise(places) for line in marking.lines(text, found(*spans), *pair)]
    begun = [number for line in shown for _, piece in flat(line) for number in piece.begins]

    assert without_controls("".join(each.text for line in shown for each in line)) == without_controls(text)
    assert len(begun) == len(set(begun))


def test_a_long_text_is_cut_quickly_enough_to_be_drawn():
    """Thousands of links, tags and findings in one text stay apart."""
    text = "#a @b https://example.org/c \u2066d\u2069 " * 500
    shown = marking.lines(text, found(*((place, place + 3) for place in range(0, len(text), 40))))
    assert sum(isinstance(each, marking.Run) for each in shown[0]) == 2_000
