"""
The raw archive: every reading once more, a Parquet file a day, for other tools and for the day after a loss.

The database is the truth. A day's file is written anew when late rows come: to a temporary name, synced, renamed, so
that a file is whole or not there. `archive.json` says which imports are in it. Names of staff are not.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, String, func, select, type_coerce

from campaigns import clock
from campaigns.documents.write import write_whole
from campaigns.errors import EnvironmentFault, UsageError
from campaigns.store.tables import table
from reports.cells.parquet import connect
from reports.figures import Figure, Qualifier
from reports.models import Reading, ReadingImport
from reports.records import ledger
from reports.records.staging import FIGURE, OWN, SERIES, group, series
from reports.snapshot import Of, Row

MANIFEST = "archive.json"
PORTION = 10_000  #: rows at a time on the way back

_reading, _imports = table(Reading), table(ReadingImport)
_TEXTS = (*SERIES, *OWN, "qualifier", "imported")
COLUMNS = (*SERIES, *OWN, "at", "revision", *FIGURE, "imported")
_TYPE = {"at": "TIMESTAMPTZ", "revision": "INTEGER", **dict.fromkeys(_TEXTS, "VARCHAR")}
_TYPES = ", ".join(f'"{name}" {_TYPE.get(name, "DOUBLE")}' for name in COLUMNS)


@dataclass(frozen=True)
class Written:
    """What was brought up to date."""

    days: int
    readings: int


def write(connection: Connection, folder: Path, step: Callable[[int], None] | None = None) -> Written:
    """
    Write the days of which *folder* lacks readings; *step* is told of readings as they go.

    Raises:
        EnvironmentFault: If the folder cannot be written.
        MissingExtra: If DuckDB is not installed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.tmp"):  # of a run that was killed
            left.unlink()
    except OSError as error:
        message = f"The archive {folder} cannot be written: {error.strerror}."
        raise EnvironmentFault(message, "Name a folder that may be written.") from None
    known = _manifest(folder)
    there = {row.id: row for row in connection.execute(select(_imports))}
    stale = [row for row in there.values() if known.get(row.id, {}).get("added") != row.detail["added"]]
    days = _days(connection, [row.detail for row in stale])
    readings = 0
    duck = connect()
    try:
        for day, rows in groupby(_rows(connection, days), key=lambda row: row[len(SERIES) + len(OWN)][:10]):
            readings += _write_day(duck, folder, day, list(rows))
            if step:
                step(readings)
    finally:
        duck.close()
    entries = {
        row.id: {"number": row.number, "file": row.file, "imported_at": clock.iso(row.imported_at), **row.detail}
        for row in sorted(there.values(), key=lambda row: row.number)
    }
    write_whole(folder / MANIFEST, json.dumps({"v": 1, "imports": entries}, ensure_ascii=False, indent=1) + "\n")
    return Written(len(days), readings)


def restore(connection: Connection, folder: Path, step: Callable[[int], None] | None = None) -> int:
    """
    Bring back the readings that *folder* has and the database lacks, rolled up; return how many came back.

    Raises:
        UsageError: If there is no archive in *folder*.
        MissingExtra: If DuckDB is not installed.
    """
    found = _manifest(folder)
    if not found:
        message = f"There is no archive in {folder}."
        raise UsageError(message, "Write one with: cordiale readings archive --to DIR")
    duck = connect()
    back = 0
    try:
        for identity, said in sorted(found.items(), key=lambda pair: pair[1]["number"]):
            receipt = ledger.Receipt(
                identity, said["file"], "archive", datetime.fromisoformat(said["imported_at"]), said.get("example")
            )
            for revision in _revisions(duck, folder, identity):
                rows = _from(duck, folder, identity, revision)
                back += ledger.import_rows(connection, rows, receipt, step, corrects=revision > 0).added
    finally:
        duck.close()
    return back


