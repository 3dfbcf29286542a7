"""
Text messages: which alphabet a text needs, how many units it takes, and in how many parts it travels.

3GPP TS 23.038 (the 7-bit default alphabet and its extension table) and TS 23.040 (concatenation). One
message holds 160 septets or 70 UTF-16 units; a part of a longer one holds 153 or 67, and neither an
escape pair nor a surrogate pair may straddle two parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from content.counting import utf16

#: The default alphabet, one septet each.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: The extension table, two septets each: the escape and the character.
EXTENDED = frozenset("^{}\\[~]|€\f")

_SINGLE = {"gsm-7": 160, "ucs-2": 70}
_JOINED = {"gsm-7": 153, "ucs-2": 67}


@dataclass(frozen=True)
class Segments:
    """How a text travels as a text message."""

    encoding: Literal["gsm-7", "ucs-2"]
    units: int  #: septets for gsm-7, UTF-16 code units for ucs-2
    parts: int  #: messages that are sent, and paid for; 0 for an empty text


def segments(text: str) -> Segments:
    """Return the alphabet, units and parts of *text*. One character outside the 7-bit alphabet makes it ucs-2."""
    characters = set(text)
    if characters <= BASIC:
        return Segments("gsm-7", len(text), _parts("gsm-7", len(text), text, wide=frozenset()))
    if characters <= BASIC | EXTENDED:
        units = len(text) + sum(character in EXTENDED for character in text)
        return Segments("gsm-7", units, _parts("gsm-7", units, text, wide=EXTENDED))
    units = utf16.units(text)
    astral = frozenset(character for character in characters if ord(character) > 0xFFFF)  # noqa: PLR2004 (end of the BMP)
    return Segments("ucs-2", units, _parts("ucs-2", units, text, wide=astral))


def _parts(encoding: str, units: int, text: Iterable[str], *, wide: frozenset[str]) -> int:
    """Return the number of parts; characters of *wide* take two units that stay together."""
    if units <= _SINGLE[encoding]:
        return 1 if units else 0
    room = _JOINED[encoding]
    if not wide:
        return -(-units // room)
    parts, used = 1, 0
    for character in text:
        width = 2 if character in wide else 1
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
