"""
YAML text to plain data: by a fast reader, and by one that knows places where the fast one might choke or keep silent.

The order is the order of trust: nesting, aliases and tags first, then YAML, then characters.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import ryaml

from campaigns.documents import flat
from campaigns.documents.faults import Fault
from campaigns.documents.files import invalid
from campaigns.documents.positions import DEEPEST, MOST, Places, walk
from campaigns.errors import Where

# Where a value may begin, a tag, an anchor or an alias may stand. A hit is no proof (prose has these marks too): it
# only sends the text the slow way, which knows.
_MARKS = "!&*"
_BEFORE_A_VALUE = frozenset(":?,[{-\n\r\x85\u2028\u2029\ufeff")
_STEEP = re.compile(rb"\n(?:---)?[ \t]*+(?:[-?][ \t]++){%d}" % DEEPEST)  # lists in lists on one line
_OTHER_BREAKS = ("\x85", "\u2028", "\u2029")  #: what ends a line in YAML 1.1 beside CR and LF
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LOW = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n\r")  #: those of ASCII
_NONE = ("\ufffe", "\uffff")  #: noncharacters
_LATIN, _NO_BREAK = b"\xc2", 0xA0  #: the byte before U+0080 to U+00BF in UTF-8; the first of those that is none
_SAID_AT = re.compile(r" at line (\d+) column (\d+)")


def data(places: Places) -> Any:
    """
    Return what a text holds as plain data.

    Raises:
        InvalidDocument: If it is not one YAML document that a campaign could be.
    """
    if _suspicious(places):
        _ = places.tree
    try:
        return ryaml.loads(places.text)  # type: ignore[attr-defined]  # re-exported without saying so
    except (ryaml.InvalidYamlError, ValueError, RecursionError) as error:  # type: ignore[attr-defined]  # the same
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
    # The slow reader says it with a place, and sees several at once. What it takes, the fast one refused on its own.
    _ = places.tree
    match = _SAID_AT.search(said)
    where = Where(places.file, int(match[1]), int(match[2])) if match else Where(places.file)
    if "invalid type: integer" in said:
        raise invalid(where, "the number is too large", "write it as text, in quotes")
    raise invalid(where, f"not YAML: {_SAID_AT.sub('', said)[:200]}", "mend the line, or put the text in quotes")


def controls(places: Places, read: Any) -> list[Fault]:
    """Return a fault for the first values of a text, *read*, with a control character: databases choke on it."""
    if b"\\" not in places.raw and not _perhaps(places):
        return []
    found = (
        Fault(loc, f"control character U+{ord(match[0]):04X} in the text", "remove it")
        for loc, value in walk(read)
        if (match := _CONTROL.search(value))
    )
    return list(islice(found, MOST))


def _perhaps(places: Places) -> bool:
    """Return whether a text holds a control character, told from its bytes: half the time of a pattern."""
    raw = places.raw
    if len(raw.translate(None, _LOW)) < len(raw) or any(each in places.text for each in _NONE):
        return True
    at = raw.find(_LATIN)
    while at >= 0:
        if raw[at + 1] < _NO_BREAK:
            return True
        at = raw.find(_LATIN, at + 1)
    return False


def _suspicious(places: Places) -> bool:
    """Return whether a text may hold what the fast reader drops in silence or chokes on."""
    text, raw = places.text, places.raw
    if any(_begins_a_value(text, at) for mark in _MARKS for at in _each(mark, text)) or _STEEP.search(b"\n" + raw):
        return True
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    breaks = any(each in text for each in _OTHER_BREAKS) or (b"\r" in raw and raw.count(b"\r") != raw.count(b"\r\n"))
    return breaks or not flat.every_line(text, raw)


def _each(mark: str, text: str) -> Iterator[int]:
    """Yield where *mark* stands in *text*; ten times as fast as a pattern where it is rare."""
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _begins_a_value(text: str, at: int) -> bool:
    """Return whether nothing but blanks stands between *at* and what a value may follow."""
    while at and text[at - 1] in " \t":
        at -= 1
    return not at or text[at - 1] in _BEFORE_A_VALUE
