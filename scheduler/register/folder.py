"""
A register as a folder of files that any web server can serve, and that needs none to be checked.

    register.dsse.json     the signed list of all files: what holds, whatever else lies there
    register.json          the same list, for those who check no signature
    register.keys.json     the public keys that it is signed with, to be compared with what their owners say they are
    register.schema.json   the form of the list and of the entries, as JSON Schema
    entries/N-….json       the entries, a thousand a file, in the order of their instants; RFC 8785
    index.html, register.css and en/ fr/ ar/       the pages

A file of entries has its digest in its name, so that the old list and its files hold until the new list replaces it in
one step. What did not change is not written again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from campaigns.errors import EnvironmentFault, NotTrusted, Refused, Where
from scheduler import folders
from scheduler.register.entries import VERSION, Entry, from_data, to_data
from scheduler.releases.canonical import encode

LIST, SIGNED, SCHEMA, KEYS = "register.json", "register.dsse.json", "register.schema.json", "register.keys.json"
KIND = "cordiale-register"
A_FILE = 1000  #: entries
_LARGEST = 64 * 1024 * 1024  #: octets of a file of the register that is read
#: Every file that an export may write, and so take away again.
_OURS = re.compile(
    r"(?:register\.(?:json|dsse\.json|keys\.json|schema\.json|css)|index\.html|entries/[0-9]{1,6}-[0-9a-f]{16}\.json"
    r"|(?:en|fr|ar)/[A-Za-z0-9@._-]{1,160}\.html)\Z"
)
_EXPORT_AGAIN = "Export it again with `cordiale register export`, or get it again from its publisher."


@dataclass(frozen=True)
class Page:
    """A page that an export writes: where, what it was made from, and how it is made."""

    path: str
    made_from: str  #: equal for equal pages: sha256, hex
    render: Callable[[], str]


@dataclass(frozen=True)
class Written:
    """What an export did to the folder."""

    written: int
    kept: int
    removed: int


def make_list(entries: Sequence[Entry], chunks: Mapping[str, bytes], *, rehearsal: bool) -> dict[str, Any]:
    """Return the list of the register's files, without its pages."""
    return {
        "kind": KIND,
        "version": VERSION,
        "rehearsal": rehearsal,
        "entries": len(entries),
        "latest": max((entry.latest for entry in entries), default=None),
        "files": [{"file": name, "sha256": _sha(data)} for name, data in chunks.items()],
    }


def chunked(entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the files of *entries* by name."""
    found: dict[str, bytes] = {}
    for number, start in enumerate(range(0, len(entries), A_FILE), 1):
        data = encode([to_data(entry) for entry in entries[start : start + A_FILE]]) + b"\n"
        found[f"entries/{number}-{_sha(data)[:16]}.json"] = data
    return found


def write(
    folder: Path,
    entries: Sequence[Entry],
    pages: Iterable[Page],
    seal: Callable[[bytes], bytes],
    *,
    rehearsal: bool,
    others: Mapping[str, bytes],
) -> Written:
    """
    Write the register to *folder*, the signed list last; *others* are its files without entries.

    Raises:
        Refused: If *folder* holds something else than a register.
        EnvironmentFault: If it cannot be written; the register that was there before holds still.
        NotTrusted: If *seal* refuses.
    """
    before = _before(folder)
    chunks = chunked(entries)
    made = make_list(entries, chunks, rehearsal=rehearsal)
    plain = {SCHEMA: schema(), **others}
    for name, data in plain.items():
        made["files"].append({"file": name, "sha256": _sha(data)})
    count = _Counts()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folders.alone(folder):
            for name, data in {**plain, **chunks}.items():
                _put(folder / name, data, count)
            for page in pages:
                made["files"].append(_page(folder, page, before, count))
            payload = encode(made)
            signed = seal(payload)
            _put(folder / SIGNED, signed, count)
            _put(folder / LIST, payload + b"\n", count)
            standing = {each["file"] for each in made["files"]} | {SIGNED, LIST}
            removed = [name for name in before if name not in standing and _OURS.match(name)]
            for name in removed:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        message = f"The register was not written to {folder}: {error.strerror or error}."
        hint = "Name a folder that may be written, on a disk with room; what was there before holds still."
        raise EnvironmentFault(message, hint, Where(str(folder))) from None
    return Written(count.written, count.kept, len(removed))


class _Counts:
    written = 0
    kept = 0


def _before(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the files that an earlier export listed, unchecked: they say what may be kept and what goes."""
    if not folder.exists():
        return {}
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / SIGNED).is_file() and not _begun(folder)):
        message = f"{folder} is not empty, and no register."
        raise Refused(message, "Name a new folder, or that of an earlier export.", Where(str(folder)))
    try:
        listed = json.loads((folder / LIST).read_bytes())["files"]
        return {each["file"]: each for each in listed if isinstance(each["file"], str)}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _begun(folder: Path) -> bool:
    """Return whether everything in *folder* is what an export that was cut short may have left."""
    known = {"entries", "en", "fr", "ar", "index.html", "register.css", SCHEMA, KEYS}
    return all(each.name in known or each.name.startswith(".") for each in folder.iterdir())


