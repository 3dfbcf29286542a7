"""
A table in a file, as text: every cell a string, every cell with its place, one row at a time.

Nothing is guessed: country `NA` stays `NA` and a long id keeps every digit. This module reads CSV: UTF-8 is strict
unless another encoding is declared, or a file begins with the mark of UTF-16 (that of UTF-8 is welcome); the separator
is the comma, semicolon or tab that the heading uses most. Leading lines `# key: value` are notes. However large the
file, one row is held at a time.
"""

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, UsageError, Where
from reports.snapshot import Fault

SEPARATORS = (",", ";", "\t")
FEW = 2  #: cells of a row that may stand below a heading of one
FARTHEST = 1_000  #: lines of a row that are searched for a cell
LONGEST = 1 << 20  #: characters of a line
#: What no cell holds: databases choke on some of these, and terminals obey others.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BEST = "save the file as 'CSV UTF-8' and import that, or declare what it is with --encoding, as in cp1252"


class Record(NamedTuple):
    """One row: its first line, and a cell for each heading."""

    line: int
    cells: list[str]


class Sheet(Protocol):
    """A table that is being read: CSV, a workbook's sheet, Parquet."""

    file: str
    digest: str  #: sha256 of the bytes, hex
    notes: dict[str, str]  #: leading `# key: value` lines, keys in lower case
    heading: Record

    def records(self) -> Iterator[Record | Fault]:
        """Return the rows, once; a row of another width than the heading is a fault."""
        ...

    def complaints(self, faults: Sequence[Fault]) -> list[Complaint]:
        """Return *faults* with their places."""
        ...


def opened(path: Path) -> BinaryIO:
    """
    Open the file at *path*.

    Raises:
        UsageError: If there is no such file.
        EnvironmentFault: If it cannot be read.
    """
    try:
        return path.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        message = f"There is no file {path}."
        raise UsageError(message, "Name the file that the platform or the survey gave.") from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to read it.") from None


def digest_of(stream: BinaryIO) -> str:
    """Return the sha256 of a file, in hex; it is not held in memory."""
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def parse(raw: bytes, file: str, encoding: str = "", separator: str = "") -> "Csv":
    """Take the bytes of a CSV file apart, as `Csv` does."""
    return Csv(io.BytesIO(raw), file, encoding, separator)


def repeated(heading: Record) -> list[Fault]:
    """Return a fault for each heading that is there already."""
    names = [name.casefold() for name in heading.cells]
    return [
        Fault(heading.line, position, f"the heading '{heading.cells[position]}' is there twice",
              "keep one of the two columns")
        for position, name in enumerate(names)
        if name and name in names[:position]
    ]  # fmt: skip


def controlled(record: Record) -> Fault | None:
    """Return a fault for the first cell of *record* that holds a control character."""
    if all(map(str.isprintable, record.cells)):
        return None
    for place, cell in enumerate(record.cells):
        if found := _CONTROL.search(cell):
            message = f"the cell holds the control character U+{ord(found[0]):04X}"
            return Fault(record.line, place, message, "remove it in the export; whatever wrote it may have cut more")
    return None


