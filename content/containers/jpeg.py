"""JPEG: segments, of which those are kept that draw. Sources: ITU-T T.81, JFIF 1.02, ICC.1 annex B.4."""

import re
from collections.abc import Iterator

from content.containers.exif import exif, iptc, xmp
from content.containers.facts import TAIL, Broken, Facts, Told, need

_BARE = {0x01, *range(0xD0, 0xD9)}  #: markers without a body
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_APP = range(0xE0, 0xF0)
_JFIF, _EXIF_OR_XMP, _COLOURS, _PHOTOSHOP, _ADOBE = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
_AFTER_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  #: a marker that is neither stuffing nor a restart


def look(data: bytes) -> Facts:
    """
    Return what the segments of *data* say.

    Raises:
        Broken: If it is cut off, or has no picture.
    """
    told: list[Told] = []
    width = height = 0
    orientation, scans, end = 1, 0, 0
    for marker, body, _, end in _segments(data):  # noqa: B007 (the last end is where the picture ends)
        scans += marker == _SCAN
        if marker in _FRAMES:
            sizes = need(body, 1, 4, "header")
            height, width = int.from_bytes(sizes[:2], "big"), int.from_bytes(sizes[2:], "big")
        elif marker == _EXIF_OR_XMP and body.startswith(b"Exif\0"):
            found, orientation = exif(body)
            told += found
        elif not _draws(marker, body):
            told += _told(marker, body)
    if not (width and height and scans):
        message = "holds no picture"
        raise Broken(message)
    if orientation > 4:  # noqa: PLR2004 (from five on it lies on its side)
        width, height = height, width
    faults = (TAIL,) if data[end:].strip(b"\0\xff") else ()  # some cameras fill a block with zeros
    return Facts(width, height, orientation=orientation, told=tuple(dict.fromkeys(told)), faults=faults)


def cleaned(data: bytes) -> bytes:
    """Return *data* with the segments that draw it, and no others; no pixel changes."""
    kept = [data[start:end] for marker, body, start, end in _segments(data) if _draws(marker, body)]
    return b"\xff\xd8" + b"".join(kept)


def _told(marker: int, body: bytes) -> list[Told]:
    if marker == _EXIF_OR_XMP:
        return xmp(body)
    if marker == _PHOTOSHOP:
        return iptc(body)
    if marker == _COMMENT:
        return [Told("comment", "a remark")]
    return [Told(f"segment APP{marker - _JFIF}", "something of the program that saved it")]


def _draws(marker: int, body: bytes) -> bool:
    """Return whether a segment bears on what is seen; of applications': JFIF without thumbnail, colours, Adobe's."""
    if marker == _JFIF:
        return body.startswith(b"JFIF\0") and body[12:14] in {b"\0\0", b""}
    if marker in _APP:
        return (marker, body[:12]) == (_COLOURS, b"ICC_PROFILE\0") or (marker, body[:5]) == (_ADOBE, b"Adobe")
    return marker != _COMMENT


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Yield marker, body, start and end of each segment, to the last; a scan's end is that of its coded data."""
    at = 2
    while True:
        start = at
        if need(data, at, 1, "segments") != b"\xff":
            message = "is damaged: no segment begins where one should"
            raise Broken(message)
        while (marker := need(data, at + 1, 1, "segments")[0]) == 0xFF:  # noqa: PLR2004 (fill octets)
            at += 1
        at += 2
        if marker in _BARE:
            yield marker, b"", start, at
            continue_after = at
        elif marker == _END:
            yield marker, b"", start, at
            return
        else:
            size = int.from_bytes(need(data, at, 2, "segments"), "big")
            body = need(data, at + 2, max(size - 2, 0), "segments")
            continue_after = at + max(size, 2)
            if marker == _SCAN:
                after = _AFTER_SCAN.search(data, continue_after)
                if after is None:
                    message = "is cut off in its picture"
                    raise Broken(message)
                continue_after = after.start()
            yield marker, body, start, continue_after
        at = continue_after
