# ruff: noqa: RUF001 (other signs are the cases)
"""What to write in a text message instead, what GOV.UK Notify makes of a text, and what LinkedIn counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.counting import gsm, linkedin, notify, substitutes, utf16

ANY = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        pytest.param("Daesh lost £5 [x] é", (), id="in-the-alphabet"),
        pytest.param("l’été d’août", ("’", "û"), id="each-once-in-order"),
        pytest.param("ça va ?\xa0oui", ("ç", "\xa0"), id="cedilla-and-no-break-space"),
        pytest.param("`", ("`",), id="grave-accent-is-ascii-and-not-there"),
        pytest.param("داعش", ("د", "ا", "ع", "ش"), id="arabic"),
    ],
)
def test_outside(text: str, outside: tuple[str, ...]) -> None:
    """The guilty characters are named once each, in the order of the text."""
    assert substitutes.outside(text) == outside


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("l’été — “oui”…", 'l\'été - "oui"...', id="signs"),
        pytest.param("«\xa0façon\xa0»", '" facon "', id="guillemets-and-cedilla"),
        pytest.param("cœur, forêt, naïf", "coeur, foret, naif", id="french-letters"),
        pytest.param("Łódź", "Lodz", id="polish"),
        pytest.param("5 m²", "5 m2", id="raised-figure"),
        pytest.param("ﬁn", "fin", id="ligature"),
        pytest.param("a\u200bb\u2066c\u2069", "abc", id="invisible"),
        pytest.param("داعش 👍", "داعش 👍", id="none"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    """A sign becomes the plain one, a letter its base, and what has no plain form stays."""
    assert substitutes.plain(text, substitutes.outside(text)) == plain


@given(ANY)
def test_a_plain_form_is_in_the_alphabet(text: str) -> None:
    """Whatever is put in place of a character belongs to the alphabet, and what belonged to it is left alone."""
    plain = substitutes.plain(text, substitutes.outside(text))
    left = set(substitutes.outside(plain))

    assert left <= set(text)
    assert all(substitutes.letter(each) is None and each not in substitutes.SIGNS for each in left)
    assert gsm.segments(plain).encoding == ("ucs-2" if left else "gsm-7")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        pytest.param("It’s “over” – now…", 'It\'s "over" - now...', id="signs"),
        pytest.param("می\u200cخواهم", "میخواهم", id="joiner-of-persian-is-taken-out"),
        pytest.param("خسر داعش ç ŵ 👍", "خسر داعش ç ŵ 👍", id="anything-else-goes-as-it-is"),
        pytest.param("a\tb", "a b", id="tab"),
    ],
)
def test_notify(text: str, sent: str) -> None:
    """Notify writes typographic signs as plain ones, takes invisible characters out, and counts the outcome."""
    assert (notify.sent(text), notify.length(text)) == (sent, len(sent))


@given(ANY)
def test_what_notify_sends_it_does_not_change_again(text: str) -> None:
    """A text that is written as Notify sends it arrives as it is."""
    assert notify.sent(notify.sent(text)) == notify.sent(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("Daesh", 5, id="plain"),
        pytest.param("#daesh (a_b)", 16, id="reserved-signs-count-two"),
        pytest.param("\\|{}@[]()<>#*_~", 30, id="all-of-them"),
        pytest.param("😀", 2, id="utf-16"),
    ],
)
def test_linkedin(text: str, length: int) -> None:
    """On LinkedIn each reserved sign takes a backslash."""
    assert linkedin.length(text) == length


@given(ANY)
def test_linkedin_counts_what_is_sent(text: str) -> None:
    """The count is that of the escaped text, in which no reserved sign stands without its backslash."""
    escaped = linkedin.escaped(text)
    assert linkedin.length(text) == utf16.units(escaped)
    assert escaped.replace("\\\\", "").count("\\") == sum(
        text.count(each) for each in linkedin.RESERVED if each != "\\"
    )
