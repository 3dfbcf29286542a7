"""
Words as signed against words as shown: what differs, once a platform's known changes are allowed for. Pure.

Both sides are words by place: `text`, `title`, `warning`, `links`, `alternative text 1` … A place that one side lacks
is empty there. Every kind may change white space and the form of Unicode; what else it is known to do is in `KNOWN`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 4  #: words shown on each side of a change
LONGEST = 400  #: characters of one place's line
_SMILIES = {":-)": "🙂", ":)": "🙂", ":-(": "🙁", ":(": "🙁", ";-)": "😉", ";)": "😉", ":-D": "😀", ":D": "😀"}
_MENTION = re.compile(r"(@[\w.-]+)@[\w.-]+")
_QUOTED = re.compile(r"[“”„«»″]|``|''|‘‘|’’")  # noqa: RUF001 (that is what they are)


@dataclass(frozen=True)
class Difference:
    """One place where people read something else than what was signed."""

    place: str
    line: str  #: the change in its context: `[-as signed-] {+as shown+}`

    def __str__(self) -> str:
        return f"{self.place}: {self.line}"


def differences(kind: str, signed: Mapping[str, str], shown: Mapping[str, str]) -> list[Difference]:
    """Return what people read otherwise on a channel of *kind*, in the order of *signed*, then what was added."""
    found = []
    for place in [*signed, *(each for each in shown if each not in signed)]:
        before, after = settled(kind, signed.get(place, "")), settled(kind, shown.get(place, ""))
        if before != after:
            found.append(Difference(place, marked(before.split(" "), after.split(" "))))
    return found


def settled(kind: str, text: str) -> str:
    """Return *text* in the form in which every text is the same that *kind* may have made of it."""
    for fold in KNOWN.get(kind, ()):
        text = fold(text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(kind: str, shown: Mapping[str, str]) -> str:
    """Return the sha256 of what is shown, the same for the same words: all that is kept of it."""
    said = [f"{place}\x00{settled(kind, text)}" for place, text in sorted(shown.items())]
    return hashlib.sha256("\x01".join(said).encode("utf-8", "replace")).hexdigest()


def marked(before: list[str], after: list[str]) -> str:
    """Return two lists of words as one line, changes marked as `git diff --word-diff` marks them."""
    pieces: list[str] = []
    for tag, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(_shortened(before[start:end], first=start == 0, last=end == len(before)))
            continue
        gone, come = " ".join(before[start:end]), " ".join(after[first:last])
        pieces += [f"[-{gone}-]"] * bool(gone) + [f"{{+{come}+}}"] * bool(come)
    line = " ".join(pieces)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _shortened(words: list[str], *, first: bool, last: bool) -> str:
    """Return words that are the same on both sides, as few as tell where a change stands."""
    head = [] if first else words[:CONTEXT]
    tail = [] if last else words[-CONTEXT:]
    if len(words) <= len(head) + len(tail):
        return " ".join(words)
    return " ".join([*head, "…", *tail])


def _mentions(text: str) -> str:
    """Leave the domain out of a mention, as Mastodon shows it."""
    return _MENTION.sub(r"\1", text)


def _texturized(text: str) -> str:
    """Undo what WordPress does to quotes, dashes, dots and smilies, whatever the language of the site."""
    for plain, drawn in _SMILIES.items():
        text = re.sub(rf"(?<!\S){re.escape(plain)}(?!\S)", drawn, text)
    text = re.sub(r"«\s*|\s*»", '"', text)
    text = _QUOTED.sub('"', text)
    text = re.sub("[‘’‚′`]", "'", text)  # noqa: RUF001 (the same)
    text = re.sub("---|--|[–—]", "-", text)  # noqa: RUF001 (the same)
    text = text.replace("…", "...").replace("(tm)", "™").replace("Wordpress", "WordPress")
    return re.sub(r"(?<=\d)×(?=\d)", "x", text)  # noqa: RUF001 (the same)


#: kind -> what it is known to do to words, undone on both sides in this order.
KNOWN: dict[str, tuple[Callable[[str], str], ...]] = {"mastodon": (_mentions,), "wordpress": (_texturized,)}
