# ruff: noqa: RUF001 (other alphabets have letters and marks that look like ours)
"""What partners agreed not to say: in any form, and not where it is somebody else's words or another word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.check import Context
from content.checks.forbidden_term import ForbiddenTerm
from content.folding import fold, places
from content.policy import Policy
from content.render import render
from tests.builders.renderings import picture, request
from tests.builders.reviews import BLOCK, WARN, findings, mended, seen, written

CHECK = ForbiddenTerm()

FORBIDDEN = {
    "en": ("en-GB", "Islamic State lost its ground.", "Islamic State"),
    "en-the": ("en-GB", "They left the Islamic State.", "the Islamic State"),
    "en-long-name": ("en-GB", "The Islamic State of Iraq and Syria lost.", "The Islamic State of Iraq and Syria"),
    "en-initials": ("en-GB", "ISIS lost its ground.", "ISIS"),
    "en-older-initials": ("en-GB", "Families left ISIL behind.", "ISIL"),
    "en-two-letters-certain-before": ("en-GB", "Partners stand against IS.", "IS"),
    "en-two-letters-certain-behind": ("en-GB", "It was spread by a page of IS supporters.", "IS"),
    "en-possessive": ("en-GB", "ISIS’s claims are false.", "ISIS"),
    "en-caliphate": ("en-GB", "The Caliphate never was.", "The Caliphate"),
    "en-hashtag": ("en-GB", "Never again #ISIS", "ISIS"),
    "en-words-in-a-hashtag": ("en-GB", "Never again #IslamicState", "IslamicState"),
    "en-no-break-space": ("en-GB", "It was Islamic\xa0State.", "Islamic\xa0State"),
    "en-capitals-throughout": ("en-GB", "WHO JOINED ISIS AND WHY", "ISIS"),
    "fr": ("fr-FR", "Ils ont quitté l’État islamique.", "l’État islamique"),
    "fr-without-accent": ("fr-FR", "L'Etat islamique recule.", "L'Etat islamique"),
    "fr-capitals": ("fr-FR", "L’ÉTAT ISLAMIQUE recule.", "L’ÉTAT ISLAMIQUE"),
    "fr-initials": ("fr-FR", "La propagande de l’EI ment.", "l’EI"),
    "fr-initials-behind-a-word": ("fr-FR", "Unis contre EI aujourd’hui.", "EI"),
    "fr-longer-initials": ("fr-FR", "EIIL a perdu.", "EIIL"),
    "fr-caliphate": ("fr-FR", "Le califat est un mensonge.", "califat"),
    "ar": ("ar", "خسرت الدولة الإسلامية أرضها.", "الدولة الإسلامية"),
    "ar-without-hamza": ("ar", "خسرت الدولة الاسلامية أرضها.", "الدولة الاسلامية"),
    "ar-and-with-by": ("ar", "وبالدولة الإسلامية لا أحد يثق.", "الدولة الإسلامية"),
    "ar-for": ("ar", "لا مكان للدولة الإسلامية هنا.", "لدولة الإسلامية"),
    "ar-and-for": ("ar", "وللدولة الإسلامية ضحايا.", "لدولة الإسلامية"),
    "ar-vowel-marks": ("ar", "خسرت الدَّوْلَةُ الإسْلامِيَّة أرضها.", "الدَّوْلَةُ الإسْلامِيَّة"),
    "ar-stretched": ("ar", "خسرت الدولـــة الإسلامية أرضها.", "الدولـــة الإسلامية"),
    "ar-heh-for-marbuta": ("ar", "خسرت الدوله الاسلاميه أرضها.", "الدوله الاسلاميه"),
    "ar-organisation": ("ar", "خسر تنظيم الدولة أرضه.", "تنظيم الدولة"),
    "ar-caliphate": ("ar", "لا وجود للخلافة التي يزعمونها.", "لخلافة"),
    "ar-hashtag": ("ar", "لا مستقبل لهم #الدولة_الإسلامية", "الدولة_الإسلامية"),
}


@pytest.mark.parametrize(("locale", "text", "words"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_blocks(locale: str, text: str, words: str) -> None:
    """A forbidden word is found in every form that people write it in, and the finding points at it."""
    assert seen(CHECK, locale, text) == [(BLOCK, words)]


AVOIDED = {
    "en-two-letters-that-may-be-a-verb": ("en-GB", "This IS our city.", "IS"),
    "en-so-called": ("en-GB", "The so-called Islamic State lost.", "Islamic State"),
    "fr-so-called": ("fr-FR", "Le soi-disant État islamique recule.", "État islamique"),
    "ar-so-called": ("ar", "خسر ما يسمى تنظيم الدولة الإسلامية أرضه.", "تنظيم الدولة الإسلامية"),
    "ar-so-called-with-by": ("ar", "خسر ما يسمى بتنظيم الدولة الإسلامية أرضه.", "تنظيم الدولة الإسلامية"),
    "ar-alleged": ("ar", "انتهت الخلافة المزعومة.", "الخلافة"),
    "fr-english-spelling": ("fr-FR", "Daesh a perdu du terrain.", "Daesh"),
    "fr-other-coalition": ("fr-FR", "La Coalition mondiale contre Daech agit.", "Coalition mondiale contre Daech"),
    "ar-other-coalition": ("ar", "يعمل التحالف العالمي ضد داعش معا.", "التحالف العالمي ضد داعش"),
    "fa": ("fa", "خلافت‌اسلامی دروغ است.", "خلافت‌اسلامی"),
    "ur": ("ur", "دولتِ اسلامیہ ہار گئی۔", "دولتِ اسلامیہ"),
    "ckb": ("ckb", "دەوڵەتی ئیسلامی دۆڕا.", "دەوڵەتی ئیسلامی"),
    "ps": ("ps", "اسلامي خلافت دروغ دی.", "اسلامي خلافت"),
    "tr": ("tr", "IŞİD’in yalanları.", "IŞİD"),
    "ru-inflected": ("ru", "Ложь Исламского государства.", "Исламского государства"),
    "ku": ("ku", "Dewleta Îslamî winda kir.", "Dewleta Îslamî"),
    "so": ("so", "Dawladda Islaamka way jabtay.", "Dawladda Islaamka"),
    "ha": ("ha", "Daular Musulunci ta sha kashi.", "Daular Musulunci"),
    "sw": ("sw", "Dola la Kiislamu limeshindwa.", "Dola la Kiislamu"),
}


@pytest.mark.parametrize(("locale", "text", "words"), AVOIDED.values(), ids=AVOIDED)
def test_it_warns(locale: str, text: str, words: str) -> None:
    """What is to be avoided, what keeps its distance, and what may be another word is a warning."""
    assert seen(CHECK, locale, text) == [(WARN, words)]


CLEAN = {
    "en": ("en-GB", "Daesh lost its ground. The Global Coalition against Daesh stands together."),
    "en-verb": ("en-GB", "Is it true? It is. This is what it is."),
    "en-verb-in-capitals": ("en-GB", "THIS IS WHAT THEY HIDE."),
    "en-a-kind-of-state": ("en-GB", "The constitution speaks of an Islamic state."),
    "en-another-kind": ("en-GB", "It calls itself an Islamic State by law."),
    "en-a-name": ("en-GB", "Isis Smith lives by the river."),
    "en-part-of-a-word": ("en-GB", "CRISIS lines are open. The ISISES are none."),
    "en-history": ("en-GB", "The Abbasid caliphate had its seat in Baghdad."),
    "en-quoted": ("en-GB", "They call it “Islamic State”. Nobody else does."),
    "en-quoted-plainly": ("en-GB", 'She said: "I left ISIS because they lied."'),
    "en-quoted-singly": ("en-GB", "Its ‘caliphate’ was a prison."),
    "en-quoted-with-apostrophes": ("en-GB", "He asked ‘Isn’t that ISIS’s flag?’ and left."),
    "en-handle": ("en-GB", "A mirror of @ISIS_watch is gone."),
    "en-link": ("en-GB", "Read https://example.org/ISIS/Islamic-State now."),
    "en-spelling-of-another-language": ("en-GB", "Daesh, in Arabic داعش."),
    "fr": ("fr-FR", "Daech a perdu du terrain. L’État protège chacun."),
    "fr-quoted": ("fr-FR", "Il parlait de « l’État islamique » et mentait."),
    "fr-quoted-initials": ("fr-FR", "Ils écrivent «\xa0l’EI\xa0»."),
    "fr-a-kind-of-state": ("fr-FR", "La loi ne connaît pas un État islamique."),
    "fr-history": ("fr-FR", "Le califat abbasside régnait à Bagdad."),
    "ar": ("ar", "خسر داعش أرضه، والدولة تحمي الجميع."),
    "ar-the-state": ("ar", "تعمل مؤسسات الدولة معا."),
    "ar-succession": ("ar", "جرت خلافة الرئيس وفق القانون."),
    "ar-disagreement": ("ar", "لا خلاف بين الشركاء."),
    "ar-history": ("ar", "كانت الخلافة العباسية في بغداد."),
    "ar-quoted": ("ar", "يقولون «الدولة الإسلامية» ويكذبون."),
    "ar-quoted-otherwise": ("ar", "يسمون أنفسهم “الدولة الإسلامية” كذبا."),
    "fa": ("fa", "داعش سرزمین خود را از دست داد."),
    "fa-history": ("fa", "خلافت عباسی در بغداد بود."),
    "ur": ("ur", "داعش ہار گئی۔"),
    "ckb": ("ckb", "داعش خاکی خۆی لەدەست دا."),
    "tr": ("tr", "DEAŞ topraklarını kaybetti. İşitin ve anlatın."),
    "ru": ("ru", "ДАИШ потерял территорию. Игра окончена."),
    "ku": ("ku", "DAIŞ axa xwe winda kir."),
    "so": ("so", "Daacish way jabtay."),
    "ha": ("ha", "Daesh ta sha kashi."),
    "sw": ("sw", "Daesh imeshindwa."),
}


@pytest.mark.parametrize(("locale", "text"), CLEAN.values(), ids=CLEAN)
def test_it_is_silent(locale: str, text: str) -> None:
    """The right word, another word, somebody else's words, links and handles pass."""
    assert seen(CHECK, locale, text) == []


