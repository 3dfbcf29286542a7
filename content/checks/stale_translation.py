"""A translation says what its source says now."""

from collections.abc import Iterator
from typing import ClassVar

from content import marks
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request
from content.wording import ORIGINAL


class StaleTranslation:
    """
    A text that was translated is looked at again once its source changes.

    Only what `cordiale translations import` wrote has a mark; what was written, or changed since, by hand has none that
    holds, and nothing is said of it.
    """

    id: ClassVar[str] = "stale-translation"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each field of this rendering whose source changed after it was translated."""
        del context
        message, locale = request.message, request.locale
        if locale not in message.translated:
            return
        mine = marks.ORIGINAL if request.variant == ORIGINAL else f"{request.variant}/{marks.ORIGINAL}"
        for field, source in marks.stale(message, locale):
            if marks.templated(field) and field != mine:
                continue  # of another variant
            if field == "headline" and all(part.headline is None for part in rendering.parts):
                continue  # not shown here
            remedy = f"Read it again beside the {source} one: mend it, or export, confirm and import it anew."
            words = f"The {field} of '{message.id}' in {locale} was made of an earlier {source} text."
            yield Finding(self.id, self.severity, words, remedy)
