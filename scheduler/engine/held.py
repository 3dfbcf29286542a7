"""
The held-file beside the trust file: holds that stand whether or not the database answers.

A hold is written here first. Whoever begins a release reads the file inside `beginning`, and `add` returns only when
all that were inside when it wrote have left: from then on nothing begins on this machine that the file holds.
"""

import fcntl
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from campaigns.errors import EnvironmentFault
from scheduler.releases.evidence import held_file

FIELDS = ("id", "scope", "target", "partner", "reason")
PATIENCE = 15.0  #: seconds that `add` waits for releases which are just beginning; a database may keep them so long
LOOK = 0.002  #: seconds between two tries
_GATE, _TURN, _EDIT = "held.lock", "held.turn", "held.edit"


@contextmanager
def beginning(folder: Path) -> Iterator[None]:
    """
    Let releases begin inside, beside others; `add` waits for all who are here.

    Raises:
        EnvironmentFault: If the lock cannot be taken: nothing begins then.
    """
    with _opened(folder, _GATE) as gate:
        with _opened(folder, _TURN) as turn:
            fcntl.flock(turn, fcntl.LOCK_SH)  # whoever drains the gate lets nobody new come near it
            fcntl.flock(gate, fcntl.LOCK_SH)
        yield


def add(folder: Path, hold: Mapping[str, Any], patience: float = PATIENCE) -> bool:
    """
    Write *hold* into the held-file, and return whether nothing that it holds begins here from now on.

    False: after *patience* seconds somebody is still in the middle of beginning. A damaged file holds everything as
    it is, and is left for people to look at.

    Raises:
        EnvironmentFault: If it cannot be written.
    """
    with _editing(folder):
        found = read(folder)
        if found is not None:
            kept = {name: str(hold[name]) for name in FIELDS} | {"on_the_wire": list(hold.get("on_the_wire", ()))}
            _write(folder, [*(each for each in found if each["id"] != hold["id"]), kept])
    return _drained(folder, patience)


def _drained(folder: Path, patience: float) -> bool:
    """Wait until everybody who was in `beginning` has left."""
    end = time.monotonic() + patience
    with _opened(folder, _TURN) as turn, _opened(folder, _GATE) as gate:
        return _alone(turn, end) and _alone(gate, end)


def _alone(lock: IO[bytes], end: float) -> bool:
    """Take *lock* alone; return whether that was possible before *end* on the monotonic clock."""
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(LOOK)
        else:
            return True


def remove(folder: Path, hold_id: str) -> None:
    """Take one hold out again: it was refused, and holds nothing."""
    with _editing(folder):
        found = read(folder)
        if found:
            _write(folder, [each for each in found if each["id"] != hold_id])


def rewrite(folder: Path, standing: Sequence[Mapping[str, Any]], known: Collection[str]) -> None:
    """
    Write the holds that stand in the table; of the file's own keep those that are not *known* to it.

    Raises:
        EnvironmentFault: If it cannot be written.
    """
    with _editing(folder):
        ours = [each for each in read(folder) or [] if each["id"] not in known]
        _write(folder, [*({name: each[name] for name in FIELDS} for each in standing), *ours])


def read(folder: Path) -> list[dict[str, Any]] | None:
    """Return the holds in the file; None where it is damaged or cannot be read, which holds everything."""
    try:
        found = json.loads(held_file(folder).read_text("utf-8"))
        if not isinstance(found, list):
            return None
        return [
            {name: str(each[name]) for name in FIELDS} | {"on_the_wire": list(each.get("on_the_wire", ()))}
            for each in found
        ]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(folder: Path, holds: Sequence[Mapping[str, Any]]) -> None:
    """Write *holds*, whole or not at all, and wait for the disk."""
    path = held_file(folder)
    try:
        draft = path.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump([dict(each) for each in holds], file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        message = f"The held-file {path} cannot be written: {error.strerror}."
        hint = "Nothing was changed; give this user the right to write there, then hold again."
        raise EnvironmentFault(message, hint) from error


@contextmanager
def _editing(folder: Path) -> Iterator[None]:
    """Change the file alone: two holds at once are both kept."""
    with _opened(folder, _EDIT) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _opened(folder: Path, name: str) -> IO[bytes]:
    path = folder / "local" / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as error:
        message = f"The lock {path} of the held-file cannot be used: {error.strerror}."
        raise EnvironmentFault(
            message, "Give this user the right to write there; nothing begins without it."
        ) from error
