"""All languages say the same things with the same names."""

from collections.abc import Iterator
from typing import ClassVar

from content import render, wording
from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request


class PlaceholderMismatch:
    """Every wording of a message uses the same names, each has a value, and each value is used."""

    id: ClassVar[str] = "placeholder-mismatch"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield names without value and names that other wordings have; warn of values that none uses."""
        del rendering, context
        message = request.message
        if wording.choose(message, request.variant, request.locale) is None:
            return
        said = (wording.wordings(message, variant) for variant in wording.variants(message))
        if not message.values and not any("{" in text for texts in said for text in texts.values()):
            return
        label = wording.label(message, request.variant, request.locale)
        mine = set(render.names(message, request.variant, request.locale))
        everywhere = {
            (variant, locale): set(render.names(message, variant, locale))
            for variant in wording.variants(message)
            for locale in wording.wordings(message, variant)
        }
        for name in sorted(mine - message.values.keys()):
            remedy = f"Add '{name}' to `values:`, or mend its spelling."
            yield self._finding(f"'{label}' names '{name}', which has no value.", remedy)
        theirs = {locale: names for (variant, locale), names in everywhere.items() if variant == request.variant}
        for name in sorted(set().union(*theirs.values()) - mine):
            where = ", ".join(locale for locale, names in theirs.items() if name in names)
            remedy = f"Say it here too, or nowhere: {{{{ {name} }}}}."
            yield self._finding(f"'{label}' does not name '{name}'; {where} does.", remedy)
        for name in sorted(message.values.keys() - set().union(*everywhere.values())):
            words = f"The value '{name}' of '{message.id}' is used by no wording."
            yield Finding(self.id, Severity.WARN, words, "Use it, or delete it.")

    def _finding(self, message: str, remedy: str) -> Finding:
        return Finding(self.id, self.severity, message, remedy)
