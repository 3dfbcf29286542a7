"""Nothing that goes out says what its partners agreed not to say."""

from collections.abc import Iterator
from typing import ClassVar

from content import terms
from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request
from content.terms import Hit, Lexicon

MOST = 50  #: findings about one text, what blocks first


class ForbiddenTerm:
    """
    A word of the glossary that never may stand in a text blocks; one to avoid, or with `so-called`, is a warning.

    Words in quotation marks are somebody else's. Links and handles are left alone; a hashtag is read as words.
    """

    id: ClassVar[str] = "forbidden-term"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield every such word in the text, the headline and the alt texts."""
        del context
        lexicon = terms.lexicon(request.policy.glossary, request.locale)
        for number, part in enumerate(rendering.parts):
            yield from self._found(lexicon, part.text, request.locale, number)
            if part.headline:
                yield from self._found(lexicon, part.headline, request.locale, number, "the headline")
        for item in rendering.media:
            yield from self._found(lexicon, item.alt, request.locale, 0, f"the alt text of '{item.file}'")

    def _found(
        self, lexicon: Lexicon, text: str, locale: str, part: int, where: str | None = None
    ) -> Iterator[Finding]:
        hits = [
            each for each in lexicon.hits(text, lambda: read(text).spoken) if not (each.quoted and each.term.quoted)
        ]
        for hit in sorted(hits, key=lambda each: not each.forbidden)[:MOST] if len(hits) > MOST else hits:
            words = text[hit.start : hit.end]
            right = hit.term.say.get(locale)
            blocks = hit.forbidden and not (hit.so_called and hit.term.so_called)
            yield Finding(
                self.id,
                self.severity if blocks else Severity.WARN,
                f"'{words}' in {where or 'the text'} {_why(hit, blocks=blocks)}",
                _remedy(hit, right),
                part,
                None if where else (hit.start, hit.end),
                right,
            )


def _why(hit: Hit, *, blocks: bool) -> str:
    stand = "may not stand there" if blocks else "should not stand there"
    return f"{stand} (term '{hit.term.id}' of the glossary). {hit.form.because or hit.term.because}"


def _remedy(hit: Hit, right: str | None) -> str:
    say = f"Say '{right}'" if right else "Say it otherwise"
    return f"{say}; quotation marks are for somebody else's words." if hit.term.quoted else f"{say}."
