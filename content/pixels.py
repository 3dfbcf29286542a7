"""
The pixels of a picture, through Pillow: whether they can be drawn at all, turned upright, and made smaller.

Nothing is decoded before its header was read and its size found reasonable: a bomb is refused unopened.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from content.containers.facts import Broken, Facts, Fault

if TYPE_CHECKING:
    from PIL.Image import Image

MOST = 50_000_000  #: pixels; no network takes as many, and as many fill 200 MB of memory
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_BOMB = "Make it smaller with the program that made it."
_DAMAGED = "Save it again from the original, and look at it."


def faults(data: bytes, kind: str, facts: Facts) -> tuple[Fault, ...]:
    """Return why the picture *data* cannot be shown as its header says; none where it can."""
    if (facts.pixels or 0) > MOST:
        return (Fault(f"says that it has {facts.pixels:,} pixels; more than {MOST:,} are not opened", _BOMB),)
    try:
        with opened(data, kind) as picture:
            if {*picture.size} != {facts.width, facts.height}:
                return (Fault("says two different sizes in two places", _DAMAGED),)
            picture.load()
    except Broken as broken:
        return (Fault(str(broken), _DAMAGED),)
    return ()


@contextmanager
def opened(data: bytes, kind: str) -> "Iterator[Image]":
    """
    Give the picture *data*, open. Pixels that are missing are never made up, whatever another library asked Pillow for.

    Raises:
        Broken: If it cannot be decoded.
    """
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the program that makes PDF sets it for the whole process as it loads
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
        try:
            with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as picture:
                yield picture
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            message = f"unpacks to more than {MOST:,} pixels"
            raise Broken(message) from None
        except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError, MemoryError):
            message = "is damaged: its pixels cannot be read to the end"
            raise Broken(message) from None


def smaller(data: bytes, kind: str, most: int | None, octets: int | None, *, upright: bool) -> bytes:
    """
    Return the picture *data* drawn anew in its own format: upright, and within *most* pixels and *octets*.

    Raises:
        Broken: If it cannot be decoded, moves, or stays too large.
    """
    from PIL import ImageOps

    with opened(data, kind) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            message = "moves, and cannot be drawn anew without losing that"
            raise Broken(message)
        turned = ImageOps.exif_transpose(picture) if upright else picture.copy()
        profile = picture.info.get("icc_profile")
    scale = min(1.0, ((most or turned.width * turned.height) / (turned.width * turned.height)) ** 0.5)
    while scale > 0.05:  # noqa: PLR2004 (a twentieth shows nothing any more)
        size = max(1, int(turned.width * scale)), max(1, int(turned.height * scale))
        shown = turned if size == turned.size else turned.resize(size)
        shown.info = {}
        made = io.BytesIO()
        shown.save(made, _FORMATS[kind], **_kept(kind, profile))
        if octets is None or made.tell() <= octets:
            return made.getvalue()
        scale *= 0.85
    message = f"does not get smaller than {octets:,} octets while it still shows something"
    raise Broken(message)


def _kept(kind: str, profile: bytes | None) -> dict[str, object]:
    colours = {"icc_profile": profile} if profile else {}
    if kind == "image/jpeg":
        return {**colours, "quality": 92, "optimize": True}
    return {**colours, "quality": 92} if kind == "image/webp" else {**colours, "optimize": True}
