"""PNG: chunks, of which those are kept that draw. Source: W3C Portable Network Graphics, third edition."""

import zlib
from collections.abc import Iterator

from content.containers.exif import NAME, PLACE, exif, xmp
from content.containers.facts import TAIL, Broken, Facts, Told, need

MAGIC = b"\x89PNG\r\n\x1a\n"
_DRAWS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST sPLT cICP mDCV cLLI acTL fcTL fdAT".split()
)
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_LONGEST = 1_000_000  #: octets of a text that are unpacked


def look(data: bytes) -> Facts:
    """
    Return what the chunks of *data* say.

    Raises:
        Broken: If it is cut off, or a chunk is not what its checksum says.
    """
    told: list[Told] = []
    width = height = 0
    orientation, animated, end = 1, False, 0
    for name, body, end in _chunks(data):  # noqa: B007 (the last end is where the picture ends)
        if name == b"IHDR":
            width, height = (int.from_bytes(need(body, at, 4, "header"), "big") for at in (0, 4))
        elif name == b"acTL":
            animated = int.from_bytes(body[:4], "big") > 1
        elif name == b"eXIf":
            found, orientation = exif(body)
            told += found
        elif name in _TEXTS:
            told += _text(name, body)
        elif name == b"tIME":
            told.append(Told("time chunk", "when it was saved"))
        elif name not in _DRAWS:
            told.append(Told(f"chunk {name.decode('latin-1')}", "something of the program that saved it"))
    if not width or not height:
        message = "says that it has no width or no height"
        raise Broken(message)
    faults = (TAIL,) if end < len(data) else ()
    if orientation > 4:  # noqa: PLR2004 (from five on it lies on its side)
        width, height = height, width
    return Facts(width, height, animated=animated, orientation=orientation, told=tuple(told), faults=faults)


def cleaned(data: bytes) -> bytes:
    """Return *data* with the chunks that draw it, and no others; no pixel changes."""
    kept = [data[end - len(body) - 12 : end] for name, body, end in _chunks(data) if name in _DRAWS]
    return MAGIC + b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield name, body and end of each chunk, to the last; checks order and checksums."""
    at, first, drawn = len(MAGIC), True, False
    while True:
        size = int.from_bytes(need(data, at, 4, "chunks"), "big")
        name = need(data, at + 4, 4, "chunks")
        body = need(data, at + 8, size, "chunks")
        end = at + 12 + size
        if zlib.crc32(name + body) != int.from_bytes(need(data, end - 4, 4, "chunks"), "big"):
            message = f"is damaged: its chunk {name.decode('latin-1')!r} is not what its checksum says"
            raise Broken(message)
        if first != (name == b"IHDR"):
            message = "does not begin with its header, or has two"
            raise Broken(message)
        first, drawn = False, drawn or name == b"IDAT"
        yield name, body, end
        if name == b"IEND":
            if not drawn:
                message = "holds no picture"
                raise Broken(message)
            return
        at = end


def _text(name: bytes, body: bytes) -> list[Told]:
    """Return what a text chunk tells."""
    key, _, rest = body.partition(b"\0")
    word = key.decode("latin-1").casefold()
    if word == "xml:com.adobe.xmp":
        return xmp(_unpacked(rest, name))
    if word.startswith("raw profile type"):
        return [Told("text chunk", "a profile of a camera or an editor, perhaps with a place", personal=True)]
    if word in {"author", "artist", "creator", "by-line"}:
        return [Told("text chunk", NAME, personal=True)]
    if "location" in word or "gps" in word:
        return [Told("text chunk", PLACE, personal=True)]
    return [Told("text chunk", f"'{key.decode('latin-1')[:40]}'")]


def _unpacked(rest: bytes, name: bytes) -> bytes:
    """Return the text of an iTXt chunk; compressed ones are unpacked as far as `_LONGEST`."""
    if name != b"iTXt" or rest[:1] != b"\1":
        return rest
    packed = rest[2:].split(b"\0", 2)[-1]
    try:
        return zlib.decompressobj().decompress(packed, _LONGEST)
    except zlib.error:
        return b""
