"""
How far this machine has seen the log, and whether a database still fits that: what `status` asks, so nothing heavy.

`memory` keeps the file; here is how its end is found, and what is said of a database that does not fit.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaigns.audit.merkle import SIZE
from campaigns.errors import EnvironmentFault, Where
from campaigns.store.glance import Ask

FILE = Path("local") / "events.sha256"  #: beside the trust files
_NONE = bytes(SIZE)  #: what a power cut may leave


@dataclass(frozen=True)
class Seen:
    """The end of what was seen."""

    events: int = 0
    last: bytes = _NONE  #: the hash of the last one's leaf


def end(file: int) -> Seen:
    """Return the end of the open file of hashes."""
    known = os.fstat(file).st_size // SIZE
    while known:
        last = os.pread(file, SIZE, (known - 1) * SIZE)
        if last != _NONE:
            return Seen(known, last)
        known -= 1
    return Seen()


def look(folder: Path) -> Seen:
    """
    Return how far the trust folder *folder* has seen the log.

    Raises:
        EnvironmentFault: If that cannot be read.
    """
    try:
        file = os.open(folder / FILE, os.O_RDONLY)
    except FileNotFoundError:
        return Seen()
    except OSError as error:
        raise fault(folder / FILE, error) from None
    try:
        return end(file)
    except OSError as error:
        raise fault(folder / FILE, error) from None
    finally:
        with suppress(OSError):
            os.close(file)


def misfit(seen: Seen, found: Mapping[str, Any] | None, last: int | None) -> str:
    """
    Return why a log does not fit what was *seen*; "" where it does.

    *found* is its event of the number last seen, with `leaf` in hex; *last* is the number of its last event.
    """
    if not seen.events:
        return ""
    if found is None:
        ends = f"The log ends with event {last:,}" if last else "The log is empty"
        return f"{ends}, but this machine has seen {seen.events:,}: an older copy was restored."
    if found["leaf"] != seen.last.hex():
        return f"Event {seen.events:,} is not the one that this machine has seen: the log was rewritten."
    return ""


def ask_misfit(seen: Seen, ask: Ask) -> str:
    """Return `misfit` of the database behind *ask*, whose view must not be older than *seen*."""
    found = ask("SELECT leaf FROM event WHERE seq = :seq", {"seq": seen.events})
    return misfit(seen, found[0] if found else None, ask("SELECT MAX(seq) AS last FROM event", {})[0]["last"])


def fault(path: Path, error: OSError) -> EnvironmentFault:
    """Return the error of a file of hashes that cannot be used."""
    message = f"What this machine has seen of the event log cannot be read or written: {error.strerror}."
    return EnvironmentFault(message, f"Nothing is published without it; let this user write {path}.", Where(str(path)))
