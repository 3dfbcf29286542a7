"""What leaves is what people saw: a whole picture or film, and nothing hidden behind it."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class UnsafeMedia:
    """No file is cut off, damaged, a bomb, a drawing with scripts, or longer than its picture."""

    id: ClassVar[str] = "unsafe-media"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each fault of each file."""
        del request, context
        for item in rendering.media:
            for fault in item.facts.faults:
                yield Finding(self.id, self.severity, f"The file media/{item.file} {fault.what}.", fault.remedy)
