# ruff: noqa: RUF001 (letters that look like others are the matter)
"""Letters of two alphabets in one word."""

import pytest

from content.check import Severity
from content.checks.mixed_script import MOST, MixedScript
from tests.builders.findings import look, mended

CHECK = MixedScript()


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "Daesh lost its ground.", id="ascii"),
        pytest.param("en-GB", "Yusuf يوسف, Юсуф and Γιουσούφ", id="four-alphabets-side-by-side"),
        pytest.param("fr-FR", "L’été, l’œuvre, naïf, « où », n° 5, 1ᵉʳ", id="french"),
        pytest.param("tr", "DAEŞ’in İstanbul ığdır çöğüş", id="turkish"),
        pytest.param("ha", "ɓera ɗaki ƙasa ƴanci", id="hausa"),
        pytest.param("ku", "şer û êş", id="kurmanji"),
        pytest.param("ru", "IT-отдел, 5G-сеть, ДАИШ (ISIS), «YouTube»", id="russian-with-hyphens"),
        pytest.param("ar", "خسر داعش ISIS أرضه، كوفيد-19 وكوفيد19 و٧٤", id="arabic-with-figures"),
        pytest.param("ar", "دَاعِش «ACT Early» #داعش_ISIS", id="vowels-quotes-and-a-hashtag-of-two-words"),
        pytest.param("ar", "لـISIS والـBBC بـYouTube", id="prefix-with-a-tatweel"),
        pytest.param("fa", "می\u200cخواهم Twitter\u200cها", id="persian-ending"),
        pytest.param("ckb", "ده\u200cوڵه\u200cت ڤیان پێنج", id="kurdish"),
        pytest.param("ur", "ٹویٹر ڈاکٹر ہے", id="urdu"),
        pytest.param("ps", "ګټه ښه ږغ", id="pashto"),
        pytest.param("en-GB", "5 μg, 10 kΩ, 3 μm", id="units"),
        pytest.param("en-GB", "A¼ mile, B⅛, x²", id="figures-that-are-no-letters"),
        pytest.param("ar", "اقرأ https://example.org/report/تقرير", id="the-path-of-a-link"),
        pytest.param("ar", "من \u20662014-2019\u2069 خط ACT Early 🇬🇧", id="isolates-and-flags"),
    ],
)
def test_what_is_right_passes(locale: str, words: str) -> None:
    """Alphabets may stand side by side, joined by a sign, a tatweel or a non-joiner; digits and marks belong to all."""
    assert look(CHECK, words, locale) == []


@pytest.mark.parametrize(
    ("locale", "words", "says", "fixed"),
    [
        pytest.param("en-GB", "Dаesh lost", "Latin and Cyrillic letters in 'Dаesh': U+0430", "Daesh lost", id="daesh"),
        pytest.param("en-GB", "See gоv.uk", "U+043E is CYRILLIC SMALL LETTER O", "See gov.uk", id="host"),
        pytest.param("en-GB", "By @UКfacts", "U+041A", "By @UKfacts", id="handle"),
        pytest.param("en-GB", "ΑBC is", "Latin and Greek", "ABC is", id="greek-capital"),
        pytest.param("en-GB", "pаураl", "Latin and Cyrillic", "paypal", id="several-letters"),
        pytest.param("ru", "Дaиш", "Cyrillic and Latin letters in 'Дaиш': U+0061", "Даиш", id="latin-in-russian"),
        pytest.param("ru", "CCCР", "Cyrillic and Latin", "СССР", id="the-alphabet-of-the-locale-decides"),
        pytest.param("fr-FR", "Dаech é", "U+0430", "Daech é", id="beside-accents"),
        pytest.param("en-GB", "D\u0301а", "U+0430", "D\u0301a", id="over-a-mark"),
    ],
)
def test_a_look_alike_is_named_and_put_right(locale: str, words: str, says: str, fixed: str) -> None:
    """A letter of another alphabet blocks, by its code and name; where all look alike, the word is put right."""
    findings = look(CHECK, words, locale)
    assert [finding.severity for finding in findings] == [Severity.BLOCK]
    assert says in findings[0].message
    assert mended(words, findings[0]) == fixed


@pytest.mark.parametrize(
    ("words", "span"),
    [
        pytest.param("نعم داعشx نعم", (4, 9), id="latin-after-arabic"),
        pytest.param("نعم xداعش نعم", (4, 9), id="arabic-after-latin"),
        pytest.param("نعم داعش2x نعم", (4, 10), id="digits-between"),
        pytest.param("Дاعش", (0, 4), id="cyrillic-in-arabic"),
        pytest.param("abאב", (0, 4), id="hebrew"),
        pytest.param("ab中", (0, 3), id="an-alphabet-without-a-name"),
    ],
)
def test_what_looks_like_nothing_has_no_fix(words: str, span: tuple[int, int]) -> None:
    """Two words that grew together, or a key struck by mistake: a person puts it right."""
    findings = look(CHECK, words, "ar")
    assert [(finding.severity, finding.span, finding.fix) for finding in findings] == [(Severity.BLOCK, span, None)]


def test_an_arabic_prefix_takes_a_tatweel_before_a_latin_name() -> None:
    """People write it without, and it reads badly: a warning with the tatweel as its fix."""
    findings = look(CHECK, "قال الBBC ولISIS", "ar")
    assert [finding.severity for finding in findings] == [Severity.WARN] * 2
    assert mended("قال الBBC ولISIS", findings[0]) == "قال الـBBC ولISIS"


def test_many_are_not_all_named() -> None:
    """A text full of them has a few findings."""
    assert len(look(CHECK, "Dаesh " * 50)) == MOST


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" + "\u200c" * 20_000, id="joiners"),
        pytest.param("aя" * 9_000, id="one-word"),
        pytest.param("b1" * 9_000 + "я", id="digits"),
        pytest.param("ا" * 18_000 + "x", id="arabic"),
    ],
)
def test_no_text_is_looked_at_twice_over(text: str) -> None:
    """A text made to be slow costs about as much as its length."""
    from content.check import Context
    from content.rendering import Part, Rendering
    from tests.builders.renderings import request

    assert len(list(CHECK.look(request(), Rendering("ar", "rtl", (Part(text),)), Context()))) <= MOST
