# ruff: noqa: RUF001 (Arabic is the matter)
"""The first strong character, where it decides."""

import pytest

from content.bidi import first_strong
from content.check import Severity
from content.checks.direction import FirstLetter
from tests.builders.findings import look, mended
from tests.builders.renderings import picture

CHECK = FirstLetter()


@pytest.mark.parametrize(
    ("locale", "kind", "words"),
    [
        pytest.param("en-GB", "mastodon", "Daesh lost its ground.", id="english"),
        pytest.param("en-GB", "telegram", "They call it داعش.", id="english-with-an-arabic-word"),
        pytest.param("fr-FR", "bluesky", "Où Daech – «داعش» – a perdu.", id="french-with-an-arabic-word"),
        pytest.param("ar", "mastodon", "خسر داعش أرضه.\n\n@UKfacts\nhttps://example.org/a", id="names-last"),
        pytest.param("ar", "telegram", "خسر داعش أرضه.\n\n@UKfacts\nhttps://example.org/a", id="names-on-their-lines"),
        pytest.param("ar", "x", "2014: خسر داعش أرضه.", id="figures-are-weak"),
        pytest.param("ar", "x", "❤️ خسر داعش أرضه.", id="an-emoji-is-neutral"),
        pytest.param("ar", "x", "«خسر داعش أرضه»", id="quotation-mark"),
        pytest.param("ar", "x", "\u2066ACT Early\u2069 خط للمساعدة.", id="isolated-name"),
        pytest.param("ar", "x", "\u200fACT Early خط للمساعدة.", id="mark-before-a-name"),
        pytest.param("ar", "smtp", "ACT Early خط للمساعدة.", id="mail-says-its-direction"),
        pytest.param("ar", "feed", "ACT Early خط للمساعدة.", id="feed-says-its-direction"),
        pytest.param("ar", "outbox", "ACT Early خط للمساعدة.", id="nobody-knows-where-it-is-posted"),
        pytest.param("ar", "x", "خسر داعش.\nACT Early خط للمساعدة.", id="x-looks-at-the-whole-text"),
    ],
)
def test_what_is_right_passes(locale: str, kind: str, words: str) -> None:
    """A text that begins as its locale runs passes, and so does one whose channel says the direction."""
    assert look(CHECK, words, locale, kind) == []


@pytest.mark.parametrize(
    ("words", "says", "fixed"),
    [
        pytest.param("@UKfacts تقول نعم.", "the handle '@UKfacts' first", "تقول نعم. @UKfacts", id="handle"),
        pytest.param("🇬🇧 تقول نعم.", "the flag '🇬🇧' first", "تقول نعم. 🇬🇧", id="flag"),
        pytest.param("🇬🇧🇫🇷 تقول نعم.", "the flag '🇬🇧🇫🇷' first", "تقول نعم. 🇬🇧🇫🇷", id="two-flags"),
        pytest.param(
            "https://example.org/a تقول نعم.", "the link 'https://", "تقول نعم. https://example.org/a", id="link"
        ),
        pytest.param("#Daesh: تقول نعم.", "the hashtag '#Daesh' first", "تقول نعم. #Daesh", id="hashtag"),
        pytest.param("ACT Early خط للمساعدة.", "the word 'ACT' first", "\u200fACT Early خط للمساعدة.", id="name"),
        pytest.param("1. ACT خط", "the word 'ACT' first", "1. \u200fACT خط", id="name-after-a-figure"),
    ],
)
def test_what_turns_an_arabic_text_is_named_and_put_right(words: str, says: str, fixed: str) -> None:
    """The finding names what leads, and its fix makes the text begin in Arabic."""
    findings = look(CHECK, words, "ar", "bluesky")
    assert [finding.severity for finding in findings] == [Severity.WARN]
    assert says in findings[0].message
    assert "runs left to right" in findings[0].message
    assert "Arabic" in findings[0].remedy
    assert mended(words, findings[0]) == fixed
    assert first_strong(fixed) == "rtl"


def test_a_handle_on_the_first_line_is_moved_by_a_person() -> None:
    """Where nothing of the locale stands on the line, there is no fix, and the remedy still says what to do."""
    findings = look(CHECK, "@UKfacts\nتقول نعم.", "ar", "x")
    assert [(finding.span, finding.fix) for finding in findings] == [((0, 8), None)]


@pytest.mark.parametrize("kind", ["telegram", "whatsapp", "sms"])
def test_lines_are_looked_at_where_they_are_laid_out_by_themselves(kind: str) -> None:
    """The second line begins with a Latin name: on these it would run the other way."""
    words = "خسر داعش.\nACT Early خط للمساعدة."
    findings = look(CHECK, words, "ar", kind)
    assert [finding.span for finding in findings] == [(10, 13)]
    assert "the line runs left to right" in findings[0].message
    assert (findings[0].fix is None) is (kind == "sms")


def test_an_english_text_that_begins_in_arabic_is_warned_about() -> None:
    """The rule holds the other way round; no mark does, so a person rewords."""
    findings = look(CHECK, "داعش is what they call it.", "en-GB", "x")
    assert [finding.fix for finding in findings] == [None]
    assert "runs right to left" in findings[0].message


def test_a_subject_is_laid_out_by_its_first_letter() -> None:
    """No channel says a direction with a headline."""
    findings = look(CHECK, "نعم", "ar", "smtp", headline={"ar": "ACT Early خط للمساعدة"})
    assert [finding.span for finding in findings] == [None]
    assert findings[0].message.startswith("The headline shows the word 'ACT' first")


def test_alt_texts_are_heard() -> None:
    """The words of a picture are read aloud, so that their direction is nobody's matter."""
    assert look(CHECK, "نعم", "ar", "x", media=(picture("ar", alt="ACT Early خط للمساعدة"),)) == []
