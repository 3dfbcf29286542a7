# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""Warnings about how a text reads: long sentences, capitals, doubled words, emoji and hashtags."""

import pytest

from campaigns.documents import schema
from content.checks.emoji import Emoji
from content.checks.hashtag_style import HashtagStyle
from content.checks.long_sentence import LongSentence
from content.checks.repeated_word import RepeatedWord
from content.checks.shouting import Shouting
from content.render import render
from tests.builders.reviews import WARN, findings, mended, seen, written


def words(number: int, word: str = "word") -> str:
    """Return a sentence of *number* words."""
    return " ".join([word] * number) + "."


LONG = {
    "en": ("en-GB", "Short. " + words(26), words(26)),
    "fr": ("fr-FR", words(26, "l’ordre"), words(26, "l’ordre")),
    "ar": ("ar", "قصيرة. " + words(26, "كلمة"), words(26, "كلمة")),
    "ur": ("ur", "مختصر۔ " + words(26, "لفظ"), words(26, "لفظ")),
}
SHORT_ENOUGH = {
    "en": ("en-GB", words(25)),
    "two": ("en-GB", words(20) + " " + words(20)),
    "two-lines": ("en-GB", words(20)[:-1] + "\n" + words(20)),
    "after-a-quotation": ("en-GB", words(20)[:-1] + ".” " + words(20)),
    "fr-apostrophes-join": ("fr-FR", words(25, "l’ordre")),
    "fr-question": ("fr-FR", words(20, "mot")[:-1] + "\xa0? " + words(20, "mot")),
    "ar": ("ar", words(25, "كلمة")),
    "ar-question": ("ar", words(20, "كلمة")[:-1] + "؟ " + words(20, "كلمة")),
    "ur-stop": ("ur", words(20, "لفظ")[:-1] + "۔ " + words(20, "لفظ")),
    "hashtags-and-links-are-no-words": ("en-GB", words(24)[:-1] + " #One #Two https://example.org @three"),
}


@pytest.mark.parametrize(("locale", "text", "sentence"), LONG.values(), ids=LONG)
def test_a_long_sentence(locale: str, text: str, sentence: str) -> None:
    """Twenty-six words are too many, and the finding points at the sentence."""
    assert seen(LongSentence(), locale, text) == [(WARN, sentence)]


@pytest.mark.parametrize(("locale", "text"), SHORT_ENOUGH.values(), ids=SHORT_ENOUGH)
def test_a_sentence_that_is_short_enough(locale: str, text: str) -> None:
    """Twenty-five are not, wherever the sentence ends and whatever script it is in."""
    assert seen(LongSentence(), locale, text) == []


def test_many_partners_are_no_long_sentence() -> None:
    """The attribution names every partner where there is room, which is not the writer's sentence."""
    partners = {f"p{number}": schema.Partner(name={"en-GB": f"Government of Land {number}"}) for number in range(20)}
    asked = written("en-GB", "Good news.", "smtp", partners=partners, issuer="p0")

    assert render(asked).parts[0].text.count("Government of") == 20
    assert findings(LongSentence(), asked) == []


SHOUTED = {
    "en": ("en-GB", "STOP SHARING THIS NOW please.", "STOP SHARING THIS NOW"),
    "fr": ("fr-FR", "ÉCOUTEZ, PARLEZ, SIGNALEZ dès maintenant.", "ÉCOUTEZ, PARLEZ, SIGNALEZ"),
    "ru": ("ru", "НЕ НАДО ДЕЛИТЬСЯ ЭТИМ, пожалуйста.", "НЕ НАДО ДЕЛИТЬСЯ ЭТИМ"),
    "tr": ("tr", "ŞİMDİ PAYLAŞMAYI BIRAKIN lütfen.", "ŞİMDİ PAYLAŞMAYI BIRAKIN"),
}
CALM = {
    "initials": ("en-GB", "The UK, EU, UN and NATO stand together."),
    "initials-in-a-row": ("en-GB", "UK, EU, UN, USA and NATO."),
    "a-name-and-initials": ("en-GB", "The NATO UNICEF visit."),
    "fr-initials": ("fr-FR", "L’ONU, l’UE et l’OTAN agissent."),
    "ar-has-no-capitals": ("ar", "خسر داعش أرضه ويقف الشركاء معا."),
    "ckb-has-none": ("ckb", "یارمەتی بێبەرامبەر و نهێنییە."),
    "link": ("en-GB", "See HTTPS://EXAMPLE.ORG/STOP/SHARING/THIS today."),
    "hashtags": ("en-GB", "Good #STOPTHIS #SHARETHAT"),
}


