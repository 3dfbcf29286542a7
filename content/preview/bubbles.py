"""
A text message cut into the parts that a network sends and a telephone joins again.

3GPP TS 23.040: a part of a longer message holds 153 septets or 67 UTF-16 units; neither an escape pair nor a
surrogate pair straddles two parts.
"""

from content.counting import gsm

_WHOLE = {"gsm-7": 160, "ucs-2": 70}
_PART = {"gsm-7": 153, "ucs-2": 67}
_PLANE = 0xFFFF  #: the last character that is one UTF-16 unit


def split(text: str) -> list[str]:
    """Return the parts of *text*, in order; joined, they are the text. None for an empty text."""
    found = gsm.segments(text)
    if found.units <= _WHOLE[found.encoding]:
        return [text] if text else []
    room, parts, start, used = _PART[found.encoding], [], 0, 0
    for place, character in enumerate(text):
        wide = character in gsm.EXTENDED if found.encoding == "gsm-7" else ord(character) > _PLANE
        width = 2 if wide else 1
        if used + width > room:
            parts.append(text[start:place])
            start, used = place, 0
        used += width
    return [*parts, text[start:]]
