"""An address in a text is in ASCII, so that every network links the whole of it."""

from collections.abc import Iterator
from typing import ClassVar

from content import layouts
from content.check import Context, Finding, Severity
from content.link import in_ascii, whole
from content.measure import network
from content.reading import read
from content.rendering import Rendering, Request
from content.spoken import spoken


class LinkNotEncoded:
    """
    What people copy from a browser may hold letters of any alphabet; some networks link only what comes before them.

    The link of a message is encoded when it is tagged; this looks at addresses that stand in the words.
    """

    id: ClassVar[str] = "link-not-encoded"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each address that is not in ASCII: it blocks where the network cuts it, and is a warning elsewhere."""
        del context
        for said in spoken(rendering):
            if said.text.isascii() or not said.placed:
                continue
            for link in read(said.text).links:
                end = whole(said.text, link.start, link.end)
                address = said.text[link.start : end]
                if address.isascii():
                    continue
                kind = network(request.channel)
                cut = layouts.of(kind).cuts_links and end > link.end
                severity = self.severity if cut else Severity.WARN
                message = (
                    f"'{address[:80]}' would be linked only as far as '{link.text[:80]}'."
                    if cut
                    else f"'{address[:80]}' holds letters that some apps do not take for a part of the link."
                )
                remedy = "Write it in ASCII, or make it the message's `link:`, which is encoded and tagged for you."
                yield Finding(
                    self.id, severity, message, remedy, said.part, said.span(link.start, end), in_ascii(address)
                )
