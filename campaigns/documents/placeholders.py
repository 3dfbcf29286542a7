"""
The names that a wording asks for: what stands free in `{{ … }}` and `{% … %}`.

A tokenizer, not a template engine: it must read ten thousand wordings in a moment, and never fails. Whether a
wording is a sound template is for content to say.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_TEXT = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_OPENER = re.compile(r"\{[{%#]")
_CLOSER = {"{{": "}}", "{%": "%}"}
_STEP = re.compile(rf"""(?P<text>{_TEXT})|(?P<close>\}}\}}|%\}})|(?P<left_open>["'])|[^"'}}%]+|.""", re.DOTALL)
_TOKEN = re.compile(
    rf"""(?P<text>{_TEXT})|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<mark>==|!=|<=|>=|\S)""",
    re.DOTALL,
)
#: A bare name between braces, as most are.
_PLAIN = re.compile(r"\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}")
#: The template language's own words.
_WORDS = frozenset("if elif else endif and or not in is true false none True False None raw endraw".split())  # noqa: SIM905 (a list of words reads best as words)


def names(wording: str) -> frozenset[str]:
    """Return the names that *wording* takes from `values`; fields, filters, calls and keywords are not among them."""
    bare = plain(wording)
    if bare is not None:
        return bare
    found: frozenset[str] = frozenset()
    for expression in _expressions(wording):
        found |= _free(expression)
    return found


def plain(wording: str) -> frozenset[str] | None:
    """Return the names that *wording* takes where every brace belongs to a bare name, as in nine of ten; else none."""
    found = _PLAIN.findall(wording)
    return frozenset(found) - _WORDS if 2 * len(found) == wording.count("{") else None


def _expressions(wording: str) -> Iterator[str]:
    """Yield what stands between braces. Stops at what is never closed, so that no text takes longer than its length."""
    at = 0
    while opener := _OPENER.search(wording, at):
        at = opener.end()
        if opener[0] == "{#":
            at = wording.find("#}", at)
        else:
            start, at = at, _end(wording, at, _CLOSER[opener[0]])
            if at > 0:
                yield wording[start:at]
        if at < 0:
            return


def _end(wording: str, start: int, closer: str) -> int:
    """Return where the block that begins at *start* ends, passing over quoted text; -1 if nowhere."""
    for step in _STEP.finditer(wording, start):
        if step["left_open"]:
            return -1
        if step["close"] == closer:
            return step.start()
    return -1


@lru_cache(maxsize=4096)
def _free(expression: str) -> frozenset[str]:
    """Return the free names of one expression."""
    found = set()
    tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(expression.strip("-+ \n\t"))]
    before = ""
    for number, (kind, word) in enumerate(tokens):
        after = tokens[number + 1][1] if number + 1 < len(tokens) else ""
        if kind == "name" and word not in _WORDS and _stands_free(before, after):
            found.add(word)
        # `is not defined` names a test, as `is defined` does.
        before = "is" if word == "not" and before == "is" else word
    return frozenset(found)


def _stands_free(before: str, after: str) -> bool:
    return before not in {".", "|", "is"} and after not in {"=", "("}
