"""No word stands there twice by mistake."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from campaigns.locales import LOCALES
from content import languages
from content.check import Context, Finding, Severity
from content.folding import fold
from content.reading import read
from content.rendering import Rendering, Request

MOST = 20  #: findings about one text

_TWICE = re.compile(r"(?<![\w'\u2019-])([^\W\d_]++)[ \u00a0\u202f\n]{1,2}\1(?![\w'\u2019-])", re.IGNORECASE)
#: What is said twice on purpose.
_MEANT = {
    "en": frozenset({"had", "that", "bye", "very", "far", "long", "many", "knock", "never"}),
    "fr": frozenset({"nous", "vous", "si", "non", "très", "elles", "se"}),
    "ru": frozenset({"очень", "чуть", "еле", "много", "да", "нет"}),
    "ar": frozenset({"لا", "خطوة", "يوم", "كلمة", "حرف", "هيهات", "رويد", "مرة", "بيت", "كلا"}),
}
#: Other languages double words to say `slowly`, `each` or `much`; there, only small words are mistakes.


class RepeatedWord:
    """A word twice in a row is a warning, unless the language doubles such words."""

    id: ClassVar[str] = "repeated-word"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each doubled word of the text, with the word once."""
        del context
        language = LOCALES[request.locale].language if request.locale in LOCALES else request.locale
        for number, part in enumerate(rendering.parts):
            doubled = (each for each in _TWICE.finditer(read(part.text).prose) if not _meant(each, language))
            for match in islice(doubled, MOST):
                word = match[1]
                said = f"'{word}' stands there twice in a row."
                yield Finding(self.id, self.severity, said, "Take one out.", number, match.span(), word)


def _meant(match: re.Match[str], language: str) -> bool:
    """Return whether the word of *match* stands there twice on purpose, or in two paragraphs."""
    word = match[1].lower()
    if "\n\n" in match[0]:
        return True
    if language == "ar" and word.endswith("\u0627"):  # an adverb: step by step, one by one
        return True
    if language in _MEANT:
        return word in _MEANT[language]
    return fold(word) not in languages.small(language)