@pytest.mark.parametrize(("locale", "text", "row"), SHOUTED.values(), ids=SHOUTED)
def test_shouting(locale: str, text: str, row: str) -> None:
    """Words in capitals in a row are pointed at, in every script that has capitals."""
    assert seen(Shouting(), locale, text) == [(WARN, row)]


@pytest.mark.parametrize(("locale", "text"), CALM.values(), ids=CALM)
def test_initials_are_no_shouting(locale: str, text: str) -> None:
    """Initials, links and hashtags are left alone, and scripts without capitals cannot shout."""
    assert seen(Shouting(), locale, text) == []


TWICE = {
    "en": ("en-GB", "Talk to to someone.", "Talk to someone."),
    "en-capital": ("en-GB", "The the port is open.", "The port is open."),
    "en-no-break-space": ("en-GB", "At the\xa0the port.", "At the port."),
    "fr": ("fr-FR", "Parlez à une une personne.", "Parlez à une personne."),
    "ar": ("ar", "تحدث إلى إلى صديق.", "تحدث إلى صديق."),
    "ar-noun": ("ar", "خسر داعش أرضه أرضه.", "خسر داعش أرضه."),
    "fa": ("fa", "کمک را را گزارش دهید.", "کمک را گزارش دهید."),
    "ur": ("ur", "مدد مفت ہے ہے۔", "مدد مفت ہے۔"),
    "ckb": ("ckb", "لەگەڵ لەگەڵ کەسێک قسە بکە.", "لەگەڵ کەسێک قسە بکە."),
    "ps": ("ps", "مرسته چې چې وړیا ده.", "مرسته چې وړیا ده."),
    "tr": ("tr", "Yardım ve ve danışma.", "Yardım ve danışma."),
    "ru": ("ru", "Помощь и и советы.", "Помощь и советы."),
    "so": ("so", "Caawimaad iyo iyo talo.", "Caawimaad iyo talo."),
    "ha": ("ha", "Taimako da da shawara.", "Taimako da shawara."),
    "sw": ("sw", "Msaada na na ushauri.", "Msaada na ushauri."),
    "ku": ("ku", "Alîkarî û û şîret.", "Alîkarî û şîret."),
}
MEANT = {
    "en-that-that": ("en-GB", "We know that that helps."),
    "en-had-had": ("en-GB", "Those who had had enough left."),
    "en-sentences": ("en-GB", "It is over. Over to you."),
    "en-figures": ("en-GB", "Call 12 12 now."),
    "en-parts-of-words": ("en-GB", "So soon, on one day."),
    "fr-nous-nous": ("fr-FR", "Nous nous parlons."),
    "fr-vous-vous": ("fr-FR", "Si vous vous inquiétez, appelez."),
    "fr-elision": ("fr-FR", "C’est l’une d’une série."),
    "ar-step-by-step": ("ar", "نمضي خطوة خطوة."),
    "ar-adverb": ("ar", "اقرأ الرسالة حرفا حرفا."),
    "ar-with-marks": ("ar", "مشوا صفًّا صفًّا."),
    "ur-again-and-again": ("ur", "وہ بار بار جھوٹ بولتے ہیں۔"),
    "fa-little-by-little": ("fa", "کم کم باز می‌شود."),
    "tr-slowly": ("tr", "Yavaş yavaş anlatın."),
    "ckb-slowly": ("ckb", "هێدی هێدی قسە بکە."),
    "sw-often": ("sw", "Uliza mara mara."),
    "ha-various": ("ha", "Hanyoyi daban daban."),
    "ku-slowly": ("ku", "Hêdî hêdî biaxive."),
    "paragraphs": ("en-GB", "It ends\n\nends well."),
}


@pytest.mark.parametrize(("locale", "text", "right"), TWICE.values(), ids=TWICE)
def test_a_word_twice(locale: str, text: str, right: str) -> None:
    """A word that stands there twice by mistake is found in every script, and the fix leaves it once."""
    asked = written(locale, text)
    found = findings(RepeatedWord(), asked)

    assert len(found) == 1
    assert mended(render(asked).parts[0].text, found).split("\n")[0].casefold() == right.casefold()


@pytest.mark.parametrize(("locale", "text"), MEANT.values(), ids=MEANT)
def test_a_word_twice_on_purpose(locale: str, text: str) -> None:
    """What a language doubles on purpose is none of our business."""
    assert seen(RepeatedWord(), locale, text) == []