@pytest.mark.parametrize(
    ("locale", "text", "right"),
    [
        pytest.param("en-GB", "They left the Islamic State. ISIS lies.", "They left Daesh. Daesh lies.", id="en"),
        pytest.param("fr-FR", "La propagande de l’EI ment.", "La propagande de Daech ment.", id="fr"),
        pytest.param("ar", "لا مكان للدولة الإسلامية هنا.", "لا مكان لداعش هنا.", id="ar-for"),
        pytest.param("ar", "وبالدولة الإسلامية لا أحد يثق.", "وبداعش لا أحد يثق.", id="ar-and-by"),
        pytest.param("ru", "Ложь ИГИЛ.", "Ложь ДАИШ.", id="ru"),
    ],
)
def test_the_fix_says_it_right(locale: str, text: str, right: str) -> None:
    """The replacement takes the article with it and leaves what is written onto the word."""
    asked = written(locale, text)

    assert mended(render(asked).parts[0].text, findings(CHECK, asked)).startswith(right)


def test_headline_and_alt_text_are_read_too() -> None:
    """A forbidden word in a headline or an alt text blocks, and the finding says where it is."""
    headline = findings(CHECK, written("en-GB", "Good news.", "smtp", headline={"en-GB": "ISIS lost"}))
    alt = findings(CHECK, request("en-GB", media=(picture(alt="A flag of ISIS."),)))

    assert [(each.severity, each.span) for each in (*headline, *alt)] == [(BLOCK, None)] * 2
    assert "the headline" in headline[0].message
    assert "alt text of 'map.png'" in alt[0].message


