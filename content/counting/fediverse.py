"""
The length of a post on Mastodon: grapheme clusters, a link 23, and a mention without its server.

Mastodon's StatusLengthValidator; only links with a scheme are shortened. Servers may set another limit and
another length of a link: both are arguments.
"""

import re

from content.counting import graphemes, links

LINK = 23  #: `characters_reserved_per_url`, unless the server says otherwise

_MENTION = re.compile(r"(?<![=/\w])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\w.-]*\w", re.IGNORECASE)
#: What a path may hold here and not on X: letters of any script.
_MORE_PATH = re.compile(r"[^\s<>()?]*[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@،؛؟]")


def length(text: str, link: int = LINK) -> int:
    """Return what *text* counts on a Mastodon server that reserves *link* characters for a link."""
    total = position = 0
    for start, end in links.spans(text):
        if start < position or text[start : start + 4].lower() != "http":
            continue
        total += _plain(text[position:start]) + link
        position = _end(text, start, end)
    return total + _plain(text[position:])


def _end(text: str, start: int, end: int) -> int:
    """Return where the link ends here: X stops at the first letter that is neither Latin nor Cyrillic."""
    if "/" not in text[start + len("https://") : end]:
        return end
    more = _MORE_PATH.match(text, end)
    return more.end() if more else end


def _plain(text: str) -> int:
    return graphemes.count(_MENTION.sub(r"\1", text) if "@" in text else text)
