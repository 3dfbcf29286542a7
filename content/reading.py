"""
A text as a reader takes it in: its links, handles, hashtags, figures, words and sentences, each with its place.

Checks share it, so that a text is taken apart once. Lazy: a plain text costs what is asked of it, and no more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from content.counting import links

KEPT = 4096  #: texts remembered

# Their signs come first: a text is searched for a sign many times as fast as for what may not stand in front of it.
_HANDLE = re.compile(
    r"@(?<![\w@/.]@)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?"
)
_HASHTAG = re.compile(r"[#\uff03](?<![\w&/#][#\uff03])(?=[\w\u200c]*[^\W\d])[\w\u200c\u064b-\u065f]+")
_WORD = re.compile(r"[^\W\d_](?:[\w\u200c\u0300-\u036f\u064b-\u065f]|['\u2019](?=\w))*")
_SENTENCE_END = re.compile(
    "(?:(?<=[.!?\u061f\u06d4\u2026])|(?<=[.!?\u061f\u06d4\u2026][\u00bb\u201d\u2019\"')]))[\\s\u2066-\u2069]+|\n+"
)


@dataclass(frozen=True)
class Found:
    """A piece of a text and its place: characters, end exclusive."""

    start: int
    end: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        """The place, as a finding names it."""
        return self.start, self.end


class Reading:
    """A text, taken apart where somebody asks."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def links(self) -> tuple[Found, ...]:
        """Web addresses, with or without a scheme, as X would link them."""
        if "." not in self.text:
            return ()
        return tuple(Found(start, end, self.text[start:end]) for start, end in links.spans(self.text))

    @cached_property
    def handles(self) -> tuple[Found, ...]:
        """Accounts: `@name` and `@name@server.example`; no e-mail addresses."""
        return self._found(_HANDLE) if "@" in self.text else ()

    @cached_property
    def hashtags(self) -> tuple[Found, ...]:
        """Hashtags with their sign, in any script."""
        return self._found(_HASHTAG) if "#" in self.text or "\uff03" in self.text else ()

    @cached_property
    def spoken(self) -> str:
        """The text with blanks where links and handles stand: places stay the same, and hashtags are words."""
        return self._without([*self.links, *self.handles])

    @cached_property
    def prose(self) -> str:
        """The text with blanks where links, handles and hashtags stand: places stay the same."""
        return self._without([*self.links, *self.handles, *self.hashtags])

    @cached_property
    def words(self) -> tuple[Found, ...]:
        """Words of the prose, in any script; an apostrophe between letters belongs to its word."""
        return tuple(Found(match.start(), match.end(), match[0]) for match in _WORD.finditer(self.prose))

    @cached_property
    def sentences(self) -> tuple[Found, ...]:
        """Sentences of the prose: what ends in a full stop, a question mark or with its line."""
        found, start = [], 0
        for match in (*_SENTENCE_END.finditer(self.prose), None):
            end = match.start() if match else len(self.prose)
            if self.prose[start:end].strip():
                found.append(Found(start, end, self.text[start:end]))
            start = match.end() if match else end
        return tuple(found)

    def _without(self, marked: Sequence[Found]) -> str:
        if not marked:
            return self.text
        letters = list(self.text)
        for each in marked:
            letters[each.start : each.end] = " " * (each.end - each.start)
        return "".join(letters)

    def _found(self, pattern: re.Pattern[str]) -> tuple[Found, ...]:
        return tuple(Found(match.start(), match.end(), match[0]) for match in pattern.finditer(self.text))


@lru_cache(maxsize=KEPT)
def read(text: str) -> Reading:
    """Return the reading of *text*."""
    return Reading(text)
