"""
Which way a text runs, and the invisible characters that say so.

Unicode Standard Annex 9. The first strong character decides a paragraph's direction; isolates (U+2066 to
U+2069) keep a run of the other direction together and end with their line. Embeddings and overrides
(U+202A to U+202E) leak and can make a text read as what it is not: they are never allowed.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from markupsafe import Markup, escape

from campaigns.locales import Direction

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
RLM = "\u200f"
OPENING = frozenset({LRI, RLI, FSI})

_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PERHAPS_STRONG = re.compile(r"[^\0-@\[-`{-\x7f]")  #: all but digits and signs of ASCII
_RIGHT_TO_LEFT_CLASSES = frozenset({"R", "AL"})
_ISOLATES = {"ltr": LRI, "rtl": RLI, "auto": FSI}
_ISOLATED = re.compile("([\u2066-\u2068])([^\u2066-\u2069\n]*)\u2069")
#: A handle or a hashtag in Latin letters, in escaped HTML: right-to-left text would show its sign at the wrong end.
_LATIN_NAME = re.compile(r"(?<![\w&#@/.])[@#][A-Za-z0-9_]+(?:[.@-][A-Za-z0-9_]+)*")
_DEEPEST = 8  #: isolates inside isolates that become elements


def first_strong(text: str) -> Direction | None:
    """Return the direction of the first strong character outside isolates; None where there is none."""
    found = strong(text)
    return found[1] if found else None


def strong(text: str) -> tuple[int, Direction] | None:
    """Return the place and the direction of the first strong character of a paragraph, outside isolates."""
    depth = 0
    for match in _PERHAPS_STRONG.finditer(text):
        character = match[0]
        if character in OPENING:
            depth += 1
        elif character == PDI:
            depth = max(0, depth - 1)
        elif not depth:
            strength = unicodedata.bidirectional(character)
            if strength == "L":
                return match.start(), "ltr"
            if strength in _RIGHT_TO_LEFT_CLASSES:
                return match.start(), "rtl"
    return None


def isolate(text: str, direction: Direction | Literal["auto"]) -> str:
    """Return *text* with every line isolated: it runs in *direction* and moves nothing around it."""
    opening = _ISOLATES[direction]
    return "\n".join(f"{opening}{line}{PDI}" if line else line for line in text.split("\n"))


def elements(text: str, around: Direction, *, names: bool = False) -> Markup:
    """
    Return *text* as HTML for a block that runs *around*: isolates become elements with an explicit direction.

    With *names*, Latin handles and hashtags in right-to-left text do too. Nothing is left out: a control that is
    no pair stays, for the checks to speak of.
    """
    written = str(escape(text))
    for _ in range(_DEEPEST if PDI in written else 0):
        written, changed = _ISOLATED.subn(lambda run: _element(run[1], run[2], around), written)
        if not changed:
            break
    if names and around == "rtl" and ("@" in written or "#" in written):
        written = _LATIN_NAME.sub(r'<bdi dir="ltr">\g<0></bdi>', written)
    return Markup(written)  # noqa: S704 (escaped above; only our own element is added)


def _element(opening: str, inside: str, around: Direction) -> str:
    """Return an isolate as an element; what is inside is escaped already."""
    way = {LRI: "ltr", RLI: "rtl"}.get(opening) or first_strong(Markup(inside).striptags()) or around  # noqa: S704
    return f'<bdi dir="{way}">{inside}</bdi>'


def without_controls(text: str) -> str:
    """Return *text* without any directional control."""
    return _CONTROLS.sub("", text)


def controls(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and character of every directional control in *text*."""
    return ((match.start(), match[0]) for match in _CONTROLS.finditer(text))


def unbalanced(text: str) -> Iterator[int]:
    """Yield the place of every isolate that its line does not close, and of every U+2069 that closes nothing."""
    start = 0
    for line in text.split("\n"):
        opened: list[int] = []
        for place, character in controls(line):
            if character in OPENING:
                opened.append(place)
            elif character == PDI:
                if opened:
                    opened.pop()
                else:
                    yield start + place
        yield from (start + place for place in opened)
        start += len(line) + 1


def balanced(text: str) -> bool:
    """Say whether every isolate is closed on its own line, and nothing is closed that was not opened."""
    return next(unbalanced(text), None) is None
