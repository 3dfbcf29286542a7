# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""A wording in another language is seen; one in its own never is, in all thirteen languages."""

import importlib.metadata
import subprocess
import sys

import pytest

from content import languages
from content.check import Context
from content.checks.wrong_language import WrongLanguage
from content.render import render
from tests.builders.renderings import request
from tests.builders.reviews import BLOCK, WARN, findings, written
from tests.house import tree

CHECK = WrongLanguage()

#: Three things said in each language: one long, one of the length of a post, one short.
SAID = {
    "en-GB": (
        "Daesh lost its ground, and partners stand together so that it does not come back.",
        "Talk to someone you trust before you share what you have seen.",
        "Help is free and confidential, day and night.",
    ),
    "fr-FR": (
        "Daech a perdu du terrain, et les partenaires restent unis pour qu’il ne revienne pas.",
        "Parlez-en à une personne de confiance avant de partager ce que vous avez vu.",
        "L’aide est gratuite et confidentielle, jour et nuit.",
    ),
    "ar": (
        "خسر داعش أرضه، ويقف الشركاء معا كي لا يعود.",
        "تحدث إلى شخص تثق به قبل أن تشارك ما رأيت.",
        "المساعدة مجانية وسرية ليلا ونهارا.",
    ),
    "fa": (
        "داعش سرزمین خود را از دست داد و شرکا در کنار هم ایستاده‌اند تا بازنگردد.",
        "پیش از به اشتراک گذاشتن با کسی که به او اعتماد دارید صحبت کنید.",
        "کمک رایگان و محرمانه است.",
    ),
    "ur": (
        "داعش اپنی زمین کھو چکی ہے اور شراکت دار ایک ساتھ کھڑے ہیں تاکہ وہ واپس نہ آئے۔",
        "شیئر کرنے سے پہلے کسی قابل اعتماد شخص سے بات کریں۔",
        "مدد مفت اور رازدارانہ ہے۔",
    ),
    "ckb": (
        "داعش خاکی خۆی لەدەست دا و هاوبەشەکان پێکەوە ڕادەوەستن بۆ ئەوەی نەگەڕێتەوە.",
        "پێش ئەوەی بڵاوی بکەیتەوە لەگەڵ کەسێک قسە بکە کە متمانەت پێیەتی.",
        "یارمەتی بێبەرامبەر و نهێنییە.",
    ),
    "ku": (
        "DAIŞ axa xwe winda kir û hevpar bi hev re ne da ku ew venegere.",
        "Berî ku tu parve bikî bi kesekî ku tu pê bawer î re biaxive.",
        "Alîkarî belaş û veşartî ye.",
    ),
    "ps": (
        "داعش خپله خاوره له لاسه ورکړه او شریکان یو ځای ولاړ دي چې بېرته رانشي.",
        "له شریکولو مخکې له داسې چا سره خبرې وکړئ چې باور پرې لرئ.",
        "مرسته وړیا او محرمه ده، شپه او ورځ.",
    ),
    "tr": (
        "DEAŞ topraklarını kaybetti ve ortaklar geri dönmemesi için birlikte duruyor.",
        "Paylaşmadan önce güvendiğiniz biriyle konuşun.",
        "Yardım ücretsiz ve gizlidir.",
    ),
    "ru": (
        "ДАИШ потерял территорию, и партнёры стоят вместе, чтобы он не вернулся.",
        "Поговорите с тем, кому доверяете, прежде чем делиться.",
        "Помощь бесплатна и конфиденциальна.",
    ),
    "so": (
        "Daacish way lumisay dhulkeedii, saaxiibaduna way wada taagan yihiin si aanay u soo noqon.",
        "La hadal qof aad aamminsan tahay intaadan la wadaagin.",
        "Caawimaaddu waa bilaash waana qarsoodi.",
    ),
    "ha": (
        "Daesh ta rasa ƙasarta, abokan hulɗa kuma suna tare domin kada ta dawo.",
        "Yi magana da wanda ka yarda da shi kafin ka yaɗa.",
        "Taimako kyauta ne kuma na sirri.",
    ),
    "sw": (
        "Daesh imepoteza ardhi yake, na washirika wanasimama pamoja ili isirudi.",
        "Zungumza na mtu unayemwamini kabla ya kushiriki ulichokiona.",
        "Msaada ni bure na wa siri, mchana na usiku.",
    ),
}


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        pytest.param(locale, text, id=f"{locale}-{number}")
        for locale in SAID
        for number, text in enumerate(SAID[locale])
    ],
)
def test_a_language_is_taken_for_itself(locale: str, text: str) -> None:
    """No wording in its own language is complained of, however short."""
    assert findings(CHECK, written(locale, text)) == []


