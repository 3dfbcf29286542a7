"""Nothing that is known as terrorist content leaves, whoever asks for it."""

from collections.abc import Iterator
from typing import ClassVar

from content import likeness
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class ListedMedia:
    """No file is on the workspace's lists, by its digest or by its looks; what could not be compared does not leave."""

    id: ClassVar[str] = "listed-media"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each file that is listed, each that could not be compared, and lists that cannot be read."""
        del context
        if not rendering.media or not (lists := request.policy.listed):
            return
        for item in rendering.media:
            compared = item.compared
            if compared.left_out:
                words = f"The file media/{item.file} was not compared with the lists in lists/: {compared.left_out}."
                yield Finding(self.id, self.severity, words, "Mend that first; nothing leaves that was not compared.")
            sure = compared.quality is None or compared.quality >= likeness.POOR
            for match in compared.matches:
                if match.distance <= likeness.SAME and sure:
                    how = f"{match.distance} of 256 bits differ" if match.kind == "pdq" else f"the same {match.kind}"
                    words = f"The file media/{item.file} is known terrorist content: {match.place} ({how})."
                    yield Finding(self.id, self.severity, words, "Take it out. This is never waived.")
        whole = [bad for bad in lists.bad if bad.whole]
        for bad in whole:
            words = f"The list {bad.place} {bad.what}, so no file can be compared with it."
            yield Finding(self.id, self.severity, words, "Get the list again from whoever gave it.")
        if rows := [bad for bad in lists.bad if not bad.whole]:
            more = f", and {len(rows) - 1:,} more rows are no better" if len(rows) > 1 else ""
            words = f"{rows[0].place} {rows[0].what}{more}: what it stands for is not found."
            yield Finding(self.id, Severity.WARN, words, "Mend the row; `cordiale media check` names them all.")
