"""A text as channels carry it: in NFC, without what cannot be seen, one empty line between paragraphs."""

import re
import unicodedata
from functools import lru_cache

from content.errors import TemplateFault

_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
#: Control characters and noncharacters: no channel carries them, and XML may not.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@lru_cache(maxsize=512)
def sound(name: str, text: str) -> str:
    """Return *text*, which many renderings share; raises as `clean` does."""
    _refuse_invisible(name, text)
    return text


def clean(name: str, text: str) -> str:
    """
    Return *text* in NFC, without blanks at the ends of lines and with one empty line between paragraphs.

    Raises:
        TemplateFault: If it holds a character that no channel may carry.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Most texts have nothing to mend: asking first costs a tenth of looking with a pattern.
    seen = text.replace("\n", "")
    if not seen.isprintable():
        _refuse_invisible(name, text)
    return lines(text)


def lines(text: str) -> str:
    """Return what `clean` does, for a text whose pieces hold no such character."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if " \n" in text or "\t" in text:
        text = _TRAILING.sub("", text)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def _refuse_invisible(name: str, text: str) -> None:
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"'{name}' holds the control character U+{ord(found[0]):04X}."
        raise TemplateFault(name, message, "Delete it: it cannot be seen, and no channel carries it.", line)
