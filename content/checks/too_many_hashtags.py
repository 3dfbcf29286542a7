"""A post has no more hashtags than its channel takes."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import read
from content.rendering import Part, Rendering, Request


class TooManyHashtags:
    """What the channel itself holds hashtags to; how many are wise is another check's business."""

    id: ClassVar[str] = "too-many-hashtags"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the first hashtag too many of each part."""
        del context
        kind = network(request.channel)
        for row in limits.of(kind, "hashtags"):
            for number, part in enumerate(rendering.parts):
                if "#" in part.text or "\uff03" in part.text:
                    yield from self._part(kind, row, part, number)

    def _part(self, kind: str, row: limits.Limit, part: Part, number: int) -> Iterator[Finding]:
        found = read(part.text).hashtags
        if len(found) <= row.value:
            return
        severity = self.severity if row.hard else Severity.WARN
        words = f"{len(found)} hashtags are more than the {row.value} that {kind} takes."
        if not row.hard:
            words = f"{len(found)} hashtags are in the text; on {kind} only {row.value} of them works as one."
        remedy = f"Keep {'the one' if row.value == 1 else f'the {row.value}'} that readers look for."
        yield Finding(self.id, severity, words, remedy, number, found[row.value].span)
