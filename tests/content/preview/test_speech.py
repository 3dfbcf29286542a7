"""What a screen reader says."""

import pytest

from content.preview import speech
from tests.builders import previews, renderings

ENGLISH = (
    "Daesh lost its ground, says @UKAgainstDaesh. [emoji: flag: United Kingdom] [emoji: handshake] "
    "[emoji: flag: France] 74 partners stand together. [hashtag: Stop Daesh] [hashtag: neveragain]"
)
ARABIC = (
    "خسر داعش أرضه، كما يقول @UKAgainstDaesh. [emoji: علم المملكة المتحدة] [emoji: مصافحة] "
    "[emoji: علم فرنسا] يقف 74 شريكا معا. [hashtag: معا ضد داعش]"
)


def heard(drawn: str, locale: str, **changes: object) -> list[str]:
    """Return the lines that are said."""
    shown = previews.clean(drawn, locale, **changes)
    return [" ".join(str(each) for each in line) for line in speech.say(shown.request, shown.rendering)]


@pytest.mark.parametrize(
    ("hashtag", "expected"),
    [
        ("#StopDaesh", "Stop Daesh"),
        ("#stopdaesh", "stopdaesh"),
        ("#UKAgainstDaesh", "UK Against Daesh"),
        ("#Raqqa2027", "Raqqa 2027"),
        ("#معا_ضد_داعش", "معا ضد داعش"),
        ("#RéfugiésÀParis", "Réfugiés À Paris"),
        ("#UK", "UK"),
        ("#STOP", "STOP"),
    ],
)
def test_a_hashtag_is_heard_as_the_words_that_capitals_make(hashtag, expected):
    """Without capitals or underscores it is one word."""
    assert speech.words_of(hashtag) == expected


@pytest.mark.parametrize(
    ("character", "locale", "expected"),
    [
        ("🇬🇧", "en-GB", ("flag: United Kingdom", "en-GB")),
        ("🤝", "en-GB", ("handshake", "en-GB")),
        ("🤝", "fr-FR", ("poignée de main", "fr-FR")),
        ("🤝", "ar", ("مصافحة", "ar")),
        ("🤝", "ckb", ("handshake", "en-GB")),
    ],
)
def test_an_emoji_is_heard_by_its_name(character, locale, expected):
    """In the language of the text where its name is known there, otherwise in English."""
    said = speech.emoji_name(character, locale)
    assert (said.text, said.locale) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en-GB",
            [
                "[language: English (United Kingdom)]",
                "[from: UK government] @daesh-facts",
                ENGLISH,
                "Issued by: UK government. With: French government.",
                "Help and advice: 0800 789 321, 24/7",
                "[link: example.org/daesh, and 109 more characters]",
            ],
        ),
        (
            "ar",
            [
                "[language: Arabic]",
                "[from: حكومة المملكة المتحدة] @daesh-facts",
                ARABIC,
                "صادر عن: حكومة المملكة المتحدة. بالشراكة مع: الحكومة الفرنسية.",
                "للمساعدة والمشورة: 0800 789 321، 24/7",
                "[link: example.org/daesh, and 106 more characters]",
            ],
        ),
    ],
    ids=["en-GB", "ar"],
)
def test_a_post_is_heard_from_its_account_to_its_link(locale, expected):
    """Language, account, text with emoji and hashtags in their places, link; nobody hears directional controls."""
    assert heard("post", locale) == expected


def test_pictures_are_heard_by_their_alt_text_and_missed_without():
    """What has no words is announced as such, with the file's name."""
    film = renderings.picture(file="film.mp4", kind="video/mp4")
    said = heard("post", "en-GB", media=(renderings.picture(), film, renderings.picture(alt="")))
    assert said[-3:] == [
        "[picture: A map of Raqqa.]",
        "[video: A map of Raqqa.]",
        "[picture without a description: map.png]",
    ]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("mail", ["[heading: Daesh lost its ground]", "Daesh lost its ground, says @UKAgainstDaesh."]),
        ("press notice by mail", ["Press notice", "For immediate release", "[heading: Daesh lost its ground]"]),
    ],
)
def test_a_subject_is_heard_once(drawn, expected):
    """As a heading in its own line of the text, or else before the text."""
    said = heard(drawn, "en-GB")[2:]
    assert [line[: len(start)] for line, start in zip(said, expected, strict=False)] == expected
    assert said.count("[heading: Daesh lost its ground]") == 1
