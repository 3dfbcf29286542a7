"""There is something to say in this locale."""

from collections.abc import Iterator
from typing import ClassVar

from content import phrases, render, wording
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class MissingWording:
    """A release goes out in a locale only where the message has a wording in exactly that locale."""

    id: ClassVar[str] = "missing-wording"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield a missing or empty wording, a headline that the title stands in for, and phrases said in English."""
        del context
        message, locale = request.message, request.locale
        label = wording.label(message, request.variant, locale)
        if wording.choose(message, request.variant, locale) is None:
            remedy = f"Write the wording in {locale}, or take {locale} out of the channel '{request.channel.id}'."
            yield self._finding(f"'{label}' has no wording.", remedy, self.severity)
            return
        for number, part in enumerate(rendering.parts):
            if not part.text.strip() and not _unknown(request):
                yield self._finding(
                    f"'{label}' comes out empty.", "Write a wording that says something.", self.severity, number
                )
            if part.headline is not None and locale not in message.headline:
                remedy = f"Write `headline: {{{locale}: ...}}` for the message '{message.id}'."
                words = f"'{label}' has no headline; the campaign's title stands in for it."
                yield self._finding(words, remedy, Severity.WARN, number)
        if locale not in phrases.PHRASES:
            remedy = "Say the attribution in the wording itself, or override the template in the workspace."
            words = f"The fixed phrases are not yet in {locale}: 'Issued by' stands there in English."
            yield self._finding(words, remedy, Severity.WARN)

    def _finding(self, message: str, remedy: str, severity: Severity, part: int = 0) -> Finding:
        return Finding(self.id, severity, message, remedy, part)


def _unknown(request: Request) -> set[str]:
    """Return the names of the wording that have no value, which is why it comes out empty."""
    return render.names(request.message, request.variant, request.locale).keys() - request.message.values.keys()
