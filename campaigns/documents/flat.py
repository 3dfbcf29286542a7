"""
The proof that brackets do not nest deep: every line closes what it opens, at most `LEVELS` deep.

The fast reader takes time in the square of how deep brackets nest, so that a file of a few MB could keep it busy for
hours. Counting brackets proves nothing: a closing one may stand in quotes, in a comment or in plain text. So each line
is read as YAML reads it where a line begins outside brackets, which holds for the next line when it held for this one
and all brackets closed. A line inside a longer text may be read wrongly here; no bracket in it counts, then, and a line
that does not fit is no disproof, only a reason to look closely.
"""

import re
from functools import cache

LEVELS = 7  #: what a campaign written between brackets needs

_DOUBLE = r'"(?:[^"\\\n]++|\\.)*+"'
_SINGLE = r"'(?:[^'\n]++|'')*+'"
# Plain text between brackets. A quote in it follows a letter; where one follows anything else, no proof is tried.
_PLAIN = (
    r"""(?:[^\s\[\]{},:?"'#&*!|>%@`-]|[:?-](?=[^\s\[\]{},"']))"""
    r"""(?:[^\[\]{},:#"'\n]++|:(?![\s,\[\]{}])|(?<=\S)\#|(?<=\w)["'])*+(?!["'#])"""
)
_DASHES = r"(?!---|\.\.\.)[ ]*+(?:[-?][ ]++)*+"
_KEY = rf"""(?:(?:{_DOUBLE}|{_SINGLE}|[^\s\[\]{{}},"'#][^:#\n]*+(?:(?::(?!\s)|(?<=\S)\#)[^:#\n]*+)*+)[ ]*+:[ ]++)?"""
_TEXT = rf"""{_DASHES}{_KEY}[^\s\[\]{{}},"'#:?-](?:[^:\n]++|:(?!\s))*+"""


@cache
def _lines(levels: int) -> re.Pattern[str]:
    flow = r"(?!)"
    for _ in range(levels):
        flow = rf"""[\[{{](?:[ \t,]|:(?=[ \t])|(?<=["']):|{_DOUBLE}|{_SINGLE}|{_PLAIN}|{flow})*+[\]}}]"""
    closed = rf"{_DASHES}{_KEY}(?:{flow}|{_DOUBLE}|{_SINGLE})(?:[ \t]++\#[^\n]*+|[ \t]*+)"
    return re.compile(rf"(?:(?:[^\[{{\n]*+|{closed}|{_TEXT})\r?(?:\n|\Z))*+\Z")


def every_line(text: str, levels: int = LEVELS) -> bool:
    """Return whether it is proved of *text*, whose lines end in LF or CR LF alone, for that many *levels*."""
    return bool(_lines(levels).match(text))
