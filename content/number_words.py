"""
Numbers in words, as data: what stands for a figure where a language writes it out, and the words that multiply one.

The words stand in `number_words.txt`. They only ever make a check milder: a figure that is missing here and written out
there is looked at by a person. Arabic script is folded (`fold`) before it is looked up.
"""

import re
from functools import cache
from importlib.resources import files

_HARAKAT = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640\u200c\u200d]")
_FOLDED = str.maketrans("أإآٱىئیکةۀە", "اااايييكههه")
_PREFIX = re.compile("(?:[وفبلك]{0,2}(?:ال)?|لل)(?=..)")

SCALE_FIRST = frozenset({"ha", "sw"})  #: languages that say `million 5`


def fold(word: str) -> str:
    """Return *word* without case, vowel marks and the letters that Arabic script writes in several ways."""
    if word.isascii():
        return word.lower()
    return _HARAKAT.sub("", word.casefold()).translate(_FOLDED)


@cache
def source() -> str:
    """Return the data, as it is written."""
    return files("content").joinpath("number_words.txt").read_text("utf-8")


@cache
def _rows(language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what stands in the lines of *language*: a number, and its words."""
    lines = (line.split() for line in source().splitlines() if not line.startswith("#"))
    return tuple((line[1], tuple(line[2:])) for line in lines if line and line[0] == language)


@cache
def values(language: str) -> dict[str, int]:
    """Return the words of *language* that stand for a number, folded, with what they stand for."""
    return {fold(word): int(number) for number, words in _rows(language) if number.isdigit() for word in words}


@cache
def scales(language: str) -> dict[str, int]:
    """Return the words of *language* that multiply a figure, folded, with the power of ten."""
    return {fold(word): int(number[1:]) for number, words in _rows(language) if number[0] == "*" for word in words}


@cache
def glued() -> frozenset[str]:
    """Return the letters that may stand right after the digits of a figure, lower case."""
    return frozenset(word for _, words in _rows("*") for word in words)


def value(word: str, language: str) -> int | None:
    """Return what *word* stands for in *language*, also with an Arabic prefix; None where it is no number."""
    known, folded = values(language), fold(word)
    found = known.get(folded)
    if found is None and language == "ar":
        bare = folded[match.end() :] if (match := _PREFIX.match(folded)) else folded
        return known.get(bare)
    return found
