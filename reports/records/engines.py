"""
Reports straight from the archive: on this machine with DuckDB, or on a cluster with Dask. Same frames, same report.

Both do two things: take the newest snapshot of each series and day, and then of each series. A file holds a whole
day, so the first needs no other file; on a cluster it runs beside the files, and a worker that dies is replaced by
another that reads its files again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from campaigns.errors import EnvironmentFault, MissingExtra, UsageError
from reports.cells.parquet import connect
from reports.intake.subjects import Sent
from reports.records.frames import DAYS, NEWEST, SERIES, Engine, over_time
from reports.records.newest import ORDER, SAYS, newest_of

PATIENCE = "30s"  #: how long a scheduler may take to answer
FAN = 16  #: partial results that one step puts together
_KEYS = ", ".join(SERIES)
MEMORY = "2GB"
INSTANT = "datetime64[us, UTC]"


class Archived:
    """The archive on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self, campaign: str, until: date | None = None) -> pd.DataFrame:
        """Return one row a series: its newest day, no later than *until*."""
        found = newest_of(_names(self.folder, until), campaign, MEMORY)
        return found.astype({"last_at": INSTANT})

    def days(self, campaign: str, metric: str) -> pd.DataFrame:
        """Return every day of *metric*'s series that has a value."""
        return _deltas(_days_of(_names(self.folder), campaign, metric, MEMORY))

    def by_channel(self, campaign: str, metric: str, sent: Iterable[Sent]) -> pd.DataFrame:
        """Return running totals by day and channel."""
        return over_time(self.days(campaign, metric), sent, metric)


class Clustered:
    """
    The archive, read by the workers of a Dask cluster; every worker sees the folder under the same name.

    Raises:
        MissingExtra: If Dask is not installed.
        EnvironmentFault: If the scheduler does not answer.
    """

    def __init__(self, folder: Path, scheduler: str) -> None:
        try:
            import distributed
        except ModuleNotFoundError:
            what = "A report on a cluster"
            raise MissingExtra(what, "cluster") from None
        self.folder = folder.resolve()
        try:
            self.client: Any = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"The scheduler {scheduler} does not answer: {error}."
            raise EnvironmentFault(message, "Start it with `dask scheduler`, and name it as tcp://HOST:8786.") from None

    def newest(self, campaign: str, until: date | None = None) -> pd.DataFrame:
        """Return one row a series: its newest day, no later than *until*."""
        parts = self._parts(_names(self.folder, until))
        return _ordered(self._together(self.client.map(newest_of, parts, campaign=campaign, pure=False), newer))

    def days(self, campaign: str, metric: str) -> pd.DataFrame:
        """Return every day of *metric*'s series that has a value."""
        parts = self._parts(_names(self.folder))
        futures = self.client.map(_days_of, parts, campaign=campaign, metric=metric, pure=False)
        return _deltas(self._together(futures, beside))

    def by_channel(self, campaign: str, metric: str, sent: Iterable[Sent]) -> pd.DataFrame:
        """Return running totals by day and channel."""
        return over_time(self.days(campaign, metric), sent, metric)

    def close(self) -> None:
        """Let the cluster go; it runs on."""
        self.client.close()

    def _parts(self, files: Sequence[str]) -> list[list[str]]:
        """Return the files in portions: enough of them for every core to have several."""
        cores = sum(self.client.ncores().values()) or 1
        size = max(1, len(files) // (8 * cores))
        return [list(files[start : start + size]) for start in range(0, len(files), size)]

    def _together(self, futures: list[Any], step: Any) -> pd.DataFrame:
        """Put partial results together, a few at a time, on the workers."""
        while len(futures) > 1:
            futures = [
                self.client.submit(step, futures[start : start + FAN], pure=False)
                for start in range(0, len(futures), FAN)
            ]
        found: pd.DataFrame = futures[0].result()
        return found


@contextmanager
def chosen(name: str, folder: Path | None, scheduler: str) -> Iterator[Engine | None]:
    """
    Give what *name* is, None for the database: the archive in *folder*, or the cluster of *scheduler* over it.

    Raises:
        UsageError: If the words do not fit together.
    """
    if name not in {"database", "archive", "dask"}:
        message = f"There is no engine '{name}'."
        raise UsageError(message, "Choose from database, archive, dask.")
    if name == "database":
        yield None
        return
    if folder is None:
        message = f"--engine {name} reads an archive, and none is named."
        raise UsageError(message, "Add --archive DIR; write one with: cordiale readings archive --to DIR")
    _names(folder)
    if name == "archive":
        yield Archived(folder)
        return
    if not scheduler:
        message = "--engine dask needs the address of the scheduler."
        raise UsageError(message, "Add --scheduler tcp://HOST:8786; start one with `dask scheduler`.")
    cluster = Clustered(folder, scheduler)
    try:
        yield cluster
    finally:
        cluster.close()


def _names(folder: Path, until: date | None = None) -> list[str]:
    """Return the archive's files, up to *until*."""
    from reports.records import archive  # the database's reports need nothing of it

    return [str(path) for path in archive.files(folder, until)]


def newer(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the newest day of each series, of several frames of newest days."""
    every = pd.concat(frames, ignore_index=True)
    return every.sort_values("day", kind="stable").drop_duplicates(list(SERIES), keep="last", ignore_index=True)


def beside(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return several frames of days as one."""
    return pd.concat(frames, ignore_index=True)


def _days_of(names: list[str], campaign: str, metric: str, memory: str = "512MB") -> pd.DataFrame:
    """Return the last value of each series and day in some files. Columns: SERIES, day, last_value."""
    query = f"""
        SELECT {_KEYS}, strftime(day, '%Y-%m-%d') AS day, last.value AS last_value
        FROM (
            SELECT {_KEYS}, CAST("at" AS DATE) AS day, max_by(struct_pack(value := value), {ORDER}) AS last
            FROM read_parquet(?) WHERE campaign = ? AND metric = ? AND {SAYS} GROUP BY {_KEYS}, day
        ) WHERE last.value IS NOT NULL ORDER BY {_KEYS}, day
    """  # noqa: S608 (names of columns)
    duck = connect(memory)
    try:
        found: pd.DataFrame = duck.execute(query, [names, campaign, metric]).df()
    finally:
        duck.close()
    return found


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(SERIES), ignore_index=True).astype({"last_at": INSTANT})[list(NEWEST)]


def _deltas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return *frame* in order, with what each day added to the one before."""
    found = frame.sort_values([*SERIES, "day"], ignore_index=True)
    before = found.groupby(list(SERIES), sort=False)["last_value"].shift()
    found["delta"] = found["last_value"] - before.fillna(0.0)
    return found[list(DAYS)]
