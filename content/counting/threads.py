"""The length of a post on Threads: characters, but an emoji counts the octets of its UTF-8 form (a flag: 8)."""

import regex

from content.counting import utf8

_EMOJI = regex.compile(r"(?=[\p{Emoji}--[0-9#*]]|[0-9#*]\ufe0f?\u20e3)\X", regex.V1)


def length(text: str) -> int:
    """Return what *text* counts on Threads."""
    if text.isascii():
        return len(text)
    return len(text) + sum(utf8.octets(emoji) - len(emoji) for emoji in _EMOJI.findall(text))
