"""
The audit bundle: a whole log in one file, to be verified anywhere, without a database and offline.

    manifest.json     format, the log's name, number of events, when and by which version it was made
    leaves.jsonl      the leaf of every event, one a line, byte for byte as it was hashed
    words.jsonl       salts and words of the events whose words are not erased
    hashes            the hash of every leaf as this machine has seen it, one a line, hex
    checkpoints/…     signed notes
    trust/…           the trust files, whose keys signed them
    journal.jsonl     the send journal
    envelopes.jsonl   every decision as it was signed: {"id", "envelope"}

Its form is kept: a bundle that any released version wrote keeps verifying (tests/campaigns/audit/golden).
"""

import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from campaigns.audit import note
from campaigns.audit.entry import Entry, of_lines, words_line, words_of
from campaigns.audit.merkle import SIZE
from campaigns.audit.note import Note
from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, NotTrusted, Where

FORMAT = "cordiale-log/1"
LARGEST = 8 * 1024**3  #: bytes of one part, unpacked
SMALL = 16 * 1024**2  #: the same, of what is read at once
_STAMP = (1980, 1, 1, 0, 0, 0)  #: of every part, so that equal logs make equal bundles
_PARTS = ("manifest.json", "leaves.jsonl", "words.jsonl", "hashes")


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself; not to be believed."""

    origin: str
    size: int
    made_at: str
    version: str


@dataclass(frozen=True)
class Extras:
    """What lies in a bundle beside the log."""

    checkpoints: Mapping[str, bytes]  #: file name -> note
    trust: Mapping[str, bytes]  #: file name -> trust file
    journal: bytes
    envelopes: Mapping[str, str]  #: id -> envelope


def write(path: Path, manifest: Manifest, entries: Iterable[Entry], hashes: Sequence[bytes], extras: Extras) -> int:
    """
    Write a bundle, whole or not at all, and return how many events it holds.

    Raises:
        EnvironmentFault: If the file cannot be written.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pack:
                size = _write(pack, manifest, entries, hashes, extras)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"The bundle {path} cannot be written: {error.strerror}."
        hint = "Free some space or name another file; nothing was left half-written."
        raise EnvironmentFault(message, hint) from error
    return size


def _write(
    pack: zipfile.ZipFile, manifest: Manifest, entries: Iterable[Entry], hashes: Sequence[bytes], extras: Extras
) -> int:
    size, words = 0, []
    with _part(pack, "leaves.jsonl") as part:
        for entry in entries:
            part.write(entry.leaf + b"\n")
            words.append(words_line(entry))
            size += 1
    about = {"format": FORMAT, "origin": manifest.origin, "size": size}
    texts = {
        "words.jsonl": b"".join(words),
        "hashes": b"".join(each.hex().encode() + b"\n" for each in hashes[:size]),
        "manifest.json": _json({**about, "made_at": manifest.made_at, "version": manifest.version}),
        "journal.jsonl": extras.journal,
        "envelopes.jsonl": b"".join(
            _json({"id": name, "envelope": text}) + b"\n" for name, text in sorted(extras.envelopes.items())
        ),
        **{f"checkpoints/{name}": data for name, data in sorted(extras.checkpoints.items())},
        **{f"trust/{name}": data for name, data in sorted(extras.trust.items())},
    }
    for name, data in texts.items():
        with _part(pack, name) as part:
            part.write(data)
    return size