EMOJI = {
    "four": ("en-GB", "Good news. 🎉🎉🎉🎉", "🎉"),
    "flags": ("fr-FR", "Ensemble. 🇬🇧🇫🇷🇮🇶🇯🇴", "🇯🇴"),
    "ar": ("ar", "معا. 🎉 🎉 🎉 👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
    "for-a-word": ("en-GB", "We ❤️ our city.", "❤️"),
    "for-a-word-in-french": ("fr-FR", "Nous ❤ notre ville.", "❤"),
}
FEW = {
    "three": ("en-GB", "Good news. 🎉🎉🎉"),
    "one-family": ("en-GB", "Families first. 👨‍👩‍👧‍👦"),
    "a-tone": ("en-GB", "Hello. 👋🏽"),
    "before-a-link": ("en-GB", "Report it 👉 https://example.org/report"),
    "between-sentences": ("en-GB", "It is over 🎉 We stand together."),
    "keycaps": ("fr-FR", "1️⃣ Parlez. 2️⃣ Signalez."),
    "none": ("en-GB", "Good news – at last… ‘really’ ™"),
    "ar": ("ar", "خسر داعش أرضه 🎉 نحن معا."),
    "ckb": ("ckb", "پێکەوە. 🎉"),
}


@pytest.mark.parametrize(("locale", "text", "which"), EMOJI.values(), ids=EMOJI)
def test_emoji(locale: str, text: str, which: str) -> None:
    """The fourth emoji is pointed at, and one that stands for a word."""
    assert seen(Emoji(), locale, text) == [(WARN, which)]


@pytest.mark.parametrize(("locale", "text"), FEW.values(), ids=FEW)
def test_a_few_emoji(locale: str, text: str) -> None:
    """Three pass, however many characters each is made of, and so does one between sentences."""
    assert seen(Emoji(), locale, text) == []


HASHTAGS = {
    "en-small-letters": ("en-GB", "Join in #standtogetheragainstdaesh", "#standtogetheragainstdaesh", None),
    "en-capitals": ("en-GB", "Join in #STANDTOGETHER", "#STANDTOGETHER", None),
    "en-underscore": ("en-GB", "Join in #stand_together", "#stand_together", "#StandTogether"),
    "fr-small-letters": ("fr-FR", "Avec #ensemblecontredaech", "#ensemblecontredaech", None),
    "fr-underscore": ("fr-FR", "Avec #tous_ensemble", "#tous_ensemble", "#TousEnsemble"),
    "ar-run-together": ("ar", "معا #معاضدداعشدائما", "#معاضدداعشدائما", None),
    "ckb-run-together": ("ckb", "پێکەوە #پێکەوەدژیداعشین", "#پێکەوەدژیداعشین", None),
    "too-many": ("en-GB", "Join in #One #Two #Three", "#Three", None),
}
GOOD_HASHTAGS = {
    "en": ("en-GB", "Join in #StandTogether #Daesh"),
    "en-one-word": ("en-GB", "Join in #daesh"),
    "en-initials": ("en-GB", "Join in #NATO"),
    "fr": ("fr-FR", "Avec #EnsembleContreDaech"),
    "fr-accents": ("fr-FR", "Avec #ÉcoutezParlez"),
    "ar": ("ar", "معا #معا_ضد_داعش"),
    "ar-one-word": ("ar", "معا #داعش"),
    "fa-joiner": ("fa", "با هم #خانواده\u200cها\u200cباهم"),
    "ur": ("ur", "ساتھ #داعش_کے_خلاف"),
    "ru": ("ru", "Вместе #ВместеПротивДАИШ"),
    "tr": ("tr", "Birlikte #DEAŞaKarşıBirlikte"),
    "no-hashtag": ("en-GB", "We are #1 and see https://example.org/#standtogetheragainst"),
}


@pytest.mark.parametrize(("locale", "text", "tag", "fix"), HASHTAGS.values(), ids=HASHTAGS)
def test_hashtags(locale: str, text: str, tag: str, fix: str | None) -> None:
    """A hashtag that runs words together is pointed at, and the third one."""
    assert seen(HashtagStyle(), locale, text) == [(WARN, tag)]
    assert findings(HashtagStyle(), written(locale, text))[0].fix == fix


@pytest.mark.parametrize(("locale", "text"), GOOD_HASHTAGS.values(), ids=GOOD_HASHTAGS)
def test_good_hashtags(locale: str, text: str) -> None:
    """Words that can be told apart, single words and initials pass; two hashtags are fine."""
    assert seen(HashtagStyle(), locale, text) == []