@pytest.mark.parametrize("declared", SAID)
@pytest.mark.parametrize("spoken", SAID)
def test_another_language_blocks(spoken: str, declared: str) -> None:
    """A sentence of a post in another language of the message blocks, whichever two they are."""
    if spoken == declared:
        return
    asked = written(declared, "", wording={declared: SAID[spoken][0], spoken: SAID[spoken][0]})

    assert [each.severity for each in findings(CHECK, asked)] == [BLOCK]


def test_it_says_which_language_it_is() -> None:
    """The finding names the wording, the language that it is in, and the one that it should be in."""
    asked = written("fr-FR", "", wording={"fr-FR": SAID["en-GB"][1], "en-GB": SAID["en-GB"][1]})
    (found,) = findings(CHECK, asked)

    assert found.message == "The wording of 'lost-ground/fr-FR' is in English, not French."
    assert found.remedy == "Write it in French, or move it to the language that it is in."


CLEAN = {
    "too-short-to-tell": ("fr-FR", "Stop Daesh now"),
    "nothing-but-names": ("fr-FR", "Raqqa, Mossoul, Sinjar, Kobané, Deir ez-Zor, Hajin, Baghouz"),
    "a-quotation-in-another-language": (
        "fr-FR",
        "Le slogan « Remaining and expanding » ne trompe plus personne, et nous le disons avec ceux qui ont fui.",
    ),
    "a-link-and-a-handle": ("ar", "تحدث إلى شخص تثق به @act_early_uk https://example.org/talk-to-someone-you-trust"),
    "a-name-in-latin-letters": ("ar", "اتصل بخط Stop-Djihadisme قبل أن تشارك ما رأيت على الإنترنت."),
    "values": ("fr-FR", "{{ the_whole_of_this_is_a_value_and_nothing_else }} {{ and_another_one_of_them }}"),
    "hashtags": ("ckb", "یارمەتی بێبەرامبەر و نهێنییە #StandTogetherAgainstDaesh"),
    "figures": ("en-GB", "74 + 15 000 000 = 15 000 074"),
}


@pytest.mark.parametrize(("locale", "text"), CLEAN.values(), ids=CLEAN)
def test_what_cannot_be_told_passes(locale: str, text: str) -> None:
    """Too few letters, names, quotations, links and what values put in are no other language."""
    values = {"the_whole_of_this_is_a_value_and_nothing_else": "x", "and_another_one_of_them": "y"}
    assert [each for each in findings(CHECK, written(locale, text, values=values)) if each.severity is BLOCK] == []


def test_a_doubtful_case_is_a_warning() -> None:
    """A short text that reads like another language is looked at by a person."""
    asked = written("fr-FR", "", wording={"fr-FR": "Help is free today", "en-GB": "Help is free today"})
    longer = written("fr-FR", "", wording={"fr-FR": "Help is free, day and night", "en-GB": "x"})

    assert findings(CHECK, asked) == []
    assert [each.severity for each in findings(CHECK, longer)] == [WARN]


def test_our_own_words_are_not_looked_at() -> None:
    """A locale without phrases of ours has an English attribution around a wording that is right."""
    asked = written("so", SAID["so"][0])

    assert "Issued by" in render(asked).parts[0].text
    assert findings(CHECK, asked) == []


def test_no_wording_is_none_of_its_business() -> None:
    """Where nothing is said there is no language."""
    asked = request("ckb")

    assert list(CHECK.look(asked, render(asked), Context())) == []


def test_the_model_is_the_pinned_one() -> None:
    """Another version of the model may judge otherwise, and must then change every fingerprint."""
    assert f"py3langid {importlib.metadata.version('py3langid')}" == languages.PINNED


def test_the_model_is_not_loaded_for_plain_text() -> None:
    """A text full of its language's small words is told without the model; importing the checks loads nothing."""
    code = (
        "import sys\n"
        "from content import checklist, languages\n"
        "languages.judge('Talk to someone you trust before you share what you have seen of it.', 'en')\n"
        "sys.exit('py3langid' in sys.modules or 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tree.ROOT, capture_output=True, check=False, timeout=240)

    assert done.returncode == 0, done.stderr.decode()
