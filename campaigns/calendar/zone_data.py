"""The zone data that this machine computes with: what it was read from, so that a newer one shows."""

import hashlib
import zoneinfo
from functools import lru_cache
from importlib.resources import files
from pathlib import Path


def digest(zone: str) -> str:
    """Return the sha256, hex, of the data of *zone*, as `zoneinfo` finds it: the system's first, then the package's."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, zone)
        if path.is_file():
            facts = path.stat()
            return _of_file(str(path), facts.st_mtime_ns, facts.st_size)
    return _of_package(zone)


@lru_cache(maxsize=1024)
def _of_file(path: str, changed: int, size: int) -> str:
    """Return the sha256 of a file as it was *changed* (ns) with *size*."""
    del changed, size
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@lru_cache(maxsize=1024)
def _of_package(zone: str) -> str:
    return hashlib.sha256(files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()).hexdigest()
