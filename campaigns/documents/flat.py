"""
The proof that brackets do not nest deep: every line closes what it opens, at most `LEVELS` deep.

The fast reader takes time in the square of how deep brackets nest, so that a file of a few MB could keep it busy for
hours. Counting brackets alone proves nothing: a closing one may stand in quotes, in a comment or in plain text. So each
line is read as YAML reads it where a line begins outside brackets, which holds for the next line when it held for this
one and all brackets closed. A line inside a longer text may be read wrongly here; no bracket in it counts, then, and a
line that does not fit is no disproof, only a reason to look closely.

Most lines are proved by their bones, the brackets, quotes and number signs alone, of which a large file has few kinds:

* Without quotes and comments all brackets count from some place on, those before it being plain text. Where they are
  balanced as they stand, what is left of them closes all that it opens, or is no YAML.
* Between the first quote and the last, with nothing else quoted, either none of them counts, or the first quote is
  plain text, and the same holds.
"""

import re
from functools import cache

LEVELS = 7  #: what a campaign written between brackets needs

_FLESH = bytes(code for code in range(256) if code not in b"[]{}\"'#\n")  #: what is no bone
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


def every_line(text: str, raw: bytes, levels: int = LEVELS) -> bool:
    """Return whether it is proved of *text*, as bytes *raw*, whose lines end in LF or CR LF, for that many *levels*."""
    bones = raw.translate(None, _FLESH).split(b"\n")
    doubtful = {bone for bone in set(bones) if not _closed(bone, levels)}
    if not doubtful:
        return True
    rest = "\n".join(line for line, bone in zip(text.split("\n"), bones, strict=True) if bone in doubtful)
    return bool(_lines(levels).match(rest))


def _closed(bone: bytes, levels: int) -> bool:
    """Return whether a line of these brackets, quotes and number signs closes what it opens, at most *levels* deep."""
    if b"[" not in bone and b"{" not in bone:
        return True
    if len(bone) > 2 * levels + 2:
        return False
    if bone[:1] in {b'"', b"'"} and bone[:1] == bone[-1:]:
        bone = bone[1:-1]
    depth = 0
    for each in bone:
        depth += 1 if each in b"[{" else -1
        if each not in b"[]{}" or not 0 <= depth <= levels:
            return False
    return not depth
