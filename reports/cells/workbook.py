"""
A sheet of an Excel workbook, a row at a time. Places are rows and columns of the sheet, as Excel numbers them.

A cell is what was stored, not how it is shown. What cannot be trusted is a fault: a formula (its result is only a
memory of another program), and a number of more digits than Excel keeps, which is an id that was rounded.
"""

import math
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

from campaigns.errors import Complaint, InvalidDocument, Where
from reports.cells.sheet import FEW, Record, controlled, digest_of, repeated
from reports.snapshot import Fault

UNPACKED = 4 << 30  #: bytes that a workbook may unpack to
RATIO = 400  #: times its packed size
_DIGITS = 15


class Workbook:
    """
    A workbook, of which one sheet's heading is read.

    Raises:
        InvalidDocument: If it is no workbook, has no such sheet, no heading, or one twice.
    """

    def __init__(self, stream: BinaryIO, file: str, sheet: str = "") -> None:
        self.file = file
        self.notes: dict[str, str] = {}
        self.digest = digest_of(stream)
        stream.seek(0)
        self.book = self._load(stream)
        if sheet and sheet not in self.book.sheetnames:
            self._refuse(f"the workbook has no sheet '{sheet}'", f"it has {', '.join(self.book.sheetnames)}")
        self.names: list[str] = self.book.sheetnames
        self.sheet = self.book[sheet or self.names[0]]
        self.rows = self._rows()
        first, self.kept = next(self.rows, None), None
        if isinstance(first, Record) and sum(map(bool, first.cells)) == 1:
            self.kept = next(self.rows, None)
            if isinstance(self.kept, Record) and sum(map(bool, self.kept.cells)) > FEW:
                first, self.kept = self.kept, None  # a row that explains stands above the heading
        if first is None or isinstance(first, Fault):
            self.close()
            hint = "its first row names the columns; another sheet is named with --sheet"
            self._refuse("the sheet has no heading" if first is None else first.message, hint)
            raise AssertionError
        width = max(place for place, cell in enumerate(first.cells, 1) if cell)
        self.heading = Record(first.line, first.cells[:width])
        faults = repeated(self.heading)
        if faults:
            self.close()
            raise InvalidDocument(self.complaints(faults))

    def records(self) -> Iterator[Record | Fault]:
        """Return the rows after the heading; cells that are not there are empty."""
        width = len(self.heading.cells)
        for record in self.rows if self.kept is None else chain([self.kept], self.rows):
            if isinstance(record, Fault):
                yield record
            elif any(record.cells[width:]):
                place = next(place for place in range(width, len(record.cells)) if record.cells[place])
                message = f"'{record.cells[place]}' stands in a column without a heading"
                yield Fault(record.line, place, message, "name the column, or empty it")
            else:
                whole = Record(record.line, (record.cells + [""] * width)[:width])
                yield controlled(whole) or whole

    def complaints(self, faults: Sequence[Fault]) -> list[Complaint]:
        """Return *faults* with row and column of the sheet."""
        return [Complaint(Where(self.file, each.line, each.cell + 1), each.message, each.hint) for each in faults]

    def close(self) -> None:
        """Let the workbook go."""
        self.book.close()

    def _load(self, stream: BinaryIO) -> Any:
        import openpyxl

        try:
            with zipfile.ZipFile(stream) as packed:
                sizes = [(each.file_size, each.compress_size) for each in packed.infolist()]
            whole, small = sum(size for size, _ in sizes), sum(size for _, size in sizes)
            if whole > UNPACKED or whole > max(RATIO * small, 1 << 26):
                self._refuse("the workbook unpacks to more than a workbook holds", "save it anew, or as CSV")
            stream.seek(0)
            return openpyxl.load_workbook(stream, read_only=True, data_only=False)
        except InvalidDocument:
            raise
        except Exception as error:  # noqa: BLE001 (whatever a broken archive makes the reader raise is one fault: no workbook)
            self._refuse(f"the workbook cannot be read: {error}", "open it in Excel, and save it anew")

    def _rows(self) -> Iterator[Record | Fault]:
        try:
            for line, row in enumerate(self.sheet.iter_rows(), 1):
                cells: list[str] = []
                faults = []
                for place, cell in enumerate(row):
                    text = _text(cell.value, cell.data_type)
                    if isinstance(text, str):
                        cells.append(text)
                    else:
                        cells.append("")
                        faults.append(Fault(line, place, *text))
                yield from faults
                if any(cells) and not faults:
                    yield Record(line, cells)
        except InvalidDocument:
            raise
        except Exception as error:  # noqa: BLE001 (the same, found later in the file)
            self._refuse(f"the workbook cannot be read: {error}", "open it in Excel, and save it anew")

    def _refuse(self, message: str, hint: str) -> None:
        raise InvalidDocument([Complaint(Where(self.file), message, hint)])


def _text(value: Any, kind: str) -> str | tuple[str, str]:
    """Return a cell as text, or what is wrong with it and its cure."""
    if value is None:
        return ""
    if kind == "f":
        return f"the cell holds the formula {getattr(value, 'text', value)}", "paste it as a value, and import again"
    if kind == "e":
        return f"the cell holds the error {value}", "mend the cell, or leave it empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) >= 10**_DIGITS:
            message = f"the number {value:.0f} has more digits than Excel keeps"
            return message, "if it is an id, store it as text in the export"
        return str(int(value)) if float(value).is_integer() else f"{Decimal(f'{value:.15g}'):f}"
    return str(value).strip()
