"""Real media files for tests: pictures that Pillow makes, films box by box, captions line by line."""

import io
import math
from typing import Any

from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

CAPTIONS = (
    "WEBVTT\n\nNOTE made for a test\n\n00:00.000 --> 00:02.000\nDaesh lost its ground.\n\n"
    "2\n00:02.000 --> 00:04.500\nPartners stand together.\n"
)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="35,57N"/></x:xmpmeta>'


def scene(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture with much detail, another for each *seed*."""
    picture = Image.new("RGB", size, (200, 210, 230))
    draw = ImageDraw.Draw(picture)
    state = seed * 2654435761 % 2**32
    for _ in range(60):
        numbers = []
        for _ in range(7):
            state = (state * 1664525 + 1013904223) % 2**32
            numbers.append(state / 2**32)
        x, y, w, h = numbers[0] * size[0], numbers[1] * size[1], numbers[2] * size[0] / 3, numbers[3] * size[1] / 3
        colour = tuple(int(255 * each) for each in numbers[4:])
        (draw.ellipse if numbers[0] > numbers[1] else draw.rectangle)((x, y, x + w, y + h), fill=colour)
    return picture


def exif(*, place: bool = True, owner: str = "", orientation: int = 1) -> Image.Exif:
    """Return EXIF data with a camera's model, and what is asked for."""
    data = Image.Exif()
    data[ExifTags.Base.Model] = "Camera 1"
    if orientation != 1:
        data[ExifTags.Base.Orientation] = orientation
    if owner:
        data[ExifTags.Base.Artist] = owner
    if place:
        data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (35.0, 57.0, 0.0)
    return data


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return *picture* as the octets of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def texts(**said: str) -> PngImagePlugin.PngInfo:
    """Return text chunks for a PNG."""
    info = PngImagePlugin.PngInfo()
    for key, value in said.items():
        info.add_text(key, value)
    return info


def moving(kind: str = "GIF", frames: int = 3) -> bytes:
    """Return a picture that moves."""
    first, *others = [scene(each, (120, 90)) for each in range(1, frames + 1)]
    return encoded(first, kind, save_all=True, append_images=others, duration=100, loop=0)


def box(name: bytes, *bodies: bytes) -> bytes:
    """Return one box of a film."""
    body = b"".join(bodies)
    return (8 + len(body)).to_bytes(4, "big") + name + body


def number(value: int, octets: int = 4) -> bytes:
    """Return a number as films write it."""
    return value.to_bytes(octets, "big")


def film(
    *,
    seconds: float = 5.0,
    size: tuple[int, int] = (640, 360),
    rate: int = 25,
    place: bool = False,
    turned: bool = False,
    made: int = 0,
    data_track: bytes = b"",
    brand: bytes = b"isom",
) -> bytes:
    """Return an MP4 whose header says so; its pictures are noise that no player would draw."""
    length, frames = math.floor(seconds * 1000), math.floor(seconds * rate)
    one, zero = number(1 << 16), number(0)
    upright = one + zero * 3 + one + zero * 3 + number(1 << 30)
    matrix = zero + one + zero + number(2**32 - (1 << 16)) + zero * 4 + number(1 << 30) if turned else upright
    shape = number(size[0] << 16) + number(size[1] << 16)
    tkhd = box(b"tkhd", zero, number(made), zero, number(1), zero, number(length), zero * 4, matrix, shape)
    mdhd = box(b"mdhd", zero, number(made), zero, number(1000), number(length), zero)
    hdlr = box(b"hdlr", zero * 2, b"vide", zero * 3, b"pictures\0")
    stts = box(b"stts", zero, number(1), number(frames), number(1000 // rate))
    track = box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stts))))
    other = box(b"trak", box(b"mdia", box(b"hdlr", zero * 2, data_track, zero * 3, b"\0"))) if data_track else b""
    told = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+35.9506+039.0094/")) if place else b""
    mvhd = box(b"mvhd", zero, number(made), zero, number(1000), number(length), one, zero * 19)
    return box(b"ftyp", brand, zero, brand) + box(b"moov", mvhd, track, other, told) + box(b"mdat", b"\x5a" * 400)
