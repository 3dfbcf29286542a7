"""What one language of a message calls by its name, the others do too."""

from collections.abc import Iterator
from typing import ClassVar

from content import terms, wording
from content.check import Context, Finding, Severity
from content.folding import fold
from content.glossary import Term
from content.rendering import Rendering, Request


class RequiredTerm:
    """Where a term of the glossary is `required` and another wording of the message says it, this one says it too."""

    id: ClassVar[str] = "required-term"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each term that another language of the message says and this one leaves out."""
        del context
        wordings = wording.wordings(request.message, request.variant)
        if len(wordings) < 2 or not any(part.text for part in rendering.parts):  # noqa: PLR2004 (with another beside it)
            return
        for term in request.policy.glossary.terms:
            if not term.required or request.locale not in term.say:
                continue
            if any(_says(term, request.locale, part.text) for part in rendering.parts):
                continue
            elsewhere = [
                locale
                for locale, words in wordings.items()
                if locale != request.locale and _says(term, locale, wording.bare(words))
            ]
            if elsewhere:
                right = term.say[request.locale]
                yield Finding(
                    self.id,
                    self.severity,
                    f"'{request.message.id}' does not say '{right}' in {request.locale}, but '{term.say[elsewhere[0]]}'"
                    f" in {', '.join(elsewhere)} (term '{term.id}' of the glossary).",
                    f"Say '{right}', or what it stands for in both languages alike.",
                )


def _says(term: Term, locale: str, text: str) -> bool:
    """Return whether *text* says *term* as *locale* does; an ordinary mention is found without a pattern."""
    words = term.say.get(locale)
    if not words or fold(words).lower() not in fold(text).lower():
        return False
    return bool(terms.said(words, locale).search(fold(text)))
