"""The letters of a word come from one alphabet."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from content.check import Context, Finding, Severity
from content.reading import read
from content.rendering import Rendering, Request
from content.spoken import Spoken, spoken

MOST = 10  #: findings about one text

_SCRIPTS = {
    "Latin": (
        "A-Za-z\xaa\xba\xc0-\xd6\xd8-\xf6\xf8-\u02b8\u1e00-\u1eff\u2c60-\u2c7f\ua722-\ua7ff\ufb00-\ufb06"
        "\uff21-\uff3a\uff41-\uff5a"
    ),
    "Greek": "\u0370-\u0373\u0376-\u037d\u037f-\u03ff\u1f00-\u1fff",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "Arabic": (
        "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06e5\u06e6\u06ee\u06ef\u06fa-\u06fc\u06ff"
        "\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdcf\ufdf0-\ufdf9\ufe70-\ufefc"
    ),
    "Hebrew": "\u05d0-\u05f2",
    "Armenian": "\u0531-\u0556\u0560-\u0588",
    "Cherokee": "\u13a0-\u13ff\uab70-\uabbf",
}
#: What stands inside words and belongs to every alphabet: digits, marks, joiners, the tatweel.
_BETWEEN = r"[\d\u0300-\u036f\u064b-\u065f\u0670\u0640\u200b-\u200d\u2060\xad]"
_MIXED = re.compile("|".join(rf"(?<=[{letters}]){_BETWEEN}*+(?![{letters}])[^\W\d_]" for letters in _SCRIPTS.values()))
#: Most texts are in one alphabet with ASCII beside it, and are told so at once: what is outside, and what would touch.
_COMMON = (
    "\\x00-\x7f\x80-\xa9\xab-\xb9\xbb-\xbf\u0300-\u036f\u2000-\u206f\u20a0-\u20c0\u2190-\u27bf\ufe0e\ufe0f"
    "\U0001f000-\U0001faff"
)
_NOT_LATIN = re.compile(f"[^{_COMMON}{_SCRIPTS['Latin']}]")
_ONE = {
    name: (
        re.compile(f"[^{_COMMON}{block}]"),
        re.compile(rf"[{block}\u200b-\u200d\u2060\xad][A-Za-z0-9]"),
        re.compile(rf"[A-Za-z0-9][{block}\u200b-\u200d\u2060\xad\u0300-\u036f]"),
    )
    for name, block in (("Arabic", "\u0600-\u06ff\u0750-\u077f"), ("Cyrillic", "\u0400-\u052f"))
}
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_NEAR = re.compile(rf"(?:[^\W_]|{_BETWEEN})+")
_FARTHEST = 100  #: characters of a word that are looked at before and after the place

#: What Arabic writes in front of a Latin name: and, so, by, to, as, the.
_CLITIC = re.compile("[وفبلك]{0,2}(?:ال)?")
_UNITS = re.compile("[μΜ][A-Za-z]{1,2}|[kMG]?Ω")
#: The alphabet of a language, where it is not Latin.
_HOME = {"ru": "Cyrillic", "ar": "Arabic", "ckb": "Arabic", "fa": "Arabic", "ur": "Arabic", "ps": "Arabic"}
_ZWNJ, _TATWEEL = "\u200c", "\u0640"

#: Letters of other alphabets that look like Latin ones; the other way round where the word is not Latin.
_LATIN_LIKE = dict(
    zip("АВЕЅІЈКМНОРСТУХҮԚԜЗаеорсухіјѕһԁԛԝүӏ", "ABESIJKMHOPCTYXYQW3aeopcyxijshdqwyl", strict=True)
) | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρικ", "ABEZHIKMNOPTYXovpik", strict=True))
_CYRILLIC_LIKE = dict(zip("ABEKMHOPCTYXaeopcyxk", "АВЕКМНОРСТУХаеорсухк", strict=True))


class MixedScript:
    """
    A letter of another alphabet inside a word deceives readers, breaks searches, and is not found by other checks.

    Digits and marks belong to all alphabets. Two words in two alphabets are fine, side by side or joined by a sign;
    so are an Arabic prefix with a tatweel before a Latin name, and a Persian ending after a non-joiner.
    """

    id: ClassVar[str] = "mixed-script"
    severity: ClassVar[Severity] = Severity.BLOCK

    def look(self, request: Request, rendering: Rendering, context: Context) -> Iterator[Finding]:
        """Yield each word of every text, headline and alt text whose letters come from two alphabets."""
        del request, context
        for said in spoken(rendering):
            if not (said.text.isascii() or _one_alphabet(said.text)) and _MIXED.search(said.text):
                yield from self._text(said, rendering.locale)

    def _text(self, said: Spoken, locale: str) -> Iterator[Finding]:
        seen, end = 0, -1
        for match in _MIXED.finditer(said.text):
            if match.start() < end or _in_a_path(said.text, match.start()):
                continue
            start, end = _word(said.text, match.start())
            if found := self._finding(said, start, end, locale):
                seen += 1
                yield found
                if seen == MOST:
                    return

    def _finding(self, said: Spoken, start: int, end: int, locale: str) -> Finding | None:
        word = said.text[start:end]
        if _UNITS.fullmatch(word):
            return None
        where = said.span(start, end)
        if (joined := _joined(word)) is not None:
            if joined == word:
                return None
            message = f"{said.what} joins an Arabic prefix to a Latin name without a tatweel: '{word[:60]}'."
            remedy = f"Write '{joined[:60]}', so that the prefix keeps its shape, or put the name into Arabic letters."
            return Finding(self.id, Severity.WARN, message, remedy, said.part, where, joined)
        counts = Counter(script for letter in word if (script := _script(letter)))
        if len(counts) <= 1:  # beside it stand figures such as ¼, which are no letters
            return None
        own, strange, fix = _sides(word, counts, locale)
        guilty = next(letter for letter in word if _script(letter) not in {own, None})
        message = (
            f"{said.what} mixes {own} and {strange} letters in '{word[:60]}': "
            f"U+{ord(guilty):04X} is {unicodedata.name(guilty, 'a letter')}."
        )
        if fix:
            remedy = f"Type the word anew in {own} letters."
        else:
            remedy = "Type the word anew in one alphabet, or put a blank between two words."
        return Finding(self.id, self.severity, message, remedy, said.part, where, fix)


def _one_alphabet(text: str) -> bool:
    """Say whether *text* is soon seen to mix nothing. Otherwise it has to be looked at."""
    if not _NOT_LATIN.search(text):
        return True
    for outside, before, after in _ONE.values():
        if not outside.search(text):
            return not before.search(text) and not after.search(text)
    return False


def _script(letter: str) -> str | None:
    """Return the alphabet of *letter*; Other for one we have no name for, None for what belongs to all."""
    found = next((name for name, pattern in _LETTERS.items() if pattern.match(letter)), None)
    return found or ("Other" if letter.isalpha() and letter != _TATWEEL else None)


def _sides(word: str, counts: Counter[str], locale: str) -> tuple[str, str, str | None]:
    """
    Return the alphabet that *word* should be in, the one that is strange to it, and *word* in the first alone.

    The locale's own where every other letter looks like one of it, then any other such; or else that of most letters.
    """
    home = _HOME.get(locale.partition("-")[0], "Latin")
    ordered = sorted(counts, key=lambda script: (script != home, -counts[script]))
    fixed = next(((script, fix) for script in ordered if (fix := _in_one(word, script))), None)
    own, fix = fixed or (max(ordered, key=lambda script: counts[script]), None)
    return own, next((script for script in ordered if script != own), "other"), fix


def _word(text: str, place: int) -> tuple[int, int]:
    """Return start and end of the word around *place*."""
    low = max(0, place - _FARTHEST)
    for match in _NEAR.finditer(text, low, min(len(text), place + _FARTHEST)):
        if match.start() <= place < match.end():
            return match.span()
    return place, place + 1


def _joined(word: str) -> str | None:
    """Return *word* as it is rightly written, where it is one of the joints of an Arabic and a Latin piece."""
    pieces = word.split(_ZWNJ)
    if len(pieces) > 1 and all(len({_script(letter) for letter in piece} - {None}) == 1 for piece in pieces):
        return word
    prefix = _CLITIC.match(word)
    end = prefix.end() if prefix else 0
    name = word[end:].lstrip(_TATWEEL)
    if end and name and {_script(letter) for letter in name} - {None} == {"Latin"}:
        return word if word[end] == _TATWEEL else f"{word[:end]}{_TATWEEL}{name}"
    return None


def _in_one(word: str, own: str) -> str | None:
    """Return *word* with look-alikes put right; None where a letter looks like none of its *own* alphabet."""
    table = {"Latin": _LATIN_LIKE, "Cyrillic": _CYRILLIC_LIKE}.get(own, {})
    letters = [letter if _script(letter) in {own, None} else table.get(letter) for letter in word]
    return "".join(letter for letter in letters if letter) if all(letters) else None


def _in_a_path(text: str, place: int) -> bool:
    """Say whether *place* is behind the host of a link: its path is no word, and another check looks at it."""
    return any(link.start < place <= link.end and "/" in text[link.start + 8 : place] for link in read(text).links)
