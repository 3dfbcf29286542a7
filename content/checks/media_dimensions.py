"""A picture and a film fit their network: in pixels, in time, in frames a second."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import network
from content.rendering import Rendering, Request


class MediaDimensions:
    """What a network refuses blocks; what it only cuts is a warning."""

    id: ClassVar[str] = "media-dimensions"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each file with more pixels, more seconds or more frames a second than its network takes."""
        if not rendering.media:
            return
        kind = network(request.channel)
        for item in rendering.media:
            facts, film = item.facts, item.kind.startswith("video/")
            what = "video" if film else "image"
            for field, value in (
                (f"{what} pixels", facts.pixels),
                ("video duration", facts.seconds if film else None),
                ("video frame rate", facts.rate if film else None),
            ):
                for row in limits.of(kind, field) if value is not None else ():
                    most = context.server_limits.get(field.replace(" ", "_"), row.value)
                    if value is not None and value > most:
                        words = f"The file media/{item.file} has {value:,.0f} of {most:,} {row.unit} that {kind} takes."
                        severity = self.severity if row.hard else Severity.WARN
                        yield Finding(self.id, severity, words, self._remedy(item.file, kind, film=film))

    def _remedy(self, file: str, kind: str, *, film: bool) -> str:
        if film:
            return f"Export a smaller or shorter cut of it for {kind}."
        return f"Make a smaller copy: `cordiale media clean media/{file} --for {kind}`."
