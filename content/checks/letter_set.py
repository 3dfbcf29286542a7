# ruff: noqa: RUF001 (letters that look like others are the matter)
"""Each language is written with its own letters and one set of digits, not with a neighbour's."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import ClassVar

from campaigns.locales import LOCALES
from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request
from content.spoken import Spoken, spoken

#: What another keyboard gives, and what the language writes instead; "" where that depends on the word. Data.
#: Letters of foreign names that a language really borrows (Arabic پ, چ, گ, ڤ) are not here.
LETTERS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "ک": "ك",
        "ی": "ي",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ۃ": "ة",
        "ے": "ي",
        "ۆ": "و",
        "ێ": "ي",
        "ڵ": "ل",
        "ڕ": "ر",
    },
    "fa": {"ك": "ک", "ي": "ی", "ى": "ی", "ة": "", "ہ": "ه", "ھ": "ه", "ە": "ه", "ے": "ی", "ٹ": "", "ڈ": "", "ڑ": ""},
    "ur": {"ك": "ک", "ي": "ی", "ى": "ی", "ه": "ہ", "ة": "ۃ", "ۀ": "ۂ", "ە": "ہ", "ګ": "گ"},
    "ps": {"ك": "ک", "ى": "ی", "ہ": "ه", "ھ": "ه", "ە": "ه", "ے": "ې", "ٹ": "ټ", "ڈ": "ډ", "ڑ": "ړ"},
    "ckb": {"ك": "ک", "ي": "ی", "ى": "ی", "ة": "ە", "ہ": "ه", "ے": "ێ", "ه\u200c": "ە"},
    "tr": {"i\u0307": "i", "ș": "ş", "ț": "t", "Ș": "Ş", "ğ\u0306": "ğ"},
    "ru": {"і": "и", "ї": "", "є": "", "ґ": "г", "ў": "", "І": "И", "Ї": "", "Є": "", "Ґ": "Г", "Ў": ""},
}
_WRONG = {language: re.compile("|".join(map(re.escape, letters))) for language, letters in LETTERS.items()}
_WRONG |= {
    language: re.compile(f"[{''.join(letters)}]")
    for language, letters in LETTERS.items()
    if all(len(letter) == 1 for letter in letters)
}

_DIGITS = {"Western": "0123456789", "Arabic-Indic": "٠١٢٣٤٥٦٧٨٩", "Persian": "۰۱۲۳۴۵۶۷۸۹"}
_EASTERN = re.compile("[٠-٩۰-۹]")
#: Numbers that people dial, name or hold together, which stay as they are: +44 20 7946 0958, G7, 5G.
_APART = re.compile(r"\u2066[^\u2069\n]*\u2069|\+?[0-9](?:[ \xa0().-]?[0-9]){6,}|[A-Za-z][0-9]+|[0-9]+[A-Za-z]+")
_RUN = re.compile("(?P<Western>[0-9]+)|(?P<Arabic>[٠-٩]+)|(?P<Persian>[۰-۹]+)")


class LetterSet:
    """A keyboard of a neighbouring language gives letters that look right and are others: no search finds the word."""

    id: ClassVar[str] = "letter-set"
    severity: ClassVar[Severity] = Severity.WARN

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each letter that the locale does not write, once a text, and digits of several sets in one text."""
        del request, context
        known = LOCALES.get(rendering.locale)
        language = known.language if known else rendering.locale.partition("-")[0]
        wrong = _WRONG.get(language)
        for said in spoken(rendering):
            if said.text.isascii():
                continue
            if wrong and wrong.search(said.text):
                yield from self._letters(said, language, known.name if known else rendering.locale, wrong)
            if _EASTERN.search(said.text):
                yield from self._digits(said)

    def _letters(self, said: Spoken, language: str, name: str, wrong: re.Pattern[str]) -> Iterator[Finding]:
        places: dict[str, list[int]] = {}
        for match in wrong.finditer(read(said.text).prose):
            places.setdefault(match[0], []).append(match.start())
        for letter, found in places.items():
            right = LETTERS[language][letter]
            where = f"character {found[0] + 1}" + (f", and {len(found) - 1} times after it" if len(found) > 1 else "")
            message = f"{said.what} holds {_name(letter)} at {where}: {name} does not write it."
            remedy = f"Write {_name(right)} instead." if right else "Write the letter of the language instead."
            span = said.span(found[0], found[0] + len(letter))
            yield Finding(self.id, self.severity, message, remedy, said.part, span, right or None)

    def _digits(self, said: Spoken) -> Iterator[Finding]:
        prose = _APART.sub(lambda match: " " * len(match[0]), read(said.text).prose)
        runs = [(match.start(), match.end(), _set(match)) for match in _RUN.finditer(prose)]
        sets = [name for _, _, name in runs]
        if len(set(sets)) < 2:  # noqa: PLR2004 (one set is what is asked for)
            return
        usual = max(dict.fromkeys(sets), key=sets.count)
        start, end, other = next(run for run in runs if run[2] != usual)
        number = prose[start:end]
        fix = number.translate(str.maketrans(_DIGITS[other], _DIGITS[usual]))
        message = f"{said.what} writes '{number}' in {other} digits and others in {usual} ones."
        remedy = "Use one set of digits in a text; the filters `number` and `plain` write the locale's own."
        yield Finding(self.id, self.severity, message, remedy, said.part, said.span(start, end), fix)


def _set(match: re.Match[str]) -> str:
    return {"Arabic": "Arabic-Indic"}.get(match.lastgroup or "", match.lastgroup or "")


def _name(letters: str) -> str:
    shown = letters.replace("\u200c", "")
    return f"'{shown}' ({', '.join(f'U+{ord(each):04X} {unicodedata.name(each)}' for each in letters)})"
