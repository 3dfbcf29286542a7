"""
The length of a post on LinkedIn, as its interface takes it: UTF-16 units, with a backslash before each reserved sign.

A reserved sign without its backslash cuts the text off there, without a word. A rendering holds the text as it is
read, because a person who posts it by hand needs it so; what is sent to the interface is `escaped`. The longer of
the two counts, so that it fits either way.
"""

import re

from content.counting import utf16

RESERVED = "\\|{}@[]()<>#*_~"

_RESERVED = re.compile(f"[{re.escape(RESERVED)}]")


def length(text: str) -> int:
    """Return what *text* counts on LinkedIn."""
    return utf16.units(text) + len(_RESERVED.findall(text))


def escaped(text: str) -> str:
    """Return *text* as LinkedIn's interface takes it."""
    return _RESERVED.sub(r"\\\g<0>", text)
