"""
PDQ: what a picture looks like in 256 bits, so that a copy that was cut, scaled or saved again is found.

The hash is that of Meta's reference implementation, from the extra `media`. Two pictures within `SAME` bits of one
another are the same; up to `ALIKE` a person has to look. Source: ThreatExchange, "The TMK+PDQF and PDQ algorithms".
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from content import pixels
from content.containers.facts import Broken

if TYPE_CHECKING:
    from PIL.Image import Image

SAME = 31  #: bits that two copies of one picture differ in, at most
ALIKE = 60  #: bits beyond which two pictures are two
POOR = 50  #: a quality of which less means: too little detail to compare
_FRAMES = 16  #: of a picture that moves
_SIDE = 512  #: pixels; the hash looks at 64


def available() -> bool:
    """Say whether the extra `media` is installed."""
    return find_spec("pdqhash") is not None


def hashes(data: bytes, kind: str) -> tuple[list[bytes], int]:
    """
    Return the PDQ hashes of a picture, 32 octets each, and its quality from 0 to 100.

    The hashes are of its frames, each as it is, turned and mirrored; the quality is that of its best frame.

    Raises:
        Broken: If it cannot be decoded.
        ModuleNotFoundError: If the extra `media` is not installed.
    """
    pdqhash: Any = import_module("pdqhash")
    import numpy as np

    found: dict[bytes, None] = {}
    best = 0
    with pixels.opened(data, kind) as picture:
        count = getattr(picture, "n_frames", 1)
        for number in sorted({round(step * (count - 1) / (_FRAMES - 1)) for step in range(_FRAMES)}):
            if number:
                picture.seek(number)
            if picture.width * picture.height > pixels.MOST:
                message = "unpacks to more pixels than its header says"
                raise Broken(message)
            vectors, quality = pdqhash.compute_dihedral(np.asarray(_flat(picture)))
            found |= dict.fromkeys(np.packbits(vector.astype(bool)).tobytes() for vector in vectors)
            best = max(best, int(quality))
    return list(found), best


def _flat(picture: "Image") -> "Image":
    """Return *picture* as it is seen on white, no larger than the hash needs."""
    from PIL import Image

    picture.draft("RGB", (_SIDE, _SIDE))
    seen = picture.convert("RGBA") if picture.mode in {"RGBA", "LA", "PA", "P", "La", "RGBa"} else picture
    if seen.mode == "RGBA":
        seen = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    seen = seen.convert("RGB")
    seen.thumbnail((_SIDE, _SIDE))
    return seen
