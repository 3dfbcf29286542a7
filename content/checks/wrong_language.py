"""A wording is in the language that it says it is in."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from campaigns.locales import LOCALES
from content import languages, wording
from content.check import Context, Finding, Severity
from content.languages import Verdict
from content.reading import read
from content.rendering import Rendering, Request

FEWEST = 20  #: letters from which a language can be told
CERTAIN = 30  #: letters from which it can be told well enough to block
STRANGE = 60  #: the same, for a language that neither the message nor the channel is in
CLEAR = 0.99  #: how probable the other language has to be to block
UNCLEAR = 0.9  #: and to warn
LEFT = 0.005  #: how probable the declared language may still be, to block
PROOF = 3  #: letters that only the declared language has, which keep from blocking


class WrongLanguage:
    """
    Looks at the wording as it was written: without values, links, handles and hashtags, and without our attribution.

    A clear case blocks: text enough, and a model that leaves no doubt. A doubtful one is a warning.
    """

    id: ClassVar[str] = "wrong-language"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield one finding if the wording is in another of our languages."""
        del rendering, context
        declared = LOCALES[request.locale].language if request.locale in LOCALES else request.locale
        words = wording.choose(request.message, request.variant, request.locale)
        if words is None or not languages.known(declared):
            return
        seen = _judged(words, declared)
        if seen is None or seen[1].language == declared or seen[1].sure < UNCLEAR:
            return
        letters, verdict = seen
        spoken = {*request.message.wording, *request.channel.locales}
        in_play = {LOCALES[each].language for each in spoken if each in LOCALES}
        enough = CERTAIN if verdict.language in in_play else STRANGE
        certain = letters >= enough and verdict.sure >= CLEAR and verdict.declared <= LEFT
        blocks = certain and languages.own_letters(words, declared) < PROOF
        name = wording.label(request.message, request.variant, request.locale)
        said, told = _name(verdict.language), _name(declared)
        is_in = "is in" if blocks else "reads like"
        yield Finding(
            self.id,
            self.severity if blocks else Severity.WARN,
            f"The wording of '{name}' {is_in} {said}, not {told}.",
            f"Write it in {told}, or move it to the language that it is in.",
        )


@lru_cache(maxsize=4096)
def _judged(words: str, declared: str) -> tuple[int, Verdict] | None:
    """Return the number of letters of a wording and what they were taken for; none where there are too few to tell."""
    prose = read(wording.bare(words)).prose
    letters = sum(map(str.isalpha, prose))
    return (letters, languages.judge(prose, declared)) if letters >= FEWEST else None


def _name(language: str) -> str:
    return next((each.name.partition(" (")[0] for each in LOCALES.values() if each.language == language), language)
