"""The first strong character, against the consortium's own cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from content import bidi

CASES = Path("/usr/share/unicode/BidiTest.txt")  #: of Debian's package unicode-data
EVERY = 5  #: case that is looked at: there are half a million
AUTOMATIC, LEFT_TO_RIGHT, RIGHT_TO_LEFT = 1, 2, 4
#: A character of each bidirectional class.
SAMPLES = {
    "L": "a",
    "R": "\u05d0",
    "AL": "\u0628",
    "EN": "1",
    "AN": "\u0660",
    "ES": "+",
    "ET": "%",
    "CS": ",",
    "NSM": "\u0300",
    "BN": "\u00ad",
    "B": "\u2029",
    "S": "\t",
    "WS": " ",
    "ON": "!",
    "LRE": "\u202a",
    "RLE": "\u202b",
    "PDF": "\u202c",
    "LRO": "\u202d",
    "RLO": "\u202e",
    "LRI": "\u2066",
    "RLI": "\u2067",
    "FSI": "\u2068",
    "PDI": "\u2069",
}

pytestmark = pytest.mark.skipif(not CASES.is_file(), reason="needs Debian's unicode-data")


def cases() -> Iterator[tuple[str, str]]:
    """Yield a text and its direction, where the levels are those of one direction and not of the other."""
    with CASES.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % EVERY or line[0] in "#@\n":
                continue
            classes, _, directions = line.partition(";")
            held = int(directions, 16)
            either = held & (LEFT_TO_RIGHT | RIGHT_TO_LEFT)
            if held & AUTOMATIC and either in {LEFT_TO_RIGHT, RIGHT_TO_LEFT}:
                text = "".join(SAMPLES[name] for name in classes.split())
                if "\u2029" not in text[:-1]:  # one paragraph
                    yield text, "rtl" if either == RIGHT_TO_LEFT else "ltr"


def test_the_direction_of_a_paragraph_is_as_unicode_finds_it() -> None:
    """Rules P2 and P3: a paragraph runs right to left where its first strong character outside isolates does."""
    found = list(cases())
    assert len(found) > 20_000
    assert [(text, way) for text, way in found if (bidi.first_strong(text) or "ltr") != way] == []
