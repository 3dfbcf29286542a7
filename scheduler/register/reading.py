"""
A text as a row of tokens, written alike however a platform passed it on. Pure.

What is one here, because platforms change it and no reader sees another sense: kinds and numbers of blanks and line
breaks; straight, curly and angled quotation marks, and blanks inside them; kinds of apostrophes and of hyphens that
do not break; three dots and the ellipsis; composed and decomposed letters; the shapes of Arabic letters in a word,
and ligatures; emoji with and without a variation selector; HTML entities; `hashtag#x` and `#x`.

What stays different, because it can change the sense or hide a change: every letter (case, accents, hamza, vowel
signs, stretched letters, letters of another alphabet), every digit in its own script, every mark of punctuation,
minus and dash, the blank inside a figure, and the order of everything. To doubt an honest copy costs a second look
at the register; to confirm a forged one costs the register its use.

What cannot be seen may be lost on the way, never gained: each token remembers what was hidden in it.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import regex

from content.counting import links

FORM = 1  #: counts changes of what is one: a fingerprint of another form says nothing
ADDRESS = "\x00"  #: the key of every web address: where it leads is looked at afterwards

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
#: A variation selector where an emoji may have one; anywhere else it is a thing that cannot be seen.
_SELECTORS = regex.compile(
    "(?<=[\\p{So}\u203c\u2049\u2139\u2190-\u21ff\u25a0-\u25ff\u3030\u303d])[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"
)
_SAME = {
    **dict.fromkeys(map(ord, "“”„‟«»"), '"'),
    **dict.fromkeys(map(ord, "‘’‹›"), "'"),  # noqa: RUF001 (these are meant)
    **dict.fromkeys(map(ord, "\u2010\u2011"), "-"),
}
#: A name or an address that a platform put into isolates of its own; what is inside shows the same without them.
_WRAPPED_NAME = re.compile("[\u2066-\u2068]([@#][\\w.@-]+|https?://[^\\s\u2066-\u2069]+)\u2069")
_WRAPPED_LINE = re.compile("^([^\\S\n]*)([\u2066-\u2068])([^\n\u2066-\u2069]*)\u2069(?=[^\\S\n]*$)", re.MULTILINE)
_SPOKEN_SIGN = re.compile(r"\bhashtag\s*(?=#\w)", re.IGNORECASE)
_SCHEMED = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)
_CUT = re.compile(r"[?&=#/]?(?:…|\.\.\.)")
_AFTER_LINK = ".,;:!?'\")]}>،؛؟。"
_TOKEN = regex.compile(
    r"""
      (?P<name>@\w+(?:[.-]\w+)*(?:@\w+(?:[.-]\w+)+)?)
    | (?P<word>(?:(?<![\w\p{M}])(?:[+\-\u2212](?=\p{N})|\#(?=\w)))?[\w\p{M}\u200c\u200d]+
        (?:[.,:/'\-\u2013\u066b\u066c][\w\p{M}\u200c\u200d]+)*)
    | (?P<dots>\.\.\.|\u2026)
    | (?P<mark>\S)
    """,
    regex.VERBOSE,
)
_ENDS_SENTENCE = frozenset(".!?…؟。")
_CLOSES = frozenset("\"')]}")


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    MARK = "mark"
    LINK = "link"
    NAME = "name"


class Token(NamedTuple):
    """One word, figure, mark, name or address."""

    key: str  #: equal for tokens that are one, as far as a row can be found by them
    text: str  #: as it stood there
    kind: Kind
    hidden: tuple[tuple[int, str], ...] = ()  #: what cannot be seen, by its place in the token
    cut: bool = False  #: an address whose end is not shown
    gap: str = ""  #: the blank before it: none, a space or a line break


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read."""

    tokens: tuple[Token, ...]
    starts: frozenset[int]  #: tokens with which a part, line or sentence begins
    ends: frozenset[int]  #: tokens before which one ends; the last end is the number of tokens
    parts: tuple[int, ...]  #: tokens with which a part begins; the headline of one is not told from its text
    after: tuple[tuple[int, str], ...] = ()  #: what is hidden after the last token

    @property
    def keys(self) -> tuple[str, ...]:
        """What the tokens are found by."""
        return tuple(token.key for token in self.tokens)


def fingerprint(reading: Reading) -> str:
    """Return what readings with the same keys share: 32 hex digits."""
    return blake2b("\x1f".join(reading.keys).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _shapes() -> dict[int, str]:
    """Return the letters that have a code for each shape, with the plain ones."""
    codes = chain(range(0xFB00, 0xFB07), range(0xFB50, 0xFDFE), range(0xFE70, 0xFEFD))
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in codes}
    return {code: letters for code, letters in plain.items() if letters != chr(code) and " " not in letters}


_SHAPES = _shapes()


def clean(text: str) -> str:
    """Return *text* as platforms might have left it alone; what is hidden in it is still there."""
    if "&" in text:
        for _ in range(2):  # what was escaped twice
            text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.lstrip(" \t\r\n").removeprefix("\ufeff")).translate(_SHAPES)
        text = unicodedata.normalize("NFC", _SELECTORS.sub("", text))
        if "\u2069" in text:
            text = _WRAPPED_LINE.sub(_unwrapped, _WRAPPED_NAME.sub(r"\1", text))
    return _SPOKEN_SIGN.sub("", text) if "#" in text else text


def _unwrapped(match: re.Match[str]) -> str:
    """Return a whole line without the isolate around it, where it runs the same way without."""
    from content.bidi import first_strong

    way = {"\u2066": "ltr", "\u2067": "rtl"}.get(match[2])
    return match[1] + match[3] if way is None or first_strong(match[3]) == way else match[0]


def read(*parts: str) -> Reading:
    """Return the *parts* of a text as one reading."""
    tokens: list[Token] = []
    starts: set[int] = set()
    ends: set[int] = set()
    begins: list[int] = []
    after: tuple[tuple[int, str], ...] = ()
    for part in parts:
        first = len(tokens)
        begins.append(first)
        found, breaks, after = _read(clean(part))
        tokens += found
        inner = {first + each for each in breaks}
        starts |= inner | {first}
        ends |= inner | {len(tokens)}
    return Reading(tuple(tokens), frozenset(starts), frozenset(ends), tuple(begins), after)


def _read(text: str) -> tuple[list[Token], list[int], tuple[tuple[int, str], ...]]:
    """Return the tokens of one part, those before which a line or a sentence ends, and what is hidden at the end."""
    bare, hidden = _bare(text)
    same = bare.translate(_SAME)
    tokens: list[Token] = []
    breaks: list[int] = []
    last = 0
    for start, end, key, kind in _spans(same):
        gap = same[last:start]
        if tokens and gap and ("\n" in gap or _sentence_ends(tokens)):
            breaks.append(len(tokens))
        cut = kind is Kind.LINK and same[end - 1] in "…."
        blank = "\n" if "\n" in gap else " " if gap else ""
        tokens.append(Token(key, bare[start:end], kind, _within(hidden, last, start, end), cut, blank))
        last = end
    return tokens, breaks, tuple((0, mark) for at, mark in hidden if at >= last)


def _spans(same: str) -> Iterator[tuple[int, int, str, Kind]]:
    """Yield start, end, key and kind of each token; an address that is cut ends with its dots."""
    place = 0
    for start, end in [*_addresses(same), (len(same), len(same))]:
        for match in _TOKEN.finditer(same, place, start):
            group = match.lastgroup
            if group == "name":
                yield *match.span(), "@" + match[0][1:].partition("@")[0], Kind.NAME
            elif group == "dots":
                yield *match.span(), "…", Kind.MARK
            else:
                yield *match.span(), match[0], Kind.WORD if group == "word" else Kind.MARK
        place = start
        if start < end:
            cut = _CUT.match(same, end)
            place = cut.end() if cut else end
            yield start, place, ADDRESS, Kind.LINK


def _sentence_ends(tokens: list[Token]) -> bool:
    last = tokens[-1].key
    if last in _CLOSES:
        last = next((token.key for token in reversed(tokens) if token.key not in _CLOSES), "")
    return last in _ENDS_SENTENCE


def _within(hidden: list[tuple[int, str]], last: int, start: int, end: int) -> tuple[tuple[int, str], ...]:
    """Return what is hidden in a token or in the blanks before it, with its place in the token."""
    if not hidden:
        return ()
    return tuple((max(at - start, 0), mark) for at, mark in hidden if last <= at < end)


def _bare(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return *text* without what cannot be seen, and that with its places."""
    if text.isascii() or not _HIDDEN.search(text):
        return text, []
    pieces: list[str] = []
    hidden: list[tuple[int, str]] = []
    length = last = 0
    for match in _HIDDEN.finditer(text):
        pieces.append(text[last : match.start()])
        length += match.start() - last
        hidden.append((length, match[0]))
        last = match.end()
    return "".join([*pieces, text[last:]]), hidden


def _addresses(text: str) -> list[tuple[int, int]]:
    """Return the places of web addresses, with a scheme or without, in order."""
    if "." not in text:
        return []
    found = [(match.start(), match.start() + _length(match[0])) for match in _SCHEMED.finditer(text)]
    rest = _SCHEMED.sub(lambda match: " " * len(match[0]), text) if found else text
    found += [(start, start + _length(rest[start:end])) for start, end in links.spans(rest)]
    return sorted(found)


def _length(link: str) -> int:
    """Return how long *link* is without the punctuation around it, and without what stands for a cut."""
    cut = _CUT.search(link)
    link = link[: cut.start()] if cut else link
    while link and link[-1] in _AFTER_LINK and not (link[-1] == ")" and link.count("(") >= link.count(")")):
        link = link[:-1]
    return len(link)
