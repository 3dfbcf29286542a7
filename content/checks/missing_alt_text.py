"""Every picture has words, so that a person who does not see it knows what it shows."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class MissingAltText:
    """Every file has words in the locale of the release, and they are not the file's name."""

    id: ClassVar[str] = "missing-alt-text"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each media file without alt text in the rendering's locale."""
        del context
        for item in rendering.media:
            said = item.alt.strip()
            if not said:
                words = f"'{item.file}' has no alt text in {request.locale}."
            elif said.casefold() in {item.file.casefold(), PurePath(item.file).stem.casefold()}:
                words = f"The alt text of '{item.file}' in {request.locale} is only its name."
            else:
                continue
            remedy = f"Say in a sentence what it shows: `alt: {{{request.locale}: ...}}`."
            yield Finding(self.id, self.severity, words, remedy)
