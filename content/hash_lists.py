"""
The workspace's lists of known terrorist content, `lists/*.csv`: digests and PDQ hashes, never the content.

Three forms are read: rows under a header that names a type and a value (`signal_type,signal_str,…` as
`threatexchange dataset --csv` writes, `id,indicator,type,…` as its queries do, and `hash_type,hash_value`), and rows
without a header that begin with the hash, as hasher-matcher-actioner keeps them (hash, id, time, tags). Where nothing
says of what kind 64 digits are, they count as both. Rows of other kinds of signal are passed over.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from content import likeness

_TYPES = ("signal_type", "type", "hash_type", "indicator_type", "algorithm")
_VALUES = ("signal_str", "indicator", "hash_value", "hash", "hash_digest", "signal", "value")
_NAMED = {
    **dict.fromkeys(("pdq", "hash_pdq", "photo_pdq"), "pdq"),
    **dict.fromkeys(("md5", "hash_md5", "photo_md5", "video_md5", "hash_video_md5", "hash_photo_md5"), "md5"),
    **dict.fromkeys(("sha256", "sha-256", "hash_sha256", "hash_photo_sha256", "hash_video_sha256"), "sha256"),
}
_DIGITS = {"pdq": 64, "md5": 32, "sha256": 64}
_HEX = re.compile(r"[0-9a-f]+")
_IN_A_NAME = re.compile(r"pdq|md5|sha-?256", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """A file's likeness on a list."""

    place: str  #: file:line of the list
    kind: str  #: sha256 | md5 | pdq
    distance: int = 0  #: bits of 256 that differ; 0 for a digest


@dataclass(frozen=True)
class Compared:
    """What comparing a file with the lists came to."""

    matches: tuple[Match, ...] = ()  #: the nearest first
    quality: int | None = None  #: of a picture that was compared by likeness
    left_out: str = ""  #: why it could not be compared, where it could not; to be read after its name


NOT_COMPARED = Compared()


@dataclass(frozen=True)
class Bad:
    """A row, or a whole list, that cannot be read."""

    place: str  #: file:line, or file
    what: str
    whole: bool = False  #: whether nothing of the list is used


class _Read:
    """All lists, taken apart."""

    def __init__(self) -> None:
        self.exact: dict[bytes, tuple[str, str]] = {}  #: digest -> kind, place
        self.pdq: list[bytes] = []
        self.places: list[str] = []
        self.bad: list[Bad] = []
        self.passed = 0  #: rows of other kinds of signal

    @cached_property
    def columns(self) -> list[Any]:
        """The PDQ hashes, as four columns of 64 bits."""
        import numpy as np

        table = np.frombuffer(b"".join(self.pdq), dtype=">u8").reshape(-1, 4).astype("u8")
        return [np.ascontiguousarray(table[:, number]) for number in range(4)]


