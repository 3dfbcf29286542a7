"""
The links, mentions and hashtags of a post on Bluesky, which the network does not find by itself.

A facet says which octets of the text's UTF-8 form it is for (end exclusive), and what they mean. Bluesky's own app
finds fewer in right-to-left text: none beside an isolate or a quotation mark, a tag up to its first non-joiner, and it
takes an Arabic comma for a part of the link. Lexicon `app.bsky.richtext.facet`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from content.counting import graphemes, links
from content.link import in_ascii, whole
from content.reading import Found, read

LONGEST_TAG = 64  #: graphemes
LARGEST_TAG = 640  #: octets
_LONGEST_HANDLE = 253

_TYPE = "app.bsky.richtext.facet"
_HANDLE = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
#: What writers add to a word and searches do not: short vowels, the tatweel, a non-joiner.
_ADDED = re.compile("[\u064b-\u065f\u0670\u0640\u200c]")


def facets(text: str) -> tuple[Mapping[str, Any], ...]:
    """
    Return the facets of *text*, in order; none overlaps another.

    A mention holds `handle`: its account id (`did`) is looked up by whoever posts it. The value of a tag has no short
    vowels, tatweel or non-joiner, so that it is the tag that others write; its place is the whole of it.
    """
    found: list[Mapping[str, Any]] = []
    position = octets = 0
    for start, end, feature in _features(text):
        octets += len(text[position:start].encode("utf-8", "surrogatepass"))
        size = len(text[start:end].encode("utf-8", "surrogatepass"))
        found.append({"index": {"byteStart": octets, "byteEnd": octets + size}, "features": [feature]})
        octets += size
        position = end
    return tuple(found)


def _features(text: str) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Yield start and end, in characters, and the meaning of each; where two would overlap, the first stays."""
    reading = read(text)
    found = [(each.start, *_link(text, each)) for each in reading.links]
    found += [(each.start, each.end, feature) for each in reading.handles if (feature := _mention(each))]
    found += [tag for each in reading.hashtags if (tag := _tag(each))]
    position = 0
    for start, end, feature in sorted(found, key=lambda each: (each[0], -each[1])):
        if start >= position:
            yield start, end, feature
            position = end


def _link(text: str, found: Found) -> tuple[int, dict[str, str]]:
    end = whole(text, found.start, found.end)
    address = in_ascii(text[found.start : end])
    uri = address if "://" in address else f"https://{address}"
    return end, {"$type": f"{_TYPE}#link", "uri": uri}


def _mention(found: Found) -> dict[str, str] | None:
    """Return a mention of a handle, which is a domain name; None for a name without one, or on another network."""
    handle = found.text[1:]
    known = handle.rpartition(".")[2].lower() in links.top_level_domains()
    if not known or len(handle) > _LONGEST_HANDLE or not _HANDLE.fullmatch(handle):
        return None
    return {"$type": f"{_TYPE}#mention", "handle": handle.lower()}


def _tag(found: Found) -> tuple[int, int, dict[str, str]] | None:
    written = found.text.rstrip("_\u200c")
    tag = _ADDED.sub("", written[1:])
    if not tag or graphemes.count(tag) > LONGEST_TAG or len(tag.encode()) > LARGEST_TAG:
        return None
    return found.start, found.start + len(written), {"$type": f"{_TYPE}#tag", "tag": tag}
