"""The media files of a message: their bytes' digest, size and kind, told by the bytes and not by the name."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from campaigns.documents import schema
from content.errors import MediaFault
from content.rendering import MediaFile

UNKNOWN = "application/octet-stream"
_HEAD = 16  #: bytes that tell a kind

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftyp", 4, "video/mp4"),
)

#: (path, mtime in ns, size) -> digest, kind. A file is read once as long as it does not change.
_seen: dict[tuple[str, int, int], tuple[str, str]] = {}


def read(root: Path, media: Sequence[schema.Media], locale: str) -> tuple[MediaFile, ...]:
    """
    Return *media* as they lie below *root*, with the words of *locale*. A missing file has the digest "".

    Raises:
        MediaFault: If a name leads out of *root* (by `..` or by a link), or the file cannot be read.
    """
    return tuple(_one(root, each, locale) for each in media)


def kind(head: bytes) -> str:
    """Return the MIME type that the first bytes of a file tell; `UNKNOWN` where they tell none."""
    for magic, offset, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic and (name != "image/webp" or head.startswith(b"RIFF")):
            return name
    return UNKNOWN


def _one(root: Path, media: schema.Media, locale: str) -> MediaFile:
    alt = media.alt.get(locale, "")
    try:
        folder = root.resolve()
        path = (folder / media.file).resolve()
        if not path.is_relative_to(folder):
            message = f"Media file '{media.file}' lies outside the media folder."
            raise MediaFault(message, "Copy the file into media/ and name it from there.")
        if not path.is_file():
            return MediaFile(media.file, "", 0, UNKNOWN, alt)
        facts = path.stat()
        key = (str(path), facts.st_mtime_ns, facts.st_size)
        if key not in _seen:
            _seen[key] = _digest(path)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle; ValueError: a NUL
        message = f"Media file '{media.file}' cannot be read: {error}."
        raise MediaFault(message, "See whether the file and its folder may be read by you.") from None
    digest, found = _seen[key]
    return MediaFile(media.file, digest, facts.st_size, found, alt)


def _digest(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        found = kind(file.read(_HEAD))
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest(), found
