"""Marks as each language sets them, so that no line begins with a question mark and no comma faces the wrong way."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from campaigns.locales import LOCALES
from content.check import Context, Finding, Severity
from content.limits import TEXT_MESSAGES
from content.measure import network
from content.reading import read
from content.rendering import Rendering, Request

NBSP = "\xa0"  #: what we put; a narrow one is as good, but counts two on X and makes an SMS dearer
MOST = 20  #: findings about one text

_FRENCH = re.compile(
    r"(?<=[\w\u00bb)\]%\u2026\u201d\u2019.])(?P<mark>[ \t\u2009]?[;!?\u00bb]|[ \t\u2009]:(?!\w)|(?<!\d):(?=\s|$))"
    r"|(?P<open>\u00ab[ \t\u2009]?)(?=[^\s\u00a0\u202f])"
)
_ARABIC = re.compile("(?<=[\u0620-\u064a\u066e-\u06d3\u06d5])[\u064b-\u0652]?(?P<blank> ?)(?P<mark>[,;?])")
_MIRRORED = {",": "\u060c", ";": "\u061b", "?": "\u061f"}
_URDU_STOP = re.compile("(?<=[\u0620-\u064a\u066e-\u06d3\u06d5])(?P<mark>\\.)(?=\\s|$)")
_BLANKS = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_LOUD = re.compile("[!?\u061f][!?\u061f]+")
_ARABIC_SCRIPT = frozenset({"ar", "fa", "ur", "ckb", "ps"})


class Punctuation:
    """Blanks and marks, by language; each finding says what should stand there."""

    id: ClassVar[str] = "punctuation"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each mark that is set otherwise than its language sets it."""
        del context
        language = LOCALES[request.locale].language if request.locale in LOCALES else request.locale
        if language == "fr" and network(request.channel) in TEXT_MESSAGES:
            language = ""  # a no-break space would cost the 7-bit alphabet, and more than half the room with it
        for number, part in enumerate(rendering.parts):
            yield from islice(self._found(part.text, language, number), MOST)

    def _found(self, text: str, language: str, part: int) -> Iterator[Finding]:
        for said, remedy, span, fix in (
            *(_french(text) if language == "fr" else ()),
            *(_arabic(text, language) if language in _ARABIC_SCRIPT else ()),
            *(_anywhere(text) if "  " in text or NBSP in text or "!" in text else ()),
        ):
            yield Finding(self.id, self.severity, said, remedy, part, span, fix)


Fault = tuple[str, str, tuple[int, int], str]


def _french(text: str) -> Iterator[Fault]:
    for match in _FRENCH.finditer(read(text).prose):
        if match["open"]:
            said = "No no-break space stands behind '\u00ab', which may be left alone at the end of a line."
            yield said, "Put a no-break space.", match.span("open"), f"\u00ab{NBSP}"
        else:
            mark = match["mark"][-1]
            said = f"No no-break space stands in front of '{mark}', which may be left alone at the beginning of a line."
            yield said, "Put a no-break space.", match.span("mark"), f"{NBSP}{mark}"


def _arabic(text: str, language: str) -> Iterator[Fault]:
    prose = read(text).prose
    if "," in prose or ";" in prose or "?" in prose:
        for match in _ARABIC.finditer(prose):
            right = _MIRRORED[match["mark"]]
            said = f"'{match['mark']}' is the Latin mark; it faces the wrong way here."
            yield said, f"Write '{right}'.", (match.start("blank"), match.end()), right
    if language == "ur":
        for match in _URDU_STOP.finditer(prose):
            yield "'.' ends a sentence in Urdu.", "Write '\u06d4'.", match.span("mark"), "\u06d4"


def _anywhere(text: str) -> Iterator[Fault]:
    for match in _BLANKS.finditer(text):
        yield "Two blanks stand side by side.", "Keep one.", match.span(), NBSP if NBSP in match[0] else " "
    if "!" not in text:
        return
    prose = read(text).prose
    for match in _LOUD.finditer(prose):
        if "!" in match[0]:
            mark = next((each for each in match[0] if each != "!"), "!")
            yield f"'{match[0]}' is louder than one mark, and says no more.", f"Write '{mark}'.", match.span(), mark
    marks = [match.start() for match in re.finditer("!", prose)]
    if len(marks) > 1:
        said = f"{len(marks)} exclamation marks stand in one text."
        yield said, "End the sentence with a full stop.", (marks[1], marks[1] + 1), "."
