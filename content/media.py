"""The media files of a message: digest, size and kind, told by the bytes and not by the name, and what they say."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaigns.documents import schema
from content import captions, hash_lists, likeness, pixels
from content.containers import gif, jpeg, mp4, png, webp
from content.containers.facts import Broken, Facts, Fault
from content.errors import MediaFault
from content.hash_lists import Compared, HashLists
from content.rendering import CaptionFile, MediaFile

UNKNOWN = "application/octet-stream"
QUICKTIME = "video/quicktime"
FILMS = frozenset({"video/mp4", QUICKTIME})
LARGEST_PICTURE = 64_000_000  #: octets of a picture that are read
_HEAD = 16  #: bytes that tell a kind
_PEEK = 1024  #: bytes that tell what is no picture

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypqt  ", 4, QUICKTIME),
    (b"ftyp", 4, "video/mp4"),
)
#: Stills in the container of films, which no network takes.
_STILLS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_CONTAINERS = {"image/png": png, "image/jpeg": jpeg, "image/gif": gif, "image/webp": webp}

#: What is no picture and may run: how it begins (in lower case, blanks aside), and its name.
_UNSAFE: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "SVG, a drawing that can hold scripts"),
    (b"<?xml", "XML, perhaps a drawing that holds scripts"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<script", "a script"),
    (b"%pdf-", "PDF, a document that can hold scripts"),
    (b"pk\x03\x04", "an archive"),
    (b"mz", "a program"),
    (b"\x7felf", "a program"),
    (b"#!", "a script"),
)

#: (path, mtime in ns, size) -> what is known. A file is read once as long as it does not change.
_seen: dict[tuple[str, int, int], str] = {}
_known: dict[tuple[str, int, int], "_Known"] = {}
_compared: dict[tuple[str, str], Compared] = {}


@dataclass(frozen=True)
class _Known:
    digest: str
    md5: str
    kind: str
    facts: Facts


def read(
    root: Path, media: Sequence[schema.Media], locale: str, lists: HashLists = hash_lists.NONE
) -> tuple[MediaFile, ...]:
    """
    Return *media* as they lie below *root*, with the words of *locale*. A missing file has the digest "".

    Raises:
        MediaFault: If a name leads out of *root* (by `..` or by a link), or the file cannot be read.
    """
    return tuple(_one(root, each, locale, lists) for each in media)


def digests(root: Path, media: Iterable[schema.Media]) -> dict[str, str]:
    """
    Return the sha256, hex, of each file below *root* that *media* name, captions too, by name; "" where there is none.

    Raises:
        MediaFault: If a name leads out of *root*, or the file cannot be read.
    """
    names = {name for each in media for name in (each.file, *each.captions.values())}
    return {name: _digest(root, name) for name in sorted(names)}


def kind(head: bytes) -> str:
    """Return the MIME type that the first bytes of a file tell; `UNKNOWN` where they tell none."""
    for magic, offset, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic and (name != "image/webp" or head.startswith(b"RIFF")):
            return UNKNOWN if name in FILMS and head[8:12] in _STILLS else name
    return UNKNOWN


def facts(data: bytes) -> tuple[str, Facts]:
    """Return kind and facts of the picture *data*; what is wrong with it is a fault among them."""
    found = kind(data[:_HEAD])
    if found not in _CONTAINERS:
        return found, Facts(faults=_unsafe(data[:_PEEK]))
    try:
        said = _CONTAINERS[found].look(data)
    except Broken as broken:
        return found, Facts(faults=(Fault(str(broken), "Save it again from the original, and look at it."),))
    wrong = pixels.faults(data, found, said)
    return found, Facts(**{**vars(said), "faults": (*said.faults, *wrong)}) if wrong else said


def find(root: Path, name: str) -> Path | None:
    """
    Return the path of the file called *name* below *root*; None where there is none.

    Raises:
        MediaFault: If it leads out of *root*, or cannot be looked at.
    """
    try:
        folder = root.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            message = f"Media file '{name}' lies outside the media folder."
            raise MediaFault(message, "Copy the file into media/ and name it from there.")
        return path if path.is_file() else None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle; ValueError: a NUL
        raise _unreadable(name, error) from None


def _one(root: Path, media: schema.Media, locale: str, lists: HashLists) -> MediaFile:
    alt = media.alt.get(locale, "")
    words = _captions(root, media.captions[locale]) if locale in media.captions else None
    path = find(root, media.file)
    if path is None:
        return MediaFile(media.file, "", 0, UNKNOWN, alt, captions=words)
    try:
        key = _key(path)
        if key not in _known:
            _known[key] = _look(path, key[2])
        known = _known[key]
        compared = _compare(path, known, lists) if lists else Compared()
    except (OSError, ValueError) as error:
        raise _unreadable(media.file, error) from None
    return MediaFile(media.file, known.digest, key[2], known.kind, alt, known.facts, words, compared)


def _captions(root: Path, name: str) -> CaptionFile:
    path = find(root, name)
    if path is None:
        return CaptionFile(name, "")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from None
    said = captions.read(data)
    digest = hashlib.sha256(data).hexdigest()
    return CaptionFile(name, digest, len(data), said.first, said.last, said.faults)


def _digest(root: Path, name: str) -> str:
    path = find(root, name)
    if path is None:
        return ""
    try:
        key = _key(path)
        if key not in _seen:
            with path.open("rb") as file:
                _seen[key] = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    return _seen[key]


def _key(path: Path) -> tuple[str, int, int]:
    stat = path.stat()
    return str(path), stat.st_mtime_ns, stat.st_size


def _look(path: Path, size: int) -> _Known:
    """Return what is known of the file at *path*: its digests, and what its container says."""
    sha, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        head = file.read(_HEAD)
        found = kind(head)
        if found not in FILMS and size <= LARGEST_PICTURE:
            data = head + file.read()
            sha.update(data)
            md5.update(data)
            return _Known(sha.hexdigest(), md5.hexdigest(), *facts(data))
        file.seek(0)
        while block := file.read(1 << 20):
            sha.update(block)
            md5.update(block)
        try:
            said = mp4.look(file, size) if found in FILMS else _too_large(size)
        except Broken as broken:
            said = Facts(faults=(Fault(str(broken), "Export the film again, and look at it."),))
    return _Known(sha.hexdigest(), md5.hexdigest(), found, said)


def _too_large(size: int) -> Facts:
    words = f"has {size:,} octets; pictures of more than {LARGEST_PICTURE:,} are not opened"
    return Facts(faults=(Fault(words, "Make it smaller with the program that made it."),))


def _unsafe(head: bytes) -> tuple[Fault, ...]:
    """Return what is wrong with bytes that begin no picture, where it is known to be unsafe."""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, name in _UNSAFE:
        if begins.startswith(mark) or (mark == b"<svg" and mark in begins):
            return (Fault(f"is {name}", "Save what it shows as PNG, JPEG or WebP."),)
    return ()


def _compare(path: Path, known: _Known, lists: HashLists) -> Compared:
    """Return how the file at *path* compares with *lists*: its digests first, its looks after."""
    key = known.digest, lists.digest
    if key not in _compared:
        _compared[key] = _comparison(path, known, lists)
    return _compared[key]


def _comparison(path: Path, known: _Known, lists: HashLists) -> Compared:
    if exact := lists.exact(known.digest, known.md5):
        return Compared(exact)
    if known.kind not in _CONTAINERS or not lists.pictures:
        return Compared()
    if not likeness.available():
        return Compared(left_out="the extra 'media' is not installed: pip install 'cordiale[media]'")
    if (known.facts.pixels or pixels.MOST + 1) > pixels.MOST:
        return Compared(left_out="it cannot be opened")
    try:
        hashes, quality = likeness.hashes(path.read_bytes(), known.kind)
    except Broken as broken:
        return Compared(left_out=f"it {broken}")
    return Compared(lists.alike(hashes), quality)


def _unreadable(name: str, error: Exception) -> MediaFault:
    message = f"Media file '{name}' cannot be read: {error}."
    return MediaFault(message, "See whether the file and its folder may be read by you.")
