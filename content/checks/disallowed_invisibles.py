"""No character stands in a text that its readers cannot see, or that their machines cannot show."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, NamedTuple

import regex

from content.check import Context, Finding, Severity
from content.rendering import Rendering, Request
from content.spoken import Spoken, spoken

MOST = 10  #: findings about one text: after that, the last says that there are more

#: What needs no second look: Latin, Cyrillic and Arabic letters and digits, punctuation, marks, common signs. The
#: directional characters of U+200E, U+200F and U+2066 to U+2069 are another check's.
_SUSPECT = re.compile(
    "[^\n -~\xa0-\xac\xae-\u034e\u0350-\u036f\u0400-\u052f\u0606-\u063f\u0641-\u06ff\u0750-\u077f\u2000-\u200a"
    "\u200e-\u2027\u202f-\u205f\u2066-\u2069\u20a0-\u20c0\u2190-\u21ff\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001f64f]"
)
_BAD = regex.compile(r"[\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]")
_EMOJI = regex.compile(r"\p{Emoji}")
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}]")
_JOINING = regex.compile(r"[\p{Script=Arabic}\p{Script=Syriac}--\p{Nd}--\p{P}]", regex.V1)
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_FORMS = re.compile("[\ufb00-\ufb06\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe]+")
_STRETCHED = re.compile(
    "(?<=[\u0620-\u063f\u0641-\u064a\u066e-\u06d3])\u0640+(?=[\u0620-\u063f\u0641-\u064a\u066e-\u06d3])"
)
#: Among the presentation forms: ornate brackets, the rial sign, and formulas that people type as one character.
_OWN_SIGNS = frozenset("\ufd3e\ufd3f\ufdcf\ufdfa\ufdfb\ufdfc\ufdfd\ufdfe\ufdff") | {
    chr(x) for x in range(0xFD40, 0xFD50)
}
_NUMBER_SIGNS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")  #: Cf, and nevertheless seen
_BLANK = "\u2800"  #: a sign that shows nothing
_LOST = frozenset("\ufffc\ufffd")  #: what a program wrote for a character that it could not read
_ZWNJ, _ZWJ, _TATWEEL, _PIRATE, _KEYCAP = "\u200c", "\u200d", "\u0640", "\U0001f3f4", "\u20e3"
_VIRAMA = 9  #: its combining class
_NAMES = {"\ufeff": "BYTE ORDER MARK"}


class _Seen(NamedTuple):
    start: int
    end: int
    why: str  #: what is wrong with it: half a sentence
    remedy: str
    fix: str | None
    severity: Severity = Severity.BLOCK


class DisallowedInvisibles:
    """
    A character that cannot be seen hides words from searches and readers, and shows as a box on some machines.

    Joiners are right inside words of languages that need them and inside emoji; selectors and tags inside emoji.
    """

    id: ClassVar[str] = "disallowed-invisibles"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each such character of every text, headline and alt text, with its place; warn of stretched words."""
        del request, context
        for said in spoken(rendering):
            if not said.text.isascii() and _SUSPECT.search(said.text):
                yield from self._text(said)

    def _text(self, said: Spoken) -> Iterator[Finding]:
        seen = sorted(each for look in (_hidden, _forms, _stretched) for each in islice(look(said.text), MOST + 1))
        for number, each in enumerate(seen[:MOST], 1):
            more = " There are more." if number == MOST < len(seen) else ""
            message = (
                f"{said.what} holds {_name(said.text[each.start])} at character {each.start + 1}: {each.why}.{more}"
            )
            yield Finding(
                self.id, each.severity, message, each.remedy, said.part, said.span(each.start, each.end), each.fix
            )


def _name(character: str) -> str:
    name = _NAMES.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X}{f' ({name})' if name else ''}"


def _forms(text: str) -> Iterator[_Seen]:
    """Yield runs of letters in the shapes that old files and PDFs hold instead of the letters."""
    for run in _FORMS.finditer(text):
        if not _OWN_SIGNS.issuperset(run[0]):
            plain = "".join(
                each if each in _OWN_SIGNS else unicodedata.normalize("NFKC", each).strip() for each in run[0]
            )
            why = "a presentation form, which searches and screen readers do not take for its letters"
            yield _Seen(*run.span(), why, f"Write the letters themselves: {plain}.", plain)