class Csv:
    """
    A CSV file, of which the heading is read.

    Raises:
        InvalidDocument: If it has no heading, or one twice, or another encoding.
    """

    def __init__(self, stream: BinaryIO, file: str, encoding: str = "", separator: str = "") -> None:
        self.stream, self.file = stream, file
        self.encoding = "utf-8-sig" if encoding.casefold() in {"", "utf-8", "utf8"} else encoding
        stream.seek(0)
        if not encoding and stream.read(2) in _UTF_16:
            self.encoding = "utf-16"
        self.digest = digest_of(stream)
        self.notes: dict[str, str] = {}
        self.kept: list[str] | None = None
        self.first = 1  #: the line that the heading is on
        lines = self._lines()
        head = ""
        for head in lines:
            if head.strip() and not head.startswith("#"):
                break
            key, _, value = head.lstrip("# ").partition(":")
            if key.strip():
                self.notes[key.strip().casefold()] = value.strip()
            self.first += 1
        else:
            self._refuse("the file has no heading", "its first row names the columns", Where(file, 1))
        lines.close()
        self.separator = separator or max(SEPARATORS, key=Counter(head).__getitem__)
        self.heading = Record(0, [])
        rows = self._rows()
        self.heading = next(rows)
        if sum(map(bool, self.heading.cells)) == 1:
            below = next(rows, None)
            if below is not None and sum(map(bool, below.cells)) > FEW:  # a row that explains stands above it
                self.heading, self.first = below, below.line
        rows.close()
        faults = [*filter(None, [controlled(self.heading)]), *repeated(self.heading)]
        if faults:
            raise InvalidDocument(self.complaints(faults))
        for key, value in self.notes.items():
            if controlled(Record(1, [key, value])):
                self._refuse("a note holds a control character", "remove it in the export", Where(file, 1))

    def records(self) -> Iterator[Record | Fault]:
        """Return the rows after the heading."""
        width = len(self.heading.cells)
        rows = self._rows()
        next(rows)
        for record in rows:
            if len(record.cells) == width:
                yield controlled(record) or record
                continue
            message = f"the row has {len(record.cells)} cells where the heading has {width}"
            hint = f"quote a cell that holds '{self.separator}', and write an empty cell for what is not known"
            yield Fault(record.line, min(len(record.cells), width) - 1, message, hint)

    def complaints(self, faults: Sequence[Fault]) -> list[Complaint]:
        """Return *faults* with their columns of characters; the file is read once more for that."""
        waiting: dict[int, set[int]] = {}
        for fault in faults:
            waiting.setdefault(fault.line, set()).add(fault.cell)
        last = max(waiting, default=0)
        places: dict[tuple[int, int], Where] = {}
        open_scans: list[_Scan] = []
        lines = self._lines()
        for number, line in enumerate(lines, 1):
            open_scans += [_Scan(number, cell) for cell in waiting.get(number, ())]
            still = []
            for scan in open_scans:
                if scan.reaches(line, self.separator):
                    places[scan.line, scan.cell] = Where(self.file, number, scan.column)
                elif number < scan.line + FARTHEST:
                    still.append(scan)
            open_scans = still
            if number >= last and not open_scans:
                break
        lines.close()
        return [
            Complaint(places.get((each.line, each.cell), Where(self.file, each.line, 1)), each.message, each.hint)
            for each in faults
        ]

    def where(self, record: Record, cell: int) -> Where:
        """Return the place of a cell (from 0). It keeps the file's lines: for files that are small."""
        if self.kept is None:
            lines = self._lines()
            self.kept = list(lines)
        scan = _Scan(record.line, cell)
        for number, line in enumerate(self.kept[record.line - 1 : record.line + FARTHEST], record.line):
            if scan.reaches(line, self.separator):
                return Where(self.file, number, scan.column)
        return Where(self.file, record.line, 1)

    def _rows(self) -> Generator[Record]:
        lines = self._lines()
        for _ in range(self.first - 1):
            next(lines)
        reader = csv.reader(lines, delimiter=self.separator, strict=True)
        line = self.first
        try:
            for cells in reader:
                stripped = list(map(str.strip, cells))
                if any(stripped):
                    yield Record(line, stripped)
                line = self.first + reader.line_num
        except csv.Error as error:
            hint = "close every quotation mark, and double the ones inside a cell"
            self._refuse(f"not CSV: {error}", hint, Where(self.file, line))

    def _lines(self) -> Generator[str]:
        """Return the lines with their ends, those that csv knows and no others."""
        self.stream.seek(0)
        try:
            text = io.TextIOWrapper(self.stream, self.encoding, newline="")
        except LookupError:
            message = f"There is no encoding '{self.encoding}'."
            raise UsageError(message, "Known are utf-8, utf-16, cp1252 (Western), cp1256 (Arabic).") from None
        number = 0
        try:
            while line := text.readline(LONGEST):
                number += 1
                if len(line) == LONGEST:
                    self._refuse("the line has no end", "a row is at most 1 MB", Where(self.file, number))
                yield line
        except UnicodeError as error:
            self._refuse(*self._undecodable(error, number + 1))
        finally:
            if not self.stream.closed:  # whoever stopped reading may have let the file go
                text.detach()

    def _undecodable(self, error: UnicodeError, line: int) -> tuple[str, str, Where]:
        if self.encoding != "utf-8-sig":
            return f"the file is not {self.encoding}: {error}", BEST, Where(self.file, line)
        self.stream.seek(0)
        for number, raw in enumerate(self.stream, 1):
            try:
                raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as found:
                column = len(raw[: found.start].decode("utf-8", "replace")) + 1
                return f"byte {raw[found.start]:#04x} is not UTF-8", BEST, Where(self.file, number, column)
        return "the file is not UTF-8", BEST, Where(self.file, line)

    def _refuse(self, message: str, hint: str, where: Where) -> None:
        raise InvalidDocument([Complaint(where, message, hint)])


class _Scan:
    """The way along a record's lines to one of its cells, over quoted separators and line ends."""

    def __init__(self, line: int, cell: int) -> None:
        self.line, self.cell, self.left, self.quoted, self.column = line, cell, cell, False, 0

    def reaches(self, text: str, separator: str) -> bool:
        """Walk along one more line; say whether the cell begins on it, at `column`."""
        if self.left <= 0:
            self.column = 1
            return True
        for position, letter in enumerate(text):
            if letter == '"':
                self.quoted = not self.quoted
            elif letter == separator and not self.quoted:
                self.left -= 1
                if self.left == 0:
                    self.column = position + 2
                    return True
        return False
