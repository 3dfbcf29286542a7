"""A report's tables as Parquet, for those who go on calculating. The extra `archive` brings DuckDB, which writes it."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from campaigns.errors import MissingExtra
from reports.assessment.evaluation import Evaluation
from reports.presentation import result


def files(found: Evaluation) -> dict[str, bytes]:
    """
    Return the bytes of a Parquet file for each table. Names beside ids are English; the same result, the same bytes.

    Raises:
        MissingExtra: If DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        msg = "A report as Parquet"
        raise MissingExtra(msg, "archive") from None
    made = {}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        database.execute("SET threads = 1")
        for name, (headings, rows) in result.frames(found, result.NAMES_IN).items():
            frame = pd.DataFrame(rows, columns=list(headings))
            database.register("made", _typed(frame))
            target = Path(folder) / f"{name}.parquet"
            database.execute(f"COPY made TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
            database.unregister("made")
            made[name] = target.read_bytes()
    return made


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with numbers as numbers and all else as text: a column of nothing is text."""
    for column in frame.columns:
        known = [value for value in frame[column] if value is not None]
        numbers = bool(known) and all(isinstance(value, (int, float)) for value in known)
        kind: Any = "Float64" if numbers else "string"
        frame[column] = pd.array(frame[column].tolist(), dtype=kind)
    return frame
