"""
A text cut into pieces for a page: isolated runs, links, hashtags and handles, and the places of findings.

Pure. Findings may overlap one another and straddle a link: a mark is cut where what it stands in ends. Nothing is left
out but the two controls of an isolate, which become an element; a control that is no pair stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from campaigns.locales import Direction
from content.bidi import LRI, OPENING, PDI, RLI, first_strong
from content.check import Finding
from content.reading import read

Kind = Literal["ltr", "rtl", "link", "tag"]

_DEEPEST = 8  #: isolates inside isolates that become elements


@dataclass(frozen=True)
class Piece:
    """Characters that the same findings are about."""

    text: str
    marks: tuple[int, ...] = ()  #: numbers of the findings
    begins: tuple[int, ...] = ()  #: those that begin here
    ends: tuple[int, ...] = ()  #: those that end here


@dataclass(frozen=True)
class Run:
    """What stands in one element: pieces, and runs inside it."""

    kind: Kind
    inside: tuple["Piece | Run", ...]

    @property
    def text(self) -> str:
        """All that it says."""
        return "".join(each.text for each in self.inside)


Line = tuple[Piece | Run, ...]


@dataclass(frozen=True)
class _Stretch:
    """Where a run stands in the text, and where what is inside it does."""

    start: int
    end: int
    kind: Kind
    inner: tuple[int, int]


@dataclass(frozen=True)
class _Place:
    """Where a finding stands in the text, without line breaks and controls that are not drawn at its ends."""

    number: int
    start: int
    end: int


def lines(
    text: str,
    findings: Sequence[tuple[int, Finding]] = (),
    start: int = 0,
    end: int | None = None,
    *,
    around: Direction = "ltr",
) -> list[Line]:
    """
    Return the lines of *text*, or of what stands between *start* and *end*, each cut into pieces. Empty ones are empty.

    *findings* come with their numbers; their places are those in the whole text, which runs *around*.
    """
    end = len(text) if end is None else end
    stretches = _stretches(text, around)
    unseen = {place for each in stretches for place in (each.start, each.end - 1) if each.inner[0] > each.start}
    places = [_place(number, each.span, text, unseen) for number, each in findings if each.span is not None]
    cutter = _Cutter(text, start, end, places)
    found = []
    for line in text[start:end].split("\n"):
        stop = start + len(line)
        found.append(cutter.line(start, stop, stretches))
        start = stop + 1
    return found


def _place(number: int, span: tuple[int, int], text: str, unseen: set[int]) -> _Place:
    """Return the place of a finding: a check may be wrong about the end of a text, a page may not."""
    start = first = max(0, min(span[0], len(text)))
    end = last = max(start, min(span[1], len(text)))
    while first < last and (text[first] == "\n" or first in unseen):
        first += 1
    while first < last and (text[last - 1] == "\n" or last - 1 in unseen):
        last -= 1
    if first < last or start == end:
        return _Place(number, first, last)
    point = start if text[start] == "\n" else end
    return _Place(number, point, point)


def _stretches(text: str, around: Direction) -> list[_Stretch]:
    """Return what is more than plain text, by where it begins; one stands within another or beside it."""
    found = list(_isolates(text, around)) if PDI in text else []
    reading = read(text)
    wanted: list[tuple[int, int, Kind]] = [(each.start, each.end, "link") for each in reading.links]
    wanted += [(each.start, each.end, "tag") for each in (*reading.hashtags, *reading.handles)]
    for start, end, kind in wanted:
        if all(_beside(each, start, end) for each in found):
            found.append(_Stretch(start, end, kind, (start, end)))
    return sorted(found, key=lambda each: (each.start, -each.end))


def _beside(stretch: _Stretch, start: int, end: int) -> bool:
    """Say whether a link or a tag stands beside *stretch*, or within it where it is an isolate."""
    if end <= stretch.start or stretch.end <= start:
        return True
    return stretch.kind in {"ltr", "rtl"} and stretch.inner[0] <= start and end <= stretch.inner[1]


def _isolates(text: str, around: Direction) -> Iterator[_Stretch]:
    """Yield every isolate that its line closes, if it is not too deep."""
    opened: list[int] = []
    for place, character in enumerate(text):
        if character == "\n":
            opened = []
        elif character in OPENING:
            opened.append(place)
        elif character == PDI and opened:
            start = opened.pop()
            inner = (start + 1, place)
            if len(opened) < _DEEPEST:
                way: Direction = "rtl" if text[start] == RLI else "ltr"
                if text[start] not in {LRI, RLI}:
                    way = first_strong(text[inner[0] : inner[1]]) or around
                yield _Stretch(start, place + 1, way, inner)


class _Cutter:
    """Cuts lines, and knows which findings have begun."""

    def __init__(self, text: str, start: int, end: int, places: list[_Place]) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._places = places
        self._begun: set[int] = set()

    def line(self, start: int, stop: int, stretches: Sequence[_Stretch]) -> Line:
        """Return what stands between *start* and *stop*; a finding of no width at the line's end comes last."""
        near = [each for each in stretches if each.start < stop and each.end > start]
        found = list(self._inside(start, stop, near))
        # What stands at the seam of two windows is shown where the second begins.
        if stop < self._end or stop == len(self._text):
            found += self._points(stop)
        return tuple(found)

    def _inside(self, start: int, stop: int, stretches: Sequence[_Stretch]) -> Iterator[Piece | Run]:
        at = over = start
        for number, each in enumerate(stretches):
            if each.end <= over:
                continue  # within the one before, which may reach beyond this window
            yield from self._pieces(at, max(at, each.start))
            yield from self._points(each.start)
            left, right = max(start, each.inner[0]), min(stop, each.inner[1])
            within = [other for other in stretches[number + 1 :] if other.end <= each.end and other.start < each.end]
            yield Run(each.kind, tuple(self._inside(left, max(left, right), within)))
            yield from self._points(each.inner[1])
            over, at = each.end, min(stop, each.end)
        yield from self._pieces(at, stop)

    def _pieces(self, start: int, stop: int) -> Iterator[Piece]:
        """Yield what stands between *start* and *stop*, cut where a finding begins or ends."""
        if start >= stop:
            return
        near = [each for each in self._places if each.start <= stop and each.end >= start]
        cuts = {cut for each in near for cut in (each.start, each.end) if start < cut < stop}
        for left, right in pairwise(sorted({start, stop, *cuts})):
            yield from self._points(left)
            over = [each for each in near if each.start < right and each.end > left]
            fresh = (each for each in over if each.number not in self._begun and each.start >= self._start)
            begins = tuple(each.number for each in fresh)
            self._begun.update(begins)
            ends = tuple(each.number for each in over if each.end == right)
            yield Piece(self._text[left:right], tuple(each.number for each in over), begins, ends)

    def _points(self, place: int) -> Iterator[Piece]:
        """Yield the findings that stand at *place* and have no width, once."""
        here = [each.number for each in self._places if each.start == each.end == place]
        if numbers := tuple(number for number in here if number not in self._begun):
            self._begun.update(numbers)
            yield Piece("", numbers, numbers, numbers)
