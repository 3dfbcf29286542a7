# ruff: noqa: RUF001 (other alphabets are the cases)
"""Characters that cannot be seen, or that machines cannot show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.check import Context, Severity
from content.checklist import blocking, review
from content.checks.disallowed_invisibles import _BAD, _SUSPECT, MOST, DisallowedInvisibles
from content.render import render
from content.rendering import Part, Rendering
from tests.builders.findings import look, mended
from tests.builders.renderings import picture, request

CHECK = DisallowedInvisibles()


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        pytest.param("en-GB", "Daesh lost its ground.", id="ascii"),
        pytest.param("fr-FR", "Daech a perdu\u202f: l’été, «\xa0où\xa0» — œuvre…", id="french-spaces-and-quotes"),
        pytest.param("ar", "خسر داعشُ أرضَه، و٧٤ شريكًا؛ معًا؟", id="arabic-with-vowels"),
        pytest.param("ar", "عام 1446هـ", id="hijri-year"),
        pytest.param("ar", "لـ«داعش» وبـ74 دولة والـBBC", id="tatweel-before-a-quotation-a-number-a-name"),
        pytest.param("ar", "محمد ﷺ ﷽ ﷲ"[:-1] + "﴿آية﴾", id="formulas-of-one-character"),
        pytest.param("ar", "من \u20662014-2019\u2069 و\u200f", id="isolates-are-another-check"),
        pytest.param("fa", "می\u200cخواهم خانه\u200cها را", id="persian-non-joiner"),
        pytest.param("fa", "کتابِ\u200cها Twitter\u200cها", id="non-joiner-after-a-vowel-and-a-latin-name"),
        pytest.param("ckb", "ده\u200cوڵه\u200cت", id="kurdish-non-joiner"),
        pytest.param("ur", "آئینِ\u200cنو", id="urdu-non-joiner"),
        pytest.param("fa", "سال ۱۴۰۵ ه\u200d.ش", id="joiner-after-a-letter-alone"),
        pytest.param("en-GB", "🇬🇧 🇫🇷 ❤️ 👨‍👩‍👧 👩🏽‍⚕️ 1️⃣ ©️ 🏳️‍🌈 🫱🏻‍🫲🏿", id="emoji"),
        pytest.param("en-GB", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", id="flag-of-scotland"),
        pytest.param("ru", "ДАИШ потеряла землю — ёлка № 5", id="russian"),
        pytest.param("tr", "DAEŞ’in ığüşöç İstanbul", id="turkish"),
        pytest.param("ps", "ګټه ۍ ې ڼ څ ځ", id="pashto"),
        pytest.param("en-GB", "क्\u200dष त्\u200cत", id="indian-conjuncts"),
    ],
)
def test_what_is_right_passes(locale: str, words: str) -> None:
    """Letters, marks, spaces and signs of every language, joiners where they belong, and emoji have no findings."""
    assert look(CHECK, words, locale) == []


@pytest.mark.parametrize(
    ("words", "place", "says", "fixed"),
    [
        pytest.param("Da\u200besh", 2, "U+200B (ZERO WIDTH SPACE)", "Daesh", id="zero-width-space"),
        pytest.param("Da\ufeffesh", 2, "U+FEFF (BYTE ORDER MARK)", "Daesh", id="byte-order-mark"),
        pytest.param("Da\xadesh", 2, "U+00AD (SOFT HYPHEN)", "Daesh", id="soft-hyphen"),
        pytest.param("Da\u2060esh", 2, "U+2060 (WORD JOINER)", "Daesh", id="word-joiner"),
        pytest.param("Da\u034fesh", 2, "U+034F (COMBINING GRAPHEME JOINER)", "Daesh", id="grapheme-joiner"),
        pytest.param("Da\u200desh", 2, "only inside an emoji", "Daesh", id="joiner-in-latin"),
        pytest.param("Da\u200cesh", 2, "only inside a word whose letters join", "Daesh", id="non-joiner-in-latin"),
        pytest.param("دا\u200dعش", 2, "only inside an emoji", "داعش", id="joiner-between-arabic-letters"),
        pytest.param("می\u200c\u200cخواهم", 2, "non-joiner", "می\u200cخواهم", id="two-non-joiners"),
        pytest.param("a\ufe0fb", 1, "only after an emoji", "ab", id="selector-after-a-letter"),
        pytest.param("1\ufe0f b", 1, "only after an emoji", "1 b", id="selector-after-a-digit"),
        pytest.param("a \U000e0067b", 2, "only in the emoji of a flag", "a b", id="tag-outside-a-flag"),
        pytest.param("a \U000e0001b", 2, "only in the emoji of a flag", "a b", id="language-tag"),
        pytest.param("a\u202eb", 1, "U+202E (RIGHT-TO-LEFT OVERRIDE)", "ab", id="override"),
        pytest.param("a\u202bb", 1, "U+202B (RIGHT-TO-LEFT EMBEDDING)", "ab", id="embedding"),
        pytest.param("a\u202cb", 1, "U+202C (POP DIRECTIONAL FORMATTING)", "ab", id="pop"),
        pytest.param("a\u2028b", 1, "U+2028 (LINE SEPARATOR)", "a\nb", id="line-separator"),
        pytest.param("a\u2800b", 1, "U+2800 (BRAILLE PATTERN BLANK)", "ab", id="braille-blank"),
        pytest.param("a\u3164b", 1, "U+3164 (HANGUL FILLER)", "ab", id="filler"),
        pytest.param("a\u2061b", 1, "U+2061 (FUNCTION APPLICATION)", "ab", id="function-application"),
        pytest.param("a\ufdd0b", 1, "it is no character", "ab", id="noncharacter"),
        pytest.param("a\U0010fffeb", 1, "it is no character", "ab", id="last-but-one"),
        pytest.param("خسر \ufe8d\ufedf\ufe94 x", 4, "a presentation form", "خسر الة x", id="presentation-forms"),
        pytest.param("من \ufdf2 و", 3, "a presentation form", "من الله و", id="ligature-of-a-word"),
        pytest.param("a\ufb01n", 1, "a presentation form", "afin", id="latin-ligature"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_put_right(words: str, place: int, says: str, fixed: str) -> None:
    """Each such character blocks, is named with its place, and its fix mends the text."""
    findings = look(CHECK, words)
    assert [finding.severity for finding in findings] == [Severity.BLOCK]
    assert findings[0].span is not None
    assert findings[0].span[0] == place
    assert says in findings[0].message
    assert mended(words, findings[0]) == fixed


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param("a\ue000b", "private use", id="private-use"),
        pytest.param("a\U000f0000b", "private use", id="private-use-plane"),
        pytest.param("a\ufffdb", "lost", id="replacement"),
        pytest.param("a\ufffcb", "lost", id="object"),
    ],
)
def test_what_only_a_writer_can_put_right_has_no_fix(words: str, says: str) -> None:
    """Where nobody can know what stood there, the finding says so and mends nothing."""
    findings = look(CHECK, words)
    assert [(finding.severity, finding.fix) for finding in findings] == [(Severity.BLOCK, None)]
    assert says in findings[0].message


@pytest.mark.parametrize(
    ("words", "fixed"),
    [
        pytest.param("خسر داعـــش أرضه", "خسر داعش أرضه", id="stretched-word"),
        pytest.param("می\u200c خواهم", "می خواهم", id="non-joiner-at-the-end-of-a-word"),
    ],
)
def test_what_does_little_harm_is_a_warning(words: str, fixed: str) -> None:
    """A stretched word is found by no search, and a joiner at a word's end does nothing: a person should look."""
    findings = look(CHECK, words, "fa")
    assert [finding.severity for finding in findings] == [Severity.WARN]
    assert mended(words, findings[0]) == fixed


