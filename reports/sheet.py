"""
A CSV file as text: every cell a string, every cell with its place.

Nothing is guessed: country `NA` stays `NA` and a long id keeps every digit. UTF-8 is strict (a byte-order mark is
welcome); the separator is the comma, semicolon or tab that the heading uses most. Leading lines `# key: value` are
notes.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from campaigns.errors import Complaint, EnvironmentFault, InvalidDocument, UsageError, Where

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Record:
    """One row: its first line, and a cell for each heading."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A file, read but not yet understood."""

    file: str
    digest: str  #: sha256 of the bytes, hex
    lines: tuple[str, ...]
    separator: str
    notes: dict[str, str]  #: leading `# key: value` lines, keys in lower case
    heading: Record
    records: tuple[Record, ...]

    def where(self, record: Record, column: int) -> Where:
        """Return the place of cell *column* (from 0) of *record*; columns of a place count characters from 1."""
        line, position, quoted, left = record.line, 0, False, column
        while left > 0 and line <= len(self.lines):
            for position, letter in enumerate(self.lines[line - 1]):
                if letter == '"':
                    quoted = not quoted
                elif letter == self.separator and not quoted:
                    left -= 1
                    if left == 0:
                        return Where(self.file, line, position + 2)
            line += 1
        return Where(self.file, record.line, 1)


def read(path: Path) -> Sheet:
    """
    Read the CSV file at *path*.

    Raises:
        UsageError: If there is no such file.
        EnvironmentFault: If it cannot be read.
        InvalidDocument: If it is not UTF-8, has no heading, or has rows of another width than the heading.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        message = f"There is no file {path}."
        raise UsageError(message, "Name the CSV file that the platform or the survey gave.") from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise EnvironmentFault(message, "Give this user the right to read it.") from None
    return parse(raw, path.name)


def parse(raw: bytes, file: str) -> Sheet:
    """
    Take the bytes of a CSV file apart.

    Raises:
        InvalidDocument: If it is not UTF-8, has no heading, or has rows of another width than the heading.
    """
    text = _decode(raw, file)
    lines = tuple(io.StringIO(text, newline=""))  # the line ends that csv knows, and no others
    notes, first = _notes(lines)
    separator = max(SEPARATORS, key=lambda each: lines[first].count(each) if first < len(lines) else 0)
    records = list(_records(lines, first, separator, file))
    if not records:
        raise InvalidDocument([Complaint(Where(file, 1), "the file has no heading", "its first row names the columns")])
    heading, rows = records[0], records[1:]
    sheet = Sheet(file, hashlib.sha256(raw).hexdigest(), lines, separator, notes, heading, tuple(rows))
    complaints = [*_repeated(sheet), *_uneven(sheet)]
    if complaints:
        raise InvalidDocument(complaints)
    return sheet


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8"
        raise InvalidDocument(
            [Complaint(Where(file, line, column), message, "save the file as 'CSV UTF-8' and import that")]
        ) from None


def _notes(lines: tuple[str, ...]) -> tuple[dict[str, str], int]:
    notes: dict[str, str] = {}
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            return notes, number
        key, _, value = line.lstrip("# ").partition(":")
        if key.strip():
            notes[key.strip().casefold()] = value.strip()
    return notes, len(lines)


def _records(lines: tuple[str, ...], first: int, separator: str, file: str) -> Iterator[Record]:
    reader = csv.reader(lines[first:], delimiter=separator, strict=True)
    line = first + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Record(line, tuple(cell.strip() for cell in cells))
            line = first + reader.line_num + 1
    except csv.Error as error:
        hint = "close every quotation mark, and double the ones inside a cell"
        raise InvalidDocument([Complaint(Where(file, line), f"not CSV: {error}", hint)]) from None


def _repeated(sheet: Sheet) -> Iterator[Complaint]:
    names = [name.casefold() for name in sheet.heading.cells]
    for position, name in enumerate(names):
        if name and name in names[:position]:
            message = f"the heading '{sheet.heading.cells[position]}' is there twice"
            yield Complaint(sheet.where(sheet.heading, position), message, "keep one of the two columns")


def _uneven(sheet: Sheet) -> Iterator[Complaint]:
    width = len(sheet.heading.cells)
    for record in sheet.records:
        if len(record.cells) != width:
            message = f"the row has {len(record.cells)} cells where the heading has {width}"
            hint = f"quote a cell that holds '{sheet.separator}', and write an empty cell for what is not known"
            yield Complaint(sheet.where(record, min(len(record.cells), width) - 1), message, hint)
