"""
Grapheme clusters: what a reader takes for one character. The unit of Mastodon and Bluesky.

Unicode Standard Annex 29, extended clusters, as the `regex` package implements them. Servers are at different
versions of Unicode: the newest ones no longer join two signs such as U+2701 by a joiner, where version 15 did. The
newer rule counts more there, so that what fits by it fits on both.
"""

import re

import regex

#: Letters, digits and punctuation that never join a neighbour: one character each. Carriage return is left out,
#: because it joins a line feed. Latin, Greek, Cyrillic, and the Arabic letters and digits without marks.
_LONERS = re.compile(
    "[\n -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u0606-\u060f\u061b\u061d-\u064a\u0660-\u066f"
    "\u0671-\u06d5\u06ee-\u06ff\u2000-\u200a\u2010-\u2027\u202f-\u203b\u203d-\u2048\u204a-\u205f\u20a0-\u20c0]*+"
)
_loners, _cluster = _LONERS.match, regex.compile(r"\X").match


def count(text: str) -> int:
    """Return how many grapheme clusters *text* has."""
    total = position = 0
    end = len(text)
    while position < end:
        loners = _loners(text, position)
        run = loners.end() if loners else position
        if run == end:
            break
        if run > position:  # the last of them may carry what follows
            total += run - 1 - position
            position = run - 1
        total += 1
        cluster = _cluster(text, position)
        position = cluster.end() if cluster else position + 1
    return total + end - position
