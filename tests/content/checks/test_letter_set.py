# ruff: noqa: RUF001 (letters that look like others are the matter)
"""The letters and digits of each language."""

import pytest

from content.check import Severity
from content.checks.letter_set import LETTERS, LetterSet
from tests.builders.findings import look, mended

CHECK = LetterSet()


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "Daesh lost its ground in 2019.", id="ascii"),
        pytest.param("fr-FR", "Daech a perdu « du terrain » à l’été 2019.", id="french"),
        pytest.param("ar", "كان يريد مدرسة على شاطئ، مسؤول، باريس پاريس گوگل", id="arabic-with-borrowed-letters"),
        pytest.param("fa", "کتاب یک خانه‌ای ۷۴ نفر، مسئول", id="persian"),
        pytest.param("ur", "یہ ہے کہ وہ ۃ ۂ بھی ٹھیک ہیں ڈاکٹر ڑ ے", id="urdu"),
        pytest.param("ps", "ګټه زموږ ي ې ی ۍ ئ ښه ټول ډېر ړ گ", id="pashto-with-all-its-yehs"),
        pytest.param("ckb", "کوردستان دەوڵەت ێ ۆ ڕ ه ھ ٧٤", id="kurdish"),
        pytest.param("tr", "İstanbul ığdır şımarık çöğüş", id="turkish"),
        pytest.param("ru", "Ёлка, объём, ещё", id="russian"),
        pytest.param("ar", "في عام ٢٠١٤ وعام ٢٠١٩", id="arabic-indic-digits"),
        pytest.param("fa", "در سال ۱۴۰۵ G7 و 5G و https://example.org/2019", id="names-and-links-keep-theirs"),
        pytest.param("fa", "۷۴ نفر، تلفن \u20660800 789 321\u2069 یا 0800 789 321", id="numbers-to-dial-keep-theirs"),
        pytest.param("ar", "#کورد @UKfacts", id="hashtags-are-names"),
        pytest.param("ku", "şer û êş", id="no-table-for-the-language"),
    ],
)
def test_what_is_right_passes(locale: str, words: str) -> None:
    """Each language's own letters pass, and one set of digits, beside names, links and numbers to dial."""
    assert look(CHECK, words, locale) == []


@pytest.mark.parametrize(
    ("locale", "words", "says", "fixed"),
    [
        pytest.param("ar", "کان هنا", "'ک' (U+06A9 ARABIC LETTER KEHEH)", "كان هنا", id="persian-kaf-in-arabic"),
        pytest.param("ar", "یريد هنا", "U+06CC", "يريد هنا", id="persian-yeh-in-arabic"),
        pytest.param("ar", "ہنا", "U+06C1", "هنا", id="urdu-heh-in-arabic"),
        pytest.param("fa", "كتاب", "U+0643 ARABIC LETTER KAF", "کتاب", id="arabic-kaf-in-persian"),
        pytest.param("fa", "علي", "U+064A", "علی", id="arabic-yeh-in-persian"),
        pytest.param("ur", "يه ہے", "U+064A", "یه ہے", id="arabic-yeh-in-urdu"),
        pytest.param("ps", "كور", "U+0643", "کور", id="arabic-kaf-in-pashto"),
        pytest.param("ckb", "ده\u200cوڵەت", "U+200C", "دەوڵەت", id="old-kurdish-e"),
        pytest.param("ckb", "كورد", "U+0643", "کورد", id="arabic-kaf-in-kurdish"),
        pytest.param("tr", "di\u0307l", "U+0307", "dil", id="dot-on-a-dotted-i"),
        pytest.param("tr", "șimdi", "U+0219", "şimdi", id="romanian-s-in-turkish"),
        pytest.param("ru", "Сирія", "U+0456", "Сирия", id="ukrainian-i-in-russian"),
    ],
)
def test_a_neighbours_letter_is_named_and_put_right(locale: str, words: str, says: str, fixed: str) -> None:
    """A letter of another keyboard is a warning, with the letter of the language as its fix."""
    finding = look(CHECK, words, locale)[0]
    assert finding.severity is Severity.WARN
    assert says in finding.message
    assert mended(words, finding) == fixed


def test_a_letter_is_named_once_however_often_it_stands() -> None:
    """One wrong keyboard is one finding a letter, which says how often."""
    findings = look(CHECK, "کان یکتب کل شیء", "ar")
    assert len(findings) == 2
    assert "and 2 times after it" in findings[0].message


@pytest.mark.parametrize(
    ("locale", "words", "fixed"),
    [
        pytest.param("ar", "من ٢٠١٤ إلى ٢٠١٩ و 74 دولة", "من ٢٠١٤ إلى ٢٠١٩ و ٧٤ دولة", id="western-among-arabic"),
        pytest.param("ar", "من 2014 إلى 2019 و٧٤ دولة", "من 2014 إلى 2019 و74 دولة", id="arabic-among-western"),
        pytest.param("fa", "۷۴ نفر و ۲ و ٤ خانه", "۷۴ نفر و ۲ و ۴ خانه", id="arabic-among-persian"),
    ],
)
def test_one_set_of_digits_in_a_text(locale: str, words: str, fixed: str) -> None:
    """Digits of two sets in one text are a warning; the set that stands more often wins."""
    findings = look(CHECK, words, locale)
    assert [finding.severity for finding in findings] == [Severity.WARN]
    assert mended(words, findings[0]) == fixed


def test_no_language_puts_right_what_it_calls_wrong() -> None:
    """What a letter is to be written as is itself a letter of the language."""
    assert [
        (language, letter)
        for language, letters in LETTERS.items()
        for letter in letters.values()
        if letter and letter in letters
    ] == []
