"""
One metric's figures of very many releases, as columns: what a million figures are narrowed and summed as.

A block holds what `Series` would say one by one, where nothing is to be weighed up: one source a release, no splits,
exact numbers. Sums of whole numbers come out the same to the last bit; what has no sum is given figure by figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from reports.figures import Figure

EXACT = float(2**53)  #: up to here every whole number is one, and so is every sum on the way

Column = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Words:
    """A column of words: numbers, and which word each stands for."""

    codes: Column
    words: tuple[str | None, ...]

    def code(self, word: str) -> int:
        """Return the number of *word*; -1, which no row has, where it is not there."""
        return self.words.index(word) if word in self.words else -1


@dataclass(frozen=True, eq=False, slots=True)
class Releases:
    """The releases that blocks are about, a row each, in the order of their ids."""

    ids: Column
    #: source, and what a release says by itself: channel, locale, message, its one audience or several, entry, variant
    said: Mapping[str, Words]


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """The newest figures of one metric, of many releases: as `Series` without splits, exact, from one source each."""

    metric: str
    of: Releases
    rows: Column  #: which of the releases
    numbers: Column
    ats: Column  #: microseconds since 1970
    tops: Column | None = None  #: of a rate: its numerators
    bottoms: Column | None = None  #: and denominators, none of them zero
    subject_kind = "release"

    @property
    def many(self) -> int:
        """How many figures there are."""
        return len(self.rows)

    @property
    def at(self) -> datetime:
        """The newest figure's instant."""
        return _instant(self.ats.max())

    @property
    def oldest(self) -> datetime:
        """The oldest figure's instant."""
        return _instant(self.ats.min())

    @property
    def subjects(self) -> list[str]:
        """The ids of the releases."""
        found: list[str] = self.of.ids[self.rows].tolist()
        return found

    def codes(self, name: str) -> Column:
        """Return a column of `Releases.said`, as numbers."""
        return self.of.said[name].codes[self.rows]

    def words(self, name: str) -> set[str | None]:
        """Return what the releases say under *name*; None stands for nothing."""
        if name not in self.of.said:
            return {None}
        known = self.of.said[name].words
        return {known[code] for code in np.unique(self.codes(name))}

    def within(self, scope: Mapping[str, str | tuple[str, ...]]) -> "Block":
        """Return the figures of *scope*; with `entry` in it, those of one entry of the document."""
        kept = np.ones(self.many, dtype=bool)
        for name, word in scope.items():
            if isinstance(word, str):
                kept &= self.codes(name) == self.of.said[name].code(word) if name in self.of.said else False
            else:
                kept &= self._among(name, word)
        return self if kept.all() else self.only(kept)

    def _among(self, name: str, words: tuple[str, ...]) -> Column:
        """Mark the releases that say one of *words*; of audiences, also those whose several are all among them."""
        said, served = self.of.said[name], self.of.said["served"]
        mine: Column = np.isin(self.codes(name), [said.code(word) for word in words])
        if name == "audience":
            within = [code for code, word in enumerate(served.words) if word and set(word.split()) <= set(words)]
            mine |= np.isin(self.codes("served"), within)
        return mine

    def level(self, _scope: Mapping[str, str | tuple[str, ...]]) -> str:
        """Return what its subjects are."""
        return self.subject_kind

    def only(self, kept: Column) -> "Block":
        """Return the figures that *kept* marks."""
        tops, bottoms = (None if each is None else each[kept] for each in (self.tops, self.bottoms))
        return replace(
            self, rows=self.rows[kept], numbers=self.numbers[kept], ats=self.ats[kept], tops=tops, bottoms=bottoms
        )

    def whole(self) -> Figure | None:
        """Return the sum, of a rate the pooled rate; None where rounding would depend on the way to it."""
        if self.tops is None or self.bottoms is None:
            total = _sum(self.numbers)
            return None if total is None else Figure(total)
        top, bottom = _sum(self.tops), _sum(self.bottoms)
        return None if top is None or bottom is None else Figure(top / bottom, numerator=top, denominator=bottom)

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Give each release's id and figure."""
        if self.tops is None or self.bottoms is None:
            for subject, value in zip(self.subjects, self.numbers.tolist(), strict=True):
                yield subject, Figure(value)
            return
        counts = (self.numbers.tolist(), self.tops.tolist(), self.bottoms.tolist())
        for subject, value, top, bottom in zip(self.subjects, *counts, strict=True):
            yield subject, Figure(value, numerator=top, denominator=bottom)


def _sum(parts: Column) -> float | None:
    total = float(parts.sum())
    return total if total <= EXACT and not (parts % 1).any() else None


def _instant(micros: Any) -> datetime:
    seconds, rest = divmod(int(micros), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
