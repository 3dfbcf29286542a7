"""GIF: blocks, of which those are kept that draw. Source: GIF89a specification, CompuServe 1990."""

from collections.abc import Iterator

from content.containers.exif import xmp
from content.containers.facts import TAIL, Broken, Facts, Told, need

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _TEXT, _COMMENT, _APPLICATION = 0xF9, 0x01, 0xFE, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def look(data: bytes) -> Facts:
    """
    Return what the blocks of *data* say.

    Raises:
        Broken: If it is cut off, or has no picture.
    """
    told: list[Told] = []
    frames, end = 0, 0
    for kind, label, start, end in _blocks(data):
        frames += kind == _IMAGE
        if kind == _EXTENSION and label == _COMMENT:
            told.append(Told("comment", "a remark"))
        elif kind == _EXTENSION and label == _APPLICATION and not _draws(data, kind, label, start):
            found = data[start:end]
            told += xmp(found) if b"XMP" in found[:16] else [Told("extension", "something of its program")]
    if not frames:
        message = "holds no picture"
        raise Broken(message)
    width, height = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
    faults = (TAIL,) if data[end:].strip(b"\0") else ()
    return Facts(width, height, animated=frames > 1, told=tuple(told), faults=faults)


def cleaned(data: bytes) -> bytes:
    """Return *data* with the blocks that draw it, and no others; no pixel changes."""
    blocks = list(_blocks(data))
    head = data[: blocks[0][2]]
    return head + b"".join(data[start:end] for kind, label, start, end in blocks if _draws(data, kind, label, start))


def _draws(data: bytes, kind: int, label: int, start: int) -> bool:
    if kind != _EXTENSION or label in {_CONTROL, _TEXT}:
        return True
    return label == _APPLICATION and data[start + 3 : start + 14] in _LOOPS


def _blocks(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield kind, label, start and end of each block, to the trailer."""
    at = 13 + _table(need(data, 10, 1, "header")[0])
    while True:
        start, kind, label = at, need(data, at, 1, "blocks")[0], 0
        if kind == _TRAILER:
            yield kind, label, start, at + 1
            return
        if kind == _EXTENSION:
            label, at = need(data, at + 1, 1, "blocks")[0], at + 2
        elif kind == _IMAGE:
            at += 11 + _table(need(data, at + 9, 1, "blocks")[0])
        else:
            message = "is damaged: no block begins where one should"
            raise Broken(message)
        while size := need(data, at, 1, "blocks")[0]:
            at += 1 + size
        at += 1
        yield kind, label, start, at


def _table(packed: int) -> int:
    """Return the octets of the colour table that *packed* announces."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0
