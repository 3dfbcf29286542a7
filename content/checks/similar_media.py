"""A picture that resembles known terrorist content, or shows too little to tell, is looked at by a person."""

from collections.abc import Iterator
from typing import ClassVar

from content import likeness
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request

_LOOK = "Have a person compare it with what is listed, and say in a waiver who did."


class SimilarMedia:
    """Between sure and strange, nobody but a person decides."""

    id: ClassVar[str] = "similar-media"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each picture that is near a listed one, and each with too little detail to be compared."""
        del request, context
        for item in rendering.media:
            quality = item.compared.quality
            if quality is None:
                continue
            if quality < likeness.POOR:
                words = (
                    f"The picture media/{item.file} shows too little detail to be compared with the lists in lists/"
                    f" (quality {quality} of 100)."
                )
                yield Finding(self.id, self.severity, words, _LOOK)
                continue
            for match in item.compared.matches:
                if match.kind == "pdq" and match.distance > likeness.SAME:
                    words = (
                        f"The picture media/{item.file} resembles known terrorist content: {match.place}"
                        f" ({match.distance} of 256 bits differ)."
                    )
                    yield Finding(self.id, self.severity, words, _LOOK)