def test_what_it_says_is_for_people() -> None:
    """A finding names the word, the reason and the replacement."""
    (found,) = findings(CHECK, written("en-GB", "ISIS lost."))

    assert found.message.startswith("'ISIS' in the text may not stand there (term 'daesh' of the glossary). Daesh is")
    assert found.remedy == "Say 'Daesh'; quotation marks are for somebody else's words."
    assert found.fix == "Daesh"


def test_another_spelling_is_told_as_a_spelling() -> None:
    """Who writes the right name as another language does is not told that it repeats a claim of terrorists."""
    (found,) = findings(CHECK, written("fr-FR", "Daesh a perdu."))

    assert found.severity == WARN
    assert found.message.endswith("(term 'daesh' of the glossary). The name is right; French writes it otherwise.")
    assert found.fix == "Daech"


@pytest.mark.parametrize("text", ["IS " * 7000, "الدولة " * 3000, "“" * 20_000, "l'" * 10_000, "so-called " * 2000])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar"])
def test_long_texts_are_read_to_the_end(locale: str, text: str) -> None:
    """No text of 20,000 characters makes it stumble."""
    asked = written(locale, "x")
    rendering = render(asked)
    part = type(rendering.parts[0])(text[:20_000])

    assert isinstance(list(CHECK.look(asked, type(rendering)(locale, "ltr", (part,)), Context())), list)


@given(st.text(max_size=80))
def test_every_folded_character_has_its_place(text: str) -> None:
    """Folding keeps order and places: each piece of a folded text comes from where it says."""
    origin = places(text)

    assert len(origin) == len(fold(text)) + 1
    assert origin == sorted(origin)
    assert all(letter in fold(text[at]) for letter, at in zip(fold(text), origin, strict=False))


def test_the_policy_of_another_workspace_holds_there_alone() -> None:
    """A request without a workspace's glossary is held to the joint one."""
    assert Policy().glossary is Policy(("example.org",)).glossary
