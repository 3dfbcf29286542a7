"""Every file is there, and is what its name says."""

from collections.abc import Iterator
from mimetypes import guess_type
from typing import ClassVar

from content import media
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class MissingMedia:
    """A release that names a file cannot go out without it."""

    id: ClassVar[str] = "missing-media"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each file that is not there, and warn of files of no known kind, or of another than their name says."""
        del request, context
        for item in rendering.media:
            if not item.digest:
                remedy = "Put it into the workspace's media/ folder, or take it out of `media:`."
                yield Finding(self.id, self.severity, f"The file media/{item.file} is not there.", remedy)
            elif item.kind == media.UNKNOWN:
                words = f"The file media/{item.file} is none of PNG, JPEG, GIF, WebP, MP4."
                yield Finding(self.id, Severity.WARN, words, "Save it as one of these; channels take no others.")
            elif (named := guess_type(item.file)[0]) not in {item.kind, None}:
                words = f"The file media/{item.file} is {item.kind}, not {named} as its name says."
                yield Finding(self.id, Severity.WARN, words, "Rename it; some channels go by the name.")
