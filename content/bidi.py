"""
Which way a text runs, and the invisible characters that say so.

Unicode Standard Annex 9. The first strong character decides a paragraph's direction; isolates (U+2066 to
U+2069) keep a run of the other direction together and end with their line. Embeddings and overrides
(U+202A to U+202E) leak and can make a text read as what it is not: they are never allowed.
"""

import re
import unicodedata
from typing import Literal

from campaigns.locales import Direction

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"

#: What a plain text may hold: isolates, right-to-left mark, Arabic letter mark.
ALLOWED_CONTROLS = frozenset({LRI, RLI, FSI, PDI, "\u200f", "\u061c"})
_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT_CLASSES = frozenset({"R", "AL"})
_ISOLATES = {"ltr": LRI, "rtl": RLI, "auto": FSI}


def first_strong(text: str) -> Direction | None:
    """Return the direction of the first strong character outside isolates; None where there is none."""
    depth = 0
    for character in text:
        if character in {LRI, RLI, FSI}:
            depth += 1
        elif character == PDI:
            depth = max(0, depth - 1)
        elif not depth:
            strength = unicodedata.bidirectional(character)
            if strength == "L":
                return "ltr"
            if strength in _RIGHT_TO_LEFT_CLASSES:
                return "rtl"
    return None


def isolate(text: str, direction: Direction | Literal["auto"]) -> str:
    """Return *text* with every line isolated: it runs in *direction* and moves nothing around it."""
    opening = _ISOLATES[direction]
    return "\n".join(f"{opening}{line}{PDI}" if line else line for line in text.split("\n"))


def without_controls(text: str) -> str:
    """Return *text* without any directional control."""
    return _CONTROLS.sub("", text)


def forbidden_controls(text: str) -> list[tuple[int, str]]:
    """Return place and name of every directional control that no text of ours may hold."""
    return [
        (match.start(), unicodedata.name(match[0]))
        for match in _CONTROLS.finditer(text)
        if match[0] not in ALLOWED_CONTROLS
    ]


def balanced(text: str) -> bool:
    """Say whether every isolate is closed on its own line, and nothing is closed that was not opened."""
    for line in text.split("\n"):
        depth = 0
        for character in line:
            depth += (character in {LRI, RLI, FSI}) - (character == PDI)
            if depth < 0:
                return False
        if depth:
            return False
    return True
