"""What was said before under another name is not said again unawares."""

from collections.abc import Iterator
from typing import ClassVar

from content import sameness
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class NearDuplicate:
    """A text that shares most of its words with one of another message that is out is a warning, however old it is."""

    id: ClassVar[str] = "near-duplicate"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield one finding for each part that nearly repeats what is out."""
        if context.published is None:
            return
        for number, part in enumerate(rendering.parts):
            text = sameness.body(part.text, request.locale)
            found = context.published.nearest(text, (request.campaign, request.message.id))
            if found:
                said, share = found
                same = "the same" if share == 100 else f"{share} % of the same words"  # noqa: PLR2004 (per cent)
                campaign, message = said.message
                yield Finding(
                    self.id,
                    self.severity,
                    f"'{request.message.id}' says {same} as '{message}' of campaign '{campaign}',"
                    f" which is out since release {said.release}.",
                    "Say it otherwise, or release that message again.",
                    number,
                )
