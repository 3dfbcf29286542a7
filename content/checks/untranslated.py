"""A wording is in its own language, not left as another one has it."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from content import wording
from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request
from content.segments import blocks_out


class Untranslated:
    """
    No two languages of a message say the same letters: the second of them was copied and not translated.

    The first that is written counts as the source. Links, handles, hashtags, names and figures are the same everywhere.
    """

    id: ClassVar[str] = "untranslated"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield a wording or headline that stands in another language before this one."""
        del context
        message, locale = request.message, request.locale
        found = {"wording": wording.wordings(message, request.variant)}
        if any(part.headline is not None for part in rendering.parts):
            found["headline"] = message.headline
        for field, words in found.items():
            mine = words.get(locale)
            if mine is None:
                continue
            for other, theirs in words.items():
                if other == locale:
                    break
                if theirs == mine and _language(other) != _language(locale) and _lettered(mine):
                    said = f"The {field} of '{message.id}' in {locale} is the same as in {other}."
                    yield Finding(self.id, self.severity, said, f"Translate it into {locale}.")
                    break


def _language(tag: str) -> str:
    return tag.partition("-")[0]


@lru_cache(maxsize=1024)
def _lettered(text: str) -> bool:
    """Return whether *text* has letters outside of links, handles, hashtags and braces."""
    return any(letter.isalpha() for letter in read(blocks_out(text)).prose)
