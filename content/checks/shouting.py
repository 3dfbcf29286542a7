"""Nobody is shouted at."""

import re
from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request

FEWEST = 3  #: words in capitals in a row; fewer may be initials
LONG = 4  #: letters of a word that is hardly initials; two of the row have so many
_GUARD = re.compile("[A-Z\u00c0-\u00de\u0400-\u042f\u011e\u0130\u015e]{4}")
_GAP = re.compile(r"[\s,:\u2019'\u2013\u2014&-]{1,3}")


class Shouting:
    """Three words in capitals in a row are a warning where two of them are too long for initials."""

    id: ClassVar[str] = "shouting"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every such row, in the text and the headline."""
        del request, context
        for number, part in enumerate(rendering.parts):
            for text, place in ((part.text, True), (part.headline or "", False)):
                for start, end in _rows(text):
                    said = f"'{text[start:end][:60]}' is in capitals, which reads as shouting and is slow to read."
                    span = (start, end) if place else None
                    yield Finding(self.id, self.severity, said, "Use small letters.", number, span)


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words in capitals stand in a row."""
    if len(_GUARD.findall(text)) < 2:  # noqa: PLR2004 (long words of a row)
        return
    row: list[tuple[int, int]] = []
    for word in (*read(text).words, None):
        if word and word.text.isupper() and (not row or _GAP.fullmatch(text, row[-1][1], word.start)):
            row.append(word.span)
            continue
        if len(row) >= FEWEST and sum(end - start >= LONG for start, end in row) > 1:
            yield row[0][0], row[-1][1]
        row = [word.span] if word and word.text.isupper() else []
