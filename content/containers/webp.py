"""WebP: RIFF chunks, of which those are kept that draw. Source: WebP container specification, RFC 9649."""

from collections.abc import Iterator

from content.containers.exif import exif, xmp
from content.containers.facts import TAIL, Broken, Facts, Told, need

_DRAWS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_TELLS = 0x08 | 0x04  #: flags of VP8X: EXIF, XMP


def look(data: bytes) -> Facts:
    """
    Return what the chunks of *data* say.

    Raises:
        Broken: If it is cut off, or has no picture.
    """
    told: list[Told] = []
    size: tuple[int, int] | None = None
    orientation, frames, drawn = 1, 0, False
    for name, body, _ in _chunks(data):
        frames += name == b"ANMF"
        drawn = drawn or name in {b"VP8 ", b"VP8L", b"ANMF"}
        if size is None:
            size = _size(name, body)
        if name == b"EXIF":
            found, orientation = exif(body)
            told += found
        elif name == b"XMP ":
            told += xmp(body)
        elif name not in _DRAWS:
            told.append(Told(f"chunk {name.decode('latin-1').strip()}", "something of the program that saved it"))
    if size is None or not drawn or not all(size):
        message = "holds no picture"
        raise Broken(message)
    if orientation > 4:  # noqa: PLR2004 (from five on it lies on its side)
        size = size[::-1]
    faults = (TAIL,) if _end(data) < len(data) else ()
    return Facts(*size, animated=frames > 1, orientation=orientation, told=tuple(told), faults=faults)


def cleaned(data: bytes) -> bytes:
    """Return *data* with the chunks that draw it, and no others; no pixel changes."""
    kept = []
    for name, body, padded in _chunks(data):
        if name == b"VP8X":
            kept.append(padded[:8] + bytes([body[0] & ~_TELLS]) + padded[9:])
        elif name in _DRAWS:
            kept.append(padded)
    inside = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def _end(data: bytes) -> int:
    return 8 + int.from_bytes(need(data, 4, 4, "header"), "little")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, body and whole of each chunk."""
    at, end = 12, _end(data)
    need(data, 0, end, "chunks")
    while at < end:
        name = need(data, at, 4, "chunks")
        size = int.from_bytes(need(data, at + 4, 4, "chunks"), "little")
        body = need(data[:end], at + 8, size, "chunks")
        yield name, body, data[at : at + 8 + size] + b"\0" * (size & 1)
        at += 8 + size + (size & 1)


def _size(name: bytes, body: bytes) -> tuple[int, int] | None:
    """Return width and height, where chunk *name* says them."""
    if name == b"VP8X":
        raw = need(body, 4, 6, "header")
        return int.from_bytes(raw[:3], "little") + 1, int.from_bytes(raw[3:], "little") + 1
    if name == b"VP8 ":
        raw = need(body, 6, 4, "header")
        return int.from_bytes(raw[:2], "little") & 0x3FFF, int.from_bytes(raw[2:], "little") & 0x3FFF
    if name == b"VP8L":
        bits = int.from_bytes(need(body, 1, 4, "header"), "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
