"""Captions are WebVTT that every player reads, and lie within their film."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import network
from content.rendering import CaptionFile, MediaFile, Rendering, Request

_SLACK = 1.0  #: seconds by which a last cue may outlast its film: cues are rounded


class FaultyCaptions:
    """No caption file has a fault, ends after its film, or is larger than its channel takes."""

    id: ClassVar[str] = "faulty-captions"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield what is wrong with each caption file that is there."""
        del context
        for item in rendering.media:
            if item.captions and item.captions.digest:
                yield from self._look(request, item, item.captions)

    def _look(self, request: Request, item: MediaFile, captions: CaptionFile) -> Iterator[Finding]:
        for fault in captions.faults:
            remedy = "Mend it there; the format is WebVTT, as a caption editor saves it."
            yield Finding(self.id, self.severity, f"The captions media/{captions.file}, {fault}.", remedy)
        seconds = item.facts.seconds
        if seconds is not None and captions.last is not None and captions.last > seconds + _SLACK:
            words = (
                f"The captions media/{captions.file} end at {captions.last:.1f} s; the film '{item.file}' ends at"
                f" {seconds:.1f} s."
            )
            yield Finding(self.id, self.severity, words, "Name the captions of this cut of the film.")
        kind = network(request.channel)
        for row in limits.of(kind, "captions"):
            if captions.size > row.value:
                words = f"The captions media/{captions.file} take {captions.size:,} of {row.value:,} {row.unit}."
                severity = self.severity if row.hard else Severity.WARN
                yield Finding(self.id, severity, words, f"Shorten them, or leave the film out on {kind}.")
