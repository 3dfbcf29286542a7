"""
What a reader of HTML sees of it, and what it hides. Near enough for mails and feeds of ours, which have no script.

An element hides what it holds by `display:none`, `visibility:hidden`, `hidden`, no opacity, no height, or letters of no
size; letters get their size back where an element inside says one. A style sheet that hides anything is told as such.
"""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)(?:</style\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_UNSEEN = re.compile(r"<(head|title|script|template)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_DECLARED = re.compile(r"<[!?][^>]*>")
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")
_NOUGHT = r"\s*:\s*(?:0+(?:\.0*)?|\.0+)(?![\d.])"
_HIDES = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity{_NOUGHT}|max-height{_NOUGHT}|\shidden(?![\w-])",
    re.IGNORECASE,
)
_SIZE = re.compile(r"font-size\s*:\s*([\d.]+)", re.IGNORECASE)
_SHEET = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity|max-height){_NOUGHT}", re.IGNORECASE
)
#: Elements that hold nothing.
_EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905 (words)
#: Elements inside a line.
_INLINE = frozenset("a abbr b bdi bdo cite code em i mark q s small span strong sub sup time u".split())  # noqa: SIM905 (words)


@dataclass(frozen=True)
class Seen:
    """A page as its readers see it."""

    text: str  #: every text that shows; blanks stand between blocks
    hidden: tuple[str, ...]  #: texts that it holds and does not show
    sheet_hides: bool  #: whether its style sheet may hide something


def see(html: str) -> Seen:
    """Return what a reader sees of *html*, in one pass: a tag that never ends hides what follows it."""
    sheets = " ".join(_STYLE.findall(html))
    source = _UNSEEN.sub("", _STYLE.sub("", _DECLARED.sub("", _COMMENT.sub("", html))))
    shown: list[str] = []
    hidden: list[str] = []
    around = _Around()
    at = 0
    while (mark := source.find("<", at)) >= 0 and (tag := _TAG.match(source, mark)):
        _sort(source[at:mark], shown, hidden, around)
        at = tag.end()
        if tag[2].lower() not in _INLINE:
            shown.append(" ")
        around.take(tag[2].lower(), tag[3], closing=bool(tag[1]))
    if mark >= 0:
        _sort(source[at:mark], shown, hidden, around)
        hidden.append(unescape(source[mark:]))
    else:
        _sort(source[at:], shown, hidden, around)
    return Seen(unescape("".join(shown)), tuple(hidden), bool(_SHEET.search(sheets)))


def _sort(text: str, shown: list[str], hidden: list[str], around: "_Around") -> None:
    """Put *text* where it belongs."""
    if not around.hides:
        shown.append(text)
    elif said := unescape(text).strip():
        hidden.append(said)


class _Around:
    """The elements around a text."""

    def __init__(self) -> None:
        self._elements: list[tuple[str, bool, bool]] = []  # name, whether it hides, whether its letters have no size
        self._open: Counter[str] = Counter()

    @property
    def hides(self) -> bool:
        """Whether a text that stands here cannot be seen."""
        return bool(self._elements) and (self._elements[-1][1] or self._elements[-1][2])

    def take(self, name: str, attributes: str, *, closing: bool) -> None:
        """Go into an element, or out of the innermost *name* and all that stands open in it."""
        if closing:
            while self._open[name]:
                closed = self._elements.pop()[0]
                self._open[closed] -= 1
                if closed == name:
                    break
        elif name not in _EMPTY and not attributes.endswith("/"):
            _, hides, small = self._elements[-1] if self._elements else ("", False, False)
            size = _SIZE.search(attributes)
            self._open[name] += 1
            nothing = not size[1].strip("0.") if size else small
            self._elements.append((name, hides or bool(_HIDES.search(attributes)), nothing))