def _put(path: Path, data: bytes, count: _Counts) -> None:
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            count.kept += 1
            return
    except FileNotFoundError:
        pass
    path.parent.mkdir(exist_ok=True)
    folders.write(path, data)
    count.written += 1


def _page(folder: Path, page: Page, before: Mapping[str, Mapping[str, Any]], count: _Counts) -> dict[str, str]:
    """Write a page, unless it is there as it would be made now, and return its line of the list."""
    old = before.get(page.path, {})
    path = folder / page.path
    if old.get("made_from") == page.made_from and path.is_file() and _sha(path.read_bytes()) == old.get("sha256"):
        count.kept += 1
        return {"file": page.path, "sha256": str(old["sha256"]), "made_from": page.made_from}
    data = page.render().encode()
    _put(path, data, count)
    return {"file": page.path, "sha256": _sha(data), "made_from": page.made_from}


@dataclass(frozen=True)
class Register:
    """A register, read; every entry is one that its signature covers."""

    entries: tuple[Entry, ...]
    latest: str | None
    rehearsal: bool
    by: str  #: who signed it


def read(folder: Path, opened: Callable[[bytes], tuple[bytes, str]]) -> Register:
    """
    Return the register in *folder*; *opened* verifies the signed list, and returns it with who signed.

    Raises:
        NotTrusted: If there is none, or if anything in it is not what was signed; the message says which file.
        EnvironmentFault: If it cannot be read.
    """
    payload, by = opened(_read(folder, SIGNED))
    listed = _parse(payload, folder / SIGNED)
    entries: list[Entry] = []
    try:
        if listed["kind"] != KIND or listed["version"] != VERSION:
            raise ValueError  # noqa: TRY301 (one refusal for every way to be wrong)
        for each in listed["files"]:
            if each["file"].startswith("entries/"):
                entries += [from_data(data) for data in _parse(_verified(folder, each), folder / each["file"])]
        if len(entries) != listed["entries"]:
            raise ValueError  # noqa: TRY301 (the same)
        return Register(tuple(entries), listed["latest"], bool(listed["rehearsal"]), by)
    except (KeyError, TypeError, ValueError, AttributeError):
        message = f"The register in {folder} is of another form than this version reads."
        raise NotTrusted(message, _EXPORT_AGAIN, Where(str(folder / SIGNED))) from None


def verify_files(folder: Path, opened: Callable[[bytes], tuple[bytes, str]]) -> int:
    """
    Hold every file of the register in *folder* against the signed list, pages too; return how many there are.

    Raises:
        NotTrusted: If one is missing or was changed, or one lies there that nobody signed.
        EnvironmentFault: If one cannot be read.
    """
    payload, _ = opened(_read(folder, SIGNED))
    listed = _parse(payload, folder / SIGNED)["files"]
    for each in listed:
        _verified(folder, each)
    if _read(folder, LIST) != payload + b"\n":
        raise NotTrusted(_CHANGED.format(LIST), _EXPORT_AGAIN, Where(str(folder / LIST)))
    known = {each["file"] for each in listed} | {LIST, SIGNED}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in known and not path.name.startswith("."):
            message = f"The file {name} lies in the register, and is not part of what was signed."
            raise NotTrusted(message, "Take it away: nobody vouches for it.", Where(str(path)))
    return len(known)


_CHANGED = "The file {} is not the one that was signed."


def _verified(folder: Path, line: Mapping[str, Any]) -> bytes:
    """Return the octets of a file of the list, which has its digest."""
    name = str(line["file"])
    if not _OURS.match(name):
        message = f"The register lists the file {name!r}, which is none that a register has."
        raise NotTrusted(message, _EXPORT_AGAIN, Where(str(folder / SIGNED)))
    data = _read(folder, name)
    if _sha(data) != line["sha256"]:
        raise NotTrusted(_CHANGED.format(name), _EXPORT_AGAIN, Where(str(folder / name)))
    return data


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except FileNotFoundError:
        message = f"There is no {name} in {folder}."
        raise NotTrusted(message, _EXPORT_AGAIN, Where(str(folder))) from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Let this user read it.", Where(str(path))) from None


def _parse(data: bytes, path: Path) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        message = f"{path} is no JSON."
        raise NotTrusted(message, _EXPORT_AGAIN, Where(str(path))) from None


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def schema() -> bytes:
    """Return the JSON Schema of the register's files."""
    return files("scheduler.register").joinpath(SCHEMA).read_bytes()
