"""
MP4 and QuickTime: boxes, of which those are blanked that tell of place, person or device.

A box is blanked where it stands, as free space of its size, so that no offset in the film moves. Sources: ISO/IEC
14496-12; Apple's QuickTime File Format for `udta`, `meta` and the tracks of timed metadata.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from content.containers.facts import Broken, Facts, Fault, Told

_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex"})
_TOP = frozenset(b"ftyp moov mdat free skip wide moof mfra sidx ssix styp pdin meta uuid prft emsg pnot bloc".split())
_PLAYED = frozenset({b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"hint", b"tmcd"})
_LARGEST = 64_000_000  #: octets of a header that are read
_MOST = 100_000  #: boxes
_DEEPEST = 8
_PLACE = re.compile(rb"\xa9xyz|loci|ISO6709|location", re.IGNORECASE)
_NAME = re.compile(rb"\xa9ART|\xa9aut|\xa9dir|\xa9prd|auth|perf|dc:creator|quicktime\.(?:author|artist)", re.IGNORECASE)
_SERIAL = re.compile(rb"serial|\xa9mod|quicktime\.model|content\.identifier", re.IGNORECASE)


@dataclass(frozen=True)
class Box:
    """A piece of the file: where it begins, where its body begins, where it ends."""

    name: bytes
    start: int
    body: int
    end: int
    path: tuple[bytes, ...]  #: the names of what it lies in


def look(file: BinaryIO, size: int) -> Facts:
    """
    Return what the boxes of *file*, which has *size* octets, say.

    Raises:
        Broken: If it is cut off, or has no header.
        OSError: If it cannot be read.
    """
    film = _Film()
    for box in _boxes(file, size):
        film.names.add(box.name)
        if not box.path and box.name not in _TOP:
            film.strange = True
        if tells(box):
            film.told |= dict.fromkeys(_told(box, _body(file, box)))
        elif box.name == b"trak":
            film.tracks.append(_Track())
        elif box.name in _READ:
            _READ[box.name](film, _body(file, box))
    if b"moov" not in film.names:
        message = "is cut off: it has no header (moov)"
        raise Broken(message)
    if not film.names & {b"mdat", b"moof"}:
        message = "holds no film"
        raise Broken(message)
    track = next((each for each in film.tracks if each.kind == b"vide"), _Track())
    size_shown = (track.height, track.width) if track.turned else (track.width, track.height)
    faults = (Fault("has something inside that is no part of a film", "Export it again."),) if film.strange else ()
    return Facts(*size_shown, film.seconds, track.rate, animated=True, told=tuple(film.told), faults=faults)


class _Track:
    """What is known of one track."""

    def __init__(self) -> None:
        self.kind = b""
        self.width: int | None = None
        self.height: int | None = None
        self.turned = False
        self.seconds: float | None = None
        self.rate: float | None = None


class _Film:
    """What is known so far."""

    def __init__(self) -> None:
        self.names: set[bytes] = set()
        self.told: dict[Told, None] = {}
        self.tracks: list[_Track] = [_Track()]  #: the first stands for boxes outside of all tracks
        self.seconds: float | None = None
        self.strange = False

    def header(self, raw: bytes) -> None:
        """Read `mvhd`."""
        self.seconds = _seconds(raw)
        if any(raw[4:12]):
            self.told[Told("header", "when it was made")] = None

    def size(self, raw: bytes) -> None:
        """Read `tkhd`."""
        track, matrix = self.tracks[-1], raw[-44:-8]
        track.width = int.from_bytes(raw[-8:-4], "big") >> 16 or None
        track.height = int.from_bytes(raw[-4:], "big") >> 16 or None
        track.turned = matrix[:4] == b"\0\0\0\0" and matrix[4:8] != b"\0\0\0\0"

    def time(self, raw: bytes) -> None:
        """Read `mdhd`."""
        self.tracks[-1].seconds = _seconds(raw)

    def kind(self, raw: bytes) -> None:
        """Read `hdlr`."""
        track = self.tracks[-1]
        if track.kind:  # a handler of its data, which QuickTime adds
            return
        track.kind = raw[8:12]
        if track.kind not in _PLAYED:
            what = f"a track of other data ('{track.kind.decode('latin-1')}'), perhaps of places"
            self.told[Told("track", what, personal=True)] = None

    def frames(self, raw: bytes) -> None:
        """Read `stts`, which counts frames."""
        rows = min(int.from_bytes(raw[4:8], "big"), (len(raw) - 8) // 8)
        count = sum(int.from_bytes(raw[8 + 8 * row : 12 + 8 * row], "big") for row in range(rows))
        track = self.tracks[-1]
        track.rate = count / track.seconds if track.seconds and count else None


_READ: dict[bytes, Callable[[_Film, bytes], None]] = {
    b"mvhd": _Film.header,
    b"tkhd": _Film.size,
    b"mdhd": _Film.time,
    b"hdlr": _Film.kind,
    b"stts": _Film.frames,
}


def cleaned(data: bytes) -> bytes:
    """
    Return *data* with what it tells blanked, and its dates set to none. No frame and no offset changes.

    Raises:
        Broken: If a whole track tells something; its data lie among the film's.
    """
    import io

    made = bytearray(data)
    for box in list(_boxes(io.BytesIO(data), len(data))):
        if box.path[-1:] == (b"mdia",) and box.name == b"hdlr" and data[box.body + 8 : box.body + 12] not in _PLAYED:
            message = "has a track of other data among its pictures, which cannot be blanked"
            raise Broken(message)
        if tells(box):
            made[box.start + 4 : box.start + 8] = b"free"
            made[box.body : box.end] = bytes(box.end - box.body)
        elif box.name in {b"mvhd", b"tkhd", b"mdhd"}:
            dates = 16 if data[box.body] == 1 else 8
            made[box.body + 4 : box.body + 4 + dates] = bytes(dates)
    return bytes(made)


def tells(box: Box) -> bool:
    """Return whether a box tells something beside the film."""
    return box.name in {b"uuid", b"XMP_", b"udta", b"meta"}


def _boxes(
    file: BinaryIO, end: int, start: int = 0, path: tuple[bytes, ...] = (), left: list[int] | None = None
) -> Iterator[Box]:
    """Yield the boxes from *start* to *end*, each before those inside it."""
    left = left if left is not None else [_MOST]
    while start < end:
        left[0] -= 1
        file.seek(start)
        head = file.read(16)
        if path and end - start < 8:  # noqa: PLR2004 (QuickTime ends a list with four zeros)
            return
        if len(head) < 8 or left[0] < 0:  # noqa: PLR2004 (a box begins with eight octets)
            message = "is cut off, or has too many pieces"
            raise Broken(message)
        size, name, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), start + 16
        elif size == 0 and not path:
            size = end - start
        if size < body - start or start + size > end:
            message = f"is cut off in its piece {name.decode('latin-1')!r}"
            raise Broken(message)
        box = Box(name, start, body, start + size, path)
        yield box
        if name in _PARENTS and len(path) < _DEEPEST:
            yield from _boxes(file, box.end, box.body, (*path, name), left)
        start = box.end


def _body(file: BinaryIO, box: Box) -> bytes:
    if box.end - box.body > _LARGEST:
        message = f"has a header of {box.end - box.body:,} octets, which no film needs"
        raise Broken(message)
    file.seek(box.body)
    return file.read(box.end - box.body)


def _told(box: Box, raw: bytes) -> Iterator[Told]:
    name = box.name.decode("latin-1")
    found = [
        Told(name, what, personal=True)
        for pattern, what in (
            (_PLACE, "where it was filmed"),
            (_NAME, "a person's name"),
            (_SERIAL, "the device that filmed it"),
        )
        if pattern.search(raw)
    ]
    yield from found or ([Told(name, "how it was made")] if raw.strip(b"\0") else [])


def _seconds(raw: bytes) -> float | None:
    """Return the length that `mvhd` and `mdhd` say; None where they leave it open."""
    if raw[:1] == b"\1":
        clock, length, none = int.from_bytes(raw[20:24], "big"), int.from_bytes(raw[24:32], "big"), 2**64 - 1
    else:
        clock, length, none = int.from_bytes(raw[12:16], "big"), int.from_bytes(raw[16:20], "big"), 2**32 - 1
    return length / clock if clock and length not in {0, none} else None
