"""
The names that a wording asks for: what stands free in `{{ … }}` and `{% … %}`.

A tokenizer, not a template engine: it must read ten thousand wordings in a moment, and never fails. Whether a
wording is a sound template is for content to say.
"""

import re
from functools import lru_cache

_BLOCK = re.compile(r"\{#.*?#\}|\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<mark>==|!=|<=|>=|\S)""",
    re.DOTALL,
)
#: The template language's own words.
_WORDS = frozenset("if elif else endif and or not in is true false none True False None raw endraw".split())  # noqa: SIM905 (a list of words reads best as words)


def names(wording: str) -> frozenset[str]:
    """Return the names that *wording* takes from `values`; fields, filters, calls and keywords are not among them."""
    if "{" not in wording:
        return frozenset()
    found: frozenset[str] = frozenset()
    for block in _BLOCK.finditer(wording):
        found |= _free(block[1] or block[2] or "")
    return found


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
