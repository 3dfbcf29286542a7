"""A file tells what it shows, and not where, by whom and with which device it was made."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class MediaMetadata:
    """What names a place, a person or a device blocks; what else a file tells is a warning."""

    id: ClassVar[str] = "media-metadata"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield one finding a file that tells anything beside what it shows."""
        del request, context
        for item in rendering.media:
            if not (told := item.facts.told):
                continue
            personal = [each for each in told if each.personal]
            said = dict.fromkeys(f"{each.what} ({each.where})" for each in personal or told)
            words = f"The file media/{item.file} tells {', '.join(said)}."
            remedy = f"Run `cordiale media clean media/{item.file}`, look at the copy, and name it in its place."
            yield Finding(self.id, self.severity if personal else Severity.WARN, words, remedy)
