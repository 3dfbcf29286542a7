"""Which parts of a text are somebody else's words: what stands in quotation marks, those of any language."""

import re
from bisect import bisect_right

#: A quotation stays in its paragraph. The apostrophe within a word closes none, and nothing here looks back twice.
_QUOTED = re.compile(
    "\u00ab[^\u00ab\u00bb\n]{1,1000}\u00bb"
    "|[\u201c\u201e][^\u201c\u201d\u201e\n]{1,1000}[\u201d\u201c]"
    '|(?<![^\\W_])"[^"\n]{1,1000}"(?![^\\W_])'
    "|(?<![^\\W_])'[^'\n]{1,1000}'(?![^\\W_])"
    "|\u2039[^\u2039\u203a\n]{1,1000}\u203a"
    "|\u2018(?:[^\u2018\u2019\n]|\u2019(?=\\w)){1,1000}\u2019"
)


def spans(text: str) -> list[tuple[int, int]]:
    """Return where quotations stand in *text*, marks included; the outer ones, in order."""
    return [match.span() for match in _QUOTED.finditer(text)]


def within(quotations: list[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether *start* to *end* lies in one of *quotations*, which are in order."""
    at = bisect_right(quotations, (start, len(quotations) and quotations[-1][1] + 1)) - 1
    return at >= 0 and quotations[at][0] <= start and end <= quotations[at][1]
