"""Which reader a file of readings needs: CSV, an Excel workbook, Parquet or a mailbox, told by how its bytes begin."""

from pathlib import Path
from typing import BinaryIO

from campaigns.errors import Complaint, InvalidDocument, Where
from reports.cells.layout import Layout
from reports.cells.notices import Notices, is_mail
from reports.cells.sheet import Csv, Sheet, opened

_ZIP, _PARQUET, _OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"


class Opened:
    """A file that is being read."""

    def __init__(self, stream: BinaryIO, sheet: Sheet) -> None:
        self.stream, self.sheet = stream, sheet

    def close(self) -> None:
        """Let the file go."""
        getattr(self.sheet, "close", lambda: None)()
        self.stream.close()


def open_file(path: Path, layout: Layout) -> Opened:
    """
    Open the file of readings at *path*, and read its heading.

    Raises:
        InvalidDocument: If it cannot be read as what it is.
        UsageError: If there is no such file.
        EnvironmentFault: If it may not be read.
        MissingExtra: If it is Parquet, and what reads that is not installed.
    """
    stream = opened(path)
    try:
        return Opened(stream, _sheet(stream, path, layout))
    except BaseException:
        stream.close()
        raise


def _sheet(stream: BinaryIO, path: Path, layout: Layout) -> Sheet:
    start = stream.read(100)
    stream.seek(0)
    if is_mail(start, path.suffix):
        return Notices(stream, path.name)
    start = start[:4]
    if start == _ZIP:
        from reports.cells.workbook import Workbook

        return Workbook(stream, path.name, layout.sheet)
    if start == _PARQUET:
        from reports.cells.parquet import Parquet

        return Parquet(stream, path)
    if start == _OLD_EXCEL:
        message = "the file is a workbook of Excel 97, or one with a password"
        raise InvalidDocument([Complaint(Where(path.name), message, "save it as .xlsx without a password, or as CSV")])
    return Csv(stream, path.name, layout.encoding, layout.separator)
