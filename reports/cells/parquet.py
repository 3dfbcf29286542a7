"""A Parquet file as a table of text, read by DuckDB in small portions. Places are rows (the first is 2) and columns."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from campaigns.errors import Complaint, InvalidDocument, MissingExtra, Where
from reports.cells.sheet import Record, controlled, digest_of, repeated
from reports.snapshot import Fault

if TYPE_CHECKING:
    import duckdb

PORTION = 10_000  #: rows at a time
MEMORY = "400MB"


class Parquet:
    """
    A Parquet file, of which the columns are known.

    Raises:
        MissingExtra: If DuckDB is not installed.
        InvalidDocument: If it is damaged.
    """

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self.file = path.name
        self.notes: dict[str, str] = {}
        self.digest = digest_of(stream)
        self.connection = connect()
        import duckdb

        try:
            relation = self.connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
            names = [column[0] for column in relation.description]
            cast = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in names)
            self.found = self.connection.execute(f"SELECT {cast} FROM read_parquet(?)", [str(path)])  # noqa: S608 (quoted)
        except duckdb.Error as error:
            self.close()
            said = str(error).splitlines()[0]
            raise InvalidDocument([Complaint(Where(self.file), f"not Parquet: {said}", "write it anew")]) from None
        self.heading = Record(1, names)
        faults = repeated(self.heading)
        if faults:
            self.close()
            raise InvalidDocument(self.complaints(faults))

    def records(self) -> Iterator[Record | Fault]:
        """Return the rows; null is empty."""
        import duckdb

        line = 1
        try:
            while rows := self.found.fetchmany(PORTION):
                for row in rows:
                    line += 1
                    record = Record(line, ["" if cell is None else cell.strip() for cell in row])
                    yield controlled(record) or record
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise InvalidDocument(
                [Complaint(Where(self.file, line), f"not Parquet: {said}", "write it anew")]
            ) from None

    def complaints(self, faults: Sequence[Fault]) -> list[Complaint]:
        """Return *faults* with row and column."""
        return [Complaint(Where(self.file, each.line, each.cell + 1), each.message, each.hint) for each in faults]

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()


def connect(memory: str = MEMORY, threads: int = 2) -> "duckdb.DuckDBPyConnection":
    """
    Return a DuckDB connection to memory, in UTC, that loads nothing from the network.

    Raises:
        MissingExtra: If DuckDB is not installed.
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        what = "Parquet"
        raise MissingExtra(what, "archive") from None
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory, "threads": threads, "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }  # fmt: skip
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def quoted(name: str) -> str:
    """Return an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'
