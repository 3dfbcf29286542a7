"""What a wording says outside its braces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.attribution import help_line, line
from content.render import render
from content.speech import ours, pair, place, speech
from tests.builders.parities import wordings
from tests.builders.renderings import PARTNERS, request


@pytest.mark.parametrize(
    ("text", "literal", "strings"),
    [
        pytest.param("Plain.", "Plain.", (), id="plain"),
        pytest.param("In {{ year }} it", "In            it", (), id="name"),
        pytest.param(
            "{{ plural(n, one=\"a }} b\", other='c') }}!", " " * 40 + "!", ("a }} b", "c"), id="braces-in-strings"
        ),
        pytest.param(
            "{% if n %}2{% else %}3{% endif %}", " " * 10 + "2" + " " * 10 + "3" + " " * 11, (), id="condition"
        ),
        pytest.param("a{# 95% #}b", "a         b", (), id="comment"),
        pytest.param("a {{ open", "a        ", (), id="never-closed"),
        pytest.param("a { b } c", "a { b } c", (), id="single-braces"),
    ],
)
def test_literal_text(text: str, literal: str, strings: tuple[str, ...]) -> None:
    """The template's parts are blanks, so that every place stays; strings inside are kept beside it."""
    assert (speech(text).literal, speech(text).strings) == (literal, strings)


@given(st.text(alphabet="a1{}%#\"'\\ \n", max_size=80))
def test_places_stay(text: str) -> None:
    """Whatever a wording holds, its literal text is as long, and what is not blank there stands in the wording."""
    literal = speech(text).literal
    assert len(literal) == len(text)
    assert all(one in {two, " "} for one, two in zip(literal, text, strict=True))


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["{{", '{{"', "{#", "{%'", '{{"}}', "{{ }} ", '{{"\\'])
def test_a_hostile_wording_is_read_at_once(piece: str) -> None:
    """20,000 characters of braces and quotation marks take no more than a moment."""
    text = (piece * 20_000)[:20_000]
    assert len(speech(text).literal) == len(text)


def test_a_pair_is_with_the_first_wording() -> None:
    """The first wording of the variant is what the others are compared with, and it is compared with none."""
    said = {"fr_FR": "Un", "en_GB": "One", "ar": "واحد"}
    both = pair(wordings("ar", **said))
    assert both
    assert (both.source_locale, both.source.text, both.own.text) == ("fr-FR", "Un", "واحد")
    assert pair(wordings("fr-FR", **said)) is None
    assert pair(wordings("ckb", **said)) is None


@pytest.mark.parametrize(
    ("piece", "span"),
    [
        pytest.param("9", (7, 8), id="alone"),
        pytest.param("95", (0, 2), id="first"),
        pytest.param("gone", None, id="nowhere"),
    ],
)
def test_a_place_is_one_of_its_own(piece: str, span: tuple[int, int] | None) -> None:
    """A figure is not found inside another."""
    assert place(render(wordings("en-GB", en_GB="95, 59 9.")), piece) == span


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar"])
def test_ours_is_attribution_and_help_line(locale: str) -> None:
    """Where help is and who speaks stand in places that are known, also in right-to-left text."""
    text = render(request(locale)).parts[0].text
    said = {text[start:end] for start, end in ours(request(locale), text)}
    assert help_line(PARTNERS, "uk", locale) in {*said, None}
    assert line(PARTNERS, "uk", locale, short=True) in said
