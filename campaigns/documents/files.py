"""
Which files are meant, and what they say: paths to text, with a complaint for everything that is not text.

A file is read once, whole, as it is at one moment; nothing here waits for a pipe or a device.
"""

import codecs
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.errors import Complaint, InvalidDocument, Where

LARGEST_FILE = 20_000_000  #: bytes
SUFFIXES = (".yaml", ".yml")
TRIES = 3  #: how often a file that changes under our eyes is read again

_LINE = re.compile(r"\r\n|\r|\n")
#: Where the NULs of a first ASCII letter stand in four bytes: most significant byte first, or last.
_BY_NULS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "UTF-32",
    (False, True, True, True): "UTF-32",
    (True, False, True, False): "UTF-16",
    (False, True, False, True): "UTF-16",
}
_RIGHTS = "check the path and your right to read it"


@dataclass(frozen=True)
class Source:
    """A file as it was read."""

    path: Path
    text: str = field(repr=False)  #: without its byte order mark


def files(paths: Iterable[Path], complaints: list[Complaint]) -> list[Path]:
    """Return the files to read, each once; complain of what is not there."""
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            for each in _meant(path):
                found.setdefault(each.resolve(), each)
        except InvalidDocument as error:
            complaints += error.complaints
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle; ValueError: a NUL
            complaints.append(_unreadable(path, error))
    return list(found.values())


def _meant(path: Path) -> list[Path]:
    """Return the file that *path* is, or the campaign files of the folder that it is."""
    if not path.is_dir():
        return [path]
    inside = sorted(each for each in path.iterdir() if _is_campaign(each))
    if not inside:
        hint = "put a .yaml file in it, or name another folder"
        raise invalid(Where(str(path)), "the folder holds no campaign", hint)
    return inside


def _is_campaign(path: Path) -> bool:
    return path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()


def read(path: Path) -> Source:
    """
    Return what a file says.

    Raises:
        InvalidDocument: If it is not there, too large, not UTF-8 text, or does not keep still.
    """
    try:
        raw = _at_one_moment(path)
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidDocument([_unreadable(path, error)]) from None
    return Source(path, decoded(raw, str(path)))


def _at_one_moment(path: Path) -> bytes:
    """Return the bytes of a file that was the same before and after they were read."""
    for _ in range(TRIES):
        if not path.exists():
            raise invalid(Where(str(path)), "there is no such file", "check the path")
        if not path.is_file():
            raise invalid(Where(str(path)), "this is not a file", "name a YAML file or a folder of them")
        before = _marks(path)
        with open(path, "rb", opener=_at_once) as file:
            raw = file.read(LARGEST_FILE + 1)
        if _marks(path) == before:
            break
    else:
        raise invalid(Where(str(path)), "the file changes while it is read", "save it, then check again")
    if len(raw) > LARGEST_FILE:
        raise invalid(Where(str(path)), "the file is larger than 20 MB", "split it into several campaigns")
    return raw


def _marks(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written or replaced."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _at_once(name: str, flags: int) -> int:
    """Open without waiting: what was a file a moment ago may be a pipe now."""
    return os.open(name, flags | os.O_NONBLOCK)


def decoded(raw: bytes, file: str) -> str:
    """
    Return the text that *raw* is in UTF-8, without its byte order mark.

    Raises:
        InvalidDocument: If it is in another encoding, or holds a NUL.
    """
    if wide := _wide(raw[:4]):
        raise invalid(Where(file, 1, 1), f"the file is {wide}", "save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", "replace")
        raise invalid(
            _where(file, good), f"not UTF-8: byte {raw[error.start]:#04x}", "save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise invalid(_where(file, text[: text.index("\0")]), "a NUL byte", "remove it; is this a text file?")
    return text


def _wide(head: bytes) -> str:
    """Return `UTF-16` or `UTF-32` for four first bytes of such a text, as YAML 1.2 (section 5.2) tells them apart."""
    if head in {codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE}:
        return "UTF-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    return _BY_NULS.get(tuple(byte == 0 for byte in head), "")


def _where(file: str, before: str) -> Where:
    ends = [end.end() for end in _LINE.finditer(before)]
    return Where(file, len(ends) + 1, len(before) - (ends[-1] if ends else 0) + 1)


def _unreadable(path: Path, error: OSError | RuntimeError | ValueError) -> Complaint:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, RuntimeError):
        reason = "its links go round in a circle"
    return Complaint(Where(str(path)), f"cannot be read: {reason}", _RIGHTS)


def invalid(where: Where, message: str, hint: str) -> InvalidDocument:
    """Return the error that says one thing is wrong with one file."""
    return InvalidDocument([Complaint(where, message, hint)])
