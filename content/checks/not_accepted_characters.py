"""Every character is one that the channel accepts."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.measure import network
from content.rendering import Rendering, Request

#: Kind of channel -> characters that it refuses in title and text, each with what to write instead.
#: YouTube Data API, error invalidDescription and invalidTitle (read on 2026-11-22).
REFUSED: dict[str, dict[str, str]] = {"youtube": {"<": "\u2039", ">": "\u203a"}}
_NAMES = {"text": "The text", "headline": "The headline"}


class NotAcceptedCharacters:
    """A channel that refuses a character refuses the whole release."""

    id: ClassVar[str] = "not-accepted-characters"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each refused character of text and headline, where it first stands."""
        del context
        kind = network(request.channel)
        refused = REFUSED.get(kind)
        if refused is None:
            return
        for number, part in enumerate(rendering.parts):
            for field, text in (("text", part.text), ("headline", part.headline or "")):
                for character, instead in refused.items():
                    at = text.find(character)
                    if at < 0:
                        continue
                    words = f"{_NAMES[field]} holds '{character}', and {kind} refuses it."
                    remedy = f"Write {instead}, or the word that is meant."
                    span = (at, at + 1) if field == "text" else None
                    yield Finding(self.id, self.severity, words, remedy, number, span, instead if span else None)