def _stretched(text: str) -> Iterator[_Seen]:
    if _TATWEEL in text:
        for run in _STRETCHED.finditer(text):
            why = "it stretches a word, which searches then do not find"
            yield _Seen(*run.span(), why, "Delete it between letters.", "", Severity.WARN)


def _hidden(text: str) -> Iterator[_Seen]:
    """Yield every character that shows nothing, or nothing that was meant."""
    tags = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())} if _PIRATE in text else set()
    for match in _SUSPECT.finditer(text):
        place, character = match.start(), match[0]
        if character in _LOST:
            why, remedy = "a character was lost when the text was copied", "Write what stood there."
            yield _Seen(place, place + 1, why, remedy, None)
        elif character == _BLANK:
            yield _delete(place, "it shows nothing")
        elif place in tags or character in _NUMBER_SIGNS or not _BAD.match(character):
            continue
        elif found := _wrong(text, place, character):
            yield found


def _wrong(text: str, place: int, character: str) -> _Seen | None:
    """Return what is wrong with a *character* that shows nothing, at its *place*; None where it is right."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    code = ord(character)
    if character == _ZWNJ:
        return _non_joiner(place, before, after)
    if character == _ZWJ:
        return _joiner(place, before, after)
    if character in "\ufe0e\ufe0f":
        right = _EMOJI.match(before) and (not before.isascii() or after == _KEYCAP)
        return None if right else _delete(place, "a variation selector is right only after an emoji")
    if character in "\u2028\u2029":
        return _Seen(place, place + 1, "many channels drop it", "Break the line with an ordinary line break.", "\n")
    if "\u202a" <= character <= "\u202e":
        why = "it can make a text read as what it is not"
        return _Seen(place, place + 1, why, "Delete it; use the filter `ltr` for names in right-to-left text.", "")
    if 0xE0000 <= code <= 0xE007F:  # noqa: PLR2004 (the block of tags)
        return _delete(place, "a tag character is right only in the emoji of a flag")
    category = unicodedata.category(character)
    if category == "Co":
        return _Seen(place, place + 1, "it is for private use and shows as a box", "Write it otherwise.", None)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:  # noqa: PLR2004 (noncharacters, by definition)
        return _delete(place, "it is no character")
    if regex.match(r"\p{Cn}", character):
        why, remedy = (
            "readers will see a box, as long as Unicode or their machines do not know it",
            "Write it otherwise.",
        )
        return _Seen(place, place + 1, why, remedy, None, Severity.WARN)
    return _delete(place, "it shows nothing")


def _delete(place: int, why: str) -> _Seen:
    return _Seen(place, place + 1, why, "Delete it.", "")


def _non_joiner(place: int, before: str, after: str) -> _Seen | None:
    """Say whether a non-joiner stands inside a word of a script whose letters join."""
    inside = (_LETTER.match(before) or before == _ZWNJ) and _JOINING.match(after)  # of two, the first is named
    if inside or _conjunct(before):
        return None
    if _JOINING.match(before) and after != _ZWNJ:
        why = "at the end of a word it does nothing"
        return _Seen(place, place + 1, why, "Delete it; inside a word it is right.", "", Severity.WARN)
    return _delete(place, "a non-joiner is right only inside a word whose letters join")


def _joiner(place: int, before: str, after: str) -> _Seen | None:
    """Say whether a joiner stands inside an emoji, or shapes a letter that stands alone, as in a year's sign."""
    if (_PICTURE.match(before) or before == "\ufe0f") and _PICTURE.match(after):
        return None
    if (_JOINING.match(before) and not _LETTER.match(after) and after != _ZWJ) or _conjunct(before):
        return None
    return _delete(place, "a joiner is right only inside an emoji, or after a letter that stands alone")


def _conjunct(before: str) -> bool:
    """Say whether *before* is the sign that joins letters of Indian alphabets, after which either joiner is right."""
    return bool(before) and unicodedata.combining(before) == _VIRAMA
