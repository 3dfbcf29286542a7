"""The first letter of a text does not turn it round."""

import re
from collections.abc import Iterator
from typing import ClassVar

from campaigns.locales import LOCALES, Direction
from content import layouts
from content.bidi import RLM, first_strong, strong
from content.check import Context, Finding, Severity
from content.measure import network
from content.reading import read
from content.rendering import Rendering, Request
from content.spoken import Spoken, spoken

MOST = 5  #: findings about lines of one text

_FLAG = re.compile("(?:[\U0001f1e6-\U0001f1ff]{2})+")
_WORD = re.compile(r"\S+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
#: What joins a leading name to its sentence, and goes with it.
_JOINTS = " :-,\u060c\u2013\u2014"
_WAYS = {"ltr": "left to right", "rtl": "right to left"}


class FirstLetter:
    """
    Where no channel says how a text runs, the first strong character of the text, or of each line, decides.

    A handle, a link, a Latin name and the emoji of a flag (its letters are Latin to the algorithm) run left to right.
    """

    id: ClassVar[str] = "direction"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield a text, and a line where lines are laid out by themselves, that would run the other way."""
        del context
        layout = layouts.of(network(request.channel))
        for said in spoken(rendering):
            if not said.laid_out or (said.placed and layout.guessed_from is None):
                continue
            if rendering.direction == "ltr" and (said.text.isascii() or not _RIGHT_TO_LEFT.search(said.text)):
                continue
            if said.placed and layout.guessed_from == "line":
                yield from self._lines(said, rendering, layout)
            elif (found := strong(said.text)) and found[1] != rendering.direction:
                yield self._finding(said, found[0], "the text", rendering, layout)

    def _lines(self, said: Spoken, rendering: Rendering, layout: layouts.Layout) -> Iterator[Finding]:
        start = seen = 0
        for line in said.text.split("\n"):
            found = strong(line)
            # A line of a link or a name alone runs as it must; one with words of the locale does not.
            if found and found[1] != rendering.direction and _runs(read(line).prose, rendering.direction):
                seen += 1
                yield self._finding(said, start + found[0], "the line", rendering, layout)
                if seen == MOST:
                    return
            start += len(line) + 1

    def _finding(self, said: Spoken, place: int, what: str, rendering: Rendering, layout: layouts.Layout) -> Finding:
        """Return the finding about the strong character at *place*, which turns *what* round."""
        start = said.text.rfind("\n", 0, place) + 1
        line = said.text[start:].partition("\n")[0]
        left, right, kind = _leading(line, place - start)
        known = LOCALES.get(rendering.locale)
        language = known.name if known else rendering.locale
        way = _WAYS["rtl" if rendering.direction == "ltr" else "ltr"]
        message = f"{said.what} shows {kind} '{line[left:right][:60]}' first, so that {what} runs {way}."
        remedy, fix, end = f"Begin with a word in {language}.", None, right
        if kind != "the word":
            remedy = f"Begin with a word in {language}, and put {kind} at the end or on a line of its own."
            if fix := _moved(line, left, right, rendering.direction):
                left, end = 0, len(line)
        elif RLM in layout.controls and rendering.direction == "rtl":
            remedy += " A right-to-left mark (U+200F) before this one does the same; on X it counts 2."
            fix = RLM + line[left:right]
        return Finding(self.id, self.severity, message, remedy, said.part, said.span(start + left, start + end), fix)


def _runs(text: str, direction: Direction) -> bool:
    """Say whether any word of *text* runs in *direction*."""
    return any(first_strong(word) == direction for word in text.split())


def _leading(line: str, place: int) -> tuple[int, int, str]:
    """Return start, end and kind of what holds the strong character at *place* of *line*."""
    reading = read(line)
    kinds = (("the link", reading.links), ("the handle", reading.handles), ("the hashtag", reading.hashtags))
    for kind, found in kinds:
        for each in found:
            if each.start <= place < each.end:
                return each.start, each.end, kind
    if flag := _FLAG.match(line, place):
        return place, flag.end(), "the flag"
    word = next((each for each in _WORD.finditer(line) if each.start() <= place < each.end()), None)
    return (word.start(), word.end(), "the word") if word else (place, place + 1, "the word")


def _moved(line: str, left: int, right: int, direction: Direction) -> str | None:
    """Return *line* with what stands from *left* to *right* at its end; None where that turns nothing."""
    rest = " ".join(part for part in (line[:left].strip(), line[right:].strip(_JOINTS)) if part)
    return f"{rest} {line[left:right]}" if first_strong(rest) == direction else None
