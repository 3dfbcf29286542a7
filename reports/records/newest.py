"""
The newest figures of each series in some files of the archive, by DuckDB: one row a series.

A file tells in its footer which columns hold anything. Of a day that has exact values alone, none of them corrected,
as most have, bounds and shares are not read; of other days every column is.
"""

from typing import Any

import pandas as pd

from reports.cells.parquet import connect
from reports.records.frames import SERIES

SAYS = "(value IS NOT NULL OR lower IS NOT NULL OR upper IS NOT NULL)"
ORDER = 'epoch_us("at") * 1000 + least(revision, 999)'  #: one number is compared faster than two
_KEYS = ", ".join(SERIES)
#: Those of some files that have exact values alone. A footer that says nothing of a column proves nothing.
_PLAIN = """
    SELECT file_name FROM parquet_metadata(?)
    WHERE path_in_schema IN ('qualifier', 'revision', 'lower', 'upper', 'numerator', 'denominator')
    GROUP BY file_name
    HAVING count(DISTINCT path_in_schema) = 6 AND bool_and(coalesce(CASE path_in_schema
        WHEN 'qualifier' THEN stats_min_value = 'exact' AND stats_max_value = 'exact' AND stats_null_count = 0
        WHEN 'revision' THEN stats_min_value = '0' AND stats_max_value = '0' AND stats_null_count = 0
        ELSE stats_null_count = num_values END, false))
"""
#: The newest row of each series in such files, and every row of others, in the same columns.
_VALUES = f"""
    SELECT {_KEYS}, max("at") AS "at", 0 AS revision, max_by(value, "at") AS value, CAST(NULL AS DOUBLE) AS lower,
        CAST(NULL AS DOUBLE) AS upper, 'exact' AS qualifier, CAST(NULL AS DOUBLE) AS numerator,
        CAST(NULL AS DOUBLE) AS denominator
    FROM read_parquet(?) WHERE campaign = ? AND value IS NOT NULL GROUP BY {_KEYS}
"""  # noqa: S608 (names of columns)
_ROWS = f"""
    SELECT {_KEYS}, "at", revision, value, lower, upper, qualifier, numerator, denominator
    FROM read_parquet(?) WHERE campaign = ? AND {SAYS}
"""  # noqa: S608 (names of columns)
_LATEST = f"""
    SELECT {_KEYS}, unnest(last) FROM (
        SELECT {_KEYS}, max_by(struct_pack(
            "at" := "at", value := value, lower := lower, upper := upper, qualifier := qualifier,
            numerator := numerator, denominator := denominator), {ORDER}) AS last
        FROM ({{rows}}) GROUP BY {_KEYS})
"""  # noqa: S608 (names of columns)
_SHOWN = f"""
    SELECT {_KEYS}, strftime("at", '%Y-%m-%d') AS day, "at" AS last_at, value AS last_value, lower, upper, qualifier,
        numerator, denominator
    FROM ({{found}}) ORDER BY {_KEYS}
"""  # noqa: S608 (names of columns)


def newest_of(names: list[str], campaign: str, memory: str = "512MB") -> pd.DataFrame:
    """Return the newest day of each series in some files. Columns: NEWEST, ordered by series."""
    duck = connect(memory)
    try:
        exact = {name for (name,) in duck.execute(_PLAIN, [names]).fetchall()}
        parts = {
            _VALUES: [each for each in names if each in exact],
            _ROWS: [each for each in names if each not in exact],
        }
        read = {words: files for words, files in parts.items() if files}
        found = _VALUES if _ROWS not in read else _LATEST.format(rows=" UNION ALL ".join(read))
        asked: list[Any] = [each for files in read.values() for each in (files, campaign)]
        frame: pd.DataFrame = duck.execute(_SHOWN.format(found=found), asked).df()
    finally:
        duck.close()
    return frame
