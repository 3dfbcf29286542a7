"""
Find what X takes for a link, so that it can be counted as 23.

Written from the rules that X publishes as conformance cases: an optional scheme, a domain of one or more
labels under a known top-level domain, a port, a path with one level of nested brackets, and a query.
Without a scheme only the ASCII and accented Latin part of a domain is a link.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TypeAlias

_LONGEST_URL = 4096
_LONGEST_LABEL = 63
_LONGEST_SHORT_LINK = 40  #: characters of a t.co slug

_NEVER = "\ufffe\ufeff\uffff"
_DIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_LATIN = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = "\u0400-\u04ff"

_OUTSIDE = f"{_PUNCTUATION}{_SPACES}{_NEVER}{_DIRECTIONAL}"  # what no label holds
_LETTER = f"[^{_OUTSIDE}]"
_WITH_HYPHEN = f"(?:{_LETTER}|-)"
_WITH_HYPHEN_OR_LOW_LINE = f"(?:{_LETTER}|[-_])"
#: A run up to its dot, without giving back: the dot is in no run, so nothing is lost, and long words cost nothing.
_SUBDOMAIN = rf"(?:{_LETTER}{_WITH_HYPHEN_OR_LOW_LINE}*+(?<![-_])\.)"
_DOMAIN_NAME = rf"(?:{_LETTER}{_WITH_HYPHEN}*+(?<!-)\.)"

_PATH_CHARACTER = rf"[a-zA-Z0-9{_CYRILLIC}{_LATIN}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_BRACKETS = rf"\((?:{_PATH_CHARACTER}+|{_PATH_CHARACTER}*\({_PATH_CHARACTER}+\){_PATH_CHARACTER}*)\)"
_PATH_END = rf"(?:[a-zA-Z0-9{_CYRILLIC}{_LATIN}=_#/+\-]|{_BRACKETS})"
_PATH = rf"(?:{_PATH_CHARACTER}*(?:{_BRACKETS}{_PATH_CHARACTER}*)*{_PATH_END}|@{_PATH_CHARACTER}+/)"
_QUERY = r"\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/]"

#: What a text without links does not have: a letter right after a dot.
_HINT = re.compile(r"\.[^\W\d_]")
#: A word that has it, read once and never given back.
_WORD = re.compile(rf"(?<![^{_SPACES}])[^{_SPACES}.]*+(?:\.(?![^\W\d_])[^{_SPACES}.]*+)*+\.(?=[^\W\d_])[^{_SPACES}]*+")
_Trie: TypeAlias = "dict[str, _Trie]"  #: letter -> what may follow; "" marks an end

_ASCII_ONLY_AFTER = re.compile(r"[-_./]\Z")
_SHORT_LINK = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE | re.ASCII)


@cache
def top_level_domains() -> frozenset[str]:
    """Return the top-level domains of `tlds.txt`, lower case."""
    text = files("content.counting").joinpath("tlds.txt").read_text("utf-8")
    return frozenset(" ".join(line.partition("#")[0] for line in text.splitlines()).split())


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every link in *text* (NFC), in order, as X would shorten them."""
    if "." not in text or not _HINT.search(text):
        return
    for match in _matches(text):
        start, end = match.span("url")
        domain = match["domain"]
        if not _encodable(domain, match["scheme"] or "", end - start):
            continue
        if not match["scheme"]:
            if not _ASCII_ONLY_AFTER.search(match["before"]):
                rest = end - start - len(domain) if match["path"] else 0
                yield from _latin_parts(domain, start, rest)
            continue
        short = _SHORT_LINK.match(match["url"])
        if short and len(short[1]) > _LONGEST_SHORT_LINK:
            continue
        yield start, start + short.end() if short else end


def _matches(text: str) -> Iterator[re.Match[str]]:
    """
    Yield the matches of the link pattern, word by word: no link holds a space, and a long text stays cheap.

    A word longer than any link is none, so that no text takes more than a moment.
    """
    for word in _WORD.finditer(text):
        if len(word[0]) <= _LONGEST_URL:
            # The character before belongs to the pattern, so a word is looked at with the space before it.
            yield from _link().finditer(text, max(word.start() - 1, 0), word.end())


def _latin_parts(domain: str, start: int, rest: int) -> Iterator[tuple[int, int]]:
    """
    Yield the Latin domains inside *domain*, which begins at *start*.

    The last is longer by *rest*, the length of the path, even where other letters stand between: X adds
    the path to the link's length and not to its place.
    """
    found = [each.span() for each in _latin_domain().finditer(domain)]
    for index, (left, right) in enumerate(found):
        yield start + left, start + right + (rest if index == len(found) - 1 else 0)


def _encodable(domain: str, scheme: str, length: int) -> bool:
    """Say whether every label fits the domain name system once encoded, and the whole link X's limit."""
    encoded = 0
    for label in domain.split("."):
        size = len(label) if label.isascii() else len(label.lower().encode("punycode", "replace")) + len("xn--")
        if not 1 <= size <= _LONGEST_LABEL:
            return False
        encoded += size + 1
    return len(scheme) + length + encoded - 1 - len(domain) <= _LONGEST_URL


@cache
def _ending() -> str:
    """Return the pattern of a top-level domain, as one trie: the longest name first."""
    trie: _Trie = {}
    for name in top_level_domains():
        node = trie
        for letter in name:
            node = node.setdefault(letter, {})
        node[""] = {}
    known = rf"(?:{_alternatives(trie)})(?=[^0-9a-zA-Z@+\-]|\Z)"
    return rf"(?:{known}|[xX][nN]--[-0-9a-zA-Z]+)"


def _alternatives(node: _Trie) -> str:
    """Return *node* of the trie as a pattern that prefers the longer name."""
    branches = [_either_case(letter) + _alternatives(below) for letter, below in sorted(node.items()) if letter]
    if not branches:
        return ""
    pattern = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{pattern})?" if "" in node else pattern


def _either_case(letter: str) -> str:
    upper = letter.upper()
    return f"[{letter}{upper}]" if upper != letter and len(upper) == 1 else re.escape(letter)


@cache
def _link() -> re.Pattern[str]:
    domain = rf"{_SUBDOMAIN}*{_DOMAIN_NAME}{_ending()}"
    return re.compile(
        rf"(?P<before>[^A-Za-z0-9@\uff20$#\uff03{_NEVER}]|\A)"
        rf"(?P<url>(?P<scheme>[hH][tT][tT][pP][sS]?://)?(?P<domain>{domain})(?::[0-9]+)?(?P<path>/{_PATH}*)?(?:{_QUERY})?)"
    )


@cache
def _latin_domain() -> re.Pattern[str]:
    return re.compile(rf"(?:[-a-zA-Z0-9{_LATIN}]+\.)+{_ending()}")
