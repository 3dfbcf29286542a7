# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""Marks and blanks as each language sets them, with what should stand there."""

import pytest

from content.checks.punctuation import Punctuation
from content.render import render
from tests.builders.reviews import WARN, findings, mended, written

CHECK = Punctuation()

FAULTY = {
    "fr-question": ("fr-FR", "Un doute ? Appelez.", "Un doute\xa0? Appelez."),
    "fr-question-without-blank": ("fr-FR", "Un doute? Appelez.", "Un doute\xa0? Appelez."),
    "fr-colon": ("fr-FR", "Appelez : c’est gratuit.", "Appelez\xa0: c’est gratuit."),
    "fr-colon-without-blank": ("fr-FR", "Appelez: c’est gratuit.", "Appelez\xa0: c’est gratuit."),
    "fr-semicolon": ("fr-FR", "Parlez ; écoutez.", "Parlez\xa0; écoutez."),
    "fr-exclamation": ("fr-FR", "Parlez !", "Parlez\xa0!"),
    "fr-quotation": ("fr-FR", "Il dit « non » et part.", "Il dit «\xa0non\xa0» et part."),
    "fr-quotation-without-blanks": ("fr-FR", "Il dit «non» et part.", "Il dit «\xa0non\xa0» et part."),
    "ar-comma": ("ar", "خسر داعش, ونحن معا.", "خسر داعش، ونحن معا."),
    "ar-question": ("ar", "هل تقلق?", "هل تقلق؟"),
    "ar-semicolon": ("ar", "نحن معا; لا تخف.", "نحن معا؛ لا تخف."),
    "ar-blank-before-the-mark": ("ar", "هل تقلق ?", "هل تقلق؟"),
    "fa-question": ("fa", "نگران هستید?", "نگران هستید؟"),
    "fa-comma": ("fa", "کمک, رایگان است.", "کمک، رایگان است."),
    "ur-stop": ("ur", "مدد مفت ہے.", "مدد مفت ہے۔"),
    "ur-comma": ("ur", "مدد, مفت ہے۔", "مدد، مفت ہے۔"),
    "ckb-comma": ("ckb", "یارمەتی, بێبەرامبەرە.", "یارمەتی، بێبەرامبەرە."),
    "ps-question": ("ps", "اندېښنه لرئ?", "اندېښنه لرئ؟"),
    "en-double-space": ("en-GB", "It is over.  We stand together.", "It is over. We stand together."),
    "tr-double-space": ("tr", "Bitti.  Birlikteyiz.", "Bitti. Birlikteyiz."),
    "en-loud": ("en-GB", "It is over!!!", "It is over!"),
    "en-loud-question": ("en-GB", "Is it over?!", "Is it over?"),
    "so-loud": ("so", "Way dhammaatay!!", "Way dhammaatay!"),
    "en-two-exclamations": ("en-GB", "It is over! We won!", "It is over! We won."),
}
CLEAN = {
    "en": ("en-GB", "Worried? Call us: it is free; nobody asks who you are. At 18:30, really!"),
    "en-quoted": ("en-GB", "He said: “Is it over?” It is."),
    "fr": ("fr-FR", "Un doute\xa0? Appelez\u202f! Il dit\xa0: «\xa0oui\xa0»\u202f; c’est tout."),
    "fr-narrow": ("fr-FR", "«\u202fUn doute\u202f?\u202f»"),
    "fr-hour": ("fr-FR", "À 18:30, le 12/01, 9 h-18 h."),
    "fr-link": ("fr-FR", "Lisez https://example.org/a?b=c;d et appelez."),
    "fr-ellipsis": ("fr-FR", "Et puis… rien."),
    "ar": ("ar", "هل تقلق؟ اتصل بنا، فالمساعدة مجانية؛ نحن معك."),
    "ar-latin-inside": ("ar", "اتصل بخط Stop, Listen, Talk? الآن."),
    "ar-figures": ("ar", "74,5 في المئة و1,000 شخص."),
    "ar-hijri-year": ("ar", "في سنة 1448 هـ."),
    "ar-link": ("ar", "اقرأ https://example.org/ar?x=1,2 الآن."),
    "fa": ("fa", "کمک، رایگان است. نگران هستید؟"),
    "ur": ("ur", "مدد مفت ہے۔ کیا آپ پریشان ہیں؟ 3.5 فیصد"),
    "ckb": ("ckb", "یارمەتی بێبەرامبەرە، نهێنییە. نیگەرانیت؟"),
    "ps": ("ps", "مرسته وړیا ده، محرمه ده. اندېښنه لرئ؟"),
    "ku": ("ku", "Alîkarî belaş e; tu dikarî bipirsî: kengî?"),
    "tr": ("tr", "Yardım ücretsiz; sorabilirsiniz: ne zaman?"),
    "ru": ("ru", "Помощь бесплатна; спросите: когда? — Всегда."),
    "so": ("so", "Ma welwelsan tahay? Na soo wac."),
    "ha": ("ha", "Kana damuwa? Kira mu."),
    "sw": ("sw", "Una wasiwasi? Tupigie."),
}


@pytest.mark.parametrize(("locale", "text", "right"), FAULTY.values(), ids=FAULTY)
def test_it_warns_with_what_should_stand_there(locale: str, text: str, right: str) -> None:
    """Each mark that is set otherwise is a warning, and its fixes together make the text right."""
    asked = written(locale, text)
    found = findings(CHECK, asked)

    assert {each.severity for each in found} == {WARN}
    assert mended(render(asked).parts[0].text, found).split("\n")[0] == right


@pytest.mark.parametrize(("locale", "text"), CLEAN.values(), ids=CLEAN)
def test_it_is_silent(locale: str, text: str) -> None:
    """Marks that are set as the language sets them pass, and links, hours and figures are no marks."""
    assert findings(CHECK, written(locale, text)) == []


def test_a_text_full_of_faults_is_not_listed_to_the_end() -> None:
    """Twenty findings about one text are enough to know."""
    assert len(findings(CHECK, written("fr-FR", "Non ? " * 100))) == 20
