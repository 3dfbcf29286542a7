"""
The length of a post on X: twitter-text configuration v3, of which 280 fit.

A character of U+0000 to U+10FF and of most general punctuation counts one, any other two; an emoji counts
two however many code points it has; a link counts 23. The text is counted in NFC.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import regex

from content.counting import links

LINK = 23  #: what a link counts, however long it is
EMOJI = 2  #: what an emoji counts

_HEAVY = re.compile("[^\\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")  #: counts two
#: What a sequence may hold that does not count as the sum of its code points. Without these, weights are enough.
_SEQUENCE = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_TONE = "\U0001f3fb-\U0001f3ff"
_MEMBER = rf"(?:[\p{{Emoji}}--[0-9#*]--[{_TONE}]--\p{{RI}}](?:\ufe0f?[{_TONE}]|\ufe0f)?)"
_CANDIDATE = regex.compile(
    rf"(?P<keycap>[0-9#*]\ufe0f?\u20e3)|(?P<flag>\p{{RI}}\p{{RI}})"
    rf"|(?P<tags>\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|(?P<joined>{_MEMBER}(?:\u200d{_MEMBER}){{0,9}})",
    regex.V1,
)
_TAKES_A_TONE = regex.compile(r"\p{Emoji_Modifier_Base}")
_SHOWN_AS_EMOJI = regex.compile(r"\p{Emoji_Presentation}")
#: Emoji by themselves that take a selector nevertheless: they are older than emoji, and text fonts draw them.
_OLD_SIGNS = frozenset("⌚⌛◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯")
_DECORATION = re.compile(f"[\ufe0f{_TONE}]")


def weighted_length(text: str) -> int:
    """Return what *text* counts on X."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    total = position = 0
    for start, end in links.spans(text):
        if start < position:  # inside the link before, as X counts it
            continue
        total += _weight(text[position:start]) + LINK
        position = end
    return total + _weight(text[position:] if position else text)


def _weight(text: str) -> int:
    """Return the weight of *text*, which holds no link."""
    if text.isascii():
        return len(text)
    total = len(text) + len(_HEAVY.findall(text))
    if not _SEQUENCE.search(text):
        return total
    for start, end in _sequences(text):
        plain = text[start:end]
        total += EMOJI - len(plain) - len(_HEAVY.findall(plain))
    return total


def _sequences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every emoji of more than one code point."""
    position = 0
    while match := _CANDIDATE.search(text, position):
        start = match.start()
        end = start + _emoji(match)
        if end - start > 1:
            yield start, end
        position = max(end, start + 1)


def _emoji(match: "regex.Match[str]") -> int:
    """Return how many characters of *match* are one emoji; 0 where it is none."""
    plain: str = match[0]
    if match["keycap"]:
        return len(plain)
    if match["flag"]:
        return len(plain) if plain in _known()["flags"] else 0
    if match["tags"]:
        return len(plain) if plain in _known()["tags"] else 1
    members = plain.split("\u200d")
    for size in range(len(members), 1, -1):
        joined = "\u200d".join(members[:size])
        if _DECORATION.sub("", joined) in _known()["joined"] and all(map(_drawn, members[:size])):
            return len(joined)
    return _single(members[0])


def _drawn(member: str) -> bool:
    """Say whether *member* is drawn as an emoji: by itself, or by its selector or tone. X joins no other."""
    return len(member) > 1 or _SHOWN_AS_EMOJI.match(member) is not None


def _single(member: str) -> int:
    """Return how many characters of *member*, a base with what follows it, are one emoji."""
    if len(member) == 1:
        return 1
    if "\U0001f3fb" <= member[-1] <= "\U0001f3ff":
        if _TAKES_A_TONE.match(member):
            return len(member)
        member = member[:-1]
    # A sign that is an emoji by itself takes no selector: X counts the selector as a character of its own.
    takes = len(member) > 1 and (member[0] in _OLD_SIGNS or not _SHOWN_AS_EMOJI.match(member))
    return len(member) if takes else 1


@cache
def _known() -> dict[str, frozenset[str]]:
    """Return the sequences of `emoji.txt` by kind: flags, tags, joined."""
    kinds: dict[str, set[str]] = {"flags": set(), "tags": set(), "joined": set()}
    for line in files("content.counting").joinpath("emoji.txt").read_text("utf-8").splitlines():
        kind, *values = line.partition("#")[0].split() or [""]
        for value in values:
            if kind == "flags":
                kinds[kind].add("".join(chr(ord(letter) - ord("A") + 0x1F1E6) for letter in value))
            else:
                kinds[kind].add("".join(chr(int(code, 16)) for code in value.split("-")))
    return {kind: frozenset(values) for kind, values in kinds.items()}
