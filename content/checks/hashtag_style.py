"""Hashtags that can be read, by eyes and by screen readers, and few of them."""

import re
from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.reading import Found, read
from content.rendering import Rendering, Request

MOST = 2  #: as the UK's Government Communication Service asks for
_LONG = 13  #: letters from which a hashtag without a mark between words is hardly one word
_LONG_CAPITALS = 9  #: letters in capitals from which it is hardly initials
_JOINED = re.compile("[\u0620-\u06ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class HashtagStyle:
    """In Latin letters each word begins with a capital; in Arabic ones `_` or a ZWNJ stands between. At most two."""

    id: ClassVar[str] = "hashtag-style"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every hashtag that runs words together, and one finding where there are too many."""
        del request, context
        for number, part in enumerate(rendering.parts):
            tags = read(part.text).hashtags
            for tag in tags:
                yield from self._style(tag, number)
            if len(tags) > MOST:
                words = f"{len(tags)} hashtags are more than {MOST}: '{tags[MOST].text}' is the first too many."
                yield Finding(
                    self.id, self.severity, words, "Keep the two that people follow.", number, tags[MOST].span
                )

    def _style(self, tag: Found, part: int) -> Iterator[Finding]:
        words = tag.text[1:]
        if _JOINED.search(words):
            letters = sum(map(str.isalpha, words))
            if letters >= _LONG and "_" not in words and "\u200c" not in words:
                said = f"'{tag.text}' runs its words together."
                yield Finding(self.id, self.severity, said, "Put _ between the words.", part, tag.span)
            return
        if not _LATIN.search(words):
            return
        if "_" in words.strip("_"):
            camel = "".join(word[:1].upper() + word[1:] for word in words.split("_"))
            said = f"'{tag.text}' has _ between its words, which screen readers read out."
            yield Finding(self.id, self.severity, said, "Begin each word with a capital.", part, tag.span, f"#{camel}")
        elif len(words) >= _LONG and words == words.lower():
            said = f"'{tag.text}' has no capitals: a screen reader takes it for one word."
            yield Finding(self.id, self.severity, said, "Begin each word with a capital.", part, tag.span)
        elif len(words) >= _LONG_CAPITALS and words == words.upper() and words.isalpha():
            said = f"'{tag.text}' is in capitals throughout."
            yield Finding(self.id, self.severity, said, "Begin each word with a capital.", part, tag.span)
