"""A text that nearly repeats what another message said is noticed, in any script and however old that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.check import Context
from content.checks.near_duplicate import NearDuplicate
from content.render import render
from content.sameness import ALIKE, Archive, Said, body, plain, shingles
from tests.builders.reviews import WARN, findings, written

CHECK = NearDuplicate()
EN = "Daesh lost its ground and its money, and partners from every continent stand together."
FR = "Daech a perdu son terrain et son argent, et des partenaires de tous les continents sont unis."
AR = "خسر داعش أرضه وماله ويقف شركاء من كل القارات معا من أجل المنطقة."
CKB = "داعش خاک و پارەی خۆی لەدەست دا و هاوبەشەکان لە هەموو کیشوەرەکان پێکەوەن."
OTHER = ("raqqa-voices", "another")


def about(locale: str, text: str, out: str, message: tuple[str, str] = OTHER) -> list[object]:
    """Return the severities of what is found about *text* where *message* said *out*."""
    context = Context(published=Archive([Said(f"old/{locale}/uk-mastodon", message, out)]))
    return [each.severity for each in findings(CHECK, written(locale, text), context)]


NEARLY = {
    "en-the-same": ("en-GB", EN, EN),
    "en-other-capitals-and-marks": ("en-GB", EN, EN.upper().replace(",", " -")),
    "en-a-word-more": ("en-GB", EN, EN.replace("stand together", "stand firmly together")),
    "en-with-another-link": ("en-GB", f"{EN} https://example.org/a", f"{EN} https://example.org/b"),
    "fr-without-accents": ("fr-FR", FR, FR.replace("à", "a").replace("é", "e")),
    "ar-with-vowel-marks": ("ar", AR, AR.replace("خسر", "خَسِرَ")),
    "ckb": ("ckb", CKB, CKB),
}
OTHERWISE = {
    "en-something-else": ("en-GB", EN, "Talk to someone you trust before you share what you have seen."),
    "en-half": ("en-GB", EN, "Daesh lost its ground and its money. That is what we said, and it is what we say again."),
    "too-short-to-tell": ("en-GB", "Daesh lost its ground.", "Daesh lost its ground."),
    "fr-of-another-language": ("fr-FR", FR, EN),
    "ar": ("ar", AR, "تحدث إلى شخص تثق به قبل أن تشارك ما رأيت على الإنترنت."),
}


@pytest.mark.parametrize(("locale", "text", "out"), NEARLY.values(), ids=NEARLY)
def test_it_warns(locale: str, text: str, out: str) -> None:
    """The same words warn, however they are written and where a few are others."""
    assert about(locale, text, out) == [WARN]


@pytest.mark.parametrize(("locale", "text", "out"), OTHERWISE.values(), ids=OTHERWISE)
def test_it_is_silent(locale: str, text: str, out: str) -> None:
    """Other words pass, and what is too short to tell."""
    assert about(locale, text, out) == []


def test_a_message_may_go_out_again() -> None:
    """What the same message said before is repeated on purpose; one of that name in another campaign is another."""
    assert about("en-GB", EN, EN, ("raqqa-voices", "lost-ground")) == []
    assert about("en-GB", EN, EN, ("other-voices", "lost-ground")) == [WARN]


def test_it_names_what_is_out() -> None:
    """The finding says which message, of which campaign, and how nearly."""
    context = Context(published=Archive([Said("old/en-GB/uk-mastodon", OTHER, EN)]))
    (found,) = findings(CHECK, written("en-GB", EN), context)

    assert found.message == (
        "'lost-ground' says the same as 'another' of campaign 'raqqa-voices',"
        " which is out since release old/en-GB/uk-mastodon."
    )


def test_nothing_is_said_where_nobody_looked() -> None:
    """A preview without a database knows nothing of what is out."""
    assert findings(CHECK, written("en-GB", EN)) == []


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR", "ar", "ur"])
@pytest.mark.parametrize("kind", ["mastodon", "smtp"])
def test_the_attribution_makes_no_two_texts_alike(locale: str, kind: str) -> None:
    """Who speaks, the help line and the link are left out on both sides."""
    text = render(written(locale, "One. Two.", kind)).parts[0].text

    assert body(text, locale).strip() == "One. Two."


@given(st.lists(st.lists(st.sampled_from("abcde"), min_size=6, max_size=12), min_size=1, max_size=12))
def test_the_archive_finds_what_is_most_alike(texts: list[list[str]]) -> None:
    """What the index finds is what comparing with every text finds."""
    said = [Said(str(number), ("c", str(number)), " ".join(words)) for number, words in enumerate(texts)]
    mine = " ".join(texts[0])
    pieces = shingles(plain(mine))
    shares = [
        100 * len(pieces & theirs) // len(pieces | theirs)
        for each in said[1:]
        if (theirs := shingles(plain(each.text)))
    ]
    found = Archive(said[1:]).nearest(mine, ("c", "0"))
    best = max(shares, default=0)

    assert (found[1] if found else None) == (best if best >= ALIKE and len(pieces) >= 4 else None)