class HashLists:
    """The lists of a workspace. Two with the same digest are equal; rows are read when first asked for."""

    def __init__(self, files: Sequence[tuple[str, bytes | None]] = ()) -> None:
        self._files = tuple(files)
        made_from = hashlib.sha256()
        for name, data in files:
            made_from.update(repr((name, data and hashlib.sha256(data).hexdigest())).encode())
        #: of the bytes of all lists, and of whether pictures can be compared; "" where there is no list
        self.digest = f"{made_from.hexdigest()} {likeness.available()}" if files else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HashLists) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __bool__(self) -> bool:
        return bool(self._files)

    @property
    def bad(self) -> list[Bad]:
        """What cannot be read, in the order of files and lines."""
        return self._read.bad

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of what: `exact`, `pdq`, and `passed over`."""
        read = self._read
        return {"exact": len(read.exact), "pdq": len(read.pdq), "passed over": read.passed}

    def exact(self, *digests: str) -> tuple[Match, ...]:
        """Return where one of *digests*, hex, is listed."""
        found = [self._read.exact.get(bytes.fromhex(digest)) for digest in digests if digest]
        return tuple(Match(place, kind) for kind, place in filter(None, found))

    @property
    def pictures(self) -> bool:
        """Whether any list holds PDQ hashes."""
        return bool(self._files) and bool(self._read.pdq)

    def alike(self, hashes: Sequence[bytes]) -> tuple[Match, ...]:
        """Return the nearest listed picture within `likeness.ALIKE` bits of one of *hashes*; none where none is."""
        import numpy as np

        columns, nearest = self._read.columns, None
        for each in hashes:
            words = np.frombuffer(each, dtype=">u8").astype("u8")
            distances = np.zeros(len(columns[0]), dtype="u2")
            for column, word in zip(columns, words, strict=True):
                distances += np.bitwise_count(column ^ word)
            row = int(distances.argmin())
            if nearest is None or distances[row] < nearest[0]:
                nearest = int(distances[row]), row
        if nearest is None or nearest[0] > likeness.ALIKE:
            return ()
        return (Match(self._read.places[nearest[1]], "pdq", nearest[0]),)

    @cached_property
    def _read(self) -> _Read:
        read = _Read()
        for name, data in self._files:
            _take(read, name, data)
        return read


NONE = HashLists()


def load(folder: Path) -> HashLists:
    """Return the lists in *folder*: the same object as long as no file changes."""
    try:
        found = sorted(folder.glob("*.csv"))
        facts = tuple((str(path), stat.st_mtime_ns, stat.st_size) for path in found if (stat := path.stat()))
    except OSError:  # taken away in between: what is there counts
        facts = tuple((str(path), 0, 0) for path in sorted(folder.glob("*.csv")))
    return _loaded(facts) if facts else NONE


@lru_cache(maxsize=4)
def _loaded(facts: tuple[tuple[str, int, int], ...]) -> HashLists:
    files: list[tuple[str, bytes | None]] = []
    for path, _, _ in facts:
        try:
            files.append((f"lists/{Path(path).name}", Path(path).read_bytes()))
        except OSError:
            files.append((f"lists/{Path(path).name}", None))
    return HashLists(files)


def _take(read: _Read, name: str, data: bytes | None) -> None:
    """Add the rows of one list to *read*."""
    if data is None:
        read.bad.append(Bad(name, "cannot be read", whole=True))
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        read.bad.append(Bad(name, "is not UTF-8", whole=True))
        return
    before = len(read.exact) + len(read.pdq) + read.passed
    rows = csv.reader(text.splitlines(keepends=True))
    try:
        _rows(read, name, rows)
    except csv.Error as error:
        read.bad.append(Bad(f"{name}:{rows.line_num}", f"is no CSV from here on: {error}", whole=True))
    if len(read.exact) + len(read.pdq) + read.passed == before:
        read.bad.append(Bad(name, "holds no hash that could be read", whole=True))


def _rows(read: _Read, name: str, rows: Any) -> None:
    """Read the rows of a list, of whichever form."""
    kind_at, value_at = None, 0
    named = {each.lower().replace("-", "") for each in _IN_A_NAME.findall(name)}
    usual = named.pop() if len(named) == 1 else None
    first = True
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if first:
            first = False
            header = [cell.casefold() for cell in cells]
            if value := next((each for each in _VALUES if each in header), None):
                value_at = header.index(value)
                kind_at = next((header.index(each) for each in _TYPES if each in header), None)
                continue
        place = f"{name}:{rows.line_num}"
        if value_at >= len(cells) or (kind_at is not None and kind_at >= len(cells)):
            read.bad.append(Bad(place, f"has only {len(cells)} columns"))
            continue
        said = cells[kind_at].casefold() if kind_at is not None else usual
        _add(read, place, said, cells[value_at].lower())


def _add(read: _Read, place: str, said: str | None, value: str) -> None:
    """Add one hash, or say why not."""
    kind = _NAMED.get(said) if said else None
    if said and not kind:
        read.passed += 1
        return
    for each in (kind,) if kind else _guess(value):
        if len(value) != _DIGITS[each] or not _HEX.fullmatch(value):
            read.bad.append(Bad(place, f"is no {each.upper()} of {_DIGITS[each]} hexadecimal digits"))
        elif each == "pdq":
            read.pdq.append(bytes.fromhex(value))
            read.places.append(place)
        else:
            read.exact.setdefault(bytes.fromhex(value), (each, place))


def _guess(value: str) -> Iterator[str]:
    """Yield the kinds that *value* may be of, by its length; PDQ where it is of none, so that it is complained of."""
    kinds = [kind for kind, digits in _DIGITS.items() if digits == len(value)]
    yield from kinds or ["pdq"]
