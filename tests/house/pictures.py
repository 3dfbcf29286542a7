"""
The pictures of the examples, drawn from plain shapes: nobody's photograph, nobody's licence.

`python -m tests.house.pictures` writes them anew; a test holds the files to what is drawn here, pixel by pixel.
"""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from campaigns import example

WIDTH, HEIGHT = 640, 360
FINE = 4  #: samples a side of each pixel, so that edges are smooth

Mask = npt.NDArray[np.bool_]
Shape = tuple[Mask, str]  #: where it is, and its colour

_Y, _X = (axis / FINE for axis in np.mgrid[0 : HEIGHT * FINE, 0 : WIDTH * FINE] + 0.5)

PAPER, INK, SKY, BLUE, LIGHT, ORANGE = "#f5f4f0", "#1d2a35", "#dbe9f4", "#0072b2", "#ffffff", "#e69f00"

#: The fingerprint: a pattern with no meaning, a row a number, a cell a bit.
_PATTERN = (0b01101001, 0b11000110, 0b00101101, 0b10110010, 0b01011100, 0b11100011, 0b00011010, 0b10010111)


def hashes() -> list[Shape]:
    """Return two grids of the same pattern, and an equals sign between them."""
    cell, top = 26, (HEIGHT - 8 * 26) / 2
    shapes = [(_box(0, 0, WIDTH, HEIGHT), PAPER)]
    for left, colour in ((56, INK), (WIDTH - 56 - 8 * cell, BLUE)):
        shapes.append((_box(left - 8, top - 8, 8 * cell + 16, 8 * cell + 16), LIGHT))
        shapes += [
            (_box(left + column * cell + 1, top + line * cell + 1, cell - 2, cell - 2), colour)
            for line, bits in enumerate(_PATTERN)
            for column in range(8)
            if bits >> (7 - column) & 1
        ]
    return [*shapes, *((_box(WIDTH / 2 - 26, HEIGHT / 2 + offset, 52, 12), ORANGE) for offset in (-20, 8))]


def crossing() -> list[Shape]:
    """Return a ferry between two quays, and a dashed line on the water from one to the other."""
    water = 236
    return [
        (_box(0, 0, WIDTH, HEIGHT), SKY),
        (_box(0, water, WIDTH, HEIGHT - water), BLUE),
        *((_box(left, 214, 84, HEIGHT - 214), INK) for left in (0, WIDTH - 84)),
        *((_box(left, 196, 12, 18), ORANGE) for left in (52, WIDTH - 64)),
        (_polygon((190, 190), (462, 190), (430, 252), (216, 252)), INK),
        (_box(226, 156, 196, 34), LIGHT),
        (_box(252, 128, 110, 28), LIGHT),
        (_box(320, 98, 26, 30), ORANGE),
        *((_box(left, 166, 14, 12), BLUE) for left in range(240, 410, 26)),
        *((_box(left, 292, 22, 6), LIGHT) for left in range(98, WIDTH - 104, 38)),
    ]


PICTURES: dict[str, Callable[[], list[Shape]]] = {
    "terror-content-online/media/hashes.png": hashes,
    "channel-ports/media/crossing.png": crossing,
}


def pixels(shapes: list[Shape]) -> bytes:
    """Return *shapes* painted one over the other: rows of RGB, each after its filter byte 0, as PNG wants them."""
    canvas = np.zeros((HEIGHT * FINE, WIDTH * FINE, 3))
    for mask, colour in shapes:
        canvas[mask] = tuple(bytes.fromhex(colour[1:]))
    mean = canvas.reshape(HEIGHT, FINE, WIDTH, FINE, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    return b"".join(b"\0" + row.tobytes() for row in mean)


def png(rows: bytes) -> bytes:
    """Return the PNG file of *rows*."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def rows_of(content: bytes) -> bytes:
    """Return the rows of a file that `png` wrote."""
    start = content.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", content[start - 8 : start - 4])
    return zlib.decompress(content[start : start + length])


def _box(left: float, top: float, width: float, height: float) -> Mask:
    mask: Mask = (left <= _X) & (left + width > _X) & (top <= _Y) & (top + height > _Y)
    return mask


def _polygon(*corners: tuple[float, float]) -> Mask:
    """Return the inside of a convex polygon whose corners go round clockwise."""
    mask = np.ones(_X.shape, dtype=np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        mask &= (x1 - x0) * (_Y - y0) - (y1 - y0) * (_X - x0) >= 0
    return mask


if __name__ == "__main__":
    for place, draw in PICTURES.items():
        Path(example.FOLDER / place).write_bytes(png(pixels(draw())))
