"""Addresses that stand in the words."""

import pytest

from content.check import Severity
from content.checks.link_not_encoded import LinkNotEncoded
from tests.builders.findings import look, mended

CHECK = LinkNotEncoded()
REPORT = "%D8%AA%D9%82%D8%B1%D9%8A%D8%B1"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "See https://example.org/a?b=c#d.", id="ascii"),
        pytest.param("fr-FR", "À voir : https://example.org/a, déjà.", id="accents-beside-a-link"),
        pytest.param("ar", "اقرأ https://example.org/a، نعم", id="arabic-comma"),
        pytest.param("ar", "اقرأ https://example.org/، نعم", id="comma-after-the-slash"),
        pytest.param("ar", "اقرأ «https://example.org/a» نعم", id="quotation-marks"),
        pytest.param("ar", f"اقرأ https://example.org/{REPORT} نعم", id="encoded"),
        pytest.param("ar", "اقرأ gov.uk نعم", id="host-alone"),
    ],
)
def test_what_is_right_passes(locale: str, words: str) -> None:
    """An address in ASCII passes, whatever stands beside it."""
    assert look(CHECK, words, locale, "x") == []


@pytest.mark.parametrize(
    ("words", "fixed"),
    [
        pytest.param("من https://example.org/تقرير نعم", f"من https://example.org/{REPORT} نعم", id="path"),
        pytest.param(
            "من https://example.org/a/تقرير، نعم", f"من https://example.org/a/{REPORT}، نعم", id="comma-stays"
        ),
        pytest.param("من https://example.org/?q=تقرير. نعم", f"من https://example.org/?q={REPORT}. نعم", id="query"),
        pytest.param("من «https://example.org/تقرير» نعم", f"من «https://example.org/{REPORT}» نعم", id="quoted"),
    ],
)
def test_x_would_cut_it(words: str, fixed: str) -> None:
    """X links only the part in ASCII, and readers would land elsewhere: it blocks, and the fix encodes the address."""
    findings = look(CHECK, words, "ar", "x")
    assert [finding.severity for finding in findings] == [Severity.BLOCK]
    assert "would be linked only as far as 'https://example.org/" in findings[0].message
    assert mended(words, findings[0]) == fixed
    assert [finding.severity for finding in look(CHECK, words, "ar", "mastodon")] == [Severity.WARN]


@pytest.mark.parametrize(
    ("words", "fixed"),
    [
        pytest.param("Voir https://example.org/été vite", "Voir https://example.org/%C3%A9t%C3%A9 vite", id="accents"),
        pytest.param("Voir https://münchen.de/a vite", "Voir https://xn--mnchen-3ya.de/a vite", id="host"),
    ],
)
def test_what_x_links_whole_is_a_warning(words: str, fixed: str) -> None:
    """Latin letters with accents are linked by X; other apps differ."""
    findings = look(CHECK, words, "fr-FR", "x")
    assert [finding.severity for finding in findings] == [Severity.WARN]
    assert mended(words, findings[0]) == fixed


def test_the_link_of_the_message_needs_nothing() -> None:
    """It is encoded when it is tagged."""
    assert look(CHECK, "نعم", "ar", "x", link={"*": "https://example.org/تقرير"}) == []
