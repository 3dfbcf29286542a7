"""A message that is longer than a post goes out as a thread, where it may: all of it, in order, each part a post."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from content import threads
from content.check import Context, Severity
from content.checklist import review
from content.counting import graphemes
from content.measure import body, measure, network
from content.reading import read
from content.render import render
from content.rendering import Rendering, Request
from scheduler import roster
from tests.builders import renderings

SENTENCES = {
    "en-GB": "Daesh lost its ground near #Raqqa. Families went home, says Dr. Amin! ",
    "fr-FR": "Daech a perdu du terrain près de #Raqqa. Qui est rentré\u202f? 10\u00a0000 familles, dit-on\u00a0! ",
    "ar": "خسر داعش أرضه قرب #الرقة. هل عادت العائلات؟ نعم، عادت \u2066@site@social.example\u2069 إلى بيوتها. ",
}
#: What may not be torn apart; the longest has 45 characters.
_WHOLE = (
    *("https://example.org/a-page?of=many,words#and", "#WeStandTogether", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    *("\u2066one two\u2069", "e\u0301", "10 000,", "\u00ab oui \u00bb", "rentr\u00e9 ?"),
)
_PIECES = st.sampled_from(("word", "خسر", "Daesh.", "Oui\u202f!", "\n", "\n\n", *_WHOLE))


def long(times: int = 24, **changes):
    wording = {locale: (said * 3 + "\n\n") * (times // 3) for locale, said in SENTENCES.items()}
    return {"thread": True, "wording": wording, "values": {}, **changes}


def blocking_checks(asked: Request, rendering: Rendering) -> set[str]:
    return {each.check for each in review(asked, rendering, Context()) if each.severity is Severity.BLOCK}


def test_the_kinds_that_thread_are_those_whose_publishers_say_so():
    """No text is split for a channel that would post its parts beside one another."""
    declared = {kind for kind in roster.KINDS if roster.capabilities(kind).threads}

    assert declared == threads.KINDS


@pytest.mark.parametrize("locale", SENTENCES)
@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_each_part_is_a_post_and_all_are_the_message(kind: str, locale: str):
    """Each fits and has its number; together they say what one long post says, and are judged as it is."""
    asked, too_long = renderings.request(locale, kind, **long()), renderings.request(locale, kind, **long(thread=False))
    alone = render(too_long)

    found = render(asked)

    sizes = [measure(network(asked.channel), body(kind, found, part, n)[1]) for n, part in enumerate(found.parts)]
    texts = [part.text for part in found.parts]
    assert len(texts) > 2
    assert not any(each.over for each in sizes), sizes
    assert [text.rpartition("\n\n")[2] for text in texts] == [f"{n}/{len(texts)}" for n in range(1, len(texts) + 1)]
    assert threads.whole(texts).split() == alone.parts[0].text.split()
    assert [part.link in part.text for part in found.parts if part.link] == [True]
    assert blocking_checks(asked, found) == blocking_checks(too_long, alone) - {"too-long"}


def test_a_message_that_fits_or_may_not_is_one_post():
    """Nothing is split but what is too long, may be a thread, and goes where threads are posted."""
    short = renderings.request("en-GB", "mastodon", thread=True)
    forbidden = renderings.request("en-GB", "mastodon", **long(thread=False))
    elsewhere = renderings.request("en-GB", "sms", **long())

    assert [len(render(each).parts) for each in (short, forbidden, elsewhere)] == [1, 1, 1]
    assert render(short) == render(renderings.request("en-GB", "mastodon"))
    (said,) = [each for each in review(forbidden, render(forbidden), Context()) if each.check == "too-long"]
    assert "thread: true" in said.remedy
    (said,) = [each for each in review(elsewhere, render(elsewhere), Context()) if each.check == "too-long"]
    assert said.remedy.endswith("A channel of kind sms posts no threads.")


def test_only_the_first_part_of_a_thread_is_a_caption():
    """Files go with the first part, whose text Telegram holds to a caption's length; the others may be longer."""
    asked = renderings.request("en-GB", "telegram", **long(48), media=(renderings.picture(),))

    first, *others = render(asked).parts

    assert measure("telegram", first.text, "caption").over == 0
    assert max(measure("telegram", each.text).used for each in others) > 1024


def test_the_links_of_each_part_are_told_where_they_stand_in_it():
    """Bluesky is told of links and tags part by part, in octets of that part's own text."""
    found = render(renderings.request("ar", "bluesky", **long()))

    for number, part in enumerate(found.parts):
        octets = part.text.encode()
        mine = [each for each in found.facets if each.get("part", 0) == number]
        shown = [octets[each["index"]["byteStart"] : each["index"]["byteEnd"]].decode() for each in mine]
        wanted = [each.text for each in (*read(part.text).links, *read(part.text).hashtags)]
        assert set(wanted) <= set(shown)


def test_the_part_that_has_the_link_has_its_card():
    """Of a thread on Bluesky one part ends in the link, and that one shows the card."""
    found = render(renderings.request("ar", "bluesky", **long()))

    assert len(found.parts) > 1
    assert [part.headline for part in found.parts if part.link] == [renderings.HEADLINE["ar"]]
    assert not [part for part in found.parts if part.headline and part.link not in part.text]
    notice = render(renderings.request("ar", "mastodon", options={"template": "press"}, **long()))
    assert len(notice.parts) > 1
    assert [bool(part.headline) for part in notice.parts] == [True, *[False] * (len(notice.parts) - 1)]


def test_numbers_are_in_the_digits_of_the_reader():
    """The number of a part follows its locale, and the workspace where it asks for other digits."""
    assert threads.mark(2, 3, "ar") == "2/3"
    assert threads.mark(2, 13, "ar", "arab") == "٢/١٣"


@given(st.lists(_PIECES, min_size=12, max_size=120), st.integers(90, 200))
@example(["word", "\u2066one two\u2069"] * 30, 90)
def test_nothing_is_lost_and_nothing_torn(pieces: list[str], room: int):
    """Whatever the text: each part fits, all words are there in order, and what belongs together stays so."""
    text = " ".join(pieces).replace(" \n", "\n").replace("\n ", "\n").strip()
    assume(graphemes.count(text) > room)

    found = threads.split(text, lambda said, _: graphemes.count(said) <= room, lambda n, of: f"{n}/{of}")

    if found is None:  # it would take too many parts, each filled but for less than the longest whole and its number
        assert graphemes.count(text) > threads.MOST * (room - 45 - len("\n\n25/25"))
        return
    assert all(graphemes.count(each) <= room for each in found)
    assert threads.whole(found).split() == text.split()
    for whole in _WHOLE:
        assert sum(each.count(whole) for each in found) == text.count(whole)
    assert not any(each.startswith((" ", "\n")) for each in found)


@given(st.lists(_PIECES, min_size=60, max_size=400), st.sampled_from(["mastodon", "bluesky", "x"]))
def test_each_part_fits_as_its_network_counts(pieces: list[str], kind: str):
    """Links, emoji and letters count as they do there, whatever stands in the text."""
    text = " ".join(pieces).replace(" \n", "\n").replace("\n ", "\n").strip()
    assume(measure(kind, text).over)

    found = threads.split(text, lambda said, _: not measure(kind, said).over, lambda n, of: f"{n}/{of}")

    assert found is not None
    assert not any(measure(kind, each).over for each in found)
    assert threads.whole(found).split() == text.split()
