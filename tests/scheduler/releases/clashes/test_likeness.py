"""Different messages that say nearly the same: told once a pair of messages, exactly, in any order."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.sameness import ALIKE, plain, shingles
from scheduler.releases.clashes.clash import CROWD, Going
from scheduler.releases.clashes.likeness import DAYS, alike, likeness
from tests.builders.goings import FAMILIES, FEED, MASTODON, going

GROUND = "Daesh has lost a lot of ground, and seventy-four partners stand together in the Coalition against it."
NEARLY = "Daesh has lost a lot of ground, and seventy-four partners stand together in the Coalition against Daesh."
OTHER = "Every hour that terrorist content stays online counts; companies should remove it within one hour."
ARABIC = "خسر تنظيم داعش كثيرًا من الأراضي، ويقف أربعة وسبعون شريكًا صفًا واحدًا في التحالف الدولي."
POINTED = "خَسِرَ تنظيمُ داعش كثيرا من الأراضي ويقف أربعة وسبعون شريكا صفا واحدا في التحالف الدولـــي"
DAY = 1440  #: minutes


def shares(goings: list[Going]) -> list[int | None]:
    return [each.share for each in likeness(goings)]


@pytest.mark.parametrize(
    ("goings", "expected"),
    [
        pytest.param([going("r1", words=GROUND), going("r2", words=GROUND)], [100], id="word for word"),
        pytest.param([going("r1", words=GROUND), going("r2", words=GROUND.upper())], [100], id="louder"),
        pytest.param([going("r1", words=GROUND), going("r2", words=NEARLY)], [88], id="one word changed"),
        pytest.param([going("r1", words=GROUND), going("r2", words=OTHER)], [], id="something else"),
        pytest.param(
            [going("r1", words=ARABIC, locale="ar"), going("r2", words=POINTED, locale="ar")],
            [100],
            id="Arabic with other vowel marks",
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r2", words=GROUND, message="m1")], [], id="the same message again"
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r1", words=GROUND, campaign="ports")], [100], id="another campaign's"
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r2", words=GROUND, locale="fr-FR")], [], id="in another locale"
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r2", words=GROUND, audiences=(FAMILIES,), account=FEED)],
            [],
            id="to other people on another account",
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r2", words=GROUND, audiences=(FAMILIES,))], [100], id="on one account"
        ),
        pytest.param(
            [going("r1", words=GROUND), going("r2", words=GROUND, account=FEED)], [100], id="to the same people"
        ),
        pytest.param([going("r1", words=GROUND), going("r2", 28 * DAY, words=GROUND)], [], id="four weeks later"),
        pytest.param(
            [going("r1", words=GROUND), going("r2", 28 * DAY - 1, words=GROUND)], [100], id="a minute short of that"
        ),
        pytest.param(
            [going("r1", words=GROUND, moves=False), going("r2", 60, words=GROUND)], [100], id="against what is there"
        ),
        pytest.param(
            [going("r1", words=GROUND, moves=False), going("r2", words=GROUND, moves=False)], [], id="nothing moves"
        ),
        pytest.param(
            [going(f"r{n}", words=GROUND, locale=tag) for n in (1, 2) for tag in ("en-GB", "fr-FR")],
            [100],
            id="once for both locales",
        ),
        pytest.param([going("r1"), going("r2")], [], id="nothing said"),
        pytest.param([going("r1", words="Read on"), going("r2", words="Read on")], [100], id="two words"),
        pytest.param(
            [
                going("r1", words=GROUND, moves=False),
                going("r2", words=GROUND, moves=False),
                going("r2", 40 * DAY, words=GROUND),
            ],
            [],
            id="what moves is far from the other; what is near does not move",
        ),
    ],
)
def test_which_messages_are_alike(goings: list[Going], expected: list[int]):
    """The share of three-word shingles decides; where, when and in which locale, whether anybody could notice."""
    assert shares(goings) == expected


def test_it_says_how_much_and_where():
    """Both messages, the share, the locales, and the two releases that are nearest."""
    [clash] = likeness([going("r1", words=GROUND), going("r2", 5, words=NEARLY), going("r2", 900, words=NEARLY)])

    assert clash.message == (
        "Messages m1 and m2 share 88 % of their words in en-GB: r1/en-GB/mastodon at 2027-01-12T12:00:00Z and"
        " r2/en-GB/mastodon at 2027-01-12T12:05:00Z."
    )
    assert clash.entries == ("voices:r1", "voices:r2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Daesh: beaten!", "daesh beaten", id="punctuation and case"),
        pytest.param("l'État réagit", "l etat reagit", id="accents"),
        pytest.param("See https://example.org/x?utm_source=a now", "see now", id="links"),
        pytest.param("داعـــش", "داعش", id="tatweel"),
        pytest.param("74 partners", "74 partners", id="figures stay"),
        pytest.param("ﬁle", "file", id="ligatures"),
        pytest.param("!? …", "", id="no words"),
    ],
)
def test_a_text_comes_down_to_its_words(text: str, words: str):
    """What a reader does not read as another word is no difference."""
    assert plain(text) == words


TEXTS = st.lists(st.frozensets(st.sampled_from("abcdefghij"), max_size=8), max_size=CROWD)


@given(TEXTS)
def test_no_pair_is_missed_and_none_invented(texts: list[frozenset[str]]):
    """The search through rare shingles finds what comparing every two texts finds."""
    by_hand = {
        (one, other): 100 * len(texts[one] & texts[other]) // len(texts[one] | texts[other])
        for one, other in combinations(range(len(texts)), 2)
        if texts[one] | texts[other] and 100 * len(texts[one] & texts[other]) >= ALIKE * len(texts[one] | texts[other])
    }

    assert {(one, other): share for one, other, share in alike(texts, [True] * len(texts))} == by_hand


@given(TEXTS, st.data())
def test_only_what_is_asked_about_is_told(texts: list[frozenset[str]], data):
    """A pair of which neither moves is left out; all others stay."""
    asked = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    every = list(alike(texts, [True] * len(texts)))

    assert sorted(alike(texts, asked)) == sorted(each for each in every if asked[each[0]] or asked[each[1]])


WORDS = st.lists(st.sampled_from(["daesh", "lost", "ground", "and", "villages"]), max_size=6).map(" ".join)


@given(
    st.lists(
        st.builds(
            going,
            st.sampled_from(["r1", "r2", "r3"]),
            st.sampled_from([0, 5, 20 * DAY, 60 * DAY]),
            words=WORDS,
            account=st.sampled_from([FEED, MASTODON]),
            audiences=st.sampled_from([(FAMILIES,), ()]),
            moves=st.booleans(),
        ),
        max_size=CROWD,
        unique_by=lambda each: each.id,
    ),
    st.randoms(),
)
def test_what_is_told_is_near_and_alike_in_any_order(goings: list[Going], chance):
    """The order of reading changes nothing, and both releases named are near in time and like in words."""
    mixed = list(goings)
    chance.shuffle(mixed)
    found = likeness(goings)
    by_id = {each.id: each for each in goings}

    assert {(each.message, each.releases) for each in found} == {
        (each.message, each.releases) for each in likeness(mixed)
    }
    for clash in found:
        one, other = (by_id[each] for each in clash.releases)
        mine, theirs = shingles(one.words), shingles(other.words)
        assert one.message != other.message
        assert abs(one.due - other.due) < DAYS
        assert 100 * len(mine & theirs) // len(mine | theirs) == clash.share >= ALIKE


def test_many_texts_of_one_mould_are_told_in_bounds():
    """A thousand messages from one template give some clashes each, not half a million."""
    goings = [going(f"r{n}", n, words=f"{GROUND} Figure {n} of {n * 7}.") for n in range(1000)]
    found = likeness(goings, timedelta(days=1))

    assert len(found) <= 1000 * CROWD
    assert {entry for each in found for entry in each.entries} == {f"voices:r{n}" for n in range(1000)}
