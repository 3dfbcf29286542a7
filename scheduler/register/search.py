"""
Finds the entries that a text may be: those of its fingerprint at once, those near it by the rare words they share.

Fingerprints are a dictionary. The near ones come from an inverted index over rough words (letters that look alike
written alike), built when it is first asked for: the words of the text vote for the official texts that have them,
rare words louder, and the best are compared word by word. So it is said exactly what differs, and a text of the
commonest words alone costs no more than others.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import log

import numpy as np

from content.folding import fold
from content.hosts import drawn_like
from scheduler.register.entries import Entry, texts
from scheduler.register.reading import Reading, clean, fingerprint

NEAR = 12  #: official texts that are compared word by word
_VOTES = 200_000  #: votes that are counted at most: words that half of all texts have tell little
_ROUGH = re.compile(r"\w+")


class Search:
    """The entries of a register, found by text. Entries with the same text are one group."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._by_text: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self._by_print: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for entry in self.entries:
            if entry.fingerprint is not None:
                said = texts(entry)
                group = self._by_text[said]
                if not group:
                    self._by_print[entry.fingerprint].append(said)
                group.append(entry)

    def exactly(self, copy: Reading) -> list[list[Entry]]:
        """Return the groups of entries whose text has the fingerprint of *copy*."""
        return [self._by_text[said] for said in self._by_print.get(fingerprint(copy), ())]

    def near(self, text: str) -> list[list[Entry]]:
        """Return the groups of entries nearest to *text*, the nearest first."""
        postings = self._postings
        asked = sorted((postings[word] for word in set(rough(clean(text))) if word in postings), key=len)
        if not asked:
            return []
        scores = np.zeros(len(self._groups), dtype=np.float32)
        votes = 0
        for holders in asked:
            if votes and votes + len(holders) > _VOTES:
                break
            votes += len(holders)
            scores[holders] += log(1 + len(self._groups) / len(holders))
        best = np.argpartition(scores, -min(NEAR, len(scores)))[-NEAR:]
        ranked = sorted((each for each in best.tolist() if scores[each] > 0), key=lambda each: (-scores[each], each))
        return [self._groups[each] for each in ranked]

    @cached_property
    def _groups(self) -> Sequence[list[Entry]]:
        return list(self._by_text.values())

    @cached_property
    def _postings(self) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.uint32]]"]:
        found: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, said in enumerate(self._by_text):
            for word in set(rough("\n".join(said))):
                found[word].append(number)
        return {word: np.frombuffer(numbers, dtype=np.uint32) for word, numbers in found.items()}


def rough(text: str) -> list[str]:
    """Return the words of *text* roughly: without accents, vowel signs and capitals, look-alike letters as one."""
    return _ROUGH.findall(drawn_like(fold(text)))
