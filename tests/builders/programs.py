"""Programs and libraries of the system that some tests need: where one is absent, the test is skipped and says so."""

import ctypes
import shutil

import pytest


def need(name: str, package: str) -> str:
    """Return where program *name* is; without it, skip the test, and say which Debian *package* brings it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"needs {name}; as root on Debian: apt-get install {package}")
    return found


def need_pango() -> None:
    """Skip the test where a report cannot be put on paper."""
    try:
        ctypes.CDLL("libpango-1.0.so.0")
    except OSError:
        pytest.skip(
            "needs Pango; as root on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )
