"""Emoji add to a text; they never carry it."""

import re
from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request

MOST = 3  #: as the UK's Government Communication Service asks for
_PICTURE = "[\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b05-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
_AFTER = "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}{_AFTER}*(?:\u200d{_PICTURE}{_AFTER}*)*"
)
#: A letter in front and a small one behind: the sentence goes through it.
_WORD_BEFORE = re.compile(r"[^\W\d_][ \u00a0]?$")


class Emoji:
    """More than three emoji are a warning, and so is one in the middle of a sentence, where a word should stand."""

    id: ClassVar[str] = "emoji"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the first emoji too many, and every one that stands for a word."""
        del request, context
        for number, part in enumerate(rendering.parts):
            if part.text.isascii():
                continue
            prose = read(part.text).prose
            found = list(_EMOJI.finditer(prose))
            if len(found) > MOST:
                said = f"{len(found)} emoji are more than {MOST}; a screen reader reads out the name of each."
                yield Finding(self.id, self.severity, said, "Take some out.", number, found[MOST].span())
            for match in found:
                before = prose[max(0, match.start() - 2) : match.start()]
                behind = prose[match.end() : match.end() + 2].lstrip(" \xa0")
                if _WORD_BEFORE.search(before) and behind[:1].islower():
                    said = f"'{match[0]}' stands in the middle of a sentence, as a word would."
                    yield Finding(
                        self.id, self.severity, said, "Write the word, or move it to the end.", number, match.span()
                    )