def _part(pack: zipfile.ZipFile, name: str) -> IO[bytes]:
    about = zipfile.ZipInfo(name, _STAMP)
    about.compress_type = zipfile.ZIP_DEFLATED
    about.external_attr = 0o644 << 16
    return pack.open(about, "w", force_zip64=True)


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Bundle:
    """An open bundle. Everything in it is to be verified."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pack: zipfile.ZipFile | None = None
        self.manifest = Manifest("", 0, "", "")

    def __enter__(self) -> Self:
        """
        Open it.

        Raises:
            InvalidDocument: If it is absent or no bundle of a form that this version knows.
        """
        with self._named():
            self._pack = zipfile.ZipFile(self.path)
            about = json.loads(self._read("manifest.json"))
            if about["format"] != FORMAT or type(about["size"]) is not int or about["size"] < 0:
                raise ValueError
            self.manifest = Manifest(str(about["origin"]), about["size"], str(about["made_at"]), str(about["version"]))
            names = self._pack.namelist()
            if not set(_PARTS) <= set(names) or len(set(names)) != len(names):
                raise ValueError
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._pack is not None:
            self._pack.close()

    def entries(self) -> Iterator[Entry]:
        """
        Yield its events in the order of its lines.

        Raises:
            InvalidDocument: If a part cannot be unpacked.
        """
        with self._named():
            words: dict[int, dict[str, tuple[str, str]]] = {}
            for line in self._lines("words.jsonl"):
                number, held = words_of(line)
                words[number] = held
            yield from of_lines(self._lines("leaves.jsonl"), words)

    def hashes(self) -> list[bytes]:
        """
        Return the hashes that it lists.

        Raises:
            InvalidDocument: If they are none.
        """
        with self._named():
            found = [bytes.fromhex(line.decode("ascii")) for line in self._lines("hashes")]
            if any(len(each) != SIZE for each in found):
                raise ValueError
        return found

    def checkpoints(self) -> tuple[dict[str, Note], list[str]]:
        """Return its checkpoints by name, and what is wrong with those that are no notes."""
        found, faults = {}, []
        for name, data in self._folder("checkpoints/").items():
            try:
                found[name] = note.parse(data)
            except NotTrusted as error:
                faults.append(f"Checkpoint {name}: {error.message}")
        return found, faults

    def trust(self) -> dict[str, bytes]:
        """Return the trust files that it carries, by name."""
        return self._folder("trust/")

    def journal(self) -> list[dict[str, str]]:
        """
        Return the lines of the send journal.

        Raises:
            InvalidDocument: If they are none.
        """
        with self._named():
            return [dict(json.loads(line)) for line in self._lines("journal.jsonl")]

    def envelopes(self) -> dict[str, str]:
        """
        Return the decisions that it carries, by id.

        Raises:
            InvalidDocument: If they are none.
        """
        with self._named():
            lines = [json.loads(line) for line in self._lines("envelopes.jsonl")]
            return {str(each["id"]): str(each["envelope"]) for each in lines}

    def _folder(self, prefix: str) -> dict[str, bytes]:
        with self._named():
            names = [each for each in self._opened.namelist() if each.startswith(prefix) and each != prefix]
            return {name.removeprefix(prefix): self._read(name) for name in sorted(names)}

    @property
    def _opened(self) -> zipfile.ZipFile:
        if self._pack is None:
            message = "the bundle is not open"
            raise ValueError(message)
        return self._pack

    def _read(self, name: str) -> bytes:
        if self._opened.getinfo(name).file_size > SMALL:
            raise ValueError
        return self._opened.read(name)

    def _lines(self, name: str) -> Iterator[bytes]:
        if name not in self._opened.namelist():
            return
        if self._opened.getinfo(name).file_size > LARGEST:
            raise ValueError
        with self._opened.open(name) as part:
            for line in part:
                yield line.removesuffix(b"\n")

    def _named(self) -> "_Named":
        return _Named(self.path)


class _Named:
    """Turns every way in which a zip can be broken into one complaint about the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        where = Where(str(self._path))
        match error:
            case OSError():
                complaint = Complaint(where, f"cannot be read: {error.strerror}", "name the bundle file")
            # RuntimeError: encrypted; NotImplementedError and zlib.error: packed in a way that nobody packs here
            case (
                (ValueError() | KeyError() | TypeError() | AttributeError() | RuntimeError() | EOFError())
                | zlib.error()
                | zipfile.BadZipFile()
            ):
                hint = "make one with `cordiale verify --export FILE`; this one was damaged, or is something else"
                complaint = Complaint(where, "this file is not a sound audit bundle", hint)
            case _:
                return
        raise InvalidDocument([complaint]) from None
