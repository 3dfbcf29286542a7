"""
Folders of the workspace that a channel writes to: kept inside it, and written so that a crash leaves old or new.

All of it blocks; call it in a thread.
"""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaigns.settings import Settings
from scheduler.publisher import Endpoint, Refused, Unreachable

LONGEST = 100  #: characters of a name that is made safe
_UNSAFE = re.compile(r"[^A-Za-z0-9@._-]+")


def inside(endpoint: Endpoint, settings: Settings, default: str | None = None) -> Path:
    """
    Return the folder that a channel's `server` names, absolute; it need not be there yet.

    Raises:
        Refused: If it is none, outside the workspace (symbolic links followed), or where keys are kept.
    """
    root = settings.root.resolve()
    named = endpoint.server or default
    folder = (root / named).resolve() if named else root
    closed = (settings.trust.resolve(), settings.secrets.resolve())
    if not named or not folder.is_relative_to(root) or any(folder.is_relative_to(each) for each in closed):
        message = f"Channel {endpoint.channel} may not write to '{named or ''}'."
        raise Refused(message, "Give `server:` as a folder below the workspace, other than trust/ and secrets/.")
    return folder


def safe(name: str) -> str:
    """Return *name* as a file name: ASCII, no separators, no leading dot, at most 100 characters."""
    return _UNSAFE.sub("_", name).lstrip(".")[:LONGEST] or "_"


def write(path: Path, content: bytes) -> None:
    """Put *content* at *path* in one step that survives a crash: temporary file, fsync, rename, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Make the names in *folder* survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold *folder* against every other thread and process that asks the same way; make it first if need be."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def faults(endpoint: Endpoint) -> Iterator[None]:
    """Say a fault of the disk in the words of a publication: nothing is published, it may be tried again."""
    try:
        yield
    except OSError as error:
        message = f"Channel {endpoint.channel} could not use its folder: {error.strerror or type(error).__name__}."
        raise Unreachable(message, "Make room, or give the folder back to this user.") from None


def prove(endpoint: Endpoint, folder: Path) -> None:
    """
    Write a file to *folder* and remove it.

    Raises:
        Unreachable: If that cannot be done.
    """
    with faults(endpoint), alone(folder):
        trial = folder / f".trial-{os.getpid()}"
        write(trial, b"")
        trial.unlink()


def free(path: Path, suffix: str) -> Path:
    """Return a name beside *path* that nothing has yet: its own, with *suffix*, and a number where need be."""
    names = (f"{path.name}.{suffix}{f'-{number}' if number else ''}" for number in range(10_000))
    return next(each for each in (path.with_name(name) for name in names) if not each.exists())
