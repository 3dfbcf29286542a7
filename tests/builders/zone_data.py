"""Zone data for tests: that of the tzdata package alone, whatever this machine has, or with some zones rewritten."""

import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from campaigns.calendar.wall_time import clocks_of


def file_of(zone: str) -> bytes:
    """Return the file of *zone* (TZif, RFC 9636) in the tzdata package."""
    return resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def rewrite(folder: Path, zones: Mapping[str, str]) -> Path:
    """Write to *folder* zone data in which each of *zones* keeps the clocks of another; return it."""
    for zone, other in zones.items():
        path = folder / zone
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file_of(other))
    return folder


@contextmanager
def reading(*folders: Path) -> Iterator[None]:
    """Read zones from *folders* and then from the tzdata package, and afterwards from where they came before."""
    before = zoneinfo.TZPATH
    _look_in(tuple(map(str, folders)))
    try:
        yield
    finally:
        _look_in(before)


def _look_in(folders: tuple[str, ...]) -> None:
    zoneinfo.reset_tzpath(to=folders)
    zoneinfo.ZoneInfo.clear_cache()
    clocks_of.cache_clear()