def test_a_character_that_unicode_does_not_know_is_a_warning() -> None:
    """An emoji may be younger than our tables, so that it does not block."""
    findings = look(CHECK, "a\u0378b")
    assert [finding.severity for finding in findings] == [Severity.WARN]


def test_headlines_and_alt_texts_are_looked_at() -> None:
    """What a mail's subject and a picture's words hold is found as well; a span is of the text alone."""
    findings = look(
        CHECK, "Daesh", kind="smtp", headline={"en-GB": "a\u200bb"}, media=(picture(alt="A map\u200b of Raqqa."),)
    )
    assert [finding.message.partition(" holds")[0] for finding in findings] == [
        "The headline",
        "The alt text of 'map.png'",
    ]
    assert {finding.span for finding in findings} == {None}


def test_no_reason_lets_one_out() -> None:
    """Who signs must see what is signed: an invisible character is never waived, a stretched word is."""
    waive = [{"check": "disallowed-invisibles", "because": "we like it"}]
    for words, held in (("a\u202eb", True), ("داعـــش", False)):
        asked = request("ar", wording={"ar": words}, values={}, waive=waive)
        assert blocking(review(asked, render(asked), Context())) is held


def test_many_are_said_to_be_many() -> None:
    """A text full of them has a few findings, the last of which says that there are more."""
    findings = look(CHECK, "a\u200b" * 25)
    assert len(findings) == MOST
    assert findings[-1].message.endswith("There are more.")


def test_the_short_cut_lets_nothing_by() -> None:
    """Every character that shows nothing, but for the directional ones, gets the second look."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    directional = set("\u061c\u200e\u200f\u2066\u2067\u2068\u2069\u06dd")
    assert set(_BAD.findall(every)) - directional == set(_BAD.findall("".join(_SUSPECT.findall(every)))) - directional


@given(st.text(max_size=60))
def test_it_never_raises_and_its_fixes_point_into_the_text(words: str) -> None:
    """Whatever is written, the check answers, and each span lies in the text."""
    rendering = Rendering("ar", "rtl", (Part(words),))
    for finding in CHECK.look(request("ar"), rendering, Context()):
        assert finding.span is not None
        assert 0 <= finding.span[0] < finding.span[1] <= len(words)
        assert finding.message.endswith(".")
        assert finding.remedy.endswith(".")
