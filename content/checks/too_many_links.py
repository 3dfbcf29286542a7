"""A post has no more links than its channel takes."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import Found, read
from content.rendering import Rendering, Request


class TooManyLinks:
    """Different links; one that stands there twice is one."""

    id: ClassVar[str] = "too-many-links"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the first link too many of each part."""
        del context
        kind = network(request.channel)
        for row in limits.of(kind, "links"):
            for number, part in enumerate(rendering.parts):
                if part.text.count(".") <= row.value:
                    continue
                found: dict[str, Found] = {}
                for each in read(part.text).links:
                    found.setdefault(each.text, each)
                if len(found) <= row.value:
                    continue
                severity = self.severity if row.hard else Severity.WARN
                words = f"{len(found)} different links are more than the {row.value} that {kind} takes."
                remedy = f"Take {len(found) - row.value} out, and lead to one page that has them all."
                yield Finding(self.id, severity, words, remedy, number, list(found.values())[row.value].span)
