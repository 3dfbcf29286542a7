# ruff: noqa: RUF001 (letters that look alike are the point)
"""One character more, less or other than in an official text: which of them leave it official, over all of Unicode."""

import unicodedata
from random import Random

import pytest

from scheduler.register.agreement import Level, agree
from scheduler.register.reading import fingerprint, read

TEXTS = [
    "Daesh hasn’t lost 1,500 men: −5 «ok» it… @a@b.org #Tag 🕊️ 1️⃣\nhttps://facts.example.org/a?id=3",
    "Daech n’a pas rendu 1 500,5 % des écoles ; « jamais » ! l’État-major (18:30)",
    "خسر داعش ١٬٥٠٠ قرية، ولن يعود؟ أبدًا \u20660800 789\u2069",
]
QUOTES = frozenset('"“”„‟«»')
APOSTROPHES = frozenset("'‘’‹›")
HYPHENS = frozenset("-\u2010\u2011")
MAY_BE_LOST = frozenset("\u2066\u2069\ufe0f")
CLASSES = (QUOTES, APOSTROPHES, HYPHENS)
SAMPLE = 100  #: characters of each text's turn; the whole of Unicode takes minutes


def characters(rng: Random) -> list[str]:
    """Return the characters that are likeliest to slip through, and a sample of all others."""
    likely = [chr(code) for code in (*range(0x2000, 0x2070), *range(0xFE00, 0xFE10), *range(0xAD, 0xB0), 0x34F, 0x61C)]
    likely += [chr(code) for code in (*range(0x30), *range(0x640, 0x660), 0x180E, 0xFEFF, 0x3164, 0xE0001, 0x20E3)]
    rest = [chr(code) for code in rng.sample(range(0x30, 0x20000), SAMPLE) if not 0xD800 <= code < 0xE000]
    return [each for each in (*likely, *rest) if unicodedata.category(each) != "Cn"]


def same(old: str, new: str) -> bool:
    """Say by other means than the code's whether one character may stand for another."""
    if new.isspace() and (old.isspace() or old in MAY_BE_LOST):
        return True
    shape = 0xFB00 <= ord(new) <= 0xFEFC and unicodedata.normalize("NFKC", new) == old
    return shape or any(old in kind and new in kind for kind in CLASSES)


@pytest.mark.parametrize("text", TEXTS, ids=["en", "fr", "ar"])
def test_one_character_other_is_another_text(text):
    """Only a blank for a blank or for what may be lost, a quotation mark for one, a letter for its shape in a word."""
    rng = Random(text)  # noqa: S311 (a seed is no secret)
    official = read(text)
    taken = []
    for new in characters(rng):
        for place in rng.sample(range(len(text)), 8):
            old = text[place]
            if old != new and agree(official, read(text[:place] + new + text[place + 1 :])).level is Level.WHOLE:
                taken += [] if same(old, new) else [(old, f"U+{ord(new):04X}", text[max(0, place - 3) : place + 4])]
    assert taken == []


@pytest.mark.parametrize("text", TEXTS, ids=["en", "fr", "ar"])
def test_one_character_more_is_another_text(text):
    """Only a blank where one may stand, a file's mark at the very start, and a selector after an emoji."""
    rng = Random(text)  # noqa: S311 (the same)
    official = read(text)
    taken = []
    for new in characters(rng):
        for place in rng.sample(range(len(text) + 1), 8):
            if agree(official, read(text[:place] + new + text[place:])).level is Level.WHOLE:
                fine = new.isspace() or (new == "\ufeff" and place == 0)
                fine = fine or (new in "\ufe0e\ufe0f" and text[place - 1 : place + 1].strip("\ufe0f🕊1\u20e3 ") == "")
                taken += [] if fine else [(f"U+{ord(new):04X}", text[max(0, place - 3) : place + 3])]
    assert taken == []


@pytest.mark.parametrize("text", TEXTS, ids=["en", "fr", "ar"])
def test_one_character_less_is_another_text(text):
    """Only blanks beside a mark, a selector, and what cannot be seen may be lost."""
    official = read(text)
    lost = {
        text[max(0, place - 1) : place + 2]
        for place in range(len(text))
        if agree(official, read(text[:place] + text[place + 1 :])).level is Level.WHOLE
        and not text[place].isspace()
        and text[place] not in MAY_BE_LOST
    }
    assert lost == set()


def test_a_blank_between_words_is_not_lost():
    """Neither is one made inside a word or a figure."""
    official = fingerprint(read("not able to hold 1 500 schools"))

    for other in ("notable to hold 1 500 schools", "not able to hold 1500 schools", "not able to ho ld 1 500 schools"):
        assert fingerprint(read(other)) != official
