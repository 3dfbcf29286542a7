# ruff: noqa: RUF001 (other signs are the data)
"""
What to write in a text message instead of a character that its 7-bit alphabet does not have.

One such character makes the whole message travel in 16-bit units: 70 to a message instead of 160. A sign has a plain
form that says the same; a letter has one that is misspelt; an emoji or a letter of another script has none.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from content.counting.gsm import BASIC, EXTENDED

ALPHABET = BASIC | EXTENDED

#: Signs whose plain form says the same. "": it can be left out.
SIGNS: dict[str, str] = {
    **dict.fromkeys("’‘‚‛ʼʻ′´`‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\t", " "),
    **dict.fromkeys("\xad\u180e\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff", ""),
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("•·‣◦", "-"),
    "…": "...",
    "×": "x",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "©": "(c)",
    "®": "(R)",
    "™": "(TM)",
    "→": "->",
    "№": "No",
}
#: Letters that Unicode does not take apart.
_LETTERS = {"œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D"}


@lru_cache(maxsize=4096)
def letter(character: str) -> str | None:
    """Return the letters of the alphabet that stand in for *character*, misspelt; None where none do."""
    if character in _LETTERS:
        return _LETTERS[character]
    apart = unicodedata.normalize("NFKD", character)
    base = "".join(each for each in apart if not unicodedata.combining(each))
    return base if base != character and base.isalnum() and ALPHABET.issuperset(base) else None


def plain(text: str, characters: Iterable[str]) -> str:
    """Return *text* with each of *characters* in its plain form, sign or letter; what has none stays."""
    return text.translate({ord(each): form for each in characters if (form := _form(each)) is not None})


def outside(text: str) -> tuple[str, ...]:
    """Return the characters of *text* that the alphabet does not have, each once, in their order."""
    return tuple(each for each in dict.fromkeys(text) if each not in ALPHABET)


def _form(character: str) -> str | None:
    return SIGNS.get(character, letter(character))
