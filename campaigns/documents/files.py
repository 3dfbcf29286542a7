"""Which files are meant, and what they say: paths to text, with a complaint for everything that is not text."""

from collections.abc import Iterable
from pathlib import Path

from campaigns.errors import Complaint, InvalidDocument, Where

LARGEST_FILE = 20_000_000  #: bytes
SUFFIXES = (".yaml", ".yml")


def files(paths: Iterable[Path], complaints: list[Complaint]) -> list[Path]:
    """Return the files to read, each once; complain of what is not there."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if _is_campaign(each))
            if not inside:
                complaints.append(
                    Complaint(
                        Where(str(path)),
                        "the folder holds no campaign",
                        "put a .yaml file in it, or name another folder",
                    )
                )
        else:
            inside = [path]
        for each in inside:
            found.setdefault(each.resolve(), each)
    return list(found.values())


def _is_campaign(path: Path) -> bool:
    return path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()


def read(path: Path) -> str:
    """
    Return what a file says, without its byte order mark.

    Raises:
        InvalidDocument: If it is not there, too large, or not UTF-8 text.
    """
    try:
        if not path.exists():
            raise invalid(Where(str(path)), "there is no such file", "check the path")
        if not path.is_file():
            raise invalid(Where(str(path)), "this is not a file", "name a YAML file or a folder of them")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise invalid(
            Where(str(path)), f"cannot be read: {reason}", "check the path and your right to read it"
        ) from None
    if len(raw) > LARGEST_FILE:
        raise invalid(Where(str(path)), "the file is larger than 20 MB", "split it into several campaigns")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise invalid(Where(str(path), 1, 1), "the file is UTF-16", "save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", "replace")
        raise invalid(
            _where(str(path), good), f"not UTF-8: byte {raw[error.start]:#04x}", "save the file as UTF-8"
        ) from None
    if "\0" in text:
        where = _where(str(path), text[: text.index("\0")])
        raise invalid(where, "a NUL byte", "remove it; is this a text file?")
    return text


def _where(file: str, before: str) -> Where:
    return Where(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def invalid(where: Where, message: str, hint: str) -> InvalidDocument:
    """Return the error that says one thing is wrong with one file."""
    return InvalidDocument([Complaint(where, message, hint)])
