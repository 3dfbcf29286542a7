"""A post mentions no more accounts than its channel takes."""

from collections.abc import Iterator
from typing import ClassVar

from content import limits
from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import Found, read
from content.rendering import Rendering, Request


class TooManyMentions:
    """Different accounts; one that is mentioned twice is one."""

    id: ClassVar[str] = "too-many-mentions"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield the first account too many of each part."""
        del context
        kind = network(request.channel)
        for row in limits.of(kind, "mentions"):
            for number, part in enumerate(rendering.parts):
                if part.text.count("@") <= row.value:
                    continue
                found: dict[str, Found] = {}
                for each in read(part.text).handles:
                    found.setdefault(each.text.lower(), each)
                if len(found) <= row.value:
                    continue
                severity = self.severity if row.hard else Severity.WARN
                words = f"{len(found)} accounts are mentioned, more than the {row.value} that {kind} takes."
                remedy = f"Take {len(found) - row.value} out, or name them without the @."
                yield Finding(self.id, severity, words, remedy, number, list(found.values())[row.value].span)
