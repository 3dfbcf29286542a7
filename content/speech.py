"""
What a wording says outside its braces, beside what the message's first wording says.

Checks of parity share it: literal text with the template's parts blanked out, places unchanged, and the strings that
stand inside the braces. Taken apart once a wording, because one message goes out many times.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from content import attribution, wording
from content.reading import KEPT, Reading, read
from content.rendering import Rendering, Request

_STRING = r""""(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)"""
#: A comment, or the inside of braces, to its end or the text's: never given back, so that no text takes long.
_TEMPLATE = re.compile(
    rf"\{{#(?:[^#]|\#(?!\}}))*+(?:\#\}}|\Z)"
    rf"|\{{\{{(?:[^\"'}}]|{_STRING}|\}}(?!\}}))*+(?:\}}\}}|\Z)"
    rf"|\{{%(?:[^\"'%]|{_STRING}|%(?!\}}))*+(?:%\}}|\Z)",
    re.DOTALL,
)
_STRINGS = re.compile(_STRING, re.DOTALL)
_NOT_BLANK = re.compile(r"\S")


class Speech:
    """A wording, and what of it is said as it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def literal(self) -> str:
        """The wording with blanks where the template's parts stand: places stay the same."""
        if "{" not in self.text:
            return self.text
        return _TEMPLATE.sub(lambda found: _NOT_BLANK.sub(" ", found[0]), self.text)

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """What stands in quotation marks inside braces: plural forms, and options of filters."""
        if "{" not in self.text:
            return ()
        return tuple(
            quoted[0][1:-1]
            for part in _TEMPLATE.finditer(self.text)
            if not part[0].startswith("{#")
            for quoted in _STRINGS.finditer(part[0])
        )

    @cached_property
    def reading(self) -> Reading:
        """The literal text, taken apart."""
        return read(self.literal)

    @cached_property
    def said(self) -> Reading:
        """The literal text and every string inside its braces, a line each. Places are not the wording's."""
        return read("\n".join((self.literal, *self.strings))) if self.strings else self.reading


@dataclass(frozen=True)
class Pair:
    """A wording beside the one that it has to agree with."""

    label: str  #: what people call the wording: `lost-ground/fr-FR`
    locale: str
    own: Speech
    source_locale: str  #: of the message's first wording
    source: Speech


@lru_cache(maxsize=KEPT)
def speech(text: str) -> Speech:
    """Return *text*, a wording, taken apart."""
    return Speech(text)


def pair(request: Request) -> Pair | None:
    """
    Return the wording of *request* beside the first of its variant.

    None where it is the first itself, or there is none: the first is what the others are held to.
    """
    said = wording.wordings(request.message, request.variant)
    locale = request.locale
    if locale not in said:
        return None
    first = next(iter(said))
    if first == locale:
        return None
    label = wording.label(request.message, request.variant, locale)
    return Pair(label, locale, speech(said[locale]), first, speech(said[first]))


def place(rendering: Rendering, piece: str) -> tuple[int, int] | None:
    """Return where *piece* first stands on its own in the text of the first part of *rendering*; None where nowhere."""
    text, start = rendering.parts[0].text, -1
    for _ in range(16):
        start = text.find(piece, start + 1)
        if start < 0:
            return None
        end = start + len(piece)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not (before.isalnum() and piece[0].isalnum()) and not (after.isalnum() and piece[-1].isalnum()):
            return start, end
    return None


def helping(request: Request) -> str | None:
    """Return the help line of *request*, as a rendering shows it where the channel keeps isolates; None without one."""
    return attribution.help_line(request.partners, request.channel.issuer, request.locale, request.digits)


def ours(request: Request, text: str) -> list[tuple[int, int]]:
    """Return where attribution and help line stand in *text*, of a rendering of *request*: no wording says them."""
    partners, issuer, locale = request.partners, request.channel.issuer, request.locale
    lines = [helping(request)]
    lines += [
        attribution.line(partners, issuer, locale, short=short, messenger=request.messenger, digits=request.digits)
        for short in (True, False)
    ]
    found = ((text.find(line), len(line)) for line in lines if line)
    return [(start, start + length) for start, length in found if start >= 0]
