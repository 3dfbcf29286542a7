"""
A text that is longer than a post may be, as the parts of a thread: each a post that fits, and all of it, in order.

A part ends with a paragraph, else a line, else a sentence, else a word: never inside a word, a grapheme, a link, a
hashtag, or what stands between directional isolates. Below each stands its number, `1/3`, on a line of its own, so that
it keeps its order in right-to-left text and touches no link. Blanks where a part ends go; nothing else does. Pure.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from campaigns.documents import schema
from content.counting import graphemes
from content.filters import figure
from content.reading import read

#: The kinds of channel that post threads; what their publishers declare is held to it by a test.
KINDS = frozenset({"mastodon", "bluesky", "matrix", "telegram", "webhook"})
MOST = 25  #: parts of one thread
GAP = "\n\n"  #: between a part and its number

#: How much of the room may stay empty so that a part ends with a paragraph, a line or a sentence, in this order.
_LEAST = (0.5, 0.6, 0.4, 0.0)
_BLANKS = re.compile("[ \t\n\u3000]+|(?<=[\u3002\uff01\uff1f])")
_SENTENCE_ENDS = re.compile(
    "[.!?\u2026\u061f\u06d4\u3002\uff01\uff1f][\u00bb\u201d\u2019\"')\\]\u2066-\u2069\u00a0\u202f]*$"
)
_OPENS, _CLOSES = "\u2066\u2067\u2068\u202a\u202b\u202d\u202e", "\u2069\u202c"
_STICKS = frozenset("?!:;\u00bb)]%\u061b\u061f")  #: belongs to what stands before it, whatever blank is between
_LEADS = frozenset("\u00ab([")  #: belongs to what follows


class _Border(NamedTuple):
    """A place at which a part may end."""

    end: int  #: of what stands before it
    start: int  #: of what follows
    rank: int  #: 0 paragraph, 1 line, 2 sentence, 3 word


def may(channel: schema.Channel, message: schema.Message) -> bool:
    """Return whether *message* may be a thread on *channel*."""
    return message.thread and channel.kind in KINDS


def mark(number: int, total: int, locale: str, digits: str = "") -> str:
    """Return what says which part of how many it is: `2/3`, in the digits of *locale* or in the system *digits*."""
    return f"{figure(number, locale, digits=digits)}/{figure(total, locale, digits=digits)}"


def split(text: str, fits: Callable[[str, int], bool], marked: Callable[[int, int], str]) -> tuple[str, ...] | None:
    """
    Return *text* as parts with their numbers below them; None where no such parts fit.

    *fits* says whether a text, the number included, is no longer than part so many (from 0) may be; *marked* writes the
    number of part so many (from 1) of so many.
    """
    borders = _borders(text)
    total = 2
    while total <= MOST:
        pieces = _pieces(text, borders, lambda piece, n, of=total: fits(f"{piece}{GAP}{marked(n + 1, of)}", n))  # type: ignore[misc]
        if pieces is None:
            return None
        if len(pieces) <= total:
            return tuple(f"{piece}{GAP}{marked(n, len(pieces))}" for n, piece in enumerate(pieces, 1))
        total = len(pieces)
    return None


def whole(texts: Sequence[str]) -> str:
    """Return what the parts *texts* say together, without the numbers below them."""
    return texts[0] if len(texts) == 1 else "\n".join(each.rpartition(GAP)[0] for each in texts)


def _pieces(text: str, borders: list[_Border], fits: Callable[[str, int], bool]) -> list[str] | None:
    """Return *text* cut at *borders* so that each piece fits; None where one cannot, or they would be too many."""
    pieces: list[str] = []
    start, first = 0, 0
    while start < len(text):
        if len(pieces) > MOST:
            return None
        number = len(pieces)
        if fits(text[start:], number):
            return [*pieces, text[start:]]
        ahead = borders[first:]
        reach = bisect_right(ahead, False, key=lambda each: not fits(text[start : each.end], number))
        if not reach:
            return None
        chosen = _chosen(ahead[:reach], start)
        pieces.append(text[start : chosen.end])
        start, first = chosen.start, bisect_right(borders, chosen)
    return pieces


def _chosen(within: list[_Border], start: int) -> _Border:
    """Return the last border of the best sort that leaves no more room empty than its sort may."""
    room = within[-1].end - start
    for rank, least in enumerate(_LEAST):
        for border in reversed(within):
            if border.rank <= rank and border.end - start >= room * least:
                return border
    return within[-1]


def _borders(text: str) -> list[_Border]:
    """Return every place at which a part of *text* may end, in order."""
    kept = _kept_together(text)
    found = []
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        if not start or end >= len(text) or _inside(kept, start, end) or _sticks(text, start, end):
            continue
        found.append(_Border(start, end, _rank(text, start, match[0])))
    return found


def _rank(text: str, start: int, blank: str) -> int:
    lines = blank.count("\n")
    if lines:
        return 0 if lines > 1 else 1
    return 2 if _SENTENCE_ENDS.search(text, max(0, start - 8), start) else 3


def _sticks(text: str, start: int, end: int) -> bool:
    """Return whether what stands before and after a blank belongs together."""
    before, after = text[start - 1], text[end]
    figures = before.isdigit() and after.isdigit() and end - start == 1 and text[start] == " "
    return figures or after in _STICKS or before in _LEADS or _joins(after)


def _joins(letter: str) -> bool:
    """Return whether *letter* is one grapheme with what stands before it."""
    return not letter.isalnum() and graphemes.count(f"a{letter}") == 1


def _kept_together(text: str) -> list[tuple[int, int]]:
    """Return the spans of links, handles, hashtags, and of what stands between directional controls, in order."""
    reading = read(text)
    spans = [each.span for each in (*reading.links, *reading.handles, *reading.hashtags)]
    return sorted([*spans, *_runs(text)])


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield what stands between directional controls; one that nobody closes ends with its paragraph."""
    depth = begin = 0
    for place, letter in enumerate(text):
        if letter in _OPENS:
            begin = begin if depth else place
            depth += 1
        elif depth and (letter in _CLOSES or letter == "\n"):
            depth = 0 if letter == "\n" else depth - 1
            if not depth:
                yield begin, place + (letter != "\n")


def _inside(kept: list[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether a blank from *start* to *end* lies inside one of the spans *kept*."""
    return any(first < end and start < last for first, last in kept)
