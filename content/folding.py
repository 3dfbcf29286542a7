# ruff: noqa: RUF001 (other alphabets have letters that look like ours)
"""
Texts with what only looks different written alike, so that words are found however they are typed. Pure.

Accents of Latin letters, hamza and dots of Arabic ones, Persian and Kurdish forms of letters, vowel marks, the stroke
that stretches a word, what cannot be seen, and kinds of blanks and apostrophes. Capitals stay.
"""

import unicodedata
from functools import lru_cache
from itertools import chain

_LATIN = chain(range(0xC0, 0x250), range(0x1E00, 0x1F00))
_MARKS = chain(range(0x300, 0x370), range(0x610, 0x61B), range(0x64B, 0x660), (0x670, 0x640), range(0x6D6, 0x6DD))
_UNSEEN = chain(
    (0xAD, 0x200B, 0x61C, 0x2060, 0xFEFF), range(0x200D, 0x2010), range(0x202A, 0x202F), range(0x2066, 0x206A)
)
_SAME = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیې", "ي"),
    **dict.fromkeys("ةۀەہھۃ", "ه"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("\u2019\u2018\u02bc\u02b9\u2032", "'"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\xa0\u202f\u2009\u200a\u2007\u200c", " "),
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "ё": "е",
    "Ё": "Е",
}


def _table() -> dict[int, str | None]:
    found: dict[int, str | None] = dict.fromkeys(chain(_MARKS, _UNSEEN))
    for code in _LATIN:
        bare = unicodedata.normalize("NFD", chr(code))[0]
        if bare != chr(code):
            found[code] = bare
    for code in chain(range(0xFB50, 0xFDFE), range(0xFE70, 0xFEFD)):  # letters in the shape that they have in a word
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code):
            found[code] = plain
    found |= {ord(letter): same for letter, same in _SAME.items()}
    return {
        code: same.translate(found) if same and len(same) > 1 else same  # a ligature of letters that are folded too
        for code, same in found.items()
    }


_TABLE = _table()


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Return *text* folded; ASCII stays as it is."""
    return text if text.isascii() else text.translate(_TABLE)


def places(text: str) -> list[int]:
    """Return for each character of `fold(text)`, and for its end, where in *text* it comes from."""
    if text.isascii():
        return list(range(len(text) + 1))
    found: list[int] = []
    for place, letter in enumerate(text):
        same = _TABLE.get(ord(letter), letter)
        found += [place] * len(same or "")
    return [*found, len(text)]
