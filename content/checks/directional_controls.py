"""Directional characters stand only where a channel keeps them, in pairs, and never beside what it should link."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from content import layouts
from content.bidi import OPENING, PDI, controls, unbalanced
from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import Found, read
from content.rendering import Rendering, Request
from content.spoken import Spoken, spoken

MOST = 10  #: findings of a kind about one text

_ANY = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")
_MARKUP = re.compile(r"<title>.*?</title>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_NAMES = {
    "\u061c": "an Arabic letter mark",
    "\u200e": "a left-to-right mark",
    "\u200f": "a right-to-left mark",
    "\u2066": "a left-to-right isolate",
    "\u2067": "a right-to-left isolate",
    "\u2068": "a first-strong isolate",
    "\u2069": "the end of an isolate",
}


class DirectionalControls:
    """
    Isolates and marks are characters that travel with the text, and each channel keeps or breaks them.

    Embeddings and overrides are never right; the check of invisible characters speaks of those.
    """

    id: ClassVar[str] = "directional-controls"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield what the channel does not keep, isolates that are no pair in their line, and what touches a link."""
        del context
        for said in spoken(rendering):
            if not said.text.isascii() and _ANY.search(said.text):
                kind = network(request.channel)
                yield from self._not_kept(said, kind)
                yield from self._unpaired(said)
                yield from self._touching(said)
        for number, part in enumerate(rendering.parts):
            if part.html and not part.html.isascii() and _ANY.search(part.html):
                yield from self._in_markup(part.html, number)

    def _not_kept(self, said: Spoken, kind: str) -> Iterator[Finding]:
        kept = layouts.of(kind).controls
        found = ((place, each) for place, each in controls(said.text) if each in _NAMES and each not in kept)
        for place, each in islice(found, MOST):
            if kept:
                where, remedy = (
                    "which no text of ours needs",
                    "Delete it; use the filter `ltr` for what runs left to right.",
                )
            else:
                where, remedy = f"which a channel of kind '{kind}' does not keep", "Delete it; reword what then moves."
            message = f"{said.what} holds {_name(each)} at character {place + 1}, {where}."
            yield Finding(self.id, self.severity, message, remedy, said.part, said.span(place, place + 1), _alone(each))

    def _unpaired(self, said: Spoken) -> Iterator[Finding]:
        for place in islice(unbalanced(said.text), MOST):
            each = said.text[place]
            if each == PDI:
                message = f"{said.what} ends an isolate at character {place + 1} that its line did not open."
                remedy, fix = "Delete it, or open the isolate on the same line.", ""
            else:
                message = f"{said.what} opens {_name(each)} at character {place + 1} that its line does not close."
                remedy, fix = "Close it with U+2069 before the line ends, or delete it.", None
            yield Finding(self.id, self.severity, message, remedy, said.part, said.span(place, place + 1), fix)

    def _touching(self, said: Spoken) -> Iterator[Finding]:
        text, reading = said.text, read(said.text)
        kinds = (("link", reading.links), ("handle", reading.handles), ("hashtag", reading.hashtags))
        touched = [(what, each) for what, found in kinds for each in found if _touched(text, each)]
        for what, each in touched[:MOST]:
            start, end, fix = _freed(text, each)
            message = f"{said.what} has a directional character beside the {what} '{each.text[:60]}'."
            remedy = (
                f"Delete it: some networks do not link a {what} that it touches. Put a blank between, or a line break."
            )
            yield Finding(self.id, self.severity, message, remedy, said.part, said.span(start, end), fix)

    def _in_markup(self, html: str, part: int) -> Iterator[Finding]:
        for each in sorted(set(_ANY.findall(_MARKUP.sub("", html))) - layouts.MARKS):
            message = f"The HTML part holds {_name(each)}."
            remedy = "Write what the template prints with the filter `bidi`, which says directions with `dir`."
            yield Finding(self.id, self.severity, message, remedy, part)


def _name(character: str) -> str:
    return f"{_NAMES[character]} (U+{ord(character):04X})"


def _alone(character: str) -> str | None:
    """Return nothing in place of a mark; None for one of a pair, which goes with the other."""
    return None if character in OPENING or character == PDI else ""


def _touched(text: str, found: Found) -> bool:
    return bool(_ANY.match(text[found.start - 1 : found.start]) or _ANY.match(text[found.end : found.end + 1]))


def _freed(text: str, found: Found) -> tuple[int, int, str | None]:
    """Return the span of what is found with what touches it, and it alone; None where half a pair would be left."""
    start = found.start - 1 if _ANY.match(text[found.start - 1 : found.start]) else found.start
    end = found.end + 1 if _ANY.match(text[found.end : found.end + 1]) else found.end
    left, right = text[start : found.start], text[found.end : end]
    paired = left in OPENING and right == PDI
    marks = not (left in OPENING or left == PDI or right in OPENING or right == PDI)
    return start, end, found.text if paired or marks else None
