"""
What EXIF, XMP and IPTC data tell: place, persons, devices, and how the camera was held.

Sources: CIPA DC-008 (Exif 3.0), TIFF 6.0, IPTC IIM 4.2, XMP part 2.
"""

import struct
from collections.abc import Iterator
from struct import unpack_from

from content.containers.facts import Told

_POINTERS = {0x8769, 0xA005}  #: the IFD of the picture, and that of interoperability
_GPS = 0x8825  #: of what follows nothing is read: that it is there is enough
_ORIENTATION = 0x0112
_SECOND = -1  #: stands for a second directory
_LETTERS = {1: 1, 2: 1, 6: 1, 7: 1}  #: types whose values are octets
_MOST = 4096  #: entries that are read

PLACE = "where it was taken"
NAME = "a person's name"
SERIAL = "a device's serial number"
_PERSONAL = {
    _GPS: PLACE,
    _SECOND: "a smaller picture of itself, perhaps from before it was cut",
    0x013B: NAME,
    0x9C9D: NAME,
    0xA430: NAME,
    0xA437: NAME,
    0xA438: NAME,
    0xA431: SERIAL,
    0xA435: SERIAL,
    0xC62F: SERIAL,
    0xA420: "a number that is the picture's alone",
    0x927C: "the camera maker's note, which often holds a serial number",
    0x9286: "a remark of its owner",
    0x9C9C: "a remark of its owner",
}
_PLAIN = {
    0x0110: "the camera's make and model",
    0x010F: "the camera's make and model",
    0x0131: "the software that saved it",
    0x0132: "when it was taken",
    0x9003: "when it was taken",
    0x9004: "when it was taken",
    0x8298: "who holds its rights",
    0x010E: "a title",
}
_SHOWN = {_ORIENTATION, 0x011A, 0x011B, 0x0128, 0x0213, 0x9000, 0xA000, 0xA001, 0xA002, 0xA003, 0x9101}

_XMP = (
    ((b"exif:gps", b"iptc4xmpcore:location", b"photoshop:city", b"iptc4xmpext:location", b"photoshop:country"), PLACE),
    ((b"dc:creator", b"photoshop:authorsposition", b"ownername", b"personinimage", b"iptc4xmpcore:ci_"), NAME),
    ((b"serialnumber", b"imageuniqueid"), SERIAL),
)
_IPTC = {80: NAME, 85: NAME, 122: NAME, 118: NAME, 90: PLACE, 92: PLACE, 95: PLACE, 100: PLACE, 101: PLACE}


def exif(data: bytes) -> tuple[list[Told], int]:
    """Return what the TIFF structure *data* tells, and the orientation in it; what cannot be read counts as a place."""
    try:
        return _tiff(data.removeprefix(b"Exif\0\0"))
    except (struct.error, IndexError, KeyError):
        return [Told("EXIF", "data that cannot be read, perhaps a place", personal=True)], 1


def xmp(data: bytes) -> list[Told]:
    """Return what an XMP packet tells, in any of its encodings."""
    words = data.replace(b"\0", b"").lower()
    found = [Told("XMP", what, personal=True) for marks, what in _XMP if any(mark in words for mark in marks)]
    return found or [Told("XMP", "how it was made")]


def iptc(data: bytes) -> list[Told]:
    """Return what the Photoshop resources *data* tell."""
    codes = {data[at + 2] for at in range(len(data) - 2) if data[at] == 0x1C and data[at + 1] == 0x02}  # noqa: PLR2004
    found = dict.fromkeys(_IPTC[code] for code in sorted(codes) if code in _IPTC)
    return [Told("IPTC", what, personal=True) for what in found] or [Told("IPTC", "how it was made")]


def _tiff(data: bytes) -> tuple[list[Told], int]:
    order = {b"II*\0": "<", b"MM\0*": ">"}[data[:4]]
    told: dict[tuple[str, bool], None] = {}
    orientation = 1
    for tag, place in _entries(data, order):
        _, kind, values, value = unpack_from(f"{order}HHII", data, place)
        if tag == _ORIENTATION:
            (short,) = unpack_from(f"{order}H", data, place + 8)
            orientation = short if 1 <= short <= 8 else 1  # noqa: PLR2004 (Exif has eight)
        elif tag in _PERSONAL and _says(data, kind, values, value, place + 8):
            told[_PERSONAL[tag], True] = None
        elif tag not in _SHOWN and tag not in _PERSONAL:
            told[_PLAIN.get(tag, "how it was taken"), False] = None
    return [Told("EXIF", what, personal) for what, personal in told], orientation


def _entries(data: bytes, order: str) -> Iterator[tuple[int, int]]:
    """Yield tag and place of each entry of each directory; a second picture comes as an entry of its own."""
    todo, seen, left = [unpack_from(f"{order}I", data, 4)[0]], {0}, _MOST
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        (count,) = unpack_from(f"{order}H", data, at)
        left -= count
        if left < 0:
            raise IndexError
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, _, _, value = unpack_from(f"{order}HHII", data, place)
            if tag in _POINTERS:
                todo.append(value)
            else:
                yield tag, place
        after = at + 2 + 12 * count
        if after + 4 <= len(data) and unpack_from(f"{order}I", data, after)[0]:
            yield _SECOND, at + 2


def _says(data: bytes, kind: int, values: int, value: int, place: int) -> bool:
    """Return whether a value is more than blanks: cameras write an empty owner."""
    if kind not in _LETTERS:
        return True
    size = values * _LETTERS[kind]
    start = place if size <= 4 else value  # noqa: PLR2004 (what fits in its place)
    raw: bytes = data[start : start + size]
    return bool(raw.replace(b"ASCII\0\0\0", b"").strip(b"\0 \t\r\n"))