def files(folder: Path, until: date | None = None) -> list[Path]:
    """
    Return the archive's files, a day each, up to *until*.

    Raises:
        UsageError: If there is no archive in *folder*.
    """
    found = sorted(folder.glob("????-??-??.parquet"))
    if not found or not (folder / MANIFEST).is_file():
        message = f"There is no archive in {folder}."
        raise UsageError(message, "Write one with: cordiale readings archive --to DIR")
    return [path for path in found if until is None or path.stem <= until.isoformat()]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        message = f"{folder / MANIFEST} is damaged."
        raise EnvironmentFault(message, "Delete it, and write the archive anew.") from None
    return dict(found["imports"])


def _days(connection: Connection, details: list[dict[str, Any]]) -> list[str]:
    if all("days" in detail for detail in details):
        return sorted({day for detail in details for day in detail["days"]})
    return sorted(connection.execute(select(func.substr(_reading.c.at, 1, 10)).distinct()).scalars())


def _rows(connection: Connection, days: list[str]) -> Iterator[Any]:
    """Give every reading of *days*, in the order of COLUMNS, day by day."""
    day = func.substr(_reading.c.at, 1, 10)
    columns = [
        *(series.c[name] for name in SERIES), *(group.c[name] for name in OWN), type_coerce(_reading.c.at, String),
        _reading.c.revision, *(_reading.c[name] for name in FIGURE), _imports.c.id,
    ]  # fmt: skip
    return iter(
        connection.execution_options(yield_per=PORTION).execute(
            select(*columns)
            .select_from(_reading)
            .join(series, series.c.id == _reading.c.series)
            .join(group, group.c.id == series.c.group)
            .join(_imports, _imports.c.number == _reading.c.imported)
            .where(day.in_(days))
            .order_by(day, _reading.c.series, _reading.c.at, _reading.c.revision)
        )
    )


def _write_day(duck: Any, folder: Path, day: str, rows: list[Any]) -> int:
    """Write one day's file, whole or not at all."""
    import pandas as pd

    final = folder / f"{day}.parquet"
    temporary = folder / f"{day}.parquet.tmp"
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(COLUMNS))
    for name in ("value", "lower", "upper", "numerator", "denominator"):
        frame[name] = frame[name].astype("float64")
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601")
    duck.execute(f"CREATE OR REPLACE TABLE day ({_TYPES})")
    duck.register("frame", frame)
    # Missing numbers arrive as NaN; no reading is one.
    numbers = [name for name in FIGURE if name != "qualifier"]
    given = ", ".join(
        f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END' if name in numbers else f'"{name}"' for name in COLUMNS
    )
    duck.execute(f"INSERT INTO day SELECT {given} FROM frame")  # noqa: S608 (names of columns)
    duck.unregister("frame")
    duck.execute("COPY day TO '" + str(temporary).replace("'", "''") + "' (FORMAT parquet, COMPRESSION zstd)")
    descriptor = os.open(temporary, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(final)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return len(rows)


def _revisions(duck: Any, folder: Path, identity: str) -> list[int]:
    names = [str(path) for path in files(folder)]
    found = duck.execute(
        "SELECT DISTINCT revision FROM read_parquet(?) WHERE imported = ? ORDER BY 1", [names, identity]
    )
    return [revision for (revision,) in found.fetchall()]


def _from(duck: Any, folder: Path, identity: str, revision: int) -> Iterator[Row]:
    """Give the archive's rows of one import and revision."""
    names = [str(path) for path in files(folder)]
    columns = ", ".join(f'epoch_us("{name}")' if name == "at" else f'"{name}"' for name in COLUMNS[:-1])
    found = duck.execute(
        f'SELECT {columns} FROM read_parquet(?) WHERE imported = ? AND revision = ? ORDER BY "at"',  # noqa: S608 (names)
        [names, identity, revision],
    )
    width = len(SERIES)
    while rows := found.fetchmany(PORTION):
        for row in rows:
            words = dict(zip(SERIES, row[:width], strict=True)) | dict(
                zip(OWN, row[width : width + len(OWN)], strict=True)
            )
            micros, _, value, lower, upper, qualifier, numerator, denominator = row[width + len(OWN) :]
            at = datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)
            figure = Figure(value, lower, upper, Qualifier(qualifier), numerator, denominator)
            yield Row(Of(**words), at, figure, 0, 0)
