# ruff: noqa: E501, RUF001 (one case a line; letters that look alike are the point)
"""Where web addresses lead, as their letters tell."""

import pytest

from scheduler.register.places import Sameness, beside

OFFICIAL = "https://www.facts.example.org/fr/daesh?id=3&utm_source=mastodon"
SAME, CUT, HIDDEN, OTHER = Sameness.SAME, Sameness.CUT, Sameness.HIDDEN, Sameness.OTHER


@pytest.mark.parametrize(
    ("copy", "sameness"),
    [
        pytest.param(OFFICIAL, SAME, id="itself"),
        pytest.param("facts.example.org/fr/daesh?id=3", SAME, id="as-shown"),
        pytest.param("https://facts.example.org/fr/daesh/?id=3&utm_source=x&fbclid=1", SAME, id="other-tracking"),
        pytest.param("https://FACTS.example.org:443/fr/daesh?id=3", SAME, id="capitals-of-a-host"),
        pytest.param("https://l.facebook.com/l.php?u=https%3A%2F%2Ffacts.example.org%2Ffr%2Fdaesh%3Fid%3D3&h=AT", SAME, id="wrapped"),
        pytest.param("https://www.google.com/url?q=https%3A%2F%2Ffacts.example.org%2Ffr%2Fdaesh%3Fid%3D3", SAME, id="wrapped-by-a-search"),
        pytest.param("https://t.co/AbC123", HIDDEN, id="shortened"),
        pytest.param("https://lnkd.in/e8x", HIDDEN, id="shortened-elsewhere"),
        pytest.param("https://l.facebook.com/l.php?u=https%3A%2F%2Ft.co%2FAbC&h=AT", HIDDEN, id="wrapped-and-shortened"),
        pytest.param("http://www.facts.example.org/fr/daesh?id=3", OTHER, id="without-protection"),
        pytest.param("https://facts.example.org/fr/daesh?id=4", OTHER, id="another-parameter"),
        pytest.param("https://facts.example.org/fr/daesh", OTHER, id="no-parameter"),
        pytest.param("https://facts.example.org/fr/Daesh?id=3", OTHER, id="capitals-of-a-path"),
        pytest.param("https://facts.example.org/fr%2Fdaesh?id=3", OTHER, id="an-encoded-stroke"),
        pytest.param("https://facts.example.org/fr/daesh?id=3#login", OTHER, id="a-fragment"),
        pytest.param("https://facts.example.org:8443/fr/daesh?id=3", OTHER, id="another-port"),
        pytest.param("https://facts.example.org@evil.example/fr/daesh?id=3", OTHER, id="a-user"),
        pytest.param("https://facts.example.org\\@evil.example/fr/daesh?id=3", OTHER, id="a-backslash"),
        pytest.param("https://fаcts.example.org/fr/daesh?id=3", OTHER, id="a-cyrillic-letter"),
        pytest.param("https://facts.example.org.evil.example/fr/daesh?id=3", OTHER, id="a-longer-host"),
        pytest.param("https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2F&h=AT", OTHER, id="wraps-another"),
        pytest.param(
            "https://l.facebook.com/l.php?u=https%3A%2F%2Ffacts.example.org%2Ffr%2Fdaesh%3Fid%3D3&u=https%3A%2F%2Fevil.example",
            OTHER,
            id="wraps-two",
        ),
        pytest.param("https://facts.google.com/url?q=https%3A%2F%2Ffacts.example.org%2Ffr%2Fdaesh%3Fid%3D3", OTHER, id="no-wrapper"),
        pytest.param("javascript:alert(1)", OTHER, id="no-address"),
    ],
)  # fmt: skip
def test_an_address_leads_to_the_same_place_or_not(copy, sameness):
    """Only what platforms do to an address leaves it the same; where nobody can read it, that is said."""
    assert beside(OFFICIAL, copy) is sameness


@pytest.mark.parametrize(
    ("copy", "sameness"),
    [
        pytest.param("facts.example.org/fr/da", CUT, id="path"),
        pytest.param("https://www.facts.example.org/fr/daesh?id", CUT, id="query"),
        pytest.param("facts.example.or", OTHER, id="inside-the-host"),
        pytest.param("facts.example.org.evil/fr", OTHER, id="another-host"),
        pytest.param("facts.example.org/en", OTHER, id="another-path"),
    ],
)
def test_an_address_that_is_cut_shows_its_whole_host(copy, sameness):
    """What is shown of it is its beginning, the host and all of it."""
    assert beside(OFFICIAL, copy, cut=True) is sameness


def test_what_is_no_letter_in_a_parameter_counts():
    """Octets that are no UTF-8 are not all the same."""
    assert beside("https://example.org/?t=%FF", "https://example.org/?t=%FE") is OTHER
    assert beside("https://example.org/?t=د", "https://example.org/?t=%D8%AF") is SAME


def test_letters_of_a_path_may_be_encoded():
    """Browsers show an Arabic path, and copy it encoded."""
    assert beside("https://example.org/داعش", "https://example.org/%D8%AF%D8%A7%D8%B9%D8%B4") is SAME
