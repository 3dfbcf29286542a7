"""The fixed phrases."""

import pytest
from babel import Locale

from campaigns.locales import LOCALES
from content import phrases
from content.bidi import first_strong


@pytest.mark.parametrize("locale", phrases.PHRASES)
def test_phrases_are_whole(locale: str) -> None:
    """Each locale has every phrase, a place for a name where one goes, and a form for each of its plural categories."""
    words = phrases.PHRASES[locale]
    assert all("{}" in pattern for pattern in (words.issued_by, words.partners, words.advice))
    assert all([words.read_more, words.press_notice, words.for_immediate_release, words.separator])
    categories = set(Locale.parse(LOCALES[locale].babel).plural_form.tags) | {"other"}
    assert categories <= set(words.count)


@pytest.mark.parametrize("locale", phrases.PHRASES)
def test_phrases_run_in_their_direction(locale: str) -> None:
    """The first strong character of each label has the direction of its language, so that a post runs the right way."""
    words = phrases.PHRASES[locale]
    assert first_strong(words.issued_by) == LOCALES[locale].direction
    assert first_strong(words.read_more) == LOCALES[locale].direction


def test_a_locale_without_phrases_gets_the_english_ones() -> None:
    """Attribution is never left out for want of a translation."""
    assert phrases.of("so").locale == "en-GB"
    assert {"en-GB", "fr-FR", "ar"} <= set(phrases.PHRASES)
