"""What an inbox shows of a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.preview import inbox


@pytest.mark.parametrize(
    ("html", "text", "expected"),
    [
        pytest.param("<title>No</title><body><h1>One</h1><p>two &amp; three", "", "One two & three", id="of-the-body"),
        pytest.param("<style>p{}</style><p>One", "", "One", id="no-style"),
        pytest.param("<body><div style='display:none'>Teaser</div><p>One", "", "Teaser One", id="hidden-preheader"),
        pytest.param("<p>says <bdi>@UK</bdi>.</p>one<br>two", "", "says @UK. one two", id="words-run-on-inline"),
        pytest.param(None, "One\n\ntwo", "One two", id="text-alone"),
        pytest.param("<p>" + "word " * 60, "", "word " * 21 + "word…", id="cut-at-a-word"),
        pytest.param("<p>" + "x" * 200, "", "x" * 110 + "…", id="no-word-to-cut-at"),
    ],
)
def test_an_inbox_shows_the_first_words(html, text, expected):
    """The first words that a reader would see, in whole words."""
    assert inbox.preheader(html, text) == expected


@given(st.text(alphabet="<>/title style&;ab ", max_size=300))
def test_no_markup_is_too_broken(html):
    """Whatever a template makes, there is a line for it, and it is short."""
    assert len(inbox.preheader(html, "")) <= inbox.LONGEST + 1
