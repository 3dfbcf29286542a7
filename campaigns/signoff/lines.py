"""
A file of one fact a line, beside the trust files: appended and fsynced under a lock, and never unlearnt.

For what the database cannot be trusted with. A torn last line (power cut) is dropped; a line that cannot be read is
an error, because it may say what forbids something.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from campaigns.errors import EnvironmentFault, Where

#: What taking in a line that somebody damaged may raise.
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
_TAIL = 256  #: bytes of what was taken in that are looked at again


class Lines:
    """One such file as this process has read it; *what* names it for people, *note* takes one line in."""

    def __init__(self, path: Path, what: str, note: Callable[[Any], None]) -> None:
        self.path = path
        self._what = what
        self._note = note
        self._read = 0  #: bytes taken in
        self._inode = 0
        self._tail = b""  #: the last of them: another file may get the same inode
        self._lock = Lock()

    def read(self) -> None:
        """
        Take in what was added since; a shorter file, or another one, is read whole, and nothing is unlearnt.

        Raises:
            EnvironmentFault: If it cannot be read, or a line of it is damaged.
        """
        with self._lock:
            self._take_in()

    def add(self, facts: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        """
        Append what *facts* gives once everything there is known, and wait for the disk.

        Raises:
            EnvironmentFault: As `read`, or if the disk does not take them.
        """
        with self._lock:
            self._take_in()
            text = "".join(json.dumps(fact, separators=(",", ":"), sort_keys=True) + "\n" for fact in facts())
            if text:
                self._append(text.encode())
                self._take_in()

    def _take_in(self) -> None:
        try:
            with self.path.open("rb") as file:
                found = os.fstat(file.fileno())
                if found.st_ino != self._inode or found.st_size < self._read or not self._goes_on(file.fileno()):
                    self._read, self._inode, self._tail = 0, found.st_ino, b""
                file.seek(self._read)
                added = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            message = f"{self._what} {self.path} cannot be read: {error.strerror}."
            hint = "Nothing is published without it; let this user read it."
            raise EnvironmentFault(message, hint, Where(str(self.path))) from None
        whole = added[: added.rfind(b"\n") + 1]
        for line in whole.split(b"\n")[:-1]:
            try:
                self._note(json.loads(line))
            except DAMAGED:
                message = f"{self._what} {self.path} is damaged: {line[:60].decode(errors='replace')!r}."
                hint = "Publishing stays off. Compare the file with every partner, mend it, and start again."
                raise EnvironmentFault(message, hint, Where(str(self.path))) from None
        self._read += len(whole)
        self._tail = (self._tail + whole)[-_TAIL:]

    def _goes_on(self, handle: int) -> bool:
        """Return whether the file holds what was taken in last, where it stood."""
        return os.pread(handle, len(self._tail), self._read - len(self._tail)) == self._tail

    def _append(self, data: bytes) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                start = _end_of_last_line(file.fileno(), file.seek(0, os.SEEK_END))
                file.truncate(start)  # drops what a power cut tore
                try:
                    rest = memoryview(data)
                    while rest:
                        rest = rest[file.write(rest) :]
                    os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        file.truncate(start)
                    raise
        except OSError as error:
            message = f"{self._what} {self.path} cannot be written: {error.strerror}."
            hint = "Nothing is published without it; free some space, or let this user write there."
            raise EnvironmentFault(message, hint, Where(str(self.path))) from None


def _end_of_last_line(handle: int, size: int) -> int:
    """Return how long the file is without a torn last line."""
    if size == 0 or os.pread(handle, 1, size - 1) == b"\n":
        return size
    return os.pread(handle, size, 0).rfind(b"\n") + 1


def stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes when the file does; zeros where there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
