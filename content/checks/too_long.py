"""A text fits its channel, counted in the channel's own unit."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import Measured, measure, network
from content.rendering import Rendering, Request


class TooLong:
    """What the channel refuses blocks; what it only cuts or hides is a warning."""

    id: ClassVar[str] = "too-long"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every text, headline, HTML part and alt text over its limit, and files beyond the channel's number."""
        kind, server = network(request.channel), context.server_limits
        for number, part in enumerate(rendering.parts):
            for field, text in (("text", part.text), ("headline", part.headline), ("html", part.html)):
                if text:
                    yield from self._over(field, measure(kind, text, field, server), number)
        for item in rendering.media:
            yield from self._over("alt", measure(kind, item.alt, "alt", server), 0, f" of '{item.file}'")
        for row in limits.of(kind, "media"):
            most = server.get("media", row.value)
            if len(rendering.media) > most:
                words = f"{len(rendering.media)} files are more than the {most} that {kind} takes."
                yield Finding(self.id, self.severity, words, "Take some out of `media:`.")

    def _over(self, field: str, measured: Measured, part: int, what: str = "") -> Iterator[Finding]:
        if not measured.over:
            return
        severity = self.severity if measured.hard else Severity.WARN
        name = {"text": "The text", "headline": "The headline", "html": "The HTML part", "alt": "The alt text"}[field]
        message = f"{name}{what} takes {measured.used:,} of {measured.limit:,} {measured.unit}."
        cut = f"Cut {measured.over:,} {measured.unit}"
        yield Finding(self.id, severity, message, f"{cut}; the attribution, help line and link count too.", part)
