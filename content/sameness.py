"""
Texts brought down to their words, and how many of them two texts share. Pure.

Sets of three-word shingles are compared. An `Archive` holds what was published, so that a new text can be asked which
of those it nearly repeats.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from content import phrases

ALIKE = 60  #: per cent of all shingles of two texts that both must have
SHINGLE = 3  #: words
POSTED = 64  #: texts remembered for one shingle, the newest
FEWEST = 4  #: shingles below which a text is too short to be told from others

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\w+://\S+")


def plain(text: str) -> str:
    """Return *text* as words and blanks: no links, case, accents, vowel marks or punctuation."""
    bare = unicodedata.normalize("NFKD", _LINK.sub(" ", text)).casefold()
    kept = bare if bare.isascii() else "".join(each for each in bare if unicodedata.category(each) != "Mn")
    return " ".join(_WORD.findall(kept.replace("\u0640", "")))  # tatweel only stretches a word


def shingles(words: str) -> frozenset[str]:
    """Return every three words of a `plain` text that stand together; a shorter text is one shingle."""
    every = words.split()
    if len(every) < SHINGLE:
        return frozenset([words] if words else ())
    return frozenset(" ".join(every[at : at + SHINGLE]) for at in range(len(every) - SHINGLE + 1))


def body(text: str, locale: str) -> str:
    """Return what *text* says before its attribution, which all of an issuer's texts share."""
    begins = phrases.of(locale).issued_by.partition("{")[0]
    before, found, _ = text.partition(f"\n{begins}")
    return before if found else text


@dataclass(frozen=True)
class Said:
    """A text that is out, and which message of which campaign said it in which release."""

    release: str  #: its name: launch/fr-FR/fr-mastodon
    message: tuple[str, str]  #: campaign, message
    text: str  #: its body


class Archive:
    """What was published: each text once, in the order given, newest first."""

    def __init__(self, said: Iterable[Said]) -> None:
        self._said: list[tuple[Said, frozenset[str]]] = []
        self._posted: dict[str, list[int]] = defaultdict(list)
        met: set[tuple[tuple[str, str], str]] = set()
        for each in said:
            words = plain(each.text)
            if (each.message, words) in met:  # on another channel, or once more
                continue
            met.add((each.message, words))
            pieces = shingles(words)
            for piece in pieces:
                if len(self._posted[piece]) < POSTED:
                    self._posted[piece].append(len(self._said))
            self._said.append((each, pieces))

    def nearest(self, text: str, message: tuple[str, str]) -> tuple[Said, int] | None:
        """
        Return what *text*, a body, repeats most of, with the share of words in per cent; none below ALIKE.

        What the same *message* said before is no repetition: it goes out again on purpose.
        """
        pieces = shingles(plain(text))
        if len(pieces) < FEWEST:
            return None
        shared = Counter(number for piece in pieces for number in self._posted.get(piece, ()))
        best: tuple[Said, int] | None = None
        for number, both in shared.items():
            said, theirs = self._said[number]
            share = 100 * both // (len(pieces) + len(theirs) - both)
            if share >= ALIKE and said.message != message and (best is None or share > best[1]):
                best = said, share
        return best
