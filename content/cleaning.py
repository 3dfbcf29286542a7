"""
Copies of media files that tell nothing beside what they show, and fit a network where that is asked for.

A file is never changed where it lies. No pixel changes, unless the picture has to be turned upright or made smaller.
"""

from dataclasses import dataclass

from content import formats, limits, media, pixels
from content.containers import gif, jpeg, mp4, png, webp
from content.containers.facts import Broken, Facts
from content.errors import MediaFault

_CONTAINERS = {"image/png": png, "image/jpeg": jpeg, "image/gif": gif, "image/webp": webp}


@dataclass(frozen=True)
class Copy:
    """A cleaned copy, and what was done to make it."""

    data: bytes
    kind: str
    done: tuple[str, ...]  #: in plain words; empty where the file was clean
    redrawn: bool = False  #: whether pixels changed


def clean(name: str, data: bytes, network: str | None = None) -> Copy:
    """
    Return a copy of the file *data*, called *name*, without what it tells; within the limits of *network*, if given.

    Raises:
        MediaFault: If it is of no known kind, damaged, or cannot be made to fit.
    """
    kind = media.kind(data[:16])
    try:
        if kind in media.FILMS:
            return _film(name, data, kind, network)
        if kind not in _CONTAINERS:
            message = f"'{name}' is none of PNG, JPEG, GIF, WebP, MP4."
            raise MediaFault(message, "Save it as one of these, then clean it.")
        found = _CONTAINERS[kind].look(data)
        if wrong := pixels.faults(data, kind, found):
            message = f"The file '{name}' {wrong[0].what}."
            raise MediaFault(message, wrong[0].remedy)
        return _picture(data, kind, found, network)
    except Broken as broken:
        message = f"The file '{name}' {broken}."
        raise MediaFault(message, "Save it again from the original, or with the program that made it.") from None


def _picture(data: bytes, kind: str, found: Facts, network: str | None) -> Copy:
    done = [f"removed {each.what} ({each.where})" for each in found.told]
    done += ["removed what followed its end"] if found.faults else []
    bare = _CONTAINERS[kind].cleaned(data)
    most, octets = (_least(network, "image pixels"), _least(network, formats.field(kind))) if network else (None, None)
    large = (most is not None and (found.pixels or 0) > most) or (octets is not None and len(bare) > octets)
    if found.orientation == 1 and not large:
        return Copy(bare, kind, tuple(done))
    source = data if found.orientation != 1 else bare
    made = pixels.smaller(source, kind, most, octets, upright=found.orientation != 1)
    made = _CONTAINERS[kind].cleaned(made)
    after = _CONTAINERS[kind].look(made)
    done += ["turned it upright"] if found.orientation != 1 else []
    if (after.width, after.height) != (found.width, found.height):
        done.append(f"made it {after.width} x {after.height} pixels for {network}")
    return Copy(made, kind, tuple(done), redrawn=True)


def _film(name: str, data: bytes, kind: str, network: str | None) -> Copy:
    import io

    found = mp4.look(io.BytesIO(data), len(data))
    octets = _least(network, "video") if network else None
    if octets is not None and len(data) > octets:
        message = f"The film '{name}' has {len(data):,} octets; {network} takes {octets:,}."
        raise MediaFault(message, "Export a smaller cut of it; Cordiale makes pictures smaller, and no films.")
    return Copy(mp4.cleaned(data), kind, tuple(f"blanked {each.what} ({each.where})" for each in found.told))


def _least(network: str, field: str) -> int | None:
    """Return the hard limit of *field* on *network*; None where none is known."""
    return min((row.value for row in limits.of(network, field) if row.hard), default=None)
