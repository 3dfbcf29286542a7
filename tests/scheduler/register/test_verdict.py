# ruff: noqa: E501, RUF001 (one case a line; letters that look alike are the point)
"""What the register says of a text: each thing that platforms do, each that forgers do, and what is told of it."""

from random import Random

import pytest

from scheduler.register.entries import Retraction, without_text
from scheduler.register.search import Search
from scheduler.register.verdict import Verdict, judge
from tests.builders import copies

SAID = (
    "Daesh hasn’t rebuilt 1,500 schools: “never”, a teacher said… −5 °C at night.\nIs that a state? No.\n"
    "#Daesh @stopdaesh@social.example\nhttps://facts.example.org/lost?id=3&utm_source=mastodon"
)
LINK = "https://facts.example.org/lost?id=3&utm_source=mastodon"
ARABIC = "خسر داعش ١٬٥٠٠ قرية، ولن يعود إليها أبدًا.\nهل هذا نصر؟ لا."
OFFICIAL, WORDS, PART = Verdict.OFFICIAL, Verdict.WORDS, Verdict.PART
WITHDRAWN, ALTERED, UNKNOWN = Verdict.WITHDRAWN, Verdict.ALTERED, Verdict.UNKNOWN


def verdict(said: str, copy: str, **changes: object) -> Verdict:
    """Return what a register that says *said* in one entry says of *copy*."""
    return judge(Search([copies.entry(1, said, **changes)]), copy).verdict


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        pytest.param(SAID, OFFICIAL, id="itself"),
        pytest.param(SAID.replace("’", "'").replace("“", '"').replace("”", '"'), OFFICIAL, id="straight"),
        pytest.param(SAID.replace("“never”", "« never »"), OFFICIAL, id="guillemets"),
        pytest.param(SAID.replace("…", "..."), OFFICIAL, id="dots"),
        pytest.param(" ".join(SAID.split()), OFFICIAL, id="one-line"),
        pytest.param(SAID.replace(" ", "\u202f"), OFFICIAL, id="narrow-blanks"),
        pytest.param(SAID.replace("’", "&rsquo;").replace("&utm", "&amp;utm"), OFFICIAL, id="entities"),
        pytest.param(SAID.replace("#Daesh", "hashtag#Daesh"), OFFICIAL, id="a-spoken-tag"),
        pytest.param(SAID.replace("https://", "").replace("&utm_source=mastodon", ""), OFFICIAL, id="as-shown"),
        pytest.param(SAID.replace("@stopdaesh@social.example", "\u2068@stopdaesh@social.example\u2069"), OFFICIAL, id="isolated"),
        pytest.param(SAID.replace(LINK, "https://t.co/AbC123"), WORDS, id="shortened"),
        pytest.param(SAID.replace(LINK, "facts.example.org/lo…"), WORDS, id="a-cut-link"),
        pytest.param(SAID.replace("@social.example", ""), WORDS, id="an-account-without-its-server"),
        pytest.param("Daesh hasn’t rebuilt 1,500 schools: “never”, a tea…", PART, id="cut-in-a-word"),
        pytest.param("Daesh hasn’t rebuilt 1,500 schools: … Read more", PART, id="cut-and-more"),
        pytest.param(SAID.replace(LINK, "https://facts.exam…"), PART, id="cut-in-the-link"),
        pytest.param(SAID.partition("\n")[0], PART, id="a-line"),
        pytest.param("Daesh hasn’t rebuilt 1,500 schools", ALTERED, id="cut-without-saying-so"),
        pytest.param("rebuilt 1,500 schools: “never”, a teacher said…", ALTERED, id="no-beginning"),
        pytest.param("Daesh hasn’t rebuilt 1,5…", ALTERED, id="cut-in-a-figure"),
        pytest.param(SAID.replace(LINK, "https://evil.ex…"), ALTERED, id="cut-in-another-link"),
        pytest.param(SAID.replace("hasn’t", "has"), ALTERED, id="no-negation"),
        pytest.param(SAID.replace("hasn’t", "has not"), ALTERED, id="another-negation"),
        pytest.param(SAID.replace("1,500", "1.500"), ALTERED, id="another-separator"),
        pytest.param(SAID.replace("1,500", "1500"), ALTERED, id="no-separator"),
        pytest.param(SAID.replace("1,500", "1, 500"), ALTERED, id="a-blank-in-a-figure"),
        pytest.param(SAID.replace("−5", "5"), ALTERED, id="no-minus"),
        pytest.param(SAID.replace("−5", "- 5"), ALTERED, id="a-dash-for-a-minus"),
        pytest.param(SAID.replace("1,500", "١,٥٠٠"), ALTERED, id="digits-of-another-script"),
        pytest.param(SAID.replace("1,500", "１,５００"), ALTERED, id="wide-digits"),
        pytest.param(SAID.replace("1,500", "1,500²"), ALTERED, id="a-raised-digit"),
        pytest.param(SAID.replace("state", "stаte"), ALTERED, id="a-cyrillic-letter"),
        pytest.param(SAID.replace("state", "st\u200bate"), ALTERED, id="a-blank-of-no-width"),
        pytest.param(SAID.replace("state", "st\u00adate"), ALTERED, id="a-soft-hyphen"),
        pytest.param(SAID.replace("1,500", "\u202e005,1\u202c"), ALTERED, id="turned-round"),
        pytest.param(SAID + "\u200f", ALTERED, id="hidden-at-the-end"),
        pytest.param(SAID.replace("state?", "state."), ALTERED, id="no-question"),
        pytest.param(SAID.replace("“never”", "never"), ALTERED, id="no-quotes"),
        pytest.param(SAID.replace("Daesh h", "daesh h"), ALTERED, id="capitals"),
        pytest.param(SAID.replace("@social.example", "@social.example.net"), ALTERED, id="another-server"),
        pytest.param(SAID.replace("facts.", "fact."), ALTERED, id="another-link"),
        pytest.param(f"{SAID}\nhttps://evil.example", ALTERED, id="a-second-link"),
        pytest.param(f"False: {SAID}", ALTERED, id="words-before"),
        pytest.param("The weather will be fine tomorrow in the north.", UNKNOWN, id="something-else"),
        pytest.param("Daesh", UNKNOWN, id="a-word"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_text(copy, expected):
    """Official is what platforms leave of a text, and nothing else."""
    assert verdict(SAID, copy) is expected


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        pytest.param(ARABIC, OFFICIAL, id="itself"),
        pytest.param(f"\u2067{ARABIC.replace(chr(10), f'{chr(0x2069)}{chr(10)}{chr(0x2067)}')}\u2069", OFFICIAL, id="lines-isolated"),
        pytest.param(ARABIC.replace("لا", "ﻻ"), OFFICIAL, id="shapes"),
        pytest.param(ARABIC.replace("ولن", "و"), ALTERED, id="no-negation"),
        pytest.param(ARABIC.replace("أبدًا", "ابدا"), ALTERED, id="no-hamza"),
        pytest.param(ARABIC.replace("أبدًا", "أبدا"), ALTERED, id="no-vowel-sign"),
        pytest.param(ARABIC.replace("خسر", "خســر"), ALTERED, id="stretched"),
        pytest.param(ARABIC.replace("قرية", "قريه"), ALTERED, id="another-letter"),
        pytest.param(ARABIC.replace("١٬٥٠٠", "1٬500"), ALTERED, id="western-digits"),
        pytest.param(ARABIC.replace("١٬٥٠٠", "\u200f١٬٥٠٠"), ALTERED, id="a-mark-before-a-figure"),
        pytest.param(ARABIC.replace("؟", "."), ALTERED, id="no-question"),
        pytest.param(ARABIC.replace("قرية، ولن", "قرية… المزيد").partition(" يعود")[0], PART, id="cut-and-more"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_arabic_text(copy, expected):
    """Letters in the shape that they have in a word are the same; every other letter and sign counts."""
    assert verdict(ARABIC, copy, locale="ar") is expected


def test_what_cannot_be_seen_may_be_lost_on_the_way():
    """Directional controls that the official text has are dropped by platforms, and found where they are kept."""
    said = "اتصل على \u20660800 789 321\u2069 مجانًا في أي وقت."

    assert verdict(said, said) is OFFICIAL
    assert verdict(said, said.replace("\u2066", "").replace("\u2069", "")) is OFFICIAL


def test_the_difference_is_shown_word_by_word():
    """The answer names the entry, each change with its kind, and letters that the eye cannot tell apart."""
    answer = judge(Search([copies.entry(1, SAID)]), SAID.replace("schools", "sсhools").replace("1,500", "1,501"))

    assert [entry.name for entry in answer.entries] == ["r1/en-GB/uk-mastodon"]
    assert answer.difference is not None
    [change] = answer.difference.changes
    assert (change.official, change.copy) == ("1,500 schools", "1,501 sсhools")
    hidden = judge(Search([copies.entry(1, SAID)]), SAID.replace("state", "st\u200bate")).difference
    assert hidden is not None
    assert [(each.what, each.note) for each in hidden.changes] == [("hidden", "U+200B ZERO WIDTH SPACE")]
    letter = judge(Search([copies.entry(1, SAID)]), SAID.replace("state", "stаte")).difference
    assert letter is not None
    assert [(each.what, each.note) for each in letter.changes] == [
        ("look-alike letters", "U+0430 CYRILLIC SMALL LETTER A")
    ]


def test_a_text_of_two_is_altered():
    """Lines of two official texts put together are no official text."""
    one, two = (
        "Daesh lost Mosul in 2017.\nIt will not come back.",
        "Schools open in May.\nThey were closed for three years.",
    )
    search = Search([copies.entry(1, one), copies.entry(2, two)])

    assert judge(search, f"{one.partition(chr(10))[0]}\n{two.partition(chr(10))[2]}").verdict is ALTERED
    assert judge(search, one.partition("\n")[0]).verdict is PART


def test_what_was_taken_down_or_corrected_is_withdrawn():
    """It was official, and is not any more; another entry that still says the same makes it official."""
    gone = Retraction("fr", "wrong-fact", "2027-02-01T10:00:00Z", "2027-02-01T10:00:05Z")
    entries = [copies.entry(1, SAID, retraction=gone), copies.entry(2, ARABIC, corrected_by=("x",))]

    assert judge(Search(entries), SAID).verdict is WITHDRAWN
    assert judge(Search(entries), ARABIC).verdict is WITHDRAWN
    assert judge(Search(entries), SAID.partition("\n")[0]).verdict is WITHDRAWN
    answer = judge(Search([*entries, copies.entry(3, SAID)]), SAID)
    assert (answer.verdict, [entry.stands for entry in answer.entries]) == (OFFICIAL, [True, False])


def test_a_tombstone_without_text_is_found_by_nobody():
    """Where the text is not to be repeated, the register does not confirm it either."""
    taken = Retraction("fr", "safety", "2027-02-01T10:00:00Z", None)

    assert judge(Search([without_text(copies.entry(1, SAID, retraction=taken))]), SAID).verdict is UNKNOWN


def test_a_thread_is_official_as_a_whole():
    """One part of a thread is a part; all of them are the text."""
    parts = (
        {"headline": "Facts", "text": "Daesh lost its last village."},
        {"headline": None, "text": "Nobody misses it there."},
    )
    search = Search([copies.entry(1, "", parts=parts)])

    assert judge(search, "Facts\nDaesh lost its last village.\n\nNobody misses it there.").verdict is OFFICIAL
    assert judge(search, "Daesh lost its last village.").verdict is PART


def test_a_warning_before_the_text_may_be_copied_with_it():
    """Channels show it before the text."""
    assert verdict(SAID, f"Violence\n{SAID}", warning="Violence") is OFFICIAL
    assert verdict(SAID, f"Lies\n{SAID}", warning="Violence") is ALTERED


@pytest.mark.parametrize("locale", copies.LOCALES)
def test_a_few_of_many(locale):
    """A small sample of the attack in tests/chaos: no forged text is official, and every copy is found."""
    rng = Random(5)  # noqa: S311 (a seed is no secret)
    entries = [each for each in copies.entries(120) if each.locale == locale]
    search, known = Search(entries), {copies.plainest(each.parts[0]["text"]) for each in entries}
    for number in range(60):
        said = entries[number % len(entries)].parts[0]["text"]
        changed, kind = copies.forged(said, [entries[0].parts[0]["text"]], rng)
        if copies.plainest(changed) not in known or changed.count(" ") != said.count(" "):
            assert judge(search, changed).verdict is not OFFICIAL, (kind, changed)
        copy, did = copies.mangled(said, rng)
        found = judge(search, copy)
        whole = not any(each in did for each in [*copies.HIDING, *copies.CUTTING])
        assert found.verdict in ({OFFICIAL} if whole else {OFFICIAL, WORDS, PART}), (did, copy, found)
