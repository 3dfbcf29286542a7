"""
The disk guard: claims stop while there is still room to write down what is on the wire.

A full disk loses nothing (the journal and the database say so, and nothing is sent without them), but whoever finds it
full cannot write down what was sent either. So publishing pauses before that, and goes on by itself.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import Engine

from campaigns import clock
from campaigns.settings import Settings

LOG = structlog.get_logger()
MEGABYTE = 1_000_000
ASK_EVERY = 1.0  #: seconds between two looks at the disk
SLACK = 1.1  #: so much more than the least must be free before it goes on, lest it flutter


def written_to(settings: Settings, database: Engine) -> list[Path]:
    """Return the folders that a daemon writes to: the workspace, and SQLite's file."""
    path = database.url.database if database.dialect.name == "sqlite" else None
    return [settings.root.resolve(), *([Path(path).resolve().parent] if path else [])]


class Disk:
    """The room that is left where *folders* are. *least* is in bytes; 0 never pauses."""

    def __init__(self, folders: Sequence[Path], least: int) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._least = least
        self._asked = float("-inf")
        self.free = 0  #: bytes, of the fullest of the disks, when last asked
        self.low = ""  #: what pauses publishing, in words; "" while there is room

    def look(self) -> str:
        """Ask the disks, at most once a second, and return why nothing should be claimed; "" while there is room."""
        now = clock.monotonic()
        if now - self._asked < ASK_EVERY:
            return self.low
        self._asked = now
        where, self.free = self._fullest()
        enough = self._least * (SLACK if self.low else 1.0)
        if self.free >= enough:
            if self.low:
                LOG.warning("there is room on the disk again; publishing goes on", free=self.free, folder=str(where))
            self.low = ""
        else:
            if not self.low:
                LOG.error("publishing is paused: the disk is nearly full", free=self.free, folder=str(where))
            self.low = (
                f"The disk of {where} has {self.free // MEGABYTE:,} MB left; "
                f"publishing is paused below {self._least // MEGABYTE:,} MB."
            )
        return self.low

    def _fullest(self) -> tuple[Path, int]:
        found: list[tuple[int, Path]] = []
        for folder in self._folders:
            try:
                disk = os.statvfs(folder)
            except OSError as error:  # a folder that is gone is no room at all
                LOG.error("a disk does not answer", folder=str(folder), error=error.strerror)
                found.append((0, folder))
            else:
                found.append((disk.f_bavail * disk.f_frsize, folder))
        free, where = min(found)
        return where, free
