"""Time zone data that changes: for a while, the clocks of one zone follow the rules of another."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path


@contextmanager
def clocks_of(folder: Path, zone: str, *, follow: str) -> Iterator[None]:
    """Let *zone* follow the rules of *follow*, read as real zone data from *folder*."""
    package, _, name = follow.partition("/")
    target = folder / zone
    target.parent.mkdir(parents=True)
    target.write_bytes(files("tzdata.zoneinfo").joinpath(package, name).read_bytes())
    before = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath([str(folder), *before])
        zoneinfo.ZoneInfo.clear_cache(only_keys=[zone])
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache(only_keys=[zone])
