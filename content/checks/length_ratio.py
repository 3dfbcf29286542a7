"""A translation is about as long as what it translates."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from campaigns.locales import LOCALES
from content.check import Context, Finding, Severity
from content.counting import graphemes
from content.rendering import Rendering, Request
from content.speech import pair, speech

KEPT = 4096  #: wordings remembered
SHORTEST = 40  #: graphemes of the longer text below which a ratio says nothing
LEAST, MOST = 0.5, 2.0  #: of the length that is usual
#: Language -> how long its text is beside the same in English, where that is not about the same. French and Arabic:
#: the medians of 16 and 18 wordings of our own examples, 2026-11-26; others are not measured, and count as English.
USUAL = {"fr": 1.06, "ar": 0.8}


class LengthRatio:
    """No wording is less than half or more than twice as long as the message's first leads one to expect."""

    id: ClassVar[str] = "length-ratio"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield a wording whose length is out of proportion: something may be missing, or still in two languages."""
        del rendering, context
        both = pair(request)
        if both is None:
            return
        own, source = _length(both.own.text), _length(both.source.text)
        if max(own, source) < SHORTEST or not own or not source:
            return
        usual = _usual(both.locale) / _usual(both.source_locale)
        ratio = own / source
        if LEAST * usual <= ratio <= MOST * usual:
            return
        much = "short" if ratio < usual else "long"
        message = (
            f"'{both.label}' is {much} beside {both.source_locale}: {own:,} characters against {source:,}, "
            f"where about {round(source * usual):,} are usual."
        )
        yield Finding(self.id, self.severity, message, "Look whether something is missing, or said twice.")


@lru_cache(maxsize=KEPT)
def _length(text: str) -> int:
    """Return the graphemes of a wording outside its braces, blanks counted once."""
    return graphemes.count(" ".join(speech(text).literal.split()))


def _usual(tag: str) -> float:
    return USUAL.get(LOCALES[tag].language if tag in LOCALES else "", 1.0)
