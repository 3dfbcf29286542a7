"""A link can be followed where it stands."""

from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import read
from content.rendering import Rendering, Request

#: Kinds of channel on which a link in the text is plain words. Instagram's captions (vendors, read on 2026-11-22).
PLAIN = frozenset({"instagram"})


class LinkNotFollowed:
    """On a channel whose texts have no links that work, a reader has to be told another way."""

    id: ClassVar[str] = "link-not-followed"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each part's first link, where it cannot be followed."""
        del context
        kind = network(request.channel)
        if kind not in PLAIN:
            return
        for number, part in enumerate(rendering.parts):
            if found := read(part.text).links:
                words = f"On {kind} the link {found[0].text} is plain text: nobody can follow it."
                remedy = "Put it into the profile of the account as well, and say so in the wording."
                yield Finding(self.id, self.severity, words, remedy, number, found[0].span)
